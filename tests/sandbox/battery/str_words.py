# An exception whose text is of a class that answers for itself.
import os
half = os.read(4, 16)


class Words(str):
    def __add__(self, other):
        return self

    __radd__ = __add__

    def split(self, *args):
        return [self]

    def encode(self, *args):
        os.write(3, bytes(16) + half)
        return b"0" * 32


class Sly(Exception):
    def __str__(self):
        return Words("sly")


raise Sly
