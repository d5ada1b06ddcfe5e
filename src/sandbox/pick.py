# pick.py - which lines of a text are the program; embedded in driver.py.
#
# A text offers candidates: its blocks of code, the last one first, and what stands around them. The
# program is the first that defines what the tests ask for, with what it needs of the others and of
# what the question gave. Nothing is run for that: compile() says what is Python, and the compiler's
# tables of names say what is defined and what is needed. A program is a list of lines, each known by
# its text and its number, so that the host can put it together again.
import ast
import builtins
import symtable

PIECES_MAX = 128  # as limits.h has it
GROWTH_MAX = 40  # lines at the margin that a statement may go on over,
GROWTHS_MAX = 2000  # and how often in a text one may be tried to go on
BODY_INDENT = 4
BLOCKS = ("def ", "async ", "class ", "if ", "for ", "while ", "with ", "try:", "@", "match ")
KNOWN = set(dir(builtins)) | {"__name__", "__file__", "__doc__", "__builtins__", "__annotations__"}

# Calls at the top of a program that show, test or leave: no definition needs them.
SHOWS = {"print", "pprint", "input", "exit", "quit", "_exit", "main", "testmod", "run", "show",
         "timeit", "display", "help", "breakpoint", "set_trace"}

# What can change any name of a program.
REACHES_ALL = {"globals", "exec", "eval", "setattr", "delattr", "vars", "locals", "__import__"}


def is_python(text):
    try:
        compile(text, "<program>", "exec", dont_inherit=True)
    except Exception:
        return False
    return True


def brought(text):
    """What a text binds at its top by importing it."""
    top = symtable.symtable(text, "<program>", "exec")
    return {s.get_name() for s in top.get_symbols() if s.is_imported() and not s.is_assigned()}


def names_of(text):
    """What a text binds at its top, and what it reads from there."""
    top = symtable.symtable(text, "<program>", "exec")
    binds = {s.get_name() for s in top.get_symbols()
             if s.is_assigned() or s.is_imported() or s.is_namespace()}
    reads = {s.get_name() for s in top.get_symbols() if s.is_referenced()}
    inner = list(top.get_children())
    while inner:
        table = inner.pop()
        inner += table.get_children()
        for s in table.get_symbols():
            if s.is_global() and s.is_referenced():
                reads.add(s.get_name())
            if s.is_declared_global() and s.is_assigned():
                binds.add(s.get_name())
    return binds, reads


class Program:
    """Lines (text, number, shift): shifted right by blanks, or with so many bytes cut off."""

    def __init__(self, texts, lines):
        self.lines = lines
        self.text = joined(texts, lines)
        self.binds, self.reads, self.defines = set(), set(), set()
        self.is_good = self.text.strip() != "" and is_python(self.text)
        if self.is_good:
            try:
                self.binds, self.reads = names_of(self.text)
                self.defines = self.binds - brought(self.text)
            except Exception:  # what compiles may still be too deep for its tables
                pass
        if "import *" in self.text:
            self.reads = set()  # nobody knows what that brings

    def pieces(self):
        """Runs of lines: text, first line, lines, shift."""
        found = []
        for t, i, shift in self.lines:
            last = found[-1] if found else None
            if last and last[0] == t and last[1] + last[2] == i and last[3] == shift:
                last[2] += 1
            else:
                found.append([t, i, 1, shift])
        return found


def lines_of(raw):
    try:
        return raw.decode().split("\n")
    except UnicodeDecodeError:
        return [""]


def shifted(line, shift):
    if shift < 0:
        return line[-shift:]
    return " " * shift + line if line.strip() else line


def joined(texts, lines):
    return "\n".join(shifted(texts[t][i], shift) for t, i, shift in lines)


def indent_of(line):
    return len(line) - len(line.lstrip(" \t"))


# ---- What is Python in a text that is not ----


