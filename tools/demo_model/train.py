"""Trains the demo model on documents.py; goes on where it was stopped.

The first stage begins with nothing. The second begins with its export (--start FILE), and also
reads what agents side by side leave to be joined.

Two workers, whatever the machine: each reads its share of a step's trays, and updates its part of
the weights with the sum of both gradients. Step `s` of a seed is always the same step. The state is
kept every two minutes. All is f32 (attention in bf16 is six times slower on a processor) but the
iterations of Muon.

    ./dev --reference python3 tools/demo_model/train.py --folder DIR
"""
import argparse
import hashlib
import json
import os
import sys
import time

# Two workers with one thread each; OpenBLAS asks the environment, and only before it is loaded.
# Left to itself it starts two threads a worker, which wait for each other: ten times slower.
os.environ["OPENBLAS_NUM_THREADS"] = os.environ["OMP_NUM_THREADS"] = "1"

# pylint: disable=wrong-import-position
import torch
from tokenizers import Tokenizer
from torch import multiprocessing

import tokenizer as vocabulary
from documents import HERE, TEAM_FILES
from export import put_weights
from model import Model, lay_out, lay_out_gradient
from optimizer import Part
from trays import trays

N_WORKERS = 2
N_LOGGED = 25   # steps that a line of the log stands for
KEPT_EVERY = 120  # seconds
PATIENCE = 600  # seconds that a worker waits for the other, which may have been killed
RECIPE = ("frames", "problems", "documents", "tokenizer", "trays", "model", "optimizer", "export",
          "train")


def rate_at(progress, step, highest):
    """Learning rate: up in a hundred steps, flat, down along a line in the last half."""
    return highest * min((step + 1) / 100, 1, 2 * (1 - progress) + 0.005)


def put_thoughts(x, is_thought, states, embed, rng):
    """Replace the embeddings of thoughts by hidden states, brought to an embedding's size."""
    n = int(is_thought.sum())
    if n == 0:
        return x
    chosen = states[torch.randint(len(states), (n,), generator=rng)]
    size = embed.detach().norm(dim=1).mean()
    chosen = chosen / chosen.norm(dim=1, keepdim=True) * size
    return x.masked_scatter(is_thought[..., None], chosen)


def read_tray(model, tray, states, rng):
    """Add the gradient of a tray; its summed loss, and the hidden states it gave [n, WIDTH]."""
    ids, target, is_thought, is_seen = tray
    x = put_thoughts(model.embedded(ids), is_thought, states, model.embed, rng)
    hidden = model.hidden(x, is_seen)
    where = target >= 0
    taught = hidden[where]
    loss = torch.nn.functional.cross_entropy(model.logits(taught), target[where], reduction="sum")
    loss.backward()
    return float(loss.detach()), taught.detach()


class Worker:
    """One of the two. Vectors [n_params] and the counts are shared."""

    def __init__(self, number, args, shared):
        torch.set_num_threads(1)
        torch.use_deterministic_algorithms(True)
        self.number, self.args, self.shared = number, args, shared
        self.words = Tokenizer.from_file(os.path.join(args.folder, "tokenizer.json"))
        self.model = Model(args.seed)
        lay_out(self.model, shared["weights"])
        lay_out_gradient(self.model, shared["gradients"][number])
        self.part = Part(self.model, shared["first"], shared["second"], number, N_WORKERS)

    def read(self, step):
        """The share's gradient, and its counts: loss, taught, read."""
        gradient, counts = self.shared["gradients"][self.number], self.shared["counts"][self.number]
        rng = torch.Generator().manual_seed((self.args.seed << 32) + step * N_WORKERS + self.number)
        states = None
        gradient.zero_()
        counts.zero_()
        for tray in trays(self.words, self.args.seed, step, self.args.steps, self.number,
                          self.args.start is not None):
            loss, states = read_tray(self.model, tray, states, rng)
            counts += torch.tensor([loss, (tray[1] >= 0).sum(), tray[0].numel()])

    def step(self, step, barrier):
        """One step with the other worker; the counts of both."""
        self.read(step)
        barrier.wait(PATIENCE)
        counts = self.shared["counts"].sum(0)
        rate = rate_at(step / self.args.steps, step, self.args.rate)
        self.part.update(self.shared["gradients"].sum(0) / counts[1], rate, step)
        barrier.wait(PATIENCE)
        return counts


