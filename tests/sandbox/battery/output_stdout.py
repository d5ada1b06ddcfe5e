# Print without end.
while True:
    print("x" * 100000)
