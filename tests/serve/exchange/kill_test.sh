#!/bin/sh
# A server that is killed while memories are published: kill.py.
PYTHONPATH=tests/serve exec python3 tests/serve/exchange/kill.py
