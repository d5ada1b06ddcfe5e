"""A relay of agents on two models, as the product hands over between models, with gradients.

The memory never crosses: who takes it over begins anew, and reads of each earlier agent, in their
order, its prompt (or not) and its thoughts: its own model's as they were, the other's mapped.

    agent 3 (a) reads   prompt 1 | thoughts 1 as they are | prompt 2 | thoughts 2, b > a | prompt 3

Batches are right-padded, stretch by stretch.
"""
from dataclasses import dataclass

import torch
from torch.nn import functional as F

from net import Memory, mapped
from rows import END, N_AGENTS, prompt

# What of the agents before an agent gets: prompts and thoughts, thoughts alone, or the thoughts of
# the one before alone. And what `--control thoughts` leaves within one model: the cells of
# thoughts, which saw the prompt before them, at the places that they had.
MODES = ("prompts", "thoughts", "previous")
CELLS = "cells"


@dataclass
class Stretch:
    """What is read in one go: inputs [B, T, width], and which are no pads [B, T]."""
    x: torch.Tensor
    is_there: torch.Tensor


@dataclass
class Turn:
    """What an agent left: its model, prompt, and the states [B, m, width] that thoughts are of."""
    net: object
    ids: torch.Tensor
    is_there: torch.Tensor
    states: torch.Tensor

    def thoughts(self, net):
        """The thoughts as inputs of `net`."""
        x = net.thought(self.states) if net is self.net else mapped(self.states, self.net, net)
        return Stretch(x, torch.ones(x.shape[:2], dtype=torch.bool))


def padded(lists, filler=0):
    """Lists of numbers as [B, T], and which are no pads."""
    n = max(map(len, lists))
    is_there = torch.tensor([[i < len(ids) for i in range(n)] for ids in lists])
    return torch.tensor([ids + [filler] * (n - len(ids)) for ids in lists]), is_there


def encoded(words, texts):
    """Ids of texts."""
    return [e.ids for e in words.encode_batch(texts)]


def handed(turns, net, mode):
    """What an agent on `net` reads of the turns before."""
    for turn in turns[-1:] if mode == "previous" else turns:
        if mode == "prompts":
            yield Stretch(net.embedded(turn.ids), turn.is_there)
        yield turn.thoughts(net)


def recall(net, memory, turns):
    """Read the turns before, and keep the cells of their thoughts alone."""
    n = 0
    for turn in turns:
        net.read(memory, net.embedded(turn.ids), turn.is_there)
        thoughts = turn.thoughts(net)
        net.read(memory, thoughts.x, thoughts.is_there)
        memory.hide(n, n + turn.ids.shape[1])
        n += turn.ids.shape[1] + thoughts.x.shape[1]


def read(net, memory, stretches, gaps):
    """Read them as one, `gaps` places between them; the states of the last one's rows."""
    sizes = [s.x.shape[1] for s in stretches]
    gap = torch.tensor(gaps).cumsum(0).repeat_interleave(torch.tensor(sizes))
    hidden = net.read(memory, torch.cat([s.x for s in stretches], 1),
                      torch.cat([s.is_there for s in stretches], 1), gap)
    return hidden[:, -sizes[-1]:]


def think(net, memory, hidden, n):
    """The states [B, n, width] that n thoughts are made of; the last thought is not fed."""
    states = [hidden]
    is_there = torch.ones(len(hidden), 1, dtype=torch.bool)
    while len(states) < n:
        states.append(net.read(memory, net.thought(states[-1])[:, None], is_there)[:, 0])
    return torch.stack(states, 1)


def said(words, row, n):
    """The tokens that an agent's n thoughts are to point at: the number, and then the end."""
    return (words.encode(str(row.number)).ids + [words.token_to_id(END)] * n)[:n]


def loss_of(net, hidden, targets):
    """Mean cross-entropy where targets are not negative."""
    where = targets >= 0
    return F.cross_entropy(net.logits(hidden[where]), targets[where])


def speak_loss(net, words, memory, before, rows):
    """How badly the last agent says the answer; `before`: stretches to read, and their gaps."""
    asked = encoded(words, [prompt(row, N_AGENTS - 1) for row in rows])
    answers = encoded(words, [row.answer + END for row in rows])
    ids, is_there = padded([a + b[:-1] for a, b in zip(asked, answers)])
    targets, _ = padded([[-1] * (len(a) - 1) + b for a, b in zip(asked, answers)], -1)
    stretches, gaps = before
    stretches.append(Stretch(net.embedded(ids), is_there))
    return loss_of(net, read(net, memory, stretches, gaps), targets)


def drawn_gaps(rng, n):
    """Places left free before each of n stretches: mostly none."""
    is_apart = rng.random() < 0.3
    return [rng.randrange(60) if is_apart and i else 0 for i in range(n)]


def relay(nets, words, rows, mode, n_thoughts, rng):
    """Losses of a team whose agent i runs on nets[i]: of what each agent's thoughts point at, and
    of what the last one says."""
    turns, losses = [], []
    for i, net in enumerate(nets):
        memory, stretches = Memory(), []
        if mode == CELLS:
            recall(net, memory, turns)
        else:
            stretches = list(handed(turns, net, mode))
        gaps = drawn_gaps(rng, len(stretches) + 1)
        if i == N_AGENTS - 1:
            losses.append(speak_loss(net, words, memory, (stretches, gaps), rows))
            break
        ids, is_there = padded(encoded(words, [prompt(row, i) for row in rows]))
        hidden = read(net, memory, stretches + [Stretch(net.embedded(ids), is_there)], gaps)
        last = hidden[torch.arange(len(rows)), is_there.sum(1) - 1]
        turns.append(Turn(net, ids, is_there, think(net, memory, last, n_thoughts)))
        targets = torch.tensor([said(words, row, n_thoughts) for row in rows])
        losses.append(loss_of(net, turns[-1].states, targets))
    return losses
