# Who holds the checker's functions.
import gc
import sys
hole = False
gc.get_referrers(sys.modules["__main__"])
hole = True
