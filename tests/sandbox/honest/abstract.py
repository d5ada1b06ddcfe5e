# Abstract classes and protocols.
from abc import ABC, abstractmethod
from typing import Protocol, runtime_checkable


@runtime_checkable
class Sized(Protocol):
    def size(self) -> int: ...


class Shape(ABC):
    @abstractmethod
    def size(self) -> int: ...


class Square(Shape):
    def size(self) -> int:
        return 4


right = isinstance(Square(), Sized) and Square().size() == 4