def is_statement(node):
    """Prose can parse: "Yes", "Note: x". That is no statement of a program."""
    if isinstance(node, ast.Expr):
        return isinstance(node.value, ast.Call)
    if isinstance(node, ast.AnnAssign):
        return node.value is not None
    return not isinstance(node, (ast.Assert, ast.Pass, ast.Raise, ast.Delete))


def is_definition(node):
    return isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Import,
                             ast.ImportFrom))


def parsed(text):
    """(statements, could it go on): None for what is no Python."""
    try:
        tree = ast.parse(text)
        return (tree.body, False) if is_python(text) else (None, False)
    except SyntaxError as error:
        what = str(error.msg)
        begun = ("never closed", "unterminated triple", "EOF", "expected an indented block",
                 "expected 'except'")
        return None, any(word in what for word in begun) or text.lstrip().startswith("@")
    except Exception:
        return None, False


def margins(texts, lines):
    """Where a statement can begin: lines at the margin that go on with nothing."""
    goes_on = (")", "]", "}", "else:", "elif ", "except", "finally:", "else ", '"""', "'''")
    found = []
    for k, (t, i, shift) in enumerate(lines):
        line = shifted(texts[t][i], shift)
        if line.strip() and not indent_of(line) and not line.startswith(goes_on):
            found.append(k)
    return found + [len(lines)]


def grow(texts, lines, starts, k, budget):
    """The statements that begin at starts[k], and the number of the start behind them."""
    for end in range(k + 1, min(k + 1 + GROWTH_MAX, len(starts))):
        text = joined(texts, lines[starts[k]:starts[end]])
        body, may_go_on = parsed(text)
        if body is not None:
            return body, text, end
        if not may_go_on or budget[0] <= 0:
            break
        budget[0] -= 1
    return None, "", k + 1


def dedented(texts, lines):
    """Lines behind one of prose, as if they stood at the margin."""
    rows = [shifted(texts[t][i], shift) for t, i, shift in lines]
    depth = min((indent_of(row) for row in rows if row.strip()), default=0)
    return [(t, i, shift - depth) for t, i, shift in lines]


def extracted(texts, lines, wanted, is_inner=False):
    """The lines that are statements of a program; none without something that is wanted."""
    starts, kept, k = margins(texts, lines), [], 0
    known, budget = set(KNOWN), [GROWTHS_MAX]
    while k + 1 < len(starts):
        body, text, end = grow(texts, lines, starts, k, budget)
        first, last = starts[k], starts[end]
        k = end
        if body is None:
            line = shifted(*(texts[lines[first][0]][lines[first][1]], lines[first][2]))
            if not is_inner and last - first > 1 and not line.startswith(BLOCKS):
                kept += extracted(texts, dedented(texts, lines[first + 1:last]), wanted, True)
            continue
        binds, reads = names_of(text)
        if not body or not all(map(is_statement, body)):
            continue
        if all(is_definition(node) or isinstance(node, ast.Try) for node in body) or \
                reads - binds <= known:
            while not shifted(texts[lines[last - 1][0]][lines[last - 1][1]], 0).strip():
                last -= 1
            kept += lines[first:last]
            known |= binds
    return kept


def is_magic(line):
    return line.lstrip().startswith(("%", "!", "$ "))


def prompted(texts, lines):
    """What was typed behind the prompts of an interpreter."""
    return [(t, i, shift - 4) for t, i, shift in lines
            if texts[t][i].rstrip().startswith((">>>", "..."))]


def body_of(texts, lines):
    """The lines up to the next one at the margin: the first may stand there, as a prompt had
    brought its blanks."""
    rows = [texts[t][i] for t, i, _ in lines]
    end = next((k for k, row in enumerate(rows) if k and row.strip() and not indent_of(row)),
               len(rows))
    return [(t, i, 0 if k or indent_of(rows[0]) else BODY_INDENT)
            for k, (t, i, _) in enumerate(lines[:end])]


