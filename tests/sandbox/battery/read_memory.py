# The memory in which the token lies, as a file.
hole = False
for path in ("/proc/self/mem", "/proc/1/mem", "/dev/mem", "/dev/kmem", "/proc/kcore"):
    try:
        with open(path, "rb"):
            hole = True
    except OSError:
        pass
