#!/bin/sh
# The exact rule beside math-verify, on the table of grading cases.
# shellcheck source=tests/peers/peers.sh disable=SC2086
. tests/peers/peers.sh
need "the exact rule beside math-verify" $PYTHON
$PYTHON tests/peers/graders.py tests/grade/cases.jsonl tests/peers/grader_differences.jsonl
