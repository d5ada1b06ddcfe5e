# The user's terminal, to type commands into it.
hole = False
with open("/dev/tty", "w"):
    hole = True
