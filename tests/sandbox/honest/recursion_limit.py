# Deep recursion, with the limit raised for it.
import sys
import threading
sys.setrecursionlimit(20000)


def depth(n):
    return 0 if n == 0 else 1 + depth(n - 1)

found = []
threading.stack_size(64 << 20)
thread = threading.Thread(target=lambda: found.append(depth(15000)))
thread.start()
thread.join()
right = depth(3000) == 3000 and found == [15000]
