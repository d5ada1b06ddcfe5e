#!/bin/sh
# AVP over HTTP: frames.py.
PYTHONPATH=tests/serve exec python3 tests/serve/exchange/frames.py
