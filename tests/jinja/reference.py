"""The two sides of every comparison: jinja2 set up as transformers sets it up, and our engine.

jinja2 must be 3.1.6: what it renders is the truth here. Our engine is any command that answers
JSON lines as tests/jinja/render.c does; it is started anew after a crash, so that a crash costs
one template.
"""
import json
import os
import re
import resource
import subprocess
import sys
import threading
import warnings
from datetime import datetime, timezone

JINJA2 = "3.1.6"
NOW = 1700000000  # Tue 14 Nov 2023, 22:13:20 UTC
MS_MAX = 1000
PEAK_MAX = 64 * 1024 * 1024
STALL_S = 30  # an engine that has not answered one line by then is counted as hung

try:
    import jinja2
    import jinja2.ext
    import jinja2.sandbox
except ImportError:
    jinja2 = None


def missing():
    """Why nothing can be compared here, or None."""
    if jinja2 is None:
        return f"{sys.executable} has no jinja2: pip install jinja2=={JINJA2}"
    if jinja2.__version__ != JINJA2:
        return f"jinja2 is {jinja2.__version__}, compared is with {JINJA2}"
    return None


# ---- jinja2 as transformers sets it up ------------------------------------------------


def tojson(x, ensure_ascii=False, indent=None, separators=None, sort_keys=False):
    return json.dumps(x, ensure_ascii=ensure_ascii, indent=indent, separators=separators,
                      sort_keys=sort_keys)


def strftime_now(format):
    return datetime.fromtimestamp(NOW, timezone.utc).replace(tzinfo=None).strftime(format)


def make_environment():
    class Refused(jinja2.TemplateError):
        """What raise_exception raises."""

    class Generation(jinja2.ext.Extension):
        """{% generation %}..{% endgeneration %}: its body, in a scope of its own."""

        tags = {"generation"}

        def parse(self, parser):
            line = next(parser.stream).lineno
            body = parser.parse_statements(["name:endgeneration"], drop_needle=True)
            return jinja2.nodes.CallBlock(self.call_method("render"), [], [], body).set_lineno(line)

        def render(self, caller):
            return caller()

    class Dict:
        def __call__(self, *args, **kwargs):
            return dict(*args, **kwargs)

        def fromkeys(self, *args, **kwargs):
            return dict.fromkeys(*args, **kwargs)

    class Namespace(jinja2.utils.Namespace):
        def __init__(*args, **kwargs):
            self, values = args[0], dict(*args[1:], **kwargs)
            for name in values:
                Namespace.check(name)
            jinja2.utils.Namespace.__init__(self, values)

        def __setitem__(self, name, value):
            Namespace.check(name)
            jinja2.utils.Namespace.__setitem__(self, name, value)

        @staticmethod
        def check(name):
            if isinstance(name, str) and name.startswith("_"):
                raise jinja2.exceptions.SecurityError(f"{name!r} on a namespace")

    def raise_exception(message):
        raise Refused(message)

    warnings.simplefilter("ignore", SyntaxWarning)
    warnings.simplefilter("ignore", DeprecationWarning)
    env = jinja2.sandbox.ImmutableSandboxedEnvironment(
        trim_blocks=True, lstrip_blocks=True, extensions=[Generation, jinja2.ext.loopcontrols])
    env.filters["tojson"] = tojson
    env.globals.update(raise_exception=raise_exception, strftime_now=strftime_now, dict=Dict(),
                       namespace=Namespace)
    env.Refused = Refused
    return env


ENV = make_environment() if missing() is None else None


class Result:
    """A text, or an error: `refused` is the template's own (then `err` is its words)."""

    def __init__(self, out=None, err=None, refused=False, ms=0, peak=0, broken=False):
        self.out, self.err, self.refused, self.ms, self.peak = out, err, refused, ms, peak
        self.broken = broken  # a crash or a hang, never right

    def __str__(self):
        if self.out is not None:
            return repr(self.out)
        return f"error{' (raised)' if self.refused else ''}: {self.err}"


def expected(template, ctx):
    """What jinja2 makes of it."""
    try:
        return Result(out=ENV.from_string(template).render(**ctx))
    except ENV.Refused as error:
        return Result(err=str(error), refused=True)
    except RecursionError:
        return Result(err="RecursionError")
    except Exception as error:  # a template can raise whatever Python can
        return Result(err=f"{type(error).__name__}: {error}")


