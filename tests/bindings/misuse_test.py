"""misuse_test.py - what latentmas.py refuses, stops and survives: wrong arguments, closed objects,
exceptions in callbacks, Ctrl-C, threads, any order of freeing, and a library that is not its own.
"""

import gc
import os
import signal
import subprocess
import sys
import threading
import time

from common import DEMO, GREEDY, PAIR, SHELLS, SHORT, path, questions
from tap import ROOT, claim, finish, raises

import latentmas

model = latentmas.Model(DEMO)
session = model.session(n_ctx=4 * 4096, n_lanes=4, n_threads=1)
team = latentmas.Team.parse(PAIR)
TEXT = session.ask(team, SHELLS, **SHORT).text


def goes_on():
    """The session does what it did."""
    return session.ask(team, SHELLS, **SHORT).text == TEXT


class Odd(Exception):
    pass


def fail(*_):
    raise Odd("raised in a callback")


@claim("what the library refuses is raised with its words, by a class for each status")
def _():
    error = raises(latentmas.FileFailed, "absent.gguf", latentmas.Model, "absent.gguf")
    assert error.status == latentmas.Status.IO and isinstance(error, latentmas.LatentmasError)
    raises(latentmas.LatentmasError, "README.md", latentmas.Model, "README.md")
    raises(latentmas.Invalid, "nosuch", latentmas.Team.builtin, "nosuch")
    raises(latentmas.FormatWrong, "mine:1", latentmas.Team.parse, "{", "mine")
    raises(latentmas.Invalid, "100001", session.memory().think, "x", 100001)
    small = model.session(n_ctx=256, n_threads=1)
    raises(latentmas.ContextFull, "n_ctx", small.ask, team, SHELLS * 9, max_new_tokens=4)
    first = small.memory()
    raises(latentmas.ContextFull, "lanes", small.memory)
    raises(latentmas.ContextFull, "", first.read, "x", SHELLS * 20)


@claim("a question that fails among many does so in its answer; check() raises it")
def _():
    with session.solver(team, **SHORT) as solver:
        solver.submit(SHELLS * 100)
        solver.submit(SHELLS)
        ended = {a.id: a for a in solver}
    assert ended[1].check().text == TEXT
    raises(latentmas.ContextFull, "context", ended[0].check)


@claim("wrong arguments are refused with the name of the parameter, or the one that is meant")
def _():
    raises(TypeError, "do you mean n_lanes?", model.session, n_lane=2)
    raises(latentmas.Invalid, "n_lanes: -1 is beyond", model.session, n_lanes=-1)
    raises(latentmas.Invalid, "n_lanes: ", model.session, n_lanes=1.5)
    raises(latentmas.Invalid, "n_lanes", model.session, n_lanes=10000)
    raises(
        latentmas.Invalid, "kv: 'pool' is none of auto, unified, per_lane", model.session, kv="pool"
    )
    raises(latentmas.Invalid, "realign", model.session, realign="no")
    raises(latentmas.Invalid, "cache_type_k", model.session, cache_type_k=None)
    raises(
        latentmas.Invalid, "temperature", session.ask, team, SHELLS, sampling={"temperature": "x"}
    )
    raises(latentmas.Invalid, "origin", session.ask, team, SHELLS, origin=model)
    raises(latentmas.Invalid, "NUL", session.ask, team, "a\0b")
    raises(latentmas.Invalid, "a text is needed", session.ask, team, None)
    raises(latentmas.Invalid, "user", session.ask, team, SHELLS, user="x")
    raises(TypeError, "a Team is needed", session.ask, "sequential", SHELLS)
    raises(TypeError, "session.memory()", latentmas.Memory)
    assert goes_on()


