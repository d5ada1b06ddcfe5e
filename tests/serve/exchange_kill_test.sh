#!/bin/sh
# A server that is killed while memories are published: exchange_kill.py.
exec python3 tests/serve/exchange_kill.py
