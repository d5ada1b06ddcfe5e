#!/bin/sh
# Memories over HTTP: memories.py.
PYTHONPATH=tests/serve exec python3 tests/serve/exchange/memories.py
