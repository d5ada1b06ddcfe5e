"""Trains the two models together; goes on where it was stopped.

First each by itself, on text (texts.py); then also as a team (chain.py), in which gradients go back
from the last agent's answer through the maps and the thoughts to the first agent. A last stage has
teams whose thoughts go on as cells without the prompts that these saw. Step `s` of a seed is always
the same step. One thread; the state is kept every two minutes.

    ./dev --reference python3 tools/relay_models/train.py --folder DIR
"""
import argparse
import itertools
import json
import os
import random
import sys
import time

os.environ["OPENBLAS_NUM_THREADS"] = os.environ["OMP_NUM_THREADS"] = "1"

# pylint: disable=wrong-import-position
import torch

from chain import CELLS, MODES, relay
from net import SHAPES, Net
from rows import N_AGENTS, ROOT, draw
from texts import texts_loss

sys.path += [os.path.join(ROOT, "tools/demo_model"), os.path.join(ROOT, "tests/parity")]
from make_vectors import load_tokenizer  # of tests/parity
from optimizer import orthogonal  # the demo model's

VOCABULARY = os.path.join(ROOT, "models/demo.gguf")
BETA_MUON, BETA_1, BETA_2, DECAY = 0.95, 0.9, 0.98, 0.02
N_LOGGED = 25   # steps that a line of the log stands for
KEPT_EVERY = 120  # seconds
TEAMS = ["".join(who) for who in itertools.product("ab", repeat=N_AGENTS)]
WEIGHTS = {"abab": 15, "baba": 6}  # how often a team is drawn; others once


class Updates:
    """Muon for the matrices between, AdamW for the rest, of both models."""

    def __init__(self, nets):
        self.named = [(f"{k}.{name}", p) for k, net in nets.items()
                      for name, p in net.named_parameters()]
        self.means = {name: [torch.zeros_like(p), torch.zeros_like(p)] for name, p in self.named}

    @torch.no_grad()
    def update(self, rate, step):
        """One step; `step` counts from 0."""
        for name, p in self.named:
            first, second = self.means[name]
            g = p.grad
            if g is None:  # this step's team has no agent on that model
                continue
            if p.dim() == 2 and ".layers." in name:
                first.lerp_(g, 1 - BETA_MUON)
                o = orthogonal(g.lerp(first, BETA_MUON))
                p.mul_(1 - rate * DECAY).add_(o, alpha=-rate * 0.2 * max(p.shape) ** 0.5)
            else:
                first.lerp_(g, 1 - BETA_1)
                second.lerp_(g * g, 1 - BETA_2)
                size = (second / (1 - BETA_2 ** (step + 1))).sqrt_().add_(1e-8)
                p.mul_(1 - rate * DECAY if p.dim() == 2 else 1)
                p.addcdiv_(first, size, value=-rate / (1 - BETA_1 ** (step + 1)))
            p.grad = None


def rate_at(step, args):
    """Learning rate: up in fifty steps, flat, down along a line in 300; and from a quarter of it
    down to nothing in the last stage."""
    if step >= args.steps:
        return args.rate / 4 * (1 - (step - args.steps) / args.last)
    return args.rate * min((step + 1) / 50, 1, (args.steps - step) / 300)


def draw_rows(rng, n):
    """n rows of training."""
    return [draw(rng) for _ in range(n)]


def losses_of(nets, words, args, step):
    """The losses of a step, by name."""
    rng = random.Random(f"{args.seed}/train/{step}")
    losses = {}
    is_team, is_last = step >= args.alone, step >= args.steps
    if not is_team or step % 2 == 0:
        n = args.batch // 2 if is_team else args.batch
        losses = {f"text {k}": texts_loss(net, words, draw_rows(rng, n), rng)
                  for k, net in nets.items()}
    if is_team:
        who = rng.choices(TEAMS, [WEIGHTS.get(t, 1) for t in TEAMS])[0]
        mode = rng.choices((*MODES, CELLS), (2, 3, 4, 6) if is_last else (3, 6, 4, 0))[0]
        n_thoughts = rng.choice((3, 4, 4, 4, 4, 6, 10))
        *pointed, spoken = relay([nets[k] for k in who], words, draw_rows(rng, args.batch), mode,
                                 n_thoughts, rng)
        losses |= {f"points {i + 1}": loss for i, loss in enumerate(pointed)} | {"speaks": spoken}
    return losses


class Log:
    """Losses and speed, on stderr and in loss.jsonl."""

    def __init__(self, args, step):
        self.path = os.path.join(args.folder, "loss.jsonl")
        self.n_steps, self.first = args.steps + args.last, step
        self.begin, self.sums = time.time(), {}

    def add(self, step, losses):
        """A step is done."""
        for name, loss in losses.items():
            self.sums.setdefault(name, []).append(float(loss.detach()))
        if (step + 1) % N_LOGGED:
            return
        means = {name: round(sum(all_) / len(all_), 4) for name, all_ in self.sums.items()}
        self.sums = {}
        with open(self.path, "a", encoding="utf-8") as file:
            file.write(json.dumps({"step": step + 1, **means}) + "\n")
        seconds = (time.time() - self.begin) / (step + 1 - self.first)
        print(f"step {step + 1} of {self.n_steps}, {seconds:.2f} s each, "
              f"{seconds * (self.n_steps - step - 1) / 60:.0f} min left: {means}",
              file=sys.stderr, flush=True)


def save(path, step, nets, updates):
    """Write the state beside, then put it in place."""
    torch.save({"step": step, "means": updates.means,
                "weights": {k: net.state_dict() for k, net in nets.items()}}, path + ".part")
    os.replace(path + ".part", path)


def load(path, nets, updates):
    """The step to go on with."""
    if not os.path.exists(path):
        return 0
    state = torch.load(path)
    for k, net in nets.items():
        net.load_state_dict(state["weights"][k])
    updates.means = state["means"]
    return state["step"]


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--folder", required=True, help="where everything is kept")
    parser.add_argument("--seed", type=int, default=42)
    parser.add_argument("--steps", type=int, default=750, help="without the last stage")
    parser.add_argument("--alone", type=int, default=250, help="of them, before they are a team")
    parser.add_argument("--last", type=int, default=250, help="steps of the last stage")
    parser.add_argument("--batch", type=int, default=48)
    parser.add_argument("--rate", type=float, default=4e-3, help="the highest learning rate")
    args = parser.parse_args()
    torch.set_num_threads(1)
    torch.use_deterministic_algorithms(True)
    os.makedirs(args.folder, exist_ok=True)
    words = load_tokenizer(VOCABULARY)
    nets = {k: Net(shape, args.seed + i) for i, (k, shape) in enumerate(SHAPES.items())}
    updates, path = Updates(nets), os.path.join(args.folder, "state.pt")
    first = load(path, nets, updates)
    log, kept = Log(args, first), time.time()
    for step in range(first, args.steps + args.last):
        losses = losses_of(nets, words, args, step)
        sum(losses.values()).backward()
        updates.update(rate_at(step, args), step)
        log.add(step, losses)
        if time.time() - kept > KEPT_EVERY or step + 1 == args.steps + args.last:
            save(path, step + 1, nets, updates)
            kept = time.time()


if __name__ == "__main__":
    main()
