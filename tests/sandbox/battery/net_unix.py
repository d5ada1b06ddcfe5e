# A socket of the host's, by its abstract name.
import socket
hole = False
with socket.socket(socket.AF_UNIX) as out:
    out.connect("\0" + HOST_SOCKET)
hole = True
