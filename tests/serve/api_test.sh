#!/bin/sh
# What clients of OpenAI's API get: api.py.
exec python3 tests/serve/api.py
