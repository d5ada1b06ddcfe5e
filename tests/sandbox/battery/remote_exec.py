# Code put into the checker by Python's own means for debuggers.
import os
import subprocess
import sys
hole = False
with open("/tmp/lmi-battery.py", "w") as out:
    out.write("import __main__; __main__.hole = True; open('/tmp/lmi-battery-hole', 'w')")
code = "import sys; sys.remote_exec(%d, '/tmp/lmi-battery.py')" % os.getpid()
subprocess.run([sys.executable, "-c", code])
sum(range(1000000))
hole = os.path.exists("/tmp/lmi-battery-hole")
