# Types written down in every usual way.
from __future__ import annotations
from typing import Any, Callable, Generic, NamedTuple, Optional, TypedDict, TypeVar, Union, overload
T = TypeVar("T")


class Pair(NamedTuple):
    left: int
    right: int = 0


class Options(TypedDict, total=False):
    name: str


class Box(Generic[T]):
    def __init__(self, value: T) -> None:
        self.value = value


def apply(f: Callable[[int], int], x: Optional[Union[int, str]] = None) -> Any:
    return f(int(x or 0))

right = apply(lambda n: n + 1, "4") == 5 and Pair(1).right == 0 and Box[int](3).value == 3
