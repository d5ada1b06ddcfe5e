# A hundred megabytes, well within what there is.
block = bytearray(100 << 20)
block[-1] = 1
numbers = list(range(10 ** 6))
right = block[-1] == 1 and sum(numbers) == 499999500000
