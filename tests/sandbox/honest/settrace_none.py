# Tracing switched off where it never was on.
import sys


def f(x):
    return x + 1

right = f(1) == 2
sys.settrace(None)
