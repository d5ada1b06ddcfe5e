# One file of very many names.
import os
hole = False
open("/tmp/lmi-battery", "w").close()
for number in range(1000000):
    os.link("/tmp/lmi-battery", "/tmp/lmi-battery-%d" % number)
hole = True
