"""Runs a command and says in how many pieces its output came, and how long before its end the first one.

    streams.py COMMAND...
"""
import os
import subprocess
import sys
import time

process = subprocess.Popen(sys.argv[1:], stdout=subprocess.PIPE, stdin=subprocess.DEVNULL)
times = []
while os.read(process.stdout.fileno(), 1 << 16):
    times.append(time.monotonic())
assert process.wait() == 0, f"it ended with {process.returncode}"
print(f"{len(times)} pieces, the first {times[-1] - times[0]:.3f} s before the last")
sys.exit(len(times) < 8)
