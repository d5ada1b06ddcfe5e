# Something that acts when the names of the program go away.
import os


class Sly:
    def __del__(self):
        os.write(3, os.read(4, 16) + bytes(16))
        os._exit(0)


sly = Sly()
raise ValueError
