#!/bin/sh
# mutants_test.sh - 500 team files that are wrong, most of them (mutants.py COUNT SEED for others).
PYTHONDONTWRITEBYTECODE=1 exec python3 tests/team/mutants.py "${LATENTMAS:-$(pwd)/build/latentmas}" "${COUNT:-500}" "${SEED:-1}"