def readings(texts, number, given, wanted):
    """What a candidate may be meant as, the likeliest first."""
    lines = [(number, i, 0) for i in range(len(texts[number]))]
    yield lines
    yield [line for line in lines if not is_magic(texts[number][line[1]])]
    if not wanted:
        return
    yield prompted(texts, lines)
    if given is not None:
        head = [(given, i, 0) for i in range(len(texts[given]))]
        yield head + [(t, i, BODY_INDENT) for t, i, _ in lines]
        yield head + body_of(texts, lines)
    found = extracted(texts, lines, wanted)
    if found and Program(texts, found).binds & wanted:
        yield found


# ---- What a program needs ----


class Pick:
    def __init__(self, candidates, given, tests):
        self.texts = [lines_of(raw) for raw in [*candidates, given]]
        self.given = len(candidates) if given.strip() else None
        self.n = len(candidates)
        self.read = {}
        self.wanted, self.offered = set(), set()
        try:
            self.offered, reads = names_of(tests)
            self.wanted = {name for name in reads - self.offered - KNOWN}
        except Exception:  # tests that are no Python fail with any program
            pass

    def reading(self, number):
        """The program that a candidate is, taken for itself; None when it is none."""
        if number not in self.read:
            self.read[number] = None
            if any("\r" in line[:-1] for line in self.texts[number]):
                choices = [[(number, i, 0) for i in range(len(self.texts[number]))]]
            else:
                choices = readings(self.texts, number, self.given, self.wanted)
            for program in (Program(self.texts, lines) for lines in choices):
                if program.is_good and len(program.pieces()) <= PIECES_MAX:
                    self.read[number] = program
                    break
        return self.read[number]

    def lacks(self, program):
        """What the tests want of it, and what it needs itself."""
        return (self.wanted - program.defines,
                program.reads - program.binds - self.offered - KNOWN - self.wanted)

    def join(self, program, other):
        """Both, `other` first; None where they are no program together."""
        both = Program(self.texts, other.lines + program.lines)
        return both if both.is_good and len(both.pieces()) <= PIECES_MAX else None

    def helpers(self, number):
        """The other blocks, those before it in the text first, nearest first."""
        yield from map(self.reading, range(number + 1, self.n))
        yield from map(self.reading, range(number - 1, -1, -1))

    def complete(self, number):
        program = self.reading(number)
        for other in self.helpers(number):
            missing, needed = self.lacks(program)
            if not missing and not needed:
                return program
            if other and other.binds & (missing | needed) and not other.binds & program.binds:
                program = self.join(program, other) or program
        if self.given is not None and any(self.lacks(program)):
            head = Program(self.texts, [(self.given, i, 0)
                                        for i in range(len(self.texts[self.given]))])
            if head.is_good and head.binds & set.union(*self.lacks(program)):
                program = self.join(program, head) or program
        return program

    def choose(self):
        """Number and program of the first that lacks the least; None where nothing is Python."""
        best = None
        for number in range(self.n):
            program = self.reading(number)
            if not program:
                continue
            missing, needed = len(self.wanted), 0
            if program.defines & self.wanted:
                program = self.complete(number)
                missing, needed = map(len, self.lacks(program))
            if best is None or (missing, needed) < best[0]:
                best = (missing, needed), number, program
            if not missing and not needed:
                break
        return best and best[1:]

    def recipe(self, number, program):
        """"run", the candidate it is of, and, where it is not just that, its pieces."""
        pieces = program.pieces()
        if pieces == [[number, 0, len(self.texts[number]), 0]]:
            pieces = []
        return " ".join(map(str, ["run", number, *(n for piece in pieces for n in piece)]))

    def bare(self, program):
        """The program without what it only shows; None where that is all of it, or nothing."""
        try:
            return bare_of(self.texts, program, self.wanted) if self.wanted else None
        except Exception:  # deeper than a tree can be walked
            return None


# ---- A program without what it only shows ----


