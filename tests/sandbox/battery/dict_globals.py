# A namespace that has an answer for every name.
class Space(dict):
    def __missing__(self, name):
        return True

    def __getitem__(self, name):
        return True


space = Space(globals())
exec("hole = False", globals(), space)
__builtins__ = Space()
