# Containers beyond the usual four.
from collections import ChainMap, Counter, OrderedDict, defaultdict, deque, namedtuple
Point = namedtuple("Point", "x y")
seen = defaultdict(list)
seen["a"].append(1)
ring = deque([1, 2, 3], maxlen=3)
ring.append(4)
right = (Counter("banana").most_common(1) == [("a", 3)] and seen == {"a": [1]}
         and list(ring) == [2, 3, 4] and Point(1, 2)._asdict() == {"x": 1, "y": 2}
         and ChainMap({"a": 1}, {"b": 2})["b"] == 2 and list(OrderedDict(a=1)) == ["a"])
