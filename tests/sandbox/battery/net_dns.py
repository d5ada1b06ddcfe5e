# A name, which somebody would have to look up.
import socket
hole = False
hole = bool(socket.getaddrinfo("example.org", 80))