class Log:
    """Loss and speed, on stderr and in loss.jsonl."""

    def __init__(self, folder, step, n_steps):
        self.path = os.path.join(folder, "loss.jsonl")
        self.n_steps, self.first, self.begin = n_steps, step, time.time()
        self.counts, self.n_read = torch.zeros(3), 0

    def add(self, step, counts):
        """A step is done."""
        self.counts += counts
        self.n_read += float(counts[2])
        if (step + 1) % N_LOGGED:
            return
        loss = float(self.counts[0] / self.counts[1])
        self.counts.zero_()
        with open(self.path, "a", encoding="utf-8") as file:
            file.write(json.dumps({"step": step + 1, "loss": round(loss, 5)}) + "\n")
        seconds = time.time() - self.begin
        left = seconds / (step + 1 - self.first) * (self.n_steps - step - 1)
        print(f"\rstep {step + 1} of {self.n_steps}, loss {loss:.4f}, "
              f"{self.n_read / seconds:.0f} tokens/s, {left / 60:.0f} min left ",
              end="", file=sys.stderr, flush=True)


def save(path, step, shared):
    """Write the state beside, then put it in place."""
    torch.save({"step": step, "recipe": shared["recipe"],
                **{k: shared[k] for k in ("weights", "first", "second")}}, path + ".part")
    os.replace(path + ".part", path)


def work(number, args, shared, barrier):
    """A worker's life; the first one also keeps the log and the state."""
    worker = Worker(number, args, shared)
    first = int(shared["step"])
    log, kept = Log(args.folder, first, args.steps), time.time()
    last = args.steps if args.until is None else min(args.steps, args.until)
    for step in range(first, last):
        counts = worker.step(step, barrier)
        if number:
            continue
        log.add(step, counts)
        if time.time() - kept > KEPT_EVERY or step + 1 == last:
            save(os.path.join(args.folder, "state.pt"), step + 1, shared)
            kept = time.time()


def start(args):
    """The shared state: new, or as it was kept."""
    model = Model(args.seed)
    if args.start:
        put_weights(model, args.start)
    weights = lay_out(model)
    n = weights.numel()
    shared = {"weights": weights, "first": torch.zeros(n),
              "second": torch.zeros(n), "gradients": torch.zeros(N_WORKERS, n),
              "counts": torch.zeros(N_WORKERS, 3), "step": torch.tensor(0)}
    path = os.path.join(args.folder, "state.pt")
    if os.path.exists(path):
        state = torch.load(path)
        if state["recipe"] != recipe(args):
            sys.exit(f"{path}: kept by another recipe (seed, steps, rate, code): "
                     f"{state['recipe']}; start in an empty folder")
        shared["step"].fill_(state["step"])
        for name in ("weights", "first", "second"):
            shared[name].copy_(state[name])
    print(f"{n / 1e6:.2f} M parameters, from step {int(shared['step'])}", file=sys.stderr)
    for value in shared.values():
        value.share_memory_()
    return shared | {"recipe": recipe(args)}


def recipe(args):
    """What decides the model: the flags, and the text of the code and of the teams."""
    code = hashlib.sha256()
    for path in [os.path.join(HERE, name + ".py") for name in RECIPE] + TEAM_FILES:
        with open(path, "rb") as file:
            code.update(file.read())
    if args.start:
        with open(args.start, "rb") as file:
            code.update(file.read())
    return f"{args.seed} {args.steps} {args.rate} {code.hexdigest()}"


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--folder", required=True, help="where everything is kept")
    parser.add_argument("--seed", type=int, default=42)
    parser.add_argument("--steps", type=int, default=2200)
    parser.add_argument("--until", type=int, help="stop there, as if killed")
    parser.add_argument("--rate", type=float, default=3e-3, help="the highest learning rate")
    parser.add_argument("--start", metavar="FILE", help="export of the first stage: do the second")
    args = parser.parse_args()
    os.makedirs(args.folder, exist_ok=True)
    if not os.path.exists(os.path.join(args.folder, "state.pt")):  # else it was made with that
        vocabulary.train(args.seed).save(os.path.join(args.folder, "tokenizer.json"))
    shared = start(args)
    multiprocessing.spawn(work, (args, shared, multiprocessing.get_context("spawn").Barrier(
        N_WORKERS)), nprocs=N_WORKERS)
    print(file=sys.stderr)


if __name__ == "__main__":
    main()
