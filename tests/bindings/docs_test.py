"""docs_test.py - the Python of docs/python.md runs, block by block, and docstrings'."""

import contextlib
import inspect
import io
import re
import textwrap

from common import DEMO, FOLDER, questions
from tap import claim, finish

import latentmas

names = {}


def runs(what, code):
    code = code.replace("/tmp/", FOLDER.name + "/").replace("model.gguf", DEMO)

    @claim(f"{what} runs: {code.strip().splitlines()[0]}")
    def _():
        with contextlib.redirect_stdout(io.StringIO()) as out:
            exec(compile(code, what, "exec"), names)
        assert out.getvalue() or "print" not in code


with open("docs/python.md", encoding="utf-8") as file:
    for number, block in enumerate(
        re.findall(r"^```python\n(.*?)^```$", file.read(), re.S | re.M), 1
    ):
        runs(f"docs/python.md, block {number}", block)


def indented(doc):
    """The code of a docstring: what stands four columns behind its text."""
    return textwrap.dedent("\n".join(re.findall(r"^(?:    |$).*", doc, re.M)))


@claim("the class that the docs name last is closed with all the others")
def _():
    assert all(names[one].is_closed for one in ("model", "session", "team"))


runs("the module's docstring", indented(latentmas.__doc__))


@claim("the docstring of Solver runs")
def _():
    code = indented(inspect.cleandoc(latentmas.Solver.__doc__))
    with latentmas.Model(DEMO) as model, model.session(n_ctx=4096, n_lanes=2) as session:
        given = {
            "session": session,
            "team": latentmas.Team.builtin("sequential"),
            "questions": questions(2),
            "print": lambda *args: said.append(args),
        }
        said = []
        exec(code, given)
    assert len(said) == 2


finish()