def everything():
    """One object of each kind, those made of others behind them; and calls of each."""
    m = latentmas.Model(DEMO)
    s = m.session(n_ctx=2048, n_lanes=2, n_threads=1)
    t = latentmas.Team.builtin("sequential")
    memory, solver = s.memory(), s.solver(t, **SHORT)
    calls = [
        (m, [lambda: m.count_tokens("x"), m.target_norm, lambda: m.format_chat("x"), m.session]),
        (
            s,
            [
                s.memory,
                lambda: s.load_memory("x"),
                lambda: s.import_memory("x"),
                s.cancel,
                s.resume,
                lambda: s.ask(team, "x"),
                lambda: s.stream(team, "x"),
                lambda: s.measure("read", 1),
                lambda: s.solver(team),
            ],
        ),
        (
            t,
            [
                lambda: t.can_answer("baseline", "free"),
                lambda: t.needs(model, "x"),
                lambda: session.ask(t, "x"),
            ],
        ),
        (
            memory,
            [
                lambda: memory.read("a", "x"),
                lambda: memory.think("a", 1),
                memory.copy,
                lambda: memory.speak("a", 1),
                lambda: memory.n_pos,
                lambda: memory.segments,
                lambda: memory.rebuilt,
                lambda: memory.save("x"),
                lambda: memory.export("x"),
                lambda: memory.copy_to(session.memory()),
                lambda: session.memory().copy_to(memory),
                lambda: session.ask(team, "x", origin=memory),
            ],
        ),
        (
            solver,
            [
                lambda: solver.submit("x"),
                lambda: solver.add(team),
                lambda: solver.cancel(0),
                solver.tick,
                solver.running,
                lambda: solver.n_open,
                lambda: next(solver),
                lambda: solver.stream("x"),
            ],
        ),
    ]
    return calls


@claim("use after close raises Closed, whatever is called; to close again is nothing")
def _():
    calls = everything()
    for one, uses in calls:
        one.close()
        one.close()
        assert one.is_closed
        for use in uses:
            raises(latentmas.Closed, "closed", use)
    assert goes_on()


@claim("closing a model closes what was made of it, children first")
def _():
    calls = everything()
    calls[0][0].close()
    closed = [one for one, _ in calls if one.is_closed]
    assert len(closed) == 4 and calls[2][0] not in closed  # all but the team
    for one, uses in calls:
        if one.is_closed:
            raises(latentmas.Closed, "closed", uses[0])


@claim("references may go in any order, cycles included")
def _():
    for order in range(12):
        m = latentmas.Model(DEMO)
        s = m.session(n_ctx=512, n_lanes=2, n_threads=1)
        t = latentmas.Team.builtin("sequential")
        kept = [m, s, t, s.memory(), s.solver(t, origin=None, **SHORT)]
        if order % 2:
            kept[4]._cycle = kept[3]._cycle = kept
            m._cycle = kept
        del m, s, t
        while kept and not order % 2:
            kept.pop(order % len(kept))
        del kept
        gc.collect()
    assert goes_on()


@claim("an exception in a callback reaches the caller, and the session goes on")
def _():
    raises(Odd, "raised", latentmas.Model, DEMO, progress=fail)
    for name in latentmas._HEARD:
        raises(Odd, "raised", session.ask, team, SHELLS, logprobs=True, **{name: fail}, **SHORT)
    with session.memory() as memory:
        memory.read("reader", SHELLS)
        raises(Odd, "raised", memory.speak, "speaker", 8, GREEDY, fail)
        memory.read("reader", " Answer:")
        assert memory.speak("speaker", 8, GREEDY)
    latentmas.set_log(fail)
    raises(Odd, "raised", latentmas.Model, DEMO)
    latentmas.set_log(None)
    latentmas._log_failures.clear()
    assert goes_on()


@claim("a solver goes on behind an exception: no question and no answer is lost")
def _():
    failed = []

    def fail_once(id, trace):
        if not failed:
            failed.append(id)
            fail()

    with session.solver(team, on_agent=fail_once, **SHORT) as solver:
        for text in questions(6):
            solver.submit(text)
        raises(Odd, "raised", list, solver)
        assert sorted(a.id for a in solver) == list(range(6))


@claim("a callback that returns False stops the call: Canceled")
def _():
    stop = lambda *_: False
    raises(latentmas.Canceled, "", latentmas.Model, DEMO, progress=stop)
    for name in latentmas._HEARD:
        heard = {name: stop, "logprobs": True}
        raises(latentmas.Canceled, "stop", session.ask, team, SHELLS, **heard, **SHORT)
    assert goes_on()


