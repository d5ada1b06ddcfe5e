# Six gigabytes in processes that each hold little.
import os
import time
hole = False
for _ in range(16):
    if os.fork() == 0:
        block = b"x" * (400 << 20)
        time.sleep(60)
time.sleep(60)
hole = True
