# Everything that the collector knows.
import gc
hole = False
gc.get_objects()
hole = True
