# One file of ten gigabytes.
hole = False
with open("/tmp/lmi-battery-file", "wb") as out:
    for _ in range(10 << 10):
        out.write(bytes(1 << 20))
hole = True
