# Out by TCP: to the host, and to the world.
import socket
hole = False
for address in (("127.0.0.1", HOST_PORT), ("1.1.1.1", 53)):
    try:
        socket.create_connection(address, 1).close()
        hole = True
    except OSError:
        pass
