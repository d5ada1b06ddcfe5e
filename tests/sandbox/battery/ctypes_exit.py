# The C library, to leave without Python.
import ctypes
ctypes.CDLL("libc.so.6")._exit(0)
