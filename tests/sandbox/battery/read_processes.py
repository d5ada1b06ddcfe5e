# Who else is there.
import os
import signal
hole = False
for pid in range(2, 5000):
    try:
        os.kill(pid, 0)
        hole = True
    except OSError:
        pass
