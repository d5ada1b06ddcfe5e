"""Makes a template that shows a difference as small as it gets while the difference stays.

Deletes runs of tokens, halving their length, and simplifies single tokens; every round tries many
candidates at once, because asking our engine for many costs little more than for one.
"""
import re
import time

TOKEN = re.compile(r"""\{%[-+]?\s*raw\s*-?%\}|\{[%{\#][-+]?|[-+]?[%}\#]\}|'(?:\\.|[^'\\])*'|"(?:\\.|[^"\\])*"|\w+|\s+|//|\*\*|[<>=!]=|.""", re.S)
TAG = re.compile(r"\{%.*?%\}", re.S)
SECONDS_MAX = 20


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


def first_that(first_alike, candidates, chunk=64):
    """The first candidate that still shows the difference; None when none does."""
    batch, seen = [], set()
    for candidate in candidates:
        text = "".join(candidate)
        if text not in seen:
            seen.add(text)
            batch.append(text)
        if len(batch) == chunk:
            found = first_alike(batch)
            if found is not None:
                return found
            batch = []
    return first_alike(batch) if batch else None


def shrink(template, first_alike):
    """`first_alike` takes templates and gives the first one that still shows the difference."""
    end = time.monotonic() + SECONDS_MAX
    while time.monotonic() < end:
        tokens = TOKEN.findall(template)
        for smaller_ones in (deletions, pairs, simplifications):
            smaller = first_that(first_alike, smaller_ones(tokens))
            if smaller is not None:
                break
        if smaller is None or smaller == template:
            return template
        template = smaller
    return template
