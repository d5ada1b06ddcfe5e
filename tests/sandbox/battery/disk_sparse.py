# One file of ten gigabytes that has none in it yet.
import os
hole = False
with open("/tmp/lmi-battery-sparse", "wb") as out:
    os.truncate(out.fileno(), 10 << 30)
hole = True
