#!/bin/sh
# No tenant reaches what is of another: exchange_tenants.py.
exec python3 tests/serve/exchange_tenants.py
