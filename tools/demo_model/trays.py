"""Documents laid into rows of one length, so that every step has the same shape and little is
empty. A tray is [rows, length]; a row holds one document behind the other."""
import random

import torch

import tokenizer as vocabulary
from documents import document

SHORT = (6, 256)
LONG = (2, 704)
SPARE = 6  # documents that may fail to fit before a tray counts as full


def fill(words, shape, rng, progress):
    """One tray: ids, targets (-100 where nothing is taught), and where thoughts stand."""
    n_rows, length = shape
    rows = [([], [], []) for _ in range(n_rows)]
    n_failed = 0
    while n_failed < SPARE:
        parts = document(rng, progress, is_long=shape == LONG)
        ids, taught, thought = vocabulary.encode(words, parts)
        row = next((r for r in rows if len(r[0]) + len(ids) <= length), None)
        if row is None:
            n_failed += 1
            continue
        for have, more in zip(row, (ids, taught, thought)):
            have.extend(more)
    return tray(rows, length)


def tray(rows, length):
    """The rows as tensors; what follows a place is its target."""
    ids = torch.zeros(len(rows), length, dtype=torch.long)
    target = torch.full((len(rows), length), -100)
    is_thought = torch.zeros(len(rows), length, dtype=torch.bool)
    for i, (tokens, taught, thought) in enumerate(rows):
        n = len(tokens)
        if n < 2:
            continue
        ids[i, :n] = torch.tensor(tokens)
        target[i, :n - 1] = ids[i, 1:n].masked_fill(~torch.tensor(taught[1:]), -100)
        is_thought[i, :n] = torch.tensor(thought)
    return ids, target, is_thought


def shapes(step, progress):
    """What a step reads: long documents seldom at first, later as often as short ones."""
    every = 8 if progress < 0.3 else 2
    return (SHORT, SHORT) if step % every else (SHORT, LONG)


def trays(words, seed, step, n_steps, share):
    """The trays of one share of a step; the same ones each time."""
    rng = random.Random(f"{seed}/step/{step}/{share}")
    progress = step / n_steps
    return [fill(words, shape, rng, progress) for shape in shapes(step, progress)]
