# Speak on the way out.
import atexit
import os
import sys
atexit.register(os.write, 3, bytes(32))
sys.exit(0)
