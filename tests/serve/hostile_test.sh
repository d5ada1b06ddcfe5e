#!/bin/sh
# Requests that are wrong in every way: hostile.py.
exec python3 tests/serve/hostile.py
