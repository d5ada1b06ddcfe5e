"""Documents laid into rows of one length, so that every step has the same shape and little is
empty. A tray is [rows, length]; a row holds one document behind the other."""
import random

import torch

import tokenizer as vocabulary
from documents import document

SHORT = (6, 256)
LONG = (2, 704)
MOST_BRANCHES = 64  # of a document
SPARE = 6  # documents that may fail to fit before a tray counts as full


def fill(words, shape, rng, progress, has_joins=False):
    """One tray: ids, targets (-100 where nothing is taught), where thoughts stand, and the branch
    of each place in MOST_BRANCHES numbers of its document, 0 where all see it and it sees all."""
    n_rows, length = shape
    rows = [([], [], [], []) for _ in range(n_rows)]
    n_failed = n_documents = 0
    while n_failed < SPARE:
        parts = document(rng, progress, shape == LONG, has_joins)
        ids, taught, thought, branches = vocabulary.encode(words, parts)
        row = next((r for r in rows if len(r[0]) + len(ids) <= length), None)
        if row is None:
            n_failed += 1
            continue
        n_documents += 1
        branches = [branch and n_documents * MOST_BRANCHES + branch for branch in branches]
        for have, more in zip(row, (ids, taught, thought, branches)):
            have.extend(more)
    return tray(rows, length)


def tray(rows, length):
    """The rows as tensors; what follows a place is its target."""
    ids = torch.zeros(len(rows), length, dtype=torch.long)
    target = torch.full((len(rows), length), -100)
    is_thought = torch.zeros(len(rows), length, dtype=torch.bool)
    branch = torch.zeros(len(rows), length, dtype=torch.long)
    for i, (tokens, taught, thought, branches) in enumerate(rows):
        n = len(tokens)
        if n < 2:
            continue
        ids[i, :n] = torch.tensor(tokens)
        target[i, :n - 1] = ids[i, 1:n].masked_fill(~torch.tensor(taught[1:]), -100)
        is_thought[i, :n] = torch.tensor(thought)
        branch[i, :n] = torch.tensor(branches)
    return ids, target, is_thought, seen(branch)


def seen(branch):
    """[rows, T, T], whether a place sees another, from each one's branch [rows, T]; None where it
    sees just all before it."""
    if not branch.any():
        return None
    theirs, mine = branch[:, None, :], branch[:, :, None]
    is_beside = (theirs != mine) & (theirs // MOST_BRANCHES == mine // MOST_BRANCHES)
    is_beside &= (theirs > 0) & (mine > 0)
    return ~is_beside & torch.ones(branch.shape[1], branch.shape[1], dtype=torch.bool).tril()


def shapes(step, progress):
    """What a step reads: long documents seldom at first, later as often as short ones."""
    every = 8 if progress < 0.3 else 2
    return (SHORT, SHORT) if step % every else (SHORT, LONG)


def trays(words, seed, step, n_steps, share, has_joins):
    """The trays of one share of a step; the same ones each time."""
    rng = random.Random(f"{seed}/{'joined' if has_joins else 'step'}/{step}/{share}")
    progress = step / n_steps
    if has_joins:
        return [fill(words, shape, rng, progress, True) for shape in (SHORT, LONG)]
    return [fill(words, shape, rng, progress) for shape in shapes(step, progress)]
