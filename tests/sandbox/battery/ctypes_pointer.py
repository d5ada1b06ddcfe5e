# A pointer made of a number.
import ctypes
hole = False
head = bytes(16)
hole = ctypes.cast(id(head), ctypes.POINTER(ctypes.c_ubyte * 16)).contents is not None
ctypes.c_ubyte.from_address(id(head))
hole = False
