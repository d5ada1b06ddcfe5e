# Patterns, and names given on the way.
import sys


def old(x):
    return "list of 2" if (n := len(x)) == 2 else "%d" % n

text = """
def new(x):
    match x:
        case {"kind": "point", "at": [a, b]}:
            return a + b
        case [1 | 2, *rest] if rest:
            return rest
        case str() as word:
            return word.upper()
        case _:
            return None
"""
right = old([1, 2]) == "list of 2"
if sys.version_info >= (3, 10):
    exec(text)
    right = right and [new({"kind": "point", "at": [1, 2]}), new([1, 5]), new("a"), new(0)] == [
        3, [5], "A", None]
