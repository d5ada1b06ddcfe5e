"""Two models of different width with one vocabulary: Qwen3 as transformers and libllama know it.

What the demo model's code lacks is here: rows of a batch have places of their own (pads are seen
by nobody and count for nothing), and a memory that grows, through which gradients go.
"""
import math
from dataclasses import dataclass

import torch
from torch import nn
from torch.nn import functional as F

N_VOCAB = 768
N_POSITIONS = 4096
ROPE_BASE = 10000.0
EPS = 1e-6


@dataclass(frozen=True)
class Shape:
    """Of one model; tied: what reads tokens also speaks them."""
    width: int
    ffn: int
    is_tied: bool
    n_layers: int = 3
    n_heads: int = 4
    n_kv_heads: int = 2
    head: int = 32


SHAPES = {"a": Shape(width=64, ffn=192, is_tied=True), "b": Shape(width=96, ffn=256, is_tied=False)}


class Layer(nn.Module):
    """Attention and feed-forward of one layer. x: [B, T, width]"""

    def __init__(self, s):
        super().__init__()
        self.shape = s
        self.norm = nn.Parameter(torch.ones(s.width))
        self.q = nn.Parameter(torch.empty(s.n_heads * s.head, s.width))
        self.k = nn.Parameter(torch.empty(s.n_kv_heads * s.head, s.width))
        self.v = nn.Parameter(torch.empty(s.n_kv_heads * s.head, s.width))
        self.q_norm = nn.Parameter(torch.ones(s.head))
        self.k_norm = nn.Parameter(torch.ones(s.head))
        self.o = nn.Parameter(torch.empty(s.width, s.n_heads * s.head))
        self.ffn_norm = nn.Parameter(torch.ones(s.width))
        self.gate = nn.Parameter(torch.empty(s.ffn, s.width))
        self.up = nn.Parameter(torch.empty(s.ffn, s.width))
        self.down = nn.Parameter(torch.empty(s.width, s.ffn))

    def attend(self, x, turn, is_seen, before):
        """`before`: keys and values [B, heads, T0, head] of what was read, or None; and the same
        with x's."""
        s, (b, t, _) = self.shape, x.shape
        q = F.linear(x, self.q).view(b, t, s.n_heads, s.head)
        k = F.linear(x, self.k).view(b, t, s.n_kv_heads, s.head)
        v = F.linear(x, self.v).view(b, t, s.n_kv_heads, s.head).transpose(1, 2)
        q = turned(F.rms_norm(q, (s.head,), self.q_norm, EPS), *turn).transpose(1, 2)
        k = turned(F.rms_norm(k, (s.head,), self.k_norm, EPS), *turn).transpose(1, 2)
        if before is not None:
            k, v = torch.cat((before[0], k), 2), torch.cat((before[1], v), 2)
        n = s.n_heads // s.n_kv_heads
        y = F.scaled_dot_product_attention(q, k.repeat_interleave(n, 1), v.repeat_interleave(n, 1),
                                           is_seen)
        return F.linear(y.transpose(1, 2).reshape(b, t, -1), self.o), (k, v)

    def forward(self, x, turn, is_seen, before):
        """x behind the layer, and the keys and values."""
        width = (self.shape.width,)
        y, cells = self.attend(F.rms_norm(x, width, self.norm, EPS), turn, is_seen, before)
        x = x + y
        y = F.rms_norm(x, width, self.ffn_norm, EPS)
        return x + F.linear(F.silu(F.linear(y, self.gate)) * F.linear(y, self.up), self.down), cells


def turned(x, cos, sin):
    """Rotate the pairs (i, i + head/2) by the place's angles. x: [B, T, heads, head]"""
    a, b = x.chunk(2, -1)
    return torch.cat((a * cos - b * sin, b * cos + a * sin), dim=-1)


class Memory:
    """What a batch has read: cells of each layer, which of them are no pads [B, T], and the place
    that follows [B]."""

    def __init__(self):
        self.cells, self.is_there, self.next = None, None, None

    def take(self, is_there, gap):
        """Make room for a stretch: its places [B, T], by `gap` (of all, or of each [T]) further on;
        and what each of it sees [B, 1, T, T0 + T]."""
        b, t = is_there.shape
        n_before = 0 if self.is_there is None else self.is_there.shape[1]
        first = torch.zeros(b, dtype=torch.long) if self.next is None else self.next
        places = first[:, None] + gap + is_there.long().cumsum(1) - 1
        self.next = places[:, -1] + 1
        self.is_there = is_there if n_before == 0 else torch.cat((self.is_there, is_there), 1)
        column = torch.arange(n_before + t)
        row = column[n_before:, None]
        # A pad sees itself, or the softmax of its row would have nothing to be over.
        return places, ((self.is_there[:, None, None] & (column <= row)) | (column == row))

    def hide(self, first, end):
        """Nothing sees the columns from here on, and what follows keeps its place."""
        column = torch.arange(self.is_there.shape[1])
        self.is_there = self.is_there & ~((column >= first) & (column < end))


class Net(nn.Module):
    """The whole; weights drawn by `seed`."""

    def __init__(self, shape, seed):
        super().__init__()
        self.shape = shape
        self.embed = nn.Parameter(torch.empty(N_VOCAB, shape.width))
        self.layers = nn.ModuleList(Layer(shape) for _ in range(shape.n_layers))
        self.norm = nn.Parameter(torch.ones(shape.width))
        self.head = None if shape.is_tied else nn.Parameter(torch.empty(N_VOCAB, shape.width))
        rng = torch.Generator().manual_seed(seed)
        for name, p in self.named_parameters():
            if p.dim() == 2:
                is_last = name.endswith((".o", ".down"))
                std = 0.02 if name in ("embed", "head") else 1 / math.sqrt(3 * p.shape[1])
                nn.init.normal_(p, 0, std / (math.sqrt(2 * shape.n_layers) if is_last else 1),
                                generator=rng)
        angles = torch.outer(torch.arange(N_POSITIONS),
                             ROPE_BASE ** (-torch.arange(0, shape.head, 2) / shape.head))
        self.angles = (angles.cos()[:, None], angles.sin()[:, None])

    def read(self, memory, x, is_there, gap=0):
        """Put a stretch x [B, T, width] behind what was read; its states, behind the last norm."""
        places, is_seen = memory.take(is_there, gap)
        turn = [a[places] for a in self.angles]
        cells = []
        for i, layer in enumerate(self.layers):
            x, kept = layer(x, turn, is_seen, memory.cells and memory.cells[i])
            cells.append(kept)
        memory.cells = cells
        return F.rms_norm(x, (self.shape.width,), self.norm, EPS)

    def embedded(self, ids):
        """[B, T] to [B, T, width]"""
        return F.embedding(ids, self.embed)

    def logits(self, hidden):
        """[..., width] to [..., N_VOCAB]"""
        return F.linear(hidden, self.embed if self.head is None else self.head)

    def thought(self, hidden):
        """A state as an input of the model itself: brought to an embedding's size."""
        size = self.embed.norm(dim=1).mean()
        return hidden * size / hidden.norm(dim=-1, keepdim=True)


def mapped(hidden, source, target):
    """States of one model as inputs of another, by what they would say: the soft map."""
    return F.softmax(source.logits(hidden), -1) @ target.embed
