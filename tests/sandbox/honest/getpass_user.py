# Who runs it, and a password that nobody types.
import getpass
import os
import platform
import socket
import warnings
warnings.simplefilter("ignore")
user = getpass.getuser()
try:
    secret = getpass.getpass("password: ")
except EOFError:
    secret = ""
right = (bool(user) and secret == "" and os.getpid() > 0 and platform.system() == "Linux"
         and bool(socket.gethostname()) and os.cpu_count() > 0)
