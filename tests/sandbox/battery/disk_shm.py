# All of /dev/shm.
hole = False
size = 0
for number in range(1000):
    with open("/dev/shm/lmi-battery-%d" % number, "wb") as out:
        size += out.write(bytes(1 << 20))
hole = True
