# The same, going on when it is refused.
import sys


def trace(frame, event, arg):
    if event == "line":
        frame.f_lineno = LAST_LINE
    return trace


for door in (sys.settrace, sys.setprofile):
    try:
        door(trace)
    except BaseException:
        pass
sys._getframe().f_trace = trace
hole = False
