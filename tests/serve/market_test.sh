#!/bin/sh
# Memories from the command line to a server and back: market.py.
exec python3 tests/serve/market.py
