# Twelve megabytes of words, within the limit of sixteen.
for _ in range(12):
    print("x" * ((1 << 20) - 1))
right = True