# An address, or the name of a class of ours: nothing that another engine could print alike.
UNDEFINED_TEXT = re.compile(r"\bat 0x[0-9a-f]{6,}|<class '|<function |<built-in |__main__|reference\.")


def is_comparable(result):
    text = result.out if result.out is not None else result.err
    if UNDEFINED_TEXT.search(text or "") and (result.out is not None or result.refused):
        return False
    try:
        (text or "").encode()
    except UnicodeEncodeError:  # half a surrogate pair
        return False
    return True


# ---- Our engine ------------------------------------------------------------------------


def unlimited():
    """What limits jinja2's memory here is not our engine's: sanitizers map terabytes."""
    most = resource.getrlimit(resource.RLIMIT_AS)[1]
    resource.setrlimit(resource.RLIMIT_AS, (most, most))


class Engine:
    """COMMAND, fed and read line by line."""

    def __init__(self, command):
        self.command = command
        self.process = None
        self.has_answered = False  # ever: a command that cannot run is no crash of a template

    def start(self):
        self.process = subprocess.Popen(self.command, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        stderr=subprocess.PIPE, encoding="utf-8", bufsize=1 << 16,
                                        preexec_fn=unlimited)
        self.errors = []
        self.reader = threading.Thread(target=self.read_errors, args=(self.process.stderr,), daemon=True)
        self.reader.start()

    def read_errors(self, pipe):
        for line in pipe:
            self.errors.append(line)

    def close(self):
        if self.process:
            self.process.stdin.close()
            self.process.wait()
            self.process = None

    def end(self):
        """What has closed its output ends by itself, or is ended."""
        try:
            self.process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.reader.join()
        if not self.has_answered:
            sys.exit(f"{' '.join(self.command)}: {self.death(self.process.returncode)} {''.join(self.errors)}")

    def render(self, questions):
        """A Result for each {"template" or "file", "ctx"}, in order."""
        results = []
        while len(results) < len(questions):
            results += self.render_some(questions[len(results):])
        return results

    def render_some(self, questions):
        """As many Results as come before a crash, and one for the crash."""
        if not self.process or self.process.poll() is not None:
            self.start()
        process = self.process
        writer = threading.Thread(target=self.write, args=(process.stdin, questions), daemon=True)
        writer.start()
        results = []
        for _ in questions:
            watch = threading.Timer(STALL_S, process.kill)
            watch.start()
            line = process.stdout.readline()
            watch.cancel()
            if not line.endswith("\n"):
                self.end()
                results.append(Result(err=self.death(process.returncode), broken=True))
                self.process = None
                break
            results.append(Result(**json.loads(line)))
            self.has_answered = True
        writer.join()
        return results

    @staticmethod
    def write(pipe, questions):
        try:
            for question in questions:
                pipe.write(json.dumps({**question, "now": NOW}) + "\n")
            pipe.flush()
        except (BrokenPipeError, ValueError):
            pass  # it died: the reader says so

    def death(self, status):
        said = [line for line in self.errors if re.search(r"ERROR|runtime error|render:|SUMMARY", line)]
        return f"it ended with status {status}: " + " ".join(line.strip() for line in said)[-400:]


def default_command():
    return [os.path.join(os.environ.get("B", "build"), "tests", "jinja", "render")]


# ---- The verdict -----------------------------------------------------------------------


# What the engine says of a feature that it lacks, by decision: block, self, autoescape, include,
# import, extends, urlize, \N{...}, methods of int and float, pprint of what needs lines or sorting,
# str.encode, maketrans and translate, isidentifier beyond ASCII, format of a safe text, lipsum,
# random, and integers beyond 64 bits.
UNSUPPORTED = "supported"


def verdict(want, got):
    """None where both sides agree; else the kind of the difference, worst first."""
    if got.broken:
        return "crash"
    if got.ms > MS_MAX:
        return "slow"
    if got.peak > PEAK_MAX:
        return "memory"
    if want.out is not None and got.out is not None:
        return None if want.out == got.out else "wrong"
    if got.out is not None:
        return "lax"  # ours renders what jinja2 refuses
    if UNSUPPORTED in got.err and not got.refused and (want.out is not None or want.refused):
        return "unsupported"  # ours says that it lacks something
    if want.out is not None:
        return "strict"  # ours refuses what jinja2 renders
    if want.refused != got.refused:
        return "refusal"
    return None if not want.refused or want.err == got.err else "words"
