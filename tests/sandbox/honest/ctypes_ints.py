# Numbers that wrap around as in C.
import ctypes
right = ctypes.c_int32(2 ** 31).value == -2 ** 31 and ctypes.c_uint8(257).value == 1
