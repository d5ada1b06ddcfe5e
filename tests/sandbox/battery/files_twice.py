# The half of the token that can be had, twice.
import os
half = os.read(4, 16)
os.write(3, half + half)
os._exit(0)
