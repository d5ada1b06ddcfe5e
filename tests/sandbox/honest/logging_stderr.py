# Words to stderr, and warnings.
import logging
import sys
import warnings
logging.basicConfig(level=logging.DEBUG)
logging.getLogger("program").debug("starting %d", 1)
print("note", file=sys.stderr, flush=True)
with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    warnings.warn("old", DeprecationWarning)
warnings.warn("shown")
right = len(caught) == 1
