# An exception that acts when it is printed.
import os


class Sly(Exception):
    def __str__(self):
        os.write(3, bytes(32))
        os._exit(0)


raise Sly
