# Functions that remember.
import functools


@functools.lru_cache(maxsize=None)
def fib(n):
    return n if n < 2 else fib(n - 1) + fib(n - 2)


class Circle:
    def __init__(self, r):
        self.r = r

    @functools.cached_property
    def area(self):
        return 3 * self.r ** 2

right = fib(80) == 23416728348467685 and Circle(2).area == 12 and fib.cache_info().hits > 0
