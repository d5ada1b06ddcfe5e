# Processes that share a queue, and a pool.
import math
import multiprocessing


def work(queue, x):
    queue.put(x * x)

fork = multiprocessing.get_context("fork")
queue = fork.Queue()
children = [fork.Process(target=work, args=(queue, x)) for x in range(3)]
for child in children:
    child.start()
found = sorted(queue.get(timeout=5) for _ in children)
for child in children:
    child.join()
with fork.Pool(2) as pool:
    roots = pool.map(math.isqrt, [4, 9, 16])
right = found == [0, 1, 4] and roots == [2, 3, 4] and all(c.exitcode == 0 for c in children)
