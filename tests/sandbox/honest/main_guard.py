# A main() that only a script would run.
def solve(x):
    return x + 1


def main():
    print(solve(int(input())))

if __name__ == "__main__":
    main()
right = solve(1) == 2
