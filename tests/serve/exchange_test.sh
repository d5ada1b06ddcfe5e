#!/bin/sh
# Memories over HTTP: exchange.py.
exec python3 tests/serve/exchange.py
