"""Random weights at which an error shows, and that a compressor makes small.

No norm is all ones, no bias zero: what is left out or applied twice must move a logit. Yet they
are tame: with matrices of full size a thought amplifies rounding tenfold every one to three steps,
and two right engines part. Each weight is one of some ten multiples of a power of two, so that a
model of 300 KB is 40 KB in the repository.
"""

import math
import re

import torch

GAIN = 0.4  # of matrices: 1 would keep a vector's length
QK_NORM = 0.25  # of the norms of queries and keys: attention without a scale of its own is a lottery
EMBEDDING = 0.25

KEPT = re.compile(r"A_log|\.decay|alpha_log")  # as transformers draws them: their range means something
NORM = re.compile(r"norm|ln_|\.ln\d?")
ROWS = re.compile(r"embed|wte|wpe|lm_head")


def drawn(shape, deviation, g):
    """Normal, but on a grid of half a deviation and at most three deviations."""
    step = 2.0 ** round(math.log2(deviation / 2))
    return (torch.randn(shape, generator=g) * deviation / step).round().clamp(-6, 6) * step


def between(shape, low, high, g):
    return ((torch.rand(shape, generator=g) * (high - low) + low) * 16).round() / 16


def norm(name, p, g):
    """Of both signs: else a tied model would go on repeating its last token."""
    if name.endswith("bias"):
        return drawn(p.shape, 0.1, g)
    sign = torch.randint(0, 2, p.shape, generator=g) * 2 - 1
    scale = between(p.shape, 0.4, 1.8, g) * sign * (QK_NORM if re.search(r"[qk]_norm", name) else 1)
    return scale - 1 if float(p.abs().max()) == 0 else scale  # (1 + w) norms begin at 0


def fresh(name, p, g):
    """New values for a parameter, by its name."""
    leaf = name.split(".")[-1]
    if KEPT.search(name):
        return p
    if leaf == "dt_bias" or name.endswith("dt_proj.bias"):
        return between(p.shape, -3, -1, g)
    if leaf in ("D", "layer_scalar"):
        return between(p.shape, 0.5, 1.5, g)
    if leaf == "sinks":
        return drawn(p.shape, 1.0, g)
    if NORM.search(name.lower()) and p.dim() == 1:
        return norm(name, p, g)
    if p.dim() == 1:
        return drawn(p.shape, 0.1, g)
    if ROWS.search(name) and "proj" not in name:
        return drawn(p.shape, EMBEDDING, g)
    if "conv" in name:
        return drawn(p.shape, p.shape[-1] ** -0.5, g)
    return drawn(p.shape, GAIN * p.shape[-1] ** -0.5, g)


@torch.no_grad()
def randomise(model, seed, quiet=""):
    g = torch.Generator().manual_seed(seed)
    for name, p in model.named_parameters():  # a tied one comes once
        p.copy_(fresh(name, p, g) * (0.25 if quiet and quiet in name else 1))
    for name, buffer in model.named_buffers():
        if name.endswith("e_score_correction_bias"):
            buffer.copy_(between(buffer.shape, 0.0, 0.3, g))
        elif name.endswith("layer_scalar"):
            buffer.copy_(between(buffer.shape, 0.5, 1.5, g))
    return model.float().eval()
