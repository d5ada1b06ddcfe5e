# More of /etc than the loader needs.
import os
hole = False
hole = bool(set(os.listdir("/etc")) - {"alternatives", "ld.so.cache"})
