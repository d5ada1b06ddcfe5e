# driver.py - runs one program and the tests behind it, inside the sandbox; embedded in latentmas.
#
# The idea: the token that means "the last line of the tests was reached" lies where Python code
# cannot look. One half waits in a pipe that is read after the tests. The other is on the value
# stack of the frame that runs the program: frames show their variables, not their stack, and the
# collector, which sees all there is, is refused by an audit hook that nothing can take away, and
# so is jumping over lines. The hook binds this interpreter, so making another is refused too. It
# holds no secret and no variable: catching it at work by a signal, say, gains nothing.
#
# Right programs meet none of this: what doctest, cProfile and their like switch on is replaced by
# something that does nothing, so that only who looks for the original is refused.
#
# What a program says of itself is never asked by its own methods: a text may be of a class that
# answers as it likes, so it is copied first, by functions that were taken before it ran.
#
# What stays possible in principle, as program and tests share a process: reading raw memory (numpy
# can), and defining what the tests use (`zip`, an `==` that is always true). A wrong token is
# never forgiven: the host takes one, and nothing may come before or behind it.
import os
import resource
import sys
import time
import types

PAYLOAD, VERDICT, TOKEN = 0, 3, 4  # as walls.h numbers them
HALF = 16
DETAIL_MAX = 200
NAME = "<program>"
MUTATED, BARE = 1, 2  # changes, as payload.h numbers them

# (pick.py)


def refuse(event, args):
    """What only an attack on the checker needs. Constants alone: see above."""
    if event in {
        "sys.settrace", "sys.setprofile", "sys.monitoring.register_callback",
        "gc.get_objects", "gc.get_referrers", "gc.get_referents",
        "sys.remote_exec",
    }:
        raise PermissionError(event)
    # Hooks bind one interpreter; these modules make others, or look into this one.
    if event == "import" and args[0].rpartition(".")[2] in {
        "_interpreters", "_xxsubinterpreters", "_testcapi", "_testinternalcapi", "_testlimitedcapi",
    }:
        raise ImportError(args[0])  # which asyncio can do without
    if event.startswith("ctypes.") and (event != "ctypes.dlopen" or args[0] is not None):
        raise PermissionError(event)


class Profiler:
    """What cProfile is built on, without looking into frames: one row, of all that ran."""

    def __init__(self, *args, **names):
        self.clear()

    def clear(self):
        self.since, self.seconds = None, 0.0

    def enable(self, *args, **names):
        self.since = time.perf_counter()

    def disable(self):
        if self.since is not None:
            self.seconds += time.perf_counter() - self.since
            self.since = None

    def getstats(self):
        return [types.SimpleNamespace(code="<all that ran>", callcount=1, reccallcount=0, calls=None,
                                      totaltime=self.seconds, inlinetime=self.seconds)]


def quieten():
    """Tracing is never on: who asks for it goes on without."""
    def nothing(*args, **names):
        return None

    sys.settrace = sys.setprofile = nothing
    sys._settraceallthreads = sys._setprofileallthreads = nothing
    if hasattr(sys, "monitoring"):
        sys.monitoring.register_callback = nothing
    sys.modules["_lsprof"] = types.ModuleType("_lsprof")
    sys.modules["_lsprof"].Profiler = Profiler


def say(text, write=os.write):
    write(VERDICT, text.encode("utf-8", "replace") + b"\n")


def read_payload():
    """[half of the token], change, candidates, given, tests; the payload is gone afterwards."""
    with open(PAYLOAD, "rb") as source:
        box = [source.read(HALF)]
        n_processes, change, *sizes = map(int, source.readline().split())
        texts = [source.read(size) for size in sizes]
    null = os.open("/dev/null", os.O_RDONLY)  # the lowest number that is free: 0 again
    assert null == PAYLOAD
    limit = resource.getrlimit(resource.RLIMIT_NPROC)[1]
    if limit == resource.RLIM_INFINITY or limit > n_processes:
        limit = n_processes
    resource.setrlimit(resource.RLIMIT_NPROC, (limit, limit))
    for fd in (VERDICT, TOKEN):
        os.set_inheritable(fd, False)
    return box, change, texts[:-2], texts[-2], texts[-1].decode()


