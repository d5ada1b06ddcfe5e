# What the collector finds when it keeps everything.
import gc
import os
half = os.read(4, 16)
gc.set_debug(gc.DEBUG_SAVEALL)
gc.collect()
for value in gc.garbage:
    if isinstance(value, bytes) and len(value) == 16 and value != half:
        os.write(3, value + half)
        os._exit(0)
