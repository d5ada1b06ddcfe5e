# Memory, bit by bit, catching the refusal and going on.
hole = False
blocks = []
for _ in range(8 << 10):
    try:
        blocks.append(b"x" * (1 << 20))
    except MemoryError:
        pass
hole = len(blocks) > 5000
