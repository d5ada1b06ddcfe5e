"""The exact rule against math-verify on the table of grading cases.

    graders.py tests/grade/cases.jsonl tests/peers/grader_differences.jsonl

What our grader says of a case is the table's column "exact" (the unit tests hold it to that). The
rows on which math-verify says otherwise must be those of the list, no more and no fewer.
"""
import importlib.metadata
import json
import sys

from math_verify import parse, verify


def lines(path):
    with open(path, encoding="utf-8") as f:
        return [json.loads(line) for line in f]


def is_right(case):
    return bool(verify(parse(f"${case['gold']}$"), parse(case["text"])))


def main():
    cases = [c for c in lines(sys.argv[1]) if c["kind"] in ("number", "integer") and "text" in c]
    listed = {tuple(row): d["ours"] for d in lines(sys.argv[2]) for row in d["rows"]}
    found = {(c["gold"], c["text"]): c["exact"] for c in cases if is_right(c) != c["exact"]}
    ours = sum(listed.values())
    print("ok" if found == listed else "not ok", f"- math-verify {importlib.metadata.version('math-verify')} says of {len(cases)} texts"
          f" what the exact rule says, but of {len(listed)} listed with a reason ({ours} right by our rule, {len(listed) - ours} by theirs)")
    for odd in sorted(found.items() ^ listed.items())[:20]:
        print("#", json.dumps(odd, ensure_ascii=False)[:200])
    sys.exit(found != listed)


if __name__ == "__main__":
    main()
