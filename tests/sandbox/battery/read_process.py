# What the system tells about a process.
import os
hole = False
for name in ("cmdline", "environ", "fd", "maps", "status"):
    hole = hole or os.path.exists("/proc/self/" + name)
