# A few bytes that unpack to a gigabyte.
import zlib
packer = zlib.compressobj(1)
bomb = b"".join(packer.compress(bytes(1 << 20)) for _ in range(1 << 10)) + packer.flush()
hole = False
hole = len(zlib.decompress(bomb)) == 1 << 30
