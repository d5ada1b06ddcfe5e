# The C library, to become a debugger's child.
import ctypes
hole = False
hole = ctypes.CDLL(None).ptrace(0, 0, 0, 0) == 0
