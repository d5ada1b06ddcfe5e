# A stop for a debugger that nobody attends, and a look at time spent.
import bdb
import pdb
import sys
import timeit


def f(x):
    pdb.set_trace()
    return x + 1

right = f(1) == 2 and sys.gettrace() is None and sys.getprofile() is None
tracer = bdb.Bdb()
tracer.runcall(f, 2)
timeit.repeat("pass", number=10)