class Unit:
    """Statements that share lines."""

    def __init__(self, program, nodes, first, last):
        self.nodes, self.first, self.last = nodes, first, last
        rows = program.text.split("\n")[first:last]
        self.binds, self.reads = names_of("\n".join(rows))
        self.writes = {name for node in nodes for name in changed(node)} & self.reads
        self.is_definition = all(map(is_definition, nodes))
        self.own = {getattr(node, "name", None) for node in nodes}


def base_of(node):
    while isinstance(node, (ast.Attribute, ast.Subscript, ast.Call)):
        node = node.func if isinstance(node, ast.Call) else node.value
    return node.id if isinstance(node, ast.Name) else None


def changed(statement):
    """Names of what a statement may change in place."""
    for node in ast.walk(statement):
        if isinstance(node, (ast.Attribute, ast.Subscript)) and not isinstance(node.ctx, ast.Load):
            yield base_of(node)
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            yield base_of(node.func)


def units_of(program):
    """The units in order; each begins behind the last, so comments go with what follows."""
    groups = []
    for node in ast.parse(program.text).body:
        if groups and node.lineno <= groups[-1][-1].end_lineno:
            groups[-1].append(node)
        else:
            groups.append([node])
    ends = [nodes[-1].end_lineno for nodes in groups]
    return [Unit(program, nodes, first, end)
            for nodes, first, end in zip(groups, [0, *ends], ends)]


def does_nothing(node):
    """A text that stands alone, and what runs where a file is the main program."""
    if isinstance(node, ast.Expr):
        return isinstance(node.value, ast.Constant)
    return isinstance(node, ast.If) and "id='__name__'" in ast.dump(node.test)


def only_shows(node):
    """Whether it tests, prints or leaves, which no definition needs."""
    call = node.value if isinstance(node, ast.Expr) else None
    return isinstance(node, (ast.Assert, ast.Raise)) or \
        (isinstance(call, ast.Call) and last_name(call.func) in SHOWS)


def last_name(node):
    return node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", None)


def reach(unit, by_name, wanted):
    """What a unit may bind or change, by what it calls too, but for what the tests call."""
    found, seen, open_units = set(), set(), [unit]
    while open_units:
        one = open_units.pop()
        if id(one) in seen:
            continue
        seen.add(id(one))
        found |= (one.binds - one.own) | one.writes | (one.reads & REACHES_ALL)
        for name in one.reads - wanted:
            open_units += by_name.get(name, ())
    return found


def bare_of(texts, program, wanted):
    """The program without what no definition needs; None when that is all of it."""
    units = units_of(program)
    modules = {name for unit in units if isinstance(unit.nodes[0], (ast.Import, ast.ImportFrom))
               for name in unit.binds}
    by_name = {}
    for unit in units:
        if unit.is_definition:
            for name in unit.binds:
                by_name.setdefault(name, []).append(unit)
    kept = {id(unit) for unit in units
            if unit.is_definition or all(map(does_nothing, unit.nodes))}
    left = [unit for unit in units
            if id(unit) not in kept and not all(map(only_shows, unit.nodes))]
    needed = set(wanted).union(*(unit.reads for unit in units if unit.is_definition))
    effects = {id(unit): reach(unit, by_name, wanted) for unit in left}
    grows = True
    while grows:
        grows = False
        for unit in left:
            settles = unit.writes & modules and isinstance(unit.nodes[0], ast.Expr)
            if id(unit) not in kept and (effects[id(unit)] & (needed | REACHES_ALL) or settles):
                kept.add(id(unit))
                needed |= unit.reads
                grows = True
    if len(kept) == len(units):
        return None
    lines = [line for unit in units if id(unit) in kept
             for line in program.lines[unit.first:unit.last]]
    rest = Program(texts, lines)
    good = rest.is_good and wanted <= rest.binds and len(rest.pieces()) <= PIECES_MAX
    return rest if good else None
