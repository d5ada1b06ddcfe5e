#!/bin/sh
# The server under more attempts than `make test` has time for, and by the clock: tenants.py, hostile.py.
failed=0
python3 tests/serve/tenants.py 200 || failed=1
python3 tests/serve/hostile.py 2000 || failed=1
exit $failed
