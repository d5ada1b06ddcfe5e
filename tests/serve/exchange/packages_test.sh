#!/bin/sh
# Packages of Awareness, and the calls of its marketplace: packages.py.
PYTHONPATH=tests/serve exec python3 tests/serve/exchange/packages.py
