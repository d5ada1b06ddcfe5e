"""The demo model: Qwen3 as transformers and libllama know it, written for training on a processor.

The parts are those of Qwen3ForCausalLM and give the same numbers (check.py); what is done together
there in many small steps is done in few here, because on a processor memory is what they cost.
Weights are views of one vector, so that a copy, a sum or an update of all is one operation.
"""
import math

import torch
from torch import nn
from torch.nn import functional as F

N_VOCAB = 768
N_LAYERS = 6
WIDTH = 192
N_HEADS = 4
N_KV_HEADS = 2
HEAD = 48
FFN = 512
N_POSITIONS = 4096
ROPE_BASE = 10000.0
EPS = 1e-6


class Layer(nn.Module):
    """Attention and feed-forward of one layer. x: [B, T, WIDTH]"""

    def __init__(self):
        super().__init__()
        self.norm = nn.Parameter(torch.ones(WIDTH))
        self.q = nn.Parameter(torch.empty(N_HEADS * HEAD, WIDTH))
        self.k = nn.Parameter(torch.empty(N_KV_HEADS * HEAD, WIDTH))
        self.v = nn.Parameter(torch.empty(N_KV_HEADS * HEAD, WIDTH))
        self.q_norm = nn.Parameter(torch.ones(HEAD))
        self.k_norm = nn.Parameter(torch.ones(HEAD))
        self.o = nn.Parameter(torch.empty(WIDTH, N_HEADS * HEAD))
        self.ffn_norm = nn.Parameter(torch.ones(WIDTH))
        self.gate = nn.Parameter(torch.empty(FFN, WIDTH))
        self.up = nn.Parameter(torch.empty(FFN, WIDTH))
        self.down = nn.Parameter(torch.empty(WIDTH, FFN))

    def attend(self, x, cos, sin, is_seen):
        """[B, T, WIDTH] to the same; keys and values of a head serve two heads of queries."""
        b, t, _ = x.shape
        q = F.linear(x, self.q).view(b, t, N_HEADS, HEAD)
        k = F.linear(x, self.k).view(b, t, N_KV_HEADS, HEAD)
        v = F.linear(x, self.v).view(b, t, N_KV_HEADS, 1, HEAD)
        q = turn(F.rms_norm(q, (HEAD,), self.q_norm, EPS), cos, sin).transpose(1, 2)
        k = turn(F.rms_norm(k, (HEAD,), self.k_norm, EPS), cos, sin)
        wide = (b, t, N_KV_HEADS, N_HEADS // N_KV_HEADS, HEAD)
        k = k.unsqueeze(3).expand(wide).reshape(b, t, N_HEADS, HEAD).transpose(1, 2)
        v = v.expand(wide).reshape(b, t, N_HEADS, HEAD).transpose(1, 2)
        y = F.scaled_dot_product_attention(q, k, v, is_seen, is_causal=is_seen is None)
        return F.linear(y.transpose(1, 2).reshape(b, t, N_HEADS * HEAD), self.o)

    def forward(self, x, cos, sin, is_seen):
        x = x + self.attend(F.rms_norm(x, (WIDTH,), self.norm, EPS), cos, sin, is_seen)
        y = F.rms_norm(x, (WIDTH,), self.ffn_norm, EPS)
        return x + F.linear(F.silu(F.linear(y, self.gate)) * F.linear(y, self.up), self.down)


def turn(x, cos, sin):
    """Rotate the pairs (i, i + HEAD/2) by the position's angles. x: [B, T, heads, HEAD]"""
    a, b = x[..., :HEAD // 2], x[..., HEAD // 2:]
    return torch.cat((a * cos - b * sin, b * cos + a * sin), dim=-1)


class Model(nn.Module):
    """The whole; weights drawn by `seed`."""

    def __init__(self, seed):
        super().__init__()
        self.embed = nn.Parameter(torch.empty(N_VOCAB, WIDTH))
        self.layers = nn.ModuleList(Layer() for _ in range(N_LAYERS))
        self.norm = nn.Parameter(torch.ones(WIDTH))
        self.head = nn.Parameter(torch.empty(N_VOCAB, WIDTH))
        rng = torch.Generator().manual_seed(seed)
        for name, p in self.named_parameters():
            if p.dim() == 2:
                is_last = name.endswith((".o", ".down"))
                std = 0.02 if name in ("embed", "head") else 1 / math.sqrt(3 * p.shape[1])
                nn.init.normal_(p, 0, std / (math.sqrt(2 * N_LAYERS) if is_last else 1),
                                generator=rng)
        angles = torch.outer(torch.arange(N_POSITIONS),
                             ROPE_BASE ** (-torch.arange(0, HEAD, 2) / HEAD))
        self.angles = (angles.cos()[:, None, :], angles.sin()[:, None, :])

    def embedded(self, ids):
        """[B, T] to [B, T, WIDTH]"""
        return F.embedding(ids, self.embed)

    def hidden(self, x, is_seen=None):
        """Last hidden states of embedded rows, behind the last norm: [B, T, WIDTH]. Each place sees
        what is_seen [B, T, T] says, without it all places before."""
        cos, sin = (a[:x.shape[1]] for a in self.angles)
        is_seen = None if is_seen is None else is_seen[:, None]
        for layer in self.layers:
            x = layer(x, cos, sin, is_seen)
        return F.rms_norm(x, (WIDTH,), self.norm, EPS)

    def logits(self, hidden):
        """[..., WIDTH] to [..., N_VOCAB]"""
        return F.linear(hidden, self.head)


def lay_out(model, vector=None):
    """Make all weights views of one vector [n_params], in the order of their names; the vector."""
    parameters = list(model.parameters())
    if vector is None:
        vector = torch.empty(sum(p.numel() for p in parameters), dtype=parameters[0].dtype)
        torch.cat([p.detach().flatten() for p in parameters], out=vector)
    for p, view in zip(parameters, views(model, vector)):
        p.data = view
    return vector


def lay_out_gradient(model, vector):
    """Make the gradients views of `vector`, as the weights are of theirs."""
    for p, view in zip(model.parameters(), views(model, vector)):
        p.grad = view


def views(model, vector):
    """What of the vector is which weight."""
    at = 0
    for p in model.parameters():
        yield vector[at:at + p.numel()].view(p.shape)
        at += p.numel()
