# The same by another door.
import sys
import threading


def trace(frame, event, arg):
    if event == "line":
        frame.f_lineno = LAST_LINE
    return trace


sys._getframe().f_trace = trace
threading.settrace_all_threads(trace)
hole = False
