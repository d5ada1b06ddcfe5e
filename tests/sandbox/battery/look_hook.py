# The audit hook at work, caught by a signal, and all that it has.
import os
import signal
import time
half = os.read(4, 16)


def catch(number, frame):
    while frame:
        for value in list(frame.f_locals.values()) + list(frame.f_code.co_consts):
            if isinstance(value, bytes) and len(value) == 16 and value != half:
                os.write(3, value + half)
                os._exit(0)
        frame = frame.f_back


signal.signal(signal.SIGALRM, catch)
signal.setitimer(signal.ITIMER_REAL, 0.0001, 0.0001)
end = time.monotonic() + 0.5
while time.monotonic() < end:
    id(end)
