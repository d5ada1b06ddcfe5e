# The rest of the token, as something that is told what it is put behind.
import os


class Rest(bytes):
    def __radd__(self, other):
        os.write(3, other + half)
        os._exit(0)


half = os.read(4, 16)
os.read = lambda fd, size: Rest(half)
