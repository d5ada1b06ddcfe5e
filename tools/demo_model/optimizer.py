"""Muon for the matrices between, AdamW for the rest; each worker updates its own part.

Muon makes a matrix's averaged gradient orthogonal by five Newton-Schulz steps, so that every
direction of it moves alike. Its step is scaled so that one learning rate serves both.
"""
import torch

from model import views

BETA_MUON, BETA_1, BETA_2 = 0.95, 0.9, 0.98
DECAY = 0.05
NS = (3.4445, -4.7750, 2.0315)


def orthogonal(m):
    """The orthogonal matrix nearest to m, about."""
    x = m.bfloat16()
    is_tall = x.shape[0] > x.shape[1]
    x = x.T if is_tall else x
    x = x / (x.norm() + 1e-7)
    a, b, c = NS
    for _ in range(5):
        g = x @ x.T
        x = a * x + (b * g + c * g @ g) @ x
    return (x.T if is_tall else x).float()


def is_between(name, p):
    """Whether Muon takes it: embeddings, head and norms are AdamW's."""
    return p.dim() == 2 and name not in ("embed", "head")


class Part:
    """What one worker updates: every n-th weight of a model. `first` and `second`, means of the
    gradient and of its square, are [n_params] like all vectors, and shared among the workers."""

    def __init__(self, model, first, second, worker, n_workers):
        self.model = model
        pieces = zip(model.named_parameters(), views(model, first), views(model, second))
        mine = [(i, *piece) for i, piece in enumerate(pieces) if i % n_workers == worker]
        self.muon = [(i, p.data, *means) for i, (name, p), *means in mine if is_between(name, p)]
        self.adam = [(i, p.data, *means) for i, (name, p), *means in mine
                     if not is_between(name, p)]

    def update(self, gradient, rate, step):
        """One step along `gradient` [n_params]; `step` counts from 0."""
        gradients = list(views(self.model, gradient))
        for i, w, first, _ in self.muon:
            g = gradients[i]
            first.lerp_(g, 1 - BETA_MUON)
            o = orthogonal(g.lerp(first, BETA_MUON))
            w.mul_(1 - rate * DECAY).add_(o, alpha=-rate * 0.2 * max(w.shape) ** 0.5)
        for i, w, first, second in self.adam:
            g = gradients[i]
            first.lerp_(g, 1 - BETA_1)
            second.lerp_(g * g, 1 - BETA_2)
            size = (second / (1 - BETA_2 ** (step + 1))).sqrt_().add_(1e-8)
            w.mul_(1 - rate * DECAY if w.dim() == 2 else 1)
            w.addcdiv_(first, size, value=-rate / (1 - BETA_1 ** (step + 1)))
