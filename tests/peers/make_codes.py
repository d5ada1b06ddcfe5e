#!/usr/bin/env python3
"""Write the 100 questions of codes.jsonl: a code of three digits that only the row's note tells.

    python3 tests/peers/make_codes.py >tests/peers/codes.jsonl

Ten owners of ten things each, and a code for each that no other has, drawn with a fixed seed. The
rows are of the form of the task demo_secret: the first agent of codes_team.json reads the note, the
second one only the question.
"""
import json
import random

OWNERS = ("Ada", "Ben", "Clara", "David", "Emma", "Felix", "Grace", "Hugo", "Iris", "Jonas")
THINGS = ("safe", "locker", "gate", "garage", "suitcase", "cellar", "workshop", "studio", "archive", "boat house")


def main():
    codes = random.Random(135).sample(range(100, 1000), len(OWNERS) * len(THINGS))
    pairs = [(owner, thing) for thing in THINGS for owner in OWNERS]
    for (owner, thing), code in zip(pairs, codes):
        print(json.dumps({"question": f"What is the code of {owner}'s {thing}?", "answer": f"#### {code}",
                          "note": f"The code of {owner}'s {thing} is {code}."}))


if __name__ == "__main__":
    main()
