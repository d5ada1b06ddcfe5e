# The project, with the answers of the benchmark in it.
import os
hole = False
hole = bool(os.listdir(HOST_FOLDER))
