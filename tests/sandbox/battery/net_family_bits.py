# A family that is only the lower half of its number.
import socket
hole = False
for family in (40 - (1 << 32), 40 + (1 << 32), 1 + (1 << 32)):
    try:
        socket.socket(family, socket.SOCK_STREAM)
        hole = True
    except (OSError, OverflowError, ValueError):
        pass
