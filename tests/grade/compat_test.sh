#!/bin/sh
# compat_test.sh - the table of grading cases agrees with the reference's own expressions.
exec python3 tests/grade/compat_test.py tests/grade/cases.jsonl
