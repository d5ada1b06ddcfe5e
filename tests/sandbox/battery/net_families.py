# Every kind of socket that is there for drivers or for the system.
import socket
used = {socket.AF_UNIX, socket.AF_INET, socket.AF_INET6, socket.AF_NETLINK}
hole = False
for family in set(range(64)) - used:
    for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM, socket.SOCK_RAW, socket.SOCK_SEQPACKET):
        for make in (socket.socket, socket.socketpair):
            try:
                make(family, kind)
                hole = True
            except OSError as error:
                hole = hole or error.errno != 97  # "not supported", before anybody looked
