#!/bin/sh
# What one tenant has said serves no other: tenants.py.
exec python3 tests/serve/tenants.py
