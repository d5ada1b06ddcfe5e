"""Makes a template that shows a difference as small as it gets while the difference stays.

Deletes runs of tokens, halving their length, and simplifies single tokens; every round tries many
candidates at once, because asking our engine for many costs little more than for one.
"""
import re

TOKEN = re.compile(r"""\{%[-+]?\s*raw\s*-?%\}|\{[%{\#][-+]?|[-+]?[%}\#]\}|'(?:\\.|[^'\\])*'|"(?:\\.|[^"\\])*"|\w+|\s+|//|\*\*|[<>=!]=|.""", re.S)
TAG = re.compile(r"\{%.*?%\}", re.S)
ROUNDS_MAX = 60


def deletions(tokens):
    """Token lists with something left out, the shortest first."""
    size = len(tokens)
    while size >= 1:
        for at in range(0, len(tokens), size):
            yield tokens[:at] + tokens[at + size:]
        if size <= 4:  # also those that no multiple of the size begins
            for at in range(1, len(tokens)):
                if at % size:
                    yield tokens[:at] + tokens[at + size:]
        size //= 2


def pairs(tokens):
    """With two tokens left out that belong together, or two tags, or all but what is between."""
    opened = []
    for at, token in enumerate(tokens):
        if token in "([{":
            opened.append(at)
        elif token in ")]}" and opened:
            begin = opened.pop()
            yield tokens[:begin] + tokens[begin + 1:at] + tokens[at + 1:]
            yield tokens[:begin] + tokens[at + 1:]
    text = "".join(tokens)
    tags = list(TAG.finditer(text))
    for i, first in enumerate(tags):
        for second in tags[i + 1:i + 8]:
            yield TOKEN.findall(text[:first.start()] + text[first.end():second.start()] + text[second.end():])
            yield TOKEN.findall(text[:first.start()] + text[second.end():])


def simplifications(tokens):
    """With one token replaced by a plainer one."""
    for at, token in enumerate(tokens):
        if token[0] in "'\"" and len(token) > 3:
            plainer = ["''", "'a'", token[:len(token) // 2 + 1].rstrip("\\") + token[0], token[0] + token[len(token) // 2:]]
        elif re.fullmatch(r"[\d_]{2,}", token):
            plainer = ["1", "2"]
        elif re.fullmatch(r"\{[%{]-|\{%\+", token) or re.fullmatch(r"-[%}]\}|\+%\}", token):
            plainer = [token.strip("-+")]
        elif token.isspace() and token != " ":
            plainer = [" ", "\n"]
        elif token.isidentifier() and token not in ("i", "s", "il", "x"):
            plainer = ["i", "s", "il", "x"]
        else:
            continue
        yield from (tokens[:at] + [plain] + tokens[at + 1:] for plain in plainer if plain != token)


def first_that(still_differs, candidates, chunk=64):
    """The first candidate that still shows the difference; None when none does."""
    batch, seen = [], set()
    for candidate in candidates:
        text = "".join(candidate)
        if text in seen:
            continue
        seen.add(text)
        batch.append(text)
        if len(batch) == chunk:
            found = next((t for t, differs in zip(batch, still_differs(batch)) if differs), None)
            if found is not None:
                return found
            batch = []
    return next((t for t, differs in zip(batch, still_differs(batch)) if differs), None) if batch else None


def shrink(template, still_differs):
    """`still_differs` takes templates and gives a truth for each."""
    for _ in range(ROUNDS_MAX * 4):
        tokens = TOKEN.findall(template)
        smaller = first_that(still_differs, deletions(tokens))
        if smaller is None:
            smaller = first_that(still_differs, pairs(tokens))
        if smaller is None:
            smaller = first_that(still_differs, simplifications(tokens))
        if smaller is None or smaller == template:
            return template
        template = smaller
    return template
