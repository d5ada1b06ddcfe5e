# Threads and processes behind one interface.
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor, as_completed
import math
with ThreadPoolExecutor(4) as pool:
    futures = [pool.submit(pow, 2, n) for n in range(4)]
    powers = sorted(future.result() for future in as_completed(futures))
with ProcessPoolExecutor(2) as pool:
    roots = list(pool.map(math.isqrt, [4, 9]))
right = powers == [1, 2, 4, 8] and roots == [2, 3]
