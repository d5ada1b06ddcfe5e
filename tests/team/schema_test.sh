#!/bin/sh
# schema_test.sh - docs/team.schema.json says what the reader of team files takes.
PYTHONDONTWRITEBYTECODE=1 exec python3 tests/team/schema.py "${LATENTMAS:-$(pwd)/build/latentmas}"
