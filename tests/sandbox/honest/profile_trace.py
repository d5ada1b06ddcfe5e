# Older relatives of the profiler, and a tracer.
import profile
import sys
import threading
import trace


def work(n):
    return sum(range(n))

profile.run("sum(range(100))")
counted = trace.Trace(count=1, trace=0)
right = counted.runfunc(work, 10) == 45
sys.settrace(None)
sys.setprofile(None)
threading.settrace(None)
threading.setprofile(None)
sys.settrace(sys.gettrace())
if hasattr(threading, "settrace_all_threads"):
    threading.settrace_all_threads(None)
    threading.setprofile_all_threads(None)
