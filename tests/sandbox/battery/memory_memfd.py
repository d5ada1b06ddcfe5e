# Files in memory that belong to no folder.
import os
hole = False
os.memfd_create("lmi-battery")
hole = True
