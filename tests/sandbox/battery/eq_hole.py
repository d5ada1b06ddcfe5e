# Something that is equal to whatever it is asked about, but is not it.
class Liar:
    def __eq__(self, other):
        return True

    def __bool__(self):
        return True

    __class__ = bool


hole = Liar()
