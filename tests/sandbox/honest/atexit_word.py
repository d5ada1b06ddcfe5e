# Something to say on the way out.
import atexit
atexit.register(print, "goodbye")
right = True
