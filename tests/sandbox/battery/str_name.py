# An exception whose class has such a name, and a class of classes that hands it out.
class Words(str):
    def __str__(self):
        return self

    def __add__(self, other):
        raise SystemExit

    __radd__ = __add__


class Meta(type):
    @property
    def __name__(cls):
        return Words("none")

    def __instancecheck__(cls, one):
        return True

    def __eq__(cls, other):
        return True

    __hash__ = type.__hash__


class Sly(Exception, metaclass=Meta):
    __class__ = SystemExit


raise Sly
