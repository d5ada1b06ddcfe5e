#!/bin/sh
# Many clients at once: traffic.py.
exec python3 tests/serve/traffic.py
