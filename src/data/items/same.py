# same.py - what stands in for the assertion() of a row's tests; embedded in latentmas.
#
# The published one lets much through: by numpy's closeness None, 7 and {} are all that an empty
# list is, a number is a list of equal ones, and two texts are the same when the program says so.
# This one asks for the same value, of the same type and length where it is not equal, and is
# tolerant of non-empty floats only.
#
# It stands behind the program, in its namespace. So it asks no object anything: what a value is
# follows from the built-in type beneath its class, whose functions then read it. And it uses no
# name: a program may have taken `len` or `isinstance` for something else.
#
# MODE: 0 where the published one compares values, 1 where sets of them; 2 where it does something
# else, which is left to it, with a copy of the value.
def assertion(published, mode):
    tuple, list, dict, set = ().__class__, [].__class__, {}.__class__, {0}.__class__
    str, bytes, int, bool = "".__class__, b"".__class__, (0).__class__, (True).__class__
    float, complex, type = (0.5).__class__, (0j).__class__, ().__class__.__class__
    plain = (str, bytes, bool, int, float, complex, list, tuple, dict, set)
    mro_of, flags_of = type.__dict__["__mro__"].__get__, type.__dict__["__flags__"].__get__
    name_of, home_of = type.__dict__["__name__"].__get__, type.__dict__["__module__"].__get__
    made_by_python = 1 << 9

    def kind_of(x):
        """The plain type beneath; a name for what of others is taken; None for the rest."""
        for base in mro_of(type(x)):
            for one in plain:
                if base is one:
                    return one
            if not flags_of(base) & made_by_python:
                if name_of(base) == "frozenset":
                    return base
                if name_of(base) == "generic" and home_of(base) == "numpy":
                    return "number"
        return None

    def read(x):
        """x, of plain types through and through; others stay what they are."""
        kind = kind_of(x)
        if kind is None or kind is bool:
            return x
        if kind == "number":
            number = x if flags_of(type(x)) & made_by_python else x.item()
            return read(number) if kind_of(number) != "number" else x
        if kind is str:
            return str.__str__(x)
        if kind is bytes:
            return b"".join((x,))
        if kind is int:
            return int.__int__(x)
        if kind is float:
            return float.__float__(x)
        if kind is complex:
            return complex.__pos__(x)
        if kind is dict:
            return {read(key): read(value) for key, value in dict.items(x)}
        items = [read(one) for one in kind.__iter__(x)]
        return items if kind is list else (*items,) if kind is tuple else (
            {*items} if kind is set else kind(items))

    def is_strange(x):
        """Of what was read: whether something in it has no plain type."""
        kind = type(x)
        if x is None:
            return False
        if kind_of(x) is not kind:
            return True
        for one in (str, bytes, bool, int, float, complex):
            if kind is one:
                return False
        for one in x:
            if is_strange(one) or kind is dict and is_strange(x[one]):
                return True
        return False

    def is_floats(x):
        """A float, or some of them and nothing else."""
        if type(x) is list or type(x) is tuple:
            for one in x:
                if type(one) is not float:
                    return False
            return x != [] and x != ()
        return type(x) is float

    def is_close(out, exp, atol):
        """Of two numbers; what is infinite is close to nothing."""
        gap, size = out - exp, exp
        gap, size = gap if gap > 0 else -gap, size if size > 0 else -size
        return gap == gap and size - size == 0 and gap <= atol + 1e-07 * size

    def is_same(out, exp, atol, is_inner):
        if out == exp:
            return True
        if type(exp) is float:
            is_number = type(out) is float or is_inner and type(out) is int
            return is_number and is_close(out, exp, atol)
        if type(out) is not type(exp):
            return False
        if type(exp) is complex:
            return is_close(out.real, exp.real, atol) and is_close(out.imag, exp.imag, atol)
        if type(exp) is dict:
            if out.keys() != exp.keys():
                return False
            for key in exp:
                if not is_same(out[key], exp[key], atol, True):
                    return False
            return True
        if type(exp) is not list and type(exp) is not tuple or out.__len__() != exp.__len__():
            return False
        at = 0
        for one in exp:
            if not is_same(out[at], one, atol, True):
                return False
            at += 1
        return True

    def is_set_of(out, exp):
        kind = kind_of(out)
        if kind is str or kind is bytes or kind is dict:
            return False
        out = [read(one) for one in (out if kind is None else kind.__iter__(out))]
        return not is_strange(out) and {*out} == {*exp}

    def compare(out, exp, atol):
        wanted = read(exp)
        if mode == 2 or is_strange(wanted):
            return published(read(out), exp, atol)
        if mode == 1:
            assert is_set_of(out, wanted), f"not a collection of {wanted!r}"
            return
        out = read(out)
        assert not is_strange(out), "a value of a class of its own"
        if atol == 0 and is_floats(wanted):
            atol = 1e-06
        is_right = out == wanted or atol != 0 and is_same(out, wanted, atol, False)
        assert is_right, f"out: {out!r}, exp: {wanted!r}"

    return compare
