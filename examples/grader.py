#!/usr/bin/env python3
"""A judge of one's own for latentmas run --grader and latentmas regrade --grader.

An answer is right where the gold stands in it as words of its own, whatever is around them.
"""
import json
import re
import sys

for line in sys.stdin:
    answer = json.loads(line)
    gold = (answer["gold"] or "").strip()
    found = re.search(rf"(?<!\w){re.escape(gold)}(?!\w)", answer["text"], re.IGNORECASE)
    print(json.dumps({
        "correct": bool(found) if gold else None,
        "prediction": found.group() if gold and found else None,
        "why": f"{gold} is {'there' if found else 'nowhere'}" if gold else "there is no gold",
    }), flush=True)
