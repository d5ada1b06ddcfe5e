# A short sleep, and time measured.
import time
import timeit
begin = time.perf_counter()
time.sleep(0.05)
right = time.perf_counter() - begin >= 0.05 and timeit.timeit("1 + 1", number=1000) >= 0
