#!/bin/sh
# task_mutants_test.sh - 200 task files that are wrong, most of them (task_mutants.py COUNT SEED for others).
PYTHONDONTWRITEBYTECODE=1 exec python3 tests/data/task_mutants.py "${LATENTMAS:-$(pwd)/build/latentmas}" "${COUNT:-200}" "${SEED:-1}"
