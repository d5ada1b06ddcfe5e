# Very many short lines.
import sys
for number in range(100000):
    print(number)
sys.stdout.write("done\n")
sys.stdout.flush()
right = True
