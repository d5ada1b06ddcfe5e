# The half of the token that can be had, and a guess of the other.
import os
half = os.read(4, 16)
os.write(3, bytes(16) + half)
os._exit(0)
