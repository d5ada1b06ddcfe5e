# References that are weak, and an object that says goodbye.
import gc
import weakref
gone = []


class Thing:
    def __del__(self):
        gone.append(1)

thing = Thing()
peek = weakref.ref(thing)
weakref.finalize(thing, gone.append, 2)
del thing
gc.collect()
right = peek() is None and sorted(gone) == [1, 2]
