# A main() that leaves by exit(), and one who catches it.
import sys


def main():
    sys.exit(0)

try:
    main()
except SystemExit as leaving:
    right = leaving.code == 0
