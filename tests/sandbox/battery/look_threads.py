# The frames of all threads.
import os
import sys
half = os.read(4, 16)
for frame in sys._current_frames().values():
    while frame:
        for value in list(frame.f_locals.values()):
            if isinstance(value, bytes) and len(value) == 16 and value != half:
                os.write(3, value + half)
                os._exit(0)
        frame = frame.f_back
