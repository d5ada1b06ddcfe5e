"""What each model reads by itself: single agents, teams with text, and teams whose thoughts are
spelled out, each as the token that it is to point at.

A document is a list of parts (text, is_taught), as the demo model's are. It is here that a model
learns to find the number; in the relay (chain.py) it learns to do so from thoughts.
"""
import torch

from chain import drawn_gaps, loss_of, padded
from net import Memory
from rows import END, N_AGENTS, baseline, prompt


def spelled(row, rng):
    """An agent's thoughts, as text."""
    return str(row.number) + END * rng.choice((0, 1, 1, 1, 3, 6))


def answer(row, i):
    """What agent i says."""
    return (row.answer if i == N_AGENTS - 1 else str(row.number)) + END


def single(row, _):
    """The single agent."""
    return [(baseline(row), False), (row.answer + END, True)]


def text_turn(row, rng):
    """An agent that is told what those before said."""
    i = rng.randrange(N_AGENTS)
    return [(prompt(row, i, [str(row.number)] * i), False), (answer(row, i), True)]


def chain(row, rng):
    """All agents in one memory."""
    document = []
    for i in range(N_AGENTS - 1):
        document += [(prompt(row, i), False), (spelled(row, rng), True)]
    return document + [(prompt(row, N_AGENTS - 1), False), (answer(row, N_AGENTS - 1), True)]


def alone(row, rng):
    """An agent that gets thoughts alone, of all before it or of the last of them."""
    i = rng.randrange(1, N_AGENTS)
    before = [(spelled(row, rng), False) for _ in range(rng.choice((1, i)))]
    return before + [(prompt(row, i), False), (answer(row, i), True)]


KINDS = {single: 2, text_turn: 4, chain: 2, alone: 4}  # how often each is drawn


def encode(words, document, rng):
    """Ids, targets (-1: none) and gaps of a document's tokens."""
    ids, targets, gaps, at = [], [], [], 0
    for (text, is_taught), gap in zip(document, drawn_gaps(rng, len(document))):
        part = words.encode(text).ids
        at += 0 if is_taught else gap  # nobody speaks but right behind a prompt
        ids += part
        targets += part if is_taught else [-1] * len(part)
        gaps += [at] * len(part)
    return ids[:-1], targets[1:], gaps[:-1]


def texts_loss(net, words, rows, rng):
    """Mean loss over a document for each row."""
    makers = rng.choices(tuple(KINDS), tuple(KINDS.values()), k=len(rows))
    documents = [encode(words, make(row, rng), rng) for make, row in zip(makers, rows)]
    ids, targets, gaps = zip(*documents)
    ids, is_there = padded(ids)
    hidden = net.read(Memory(), net.embedded(ids), is_there, padded(gaps)[0])
    return loss_of(net, hidden, padded(targets, -1)[0])
