# Generators that are sent to, joined and closed.
import itertools


def averages():
    total = count = 0
    mean = None
    while True:
        total += yield mean
        count += 1
        mean = total / count


def flat(tree):
    for one in tree:
        if isinstance(one, list):
            yield from flat(one)
        else:
            yield one

running = averages()
next(running)
running.send(10)
right = (running.send(20) == 15 and list(flat([1, [2, [3]], 4])) == [1, 2, 3, 4]
         and list(itertools.islice(itertools.accumulate(itertools.count(1)), 4)) == [1, 3, 6, 10])