@claim("a callback that calls into its own session is told so, and may use another")
def _():
    seen = []

    def meddle(text):
        raises(latentmas.Invalid, "callback", session.ask, team, SHELLS)
        raises(latentmas.Invalid, "callback", memory.close)
        raises(latentmas.Invalid, "callback", model.close)
        seen.append(model.count_tokens(text))
        return False

    with session.memory() as memory:
        memory.read("reader", SHELLS)
        raises(latentmas.Canceled, "", memory.speak, "speaker", 8, GREEDY, meddle)
    assert seen and goes_on()


def interrupted(fn, *args, **kwargs):
    """Seconds from SIGINT to the KeyboardInterrupt. The signal comes when the process has computed
    for 0.2 s more: a machine that is busy with other things interrupts no call before it begins."""
    at = []
    begin = time.process_time()

    def interrupt():
        while time.process_time() - begin < 0.2:
            time.sleep(0.005)
        at.append(time.monotonic())
        os.kill(os.getpid(), signal.SIGINT)

    thread = threading.Thread(target=interrupt)
    thread.start()
    try:
        raises(KeyboardInterrupt, "", fn, *args, **kwargs)
        return time.monotonic() - at[0]
    finally:
        thread.join()


@claim("Ctrl-C ends a long call at once with KeyboardInterrupt, and the session goes on")
def _():
    signal.signal(signal.SIGINT, signal.default_int_handler)
    # Calls so long that no machine is at their end after 0.2 s.
    with model.session(n_ctx=32768, n_threads=1) as wide:
        with wide.memory() as memory:
            memory.read("reader", SHELLS)
            took = interrupted(memory.think, "thinker", 30000)
            assert took < 2, took
            n_pos = memory.n_pos
            assert 40 < n_pos < 20000, n_pos
            memory.read("reader", " Answer:")
            assert memory.speak("speaker", 4, GREEDY)
        with wide.memory() as memory:
            took = interrupted(memory.read, "reader", SHELLS * 900)
            assert took < 2, took
        assert wide.ask(team, SHELLS, **SHORT).text == TEXT


@claim("Ctrl-C between and inside a solver's ticks loses no question")
def _():
    slow = {**SHORT, "max_new_tokens": 1000, "latent_steps": 40}
    with session.solver(team, **slow) as solver:
        for text in questions(150):
            solver.submit(text)
        ended = []
        interrupted(lambda: [ended.append(a.id) for a in solver])
        ended += [a.id for a in solver]
        assert sorted(ended) == list(range(150)), ended


@claim("cancel() from another thread stops a call with Canceled, until resume()")
def _():
    with session.memory() as memory:
        memory.read("reader", SHELLS)
        threading.Timer(0.1, session.cancel).start()
        raises(latentmas.Canceled, "", memory.think, "thinker", 3900)
        raises(latentmas.Canceled, "", session.ask, team, SHELLS)
    session.resume()
    assert goes_on()


