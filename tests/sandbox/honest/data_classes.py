# Classes of data, with order, and none that changes.
from dataclasses import asdict, dataclass, field, replace
from enum import Enum, IntEnum, auto


class Colour(Enum):
    RED = auto()


class Rank(IntEnum):
    LOW = 1


@dataclass(order=True, frozen=True)
class Item:
    price: float
    tags: list = field(default_factory=list, compare=False)

right = (Item(1) < Item(2) and asdict(replace(Item(1), price=3)) == {"price": 3, "tags": []}
         and Colour["RED"].value == 1 and Rank.LOW + 1 == 2)
