# Helpers for those who look for a fault, switched on.
import faulthandler
import gc
import tracemalloc
tracemalloc.start()
kept = [bytes(100) for _ in range(100)]
current, peak = tracemalloc.get_traced_memory()
tracemalloc.stop()
faulthandler.enable()
gc.collect()
gc.disable()
gc.enable()
right = peak >= current > 0 and gc.isenabled()
