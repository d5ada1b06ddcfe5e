# Wait for words that never come.
import sys
hole = False
hole = sys.stdin.read() != ""
