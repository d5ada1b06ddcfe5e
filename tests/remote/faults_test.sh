#!/bin/sh
# faults_test.sh - runs beside a server that fails: nothing is lost, nothing is said twice.
LC_ALL=C.UTF-8 PYTHONDONTWRITEBYTECODE=1
export LC_ALL PYTHONDONTWRITEBYTECODE
if ! command -v python3 >/dev/null; then
    echo "ok - runs go on beside a server that fails # SKIP no python3 here"
    exit
fi
exec python3 tests/remote/faults.py "${LATENTMAS:-$(pwd)/build/latentmas}"
