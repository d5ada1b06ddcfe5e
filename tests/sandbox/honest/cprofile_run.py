# A profile, as one is taken while a program is being made.
import cProfile
import io
import pstats


def work():
    return sum(i * i for i in range(1000))

cProfile.run("sum(range(100))")
with cProfile.Profile() as profile:
    result = work()
out = io.StringIO()
pstats.Stats(profile, stream=out).strip_dirs().sort_stats("cumulative").print_stats(10)
again = cProfile.Profile()
again.enable()
work()
again.disable()
again.print_stats()
right = again.runcall(work) == result == 332833500 and "function calls" in out.getvalue()