@claim("threads share a session: each gets its answer, exceptions reach their thread")
def _():
    texts, errors = [], []

    def work(i):
        if i % 2:
            texts.append(session.ask(team, SHELLS, **SHORT).text)
        else:
            errors.append(raises(Odd, "raised", session.ask, team, SHELLS, on_memory=fail, **SHORT))

    threads = [threading.Thread(target=work, args=(i,)) for i in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert texts == [TEXT] * 2 and len(errors) == 2


@claim("a memory that a solver begins with is not changed while the solver lives")
def _():
    with session.memory() as origin:
        origin.read("reader", SHELLS)
        solver = session.solver(team, origin=origin, **SHORT)
        raises(latentmas.Invalid, "close the solver", origin.read, "x", "y")
        raises(latentmas.Invalid, "close the solver", session.memory().copy_to, origin)
        assert origin.copy().n_pos == origin.n_pos
        origin.close()
        assert solver.is_closed
    other = model.session(n_ctx=512, n_threads=1).memory()
    raises(latentmas.Invalid, "", session.solver, team, origin=other)
    raises(latentmas.Invalid, "", session.memory().copy_to, other)


def rss_kib():
    with open("/proc/self/status", encoding="ascii") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmRSS"))


def cycle():
    small = {"n_ctx": 256, "n_lanes": 2}  # with a number of threads: else 50 ms of looking at cores
    with latentmas.Team.builtin("sequential") as own, model.session(n_threads=1, **small) as s:
        memory = s.memory()
        memory.read("reader", "Mia has 6 bags.")
        solver = s.solver(own, on_agent=lambda id, trace: None, **SHORT)
        solver.submit(SHELLS)
        solver.running()
        raises(latentmas.Invalid, "", s.solver, own, latent_steps=-5)


@claim("200 times open, read and close leave the memory where it was")
def _():
    if os.environ.get("LD_PRELOAD"):
        return "a sanitizer keeps what is freed"
    sizes = []
    for i in range(200):
        cycle()
        if i % 40 == 39:
            sizes.append(rss_kib())
    grown = [after - before for before, after in zip(sizes, sizes[1:])]
    assert min(grown) < 200, sizes  # KiB in 40 cycles: what leaks grows in all of them


def python(code, **env):
    """A program of its own: its exit code, and what it says."""
    inside = {"PYTHONPATH": os.path.join(ROOT, "bindings", "python"), **env}
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, **inside},
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        cwd=ROOT,
    )
    return done.returncode, done.stdout


@claim("a program that closes nothing, even amid a question, ends without a word")
def _():
    code = (
        "import latentmas as L; m = L.Model('models/demo.gguf'); s = m.session(n_ctx=2048)\n"
        "L.set_log(lambda level, line: None); t = L.Team.builtin('sequential')\n"
        "stream = s.stream(t, 'How many?'); next(stream)"
    )
    assert python(code) == (0, ""), python(code)


@claim("where there is no library, the error names what was tried and what to set")
def _():
    code = "import latentmas as L\ntry: L.version()\nexcept L.LibraryMissing as e: print(e)"
    _, said = python(code, LATENTMAS_LIBRARY="/nowhere/lib.so")
    assert "set LATENTMAS_LIBRARY" in said and "/nowhere/lib.so" in said, said
    copy = path("latentmas.py")
    with open(copy, "wb") as out, open("bindings/python/latentmas.py", "rb") as file:
        out.write(file.read())
    _, said = python(code, PYTHONPATH=os.path.dirname(copy), LATENTMAS_LIBRARY="")
    assert "build/liblatentmas.so.0" in said and "lib/liblatentmas.so.0" in said, said


@claim("a library of another version is refused, and one that lacks a function")
def _():
    code = "import latentmas as L\ntry: L.load()\nexcept L.LibraryMissing as e: print(e)"
    for version, word in (
        ("9.8.7", "is latentmas 9.8.7"),
        (latentmas.HEADER_VERSION, "lacks lmas_"),
    ):
        with open(path("other.c"), "w", encoding="utf-8") as file:
            file.write(f'const char *lmas_version(void) {{ return "{version}"; }}\n')
        subprocess.run(
            ["cc", "-shared", "-fPIC", path("other.c"), "-o", path("other.so")], check=True
        )
        _, said = python(code, LATENTMAS_LIBRARY=path("other.so"), LD_PRELOAD="")
        assert word in said and said.count("\n") == 1, said


@claim("a forked child opens a model of its own")
def _():
    code = (
        "import os, latentmas as L; L.Team.builtin('sequential')\n"
        "pid = os.fork()\n"
        "if pid: raise SystemExit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))\n"
        "L.Model('models/demo.gguf').close(); os._exit(0)"
    )
    assert python(code)[0] == 0, python(code)


@claim("it compiles without a word, and needs the standard library alone")
def _():
    code = (
        "import sys; before = set(sys.modules); import latentmas\n"
        "new = {n.partition('.')[0] for n in set(sys.modules) - before} - {'latentmas'}\n"
        "print(sorted(n for n in new if n not in sys.stdlib_module_names))"
    )
    assert python(code) == (0, "[]\n") or not hasattr(sys, "stdlib_module_names"), python(code)


finish()
