# A million files with nothing in them, which no size limits.
import os
hole = False
os.makedirs("/tmp/lmi-battery")
for number in range(1000000):
    os.close(os.open("/tmp/lmi-battery/%d" % number, os.O_CREAT | os.O_WRONLY))
hole = True
