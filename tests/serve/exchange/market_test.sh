#!/bin/sh
# Memories from the command line to a server and back: market.py.
PYTHONPATH=tests/serve exec python3 tests/serve/exchange/market.py
