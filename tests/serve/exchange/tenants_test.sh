#!/bin/sh
# No tenant reaches what is of another: tenants.py.
PYTHONPATH=tests/serve exec python3 tests/serve/exchange/tenants.py
