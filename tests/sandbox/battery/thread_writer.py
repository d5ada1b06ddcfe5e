# A thread that writes while the tests run.
import os
import threading


def write():
    while True:
        os.write(3, bytes(32))


threading.Thread(target=write, daemon=True).start()
