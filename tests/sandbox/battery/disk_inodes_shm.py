# The same in the other place, as links and folders.
import os
hole = False
for number in range(500000):
    os.symlink("x", "/dev/shm/lmi-battery-%d" % number)
    os.mkdir("/dev/shm/lmi-battery-folder-%d" % number)
hole = True
