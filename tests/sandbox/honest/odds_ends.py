# Calls to the system that a program may make on its way.
import fcntl
import locale
import mmap
import os
import pwd
import resource
import select
import shutil
import socket
import sys
import time
locale.setlocale(locale.LC_ALL, "")
sys.stdout.reconfigure(line_buffering=True)
sys.stdout.buffer.write(b"bytes\n")
print("word", file=sys.__stdout__)
poll = select.poll()
near, far = os.pipe()
poll.register(near, select.POLLIN)
os.write(far, b"x")
block = mmap.mmap(-1, 4096)
block[:3] = b"abc"
time.tzset()
resource.setrlimit(resource.RLIMIT_NOFILE, (32, resource.getrlimit(resource.RLIMIT_NOFILE)[1]))
right = (poll.poll(100) == [(near, select.POLLIN)] and block[:3] == b"abc"
         and shutil.disk_usage("/tmp").total > 0 and socket.gethostbyname("localhost") == "127.0.0.1"
         and fcntl.fcntl(near, fcntl.F_GETFL) >= 0 and bool(os.path.expanduser("~"))
         and shutil.get_terminal_size().columns > 0 and not sys.stdin.isatty())
if os.environ.get("HOME") == "/tmp":  # behind walls
    right = right and pwd.getpwuid(os.getuid()).pw_name == os.environ["USER"]
    right = right and socket.gethostbyname(socket.gethostname()) == "127.0.0.1"
breakpoint()
