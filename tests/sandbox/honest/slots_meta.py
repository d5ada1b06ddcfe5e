# Slots, descriptors, operators and a class of classes.
class Registered(type):
    known = []

    def __new__(meta, name, bases, space):
        made = super().__new__(meta, name, bases, space)
        Registered.known.append(name)
        return made


class Positive:
    def __set_name__(self, owner, name):
        self.name = "_" + name

    def __get__(self, owner, kind=None):
        return getattr(owner, self.name)

    def __set__(self, owner, value):
        if value < 0:
            raise ValueError
        setattr(owner, self.name, value)


class Money(metaclass=Registered):
    __slots__ = ("_amount",)
    amount = Positive()

    def __init__(self, amount):
        self.amount = amount

    def __add__(self, other):
        return Money(self.amount + other.amount)

    def __eq__(self, other):
        return self.amount == other.amount

    def __hash__(self):
        return hash(self.amount)

right = Money(1) + Money(2) == Money(3) and Registered.known == ["Money"] and len({Money(1), Money(1)}) == 1
