#!/usr/bin/env python3
"""Write the 100 questions of codes.jsonl: a code of three digits that only the row's note tells.

    python3 tests/peers/make_codes.py >tests/peers/codes.jsonl

Twenty things, each asked for five times, and 100 codes of which none comes twice, drawn with a fixed
seed. The rows are of the form of the task demo_secret: the first agent of codes_team.json reads the
note, the second one only the question.
"""
import json
import random

THINGS = ("safe", "locker", "gate", "garage", "bike lock", "archive", "cellar", "studio", "suitcase", "letter box",
          "boat house", "server room", "lift", "gym", "kiosk", "workshop", "museum", "attic", "depot", "lab")
N = 100


def main():
    drawn = random.Random(17)
    codes = []
    while len(codes) < N:
        code = drawn.randrange(100, 1000)
        if code not in codes:
            codes.append(code)
    for i, code in enumerate(codes):
        thing = THINGS[i % len(THINGS)]
        print(json.dumps({"question": f"What is the code of the {thing}?", "answer": f"#### {code}",
                          "note": f"The code of the {thing} is {code}."}))


if __name__ == "__main__":
    main()
