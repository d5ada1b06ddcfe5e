# More processes than are allowed.
import os
import time
hole = False
for n in range(200):
    if os.fork() == 0:
        time.sleep(60)
hole = True
