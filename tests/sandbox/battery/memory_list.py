# Eight gigabytes of memory.
hole = False
block = bytearray(8 << 30)
for at in range(0, len(block), 4096):
    block[at] = 1
hole = True
