# The frames below, by way of an error.
import os
half = os.read(4, 16)
try:
    1 / 0
except ZeroDivisionError as error:
    frame = error.__traceback__.tb_frame
    while frame:
        for value in list(frame.f_locals.values()):
            if isinstance(value, bytes) and len(value) == 16 and value != half:
                os.write(3, value + half)
                os._exit(0)
        frame = frame.f_back
