# Questions to somebody who is not there.
import sys
try:
    name = input("name? ")
except EOFError:
    name = "nobody"
right = name == "nobody" and sys.stdin.read() == "" and sys.stdin.readline() == ""
