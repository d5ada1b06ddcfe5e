#!/usr/bin/env python3
"""Write the 100 questions of codes.jsonl: a code of three digits that only the row's note tells.
Or of readers.jsonl: two codes, each told to one of two readers, and a question for one of them.

    python3 tests/peers/make_codes.py >tests/peers/codes.jsonl
    python3 tests/peers/make_codes.py readers >tests/peers/readers.jsonl

Twenty things, each asked for five times, and 100 codes of which none comes twice, drawn with a fixed
seed. The rows are of the form of the task demo_secret: the first agent of codes_team.json reads the
note, the second one only the question.
"""
import json
import random
import sys

THINGS = ("safe", "locker", "gate", "garage", "bike lock", "archive", "cellar", "studio", "suitcase", "letter box",
          "boat house", "server room", "lift", "gym", "kiosk", "workshop", "museum", "attic", "depot", "lab")
N = 100


def draw(n, seed):
    """`n` codes of which none comes twice."""
    drawn = random.Random(seed)
    codes = []
    while len(codes) < n:
        code = drawn.randrange(100, 1000)
        if code not in codes:
            codes.append(code)
    return codes


def row(thing, code, note):
    return json.dumps({"question": f"What is the code of the {thing}?", "answer": f"#### {code}", "note": note})


def told(thing, code):
    return f"The code of the {thing} is {code}."


def readers():
    """The other reader's thing is another each time the same one is asked for."""
    codes, asked = draw(2 * N, 19), random.Random(18)
    for i in range(N):
        things = (THINGS[i % len(THINGS)], THINGS[(i + 1 + i // len(THINGS)) % len(THINGS)])
        pair = codes[2 * i:2 * i + 2]
        k = asked.randrange(2)
        print(row(things[k], pair[k], {"first": told(things[0], pair[0]), "second": told(things[1], pair[1])}))


def main():
    if sys.argv[1:] == ["readers"]:
        readers()
        return
    for i, code in enumerate(draw(N, 17)):
        thing = THINGS[i % len(THINGS)]
        print(row(thing, code, told(thing, code)))


if __name__ == "__main__":
    main()
