# Out by UDP.
import socket
hole = False
with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as out:
    out.sendto(b"x", ("1.1.1.1", 53))
hole = True
