# Chance that comes out the same each time.
import random
random.seed(7)
first = [random.randint(0, 99) for _ in range(5)]
random.seed(7)
deck = list(range(10))
again = [random.randint(0, 99) for _ in range(5)]
random.shuffle(deck)
right = first == again and sorted(deck) == list(range(10)) and random.choice([1]) == 1
