#!/bin/sh
# python_test.sh - bindings/python/latentmas.py: laid out as the headers say, does what the program
# does, and survives misuse. Of a sanitized library the sanitizer's runtime comes first in Python.
B=${B:-build}
LATENTMAS=${LATENTMAS:-$(pwd)/$B/latentmas}
LATENTMAS_LIBRARY=$(pwd)/$B/liblatentmas.so
PYTHONDONTWRITEBYTECODE=1
export LATENTMAS LATENTMAS_LIBRARY PYTHONDONTWRITEBYTECODE
failed=0

runtime=$(ldd "$LATENTMAS_LIBRARY" | awk '$1 ~ /^lib(clang_rt\.)?asan/ {print $3}')

for test in layout use asked misuse docs; do
    LD_PRELOAD=$runtime ASAN_OPTIONS=${ASAN_OPTIONS:-}:detect_leaks=0 \
        python3 "tests/bindings/${test}_test.py" || failed=1
done
exit $failed
