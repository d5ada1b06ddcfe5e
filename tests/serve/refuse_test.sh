#!/bin/sh
# What is refused, and how: refuse.py.
exec python3 tests/serve/refuse.py
