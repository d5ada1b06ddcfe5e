# Many sessions, each deaf to every signal.
import os
import signal
import time
for number in range(1, 32):
    try:
        signal.signal(number, signal.SIG_IGN)
    except (OSError, ValueError):
        pass
for _ in range(10):
    if os.fork() == 0:
        os.setsid()
        time.sleep(3600)
