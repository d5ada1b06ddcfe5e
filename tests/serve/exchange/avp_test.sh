#!/bin/sh
# AVP over HTTP: avp.py.
PYTHONPATH=tests/serve exec python3 tests/serve/exchange/avp.py
