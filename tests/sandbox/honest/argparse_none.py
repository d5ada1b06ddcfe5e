# A command line that is empty.
import argparse
parser = argparse.ArgumentParser()
parser.add_argument("--n", type=int, default=3)
right = parser.parse_args([]).n == 3 and parser.parse_args().n == 3
