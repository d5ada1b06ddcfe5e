# More open files than are allowed.
import os
hole = False
opened = [os.open("/dev/null", os.O_RDONLY) for _ in range(10000)]
hole = True
