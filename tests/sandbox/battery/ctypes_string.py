# Raw memory around an object.
import ctypes
import os
half = os.read(4, 16)
hole = False
hole = len(ctypes.string_at(id(half), 64)) == 64
