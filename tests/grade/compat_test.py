#!/usr/bin/env python3
"""Apply the reference's own expressions to every case of cases.jsonl.

The C code rebuilds these by hand. That the table agrees with them here, and the C code with the
table in grade_table_test, is the proof that both grade alike.
"""
import json
import re
import sys

NUMBER = r"[-+]?\d+(?:\.\d+)?"
KINDS = "number", "integer", "choice", "text", "code"


def text_of(case):
    """The text as a Python program would hold it."""
    if "hex" in case:
        return bytes.fromhex(case["hex"]).decode("utf-8", errors="replace")
    return case["text"]


def shown(prediction):
    """As the table writes it: a C string holds no NUL."""
    return prediction if prediction is None else prediction.replace("\0", "\ufffd")


def extract(text):
    boxes = re.findall(r"\\boxed\{([^}]*)\}", text)
    if boxes:
        number = re.search(NUMBER, boxes[-1])
        return number.group(0) if number else boxes[-1].strip()
    numbers = re.findall(NUMBER, text)
    return numbers[-1] if numbers else None


def normalize(prediction):
    return prediction if prediction is None else prediction.strip().lower()


def is_right(kind, prediction, gold):
    if kind != "integer":
        return prediction == gold
    try:
        return int(prediction) == int(gold)
    except (TypeError, ValueError):
        return False


def code_of(text):
    blocks = re.findall(r"```python(.*?)```", text, re.DOTALL | re.IGNORECASE)
    return blocks[-1].strip() if blocks else None


def complaint(case):
    """What the table says otherwise than the reference, "" when nothing."""
    text = text_of(case)
    if case["kind"] == "code":
        got, want = shown(code_of(text)), case["compat_block"]
    else:
        prediction = normalize(extract(text))
        right = is_right(case["kind"], prediction, case["compat_gold"])
        got = right, shown(prediction)
        want = case["compat"], case["compat_prediction"]
    return "" if got == want else f"the reference: {got!r}, the table: {want!r}"


def main():
    path, failed = sys.argv[1], 0
    with open(path, encoding="utf-8") as lines:
        cases = [(number, json.loads(line)) for number, line in enumerate(lines, 1)]
    for i, kind in enumerate(KINDS, 1):
        mine = [(number, case) for number, case in cases if case["kind"] == kind]
        wrong = [(number, complaint(case)) for number, case in mine if complaint(case)]
        failed += bool(wrong) or not mine
        result = "not ok" if wrong or not mine else "ok"
        print(f"{result} {i} - {len(mine)} {kind} cases have the reference's verdict and answer")
        for number, what in wrong:
            print(f"# {path}:{number}: {what}")
    stray = [number for number, case in cases if case["kind"] not in KINDS]
    failed += bool(stray)
    print(f"{'not ok' if stray else 'ok'} {len(KINDS) + 1} - every case is of a known kind")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