def choose(change, candidates, given, tests):
    """What to say of the program, and its text; None where there is none."""
    pick = Pick(candidates, given, tests)
    chosen = pick.choose()
    if chosen is None:
        return "none", None
    number, program = chosen
    if change == BARE:
        program = pick.bare(program)
        if program is None:
            return "run %d\nsame" % number, None
    return pick.recipe(number, program), program.text


def describe(error, type=type, str=str, every=BaseException,
             name_of=type.__dict__["__name__"].__get__):
    """One line; the program's own __str__ may be at work in here, and give what is no plain text."""
    try:
        name, text = str.__str__(name_of(type(error))), str.__str__(str(error))
    except every:
        name, text = "an exception that cannot be printed", ""
    line = " ".join((name + (": " + text if text else "")).split())
    return line.encode("utf-8", "replace")[:DETAIL_MAX].decode("utf-8", "ignore")


def is_exit(error, type=type, leaving=SystemExit, mro_of=type.__dict__["__mro__"].__get__):
    for one in mro_of(type(error)):
        if one is leaving:
            return True
    return False


def operators(ast, node):
    """Rank, node and place in it of each operator that can be changed, in the text's order."""
    if isinstance(node, ast.Compare):
        yield from ((0, node, place) for place in range(len(node.ops)))
    elif isinstance(node, ast.AugAssign):
        yield 1, node, None
    elif isinstance(node, ast.BinOp):
        yield 2, node, None
    elif isinstance(node, ast.BoolOp):
        yield 3, node, None
    elif isinstance(node, ast.UnaryOp) and not isinstance(node.op, ast.UAdd):
        yield 4, node, None
    for child in ast.iter_child_nodes(node):
        yield from operators(ast, child)


def mutate(text):
    """The program with one operator changed, or None when it has none. A comparison is negated
    if there is one, as that changes the most; else it is the next kind's turn. Of a kind the
    last is taken: first ones often guard against what tests do not ask."""
    import ast
    pairs = ("Eq NotEq", "Lt GtE", "Gt LtE", "In NotIn", "Is IsNot", "Add Sub", "BitAnd BitOr",
             "LShift RShift", "And Or")
    others = {"Mult": "Add", "Div": "Mult", "FloorDiv": "Mult", "Mod": "Add", "Pow": "Mult",
              "BitXor": "BitAnd", "MatMult": "Add"}
    for pair in pairs:
        one, other = pair.split()
        others[one], others[other] = other, one
    tree = ast.parse(text)
    found = list(operators(ast, tree))
    if not found:
        return None
    first = min(rank for rank, _, _ in found)
    rank, node, place = [one for one in found if one[0] == first][-1]
    old = node.ops[place] if rank == 0 else node.op
    if rank == 4:
        node.operand = ast.UnaryOp(old, node.operand)  # twice is not at all
    else:
        new = getattr(ast, others[type(old).__name__])()
        if rank == 0:
            node.ops[place] = new
        else:
            node.op = new
    return ast.unparse(ast.fix_missing_locations(tree))


def other_half(process, getpid=os.getpid, read=os.read, leave=os._exit):
    if getpid() != process:  # a copy made by os.fork(): the verdict is not its to give
        leave(0)
    return read(TOKEN, HALF)


def judge(code, box, process, getpid=os.getpid, leave=os._exit, every=BaseException):
    """Run, and write the token behind it. The order inside the call is what it is all about:
    the first half is on the stack, and nowhere else, before the program's first line. The halves
    are joined by what asks neither of them: a subclass of bytes would be handed the other."""
    try:
        os.write(VERDICT, b"".join((box.pop(), exec(code, {}) or other_half(process))))
    except every as error:
        if getpid() == process:
            say(("exited " if is_exit(error) else "failed ") + describe(error))
    finally:
        leave(0)


def main():
    box, change, candidates, given, tests = read_payload()
    say("ready")
    word, text = choose(change, candidates, given, tests)
    say(word)
    if text is None:
        os._exit(0)
    if change == MUTATED:
        try:
            text = mutate(text)
        except Exception:  # deeper than the parser's tree can be walked
            text = None
        if text is None:
            say("same")
            os._exit(0)
    sys.path[:] = [folder for folder in sys.path if folder]
    sys.argv[:] = [NAME]
    quieten()
    sys.addaudithook(refuse)
    try:
        code = compile(text + "\n" + tests, NAME, "exec", dont_inherit=True)
    except BaseException as error:
        say("failed " + describe(error))
        os._exit(0)
    del text, tests, candidates, given
    judge(code, box, os.getpid())


main()
