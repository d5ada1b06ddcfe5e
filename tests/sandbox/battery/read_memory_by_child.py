# The memory of the checker from a second process.
import subprocess
hole = False
code = "import sys; f = open('/proc/%d/mem' % int(sys.argv[1]), 'rb'); print('open')"
import os
found = subprocess.run(["python3", "-c", code, str(os.getpid())], capture_output=True)
hole = b"open" in found.stdout
