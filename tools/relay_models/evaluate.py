"""What reaches the last agent of a relay over two models: right answers to models/relay.jsonl.

By transformers, from the GGUFs; it shares no code with the training (but the prompts) and none with
the product. One question at a time, greedily, nothing padded.

    ./dev --reference python3 tools/relay_models/evaluate.py models/relay_a.gguf models/relay_b.gguf
"""
import argparse
import itertools
import json
import math
import os
import re
import sys

os.environ["OPENBLAS_NUM_THREADS"] = os.environ["OMP_NUM_THREADS"] = "1"

# pylint: disable=wrong-import-position
import torch
from tokenizers import decoders
from transformers import DynamicCache

from rows import END, N_AGENTS, ROOT, Row, baseline, prompt

sys.path.append(os.path.join(ROOT, "tests/parity"))
from make_vectors import feed, load_model, load_tokenizer  # of tests/parity

DATA = os.path.join(ROOT, "models/relay.jsonl")
N_SPOKEN = 24
NOTHING, SHUFFLED = "nothing", "another question's thoughts"
SETTINGS = {"prompts": "prompts and thoughts", "thoughts": "thoughts alone",
            "previous": "thoughts of the one before alone", "text": "text", NOTHING: NOTHING,
            SHUFFLED: SHUFFLED}


def read_rows(path, n):
    """The rows of a file."""
    with open(path, encoding="utf-8") as file:
        rows = [json.loads(line) for line in itertools.islice(file, n)]
    return [Row(row["question"], row["note"], int(row["answer"].split("#### ")[1])) for row in rows]


class Agent:
    """A model and what it is asked to do with it."""

    def __init__(self, path):
        self.model, self.words = load_model(path), load_tokenizer(path)
        self.words.decoder = decoders.ByteLevel()
        self.w_in = self.model.get_input_embeddings().weight
        self.w_out = self.model.get_output_embeddings().weight
        self.size = self.w_in.norm(dim=1).mean()

    def tokens(self, text):
        """Inputs [T, width] of a text."""
        return self.w_in[self.words.encode(text).ids]

    def own(self, states):
        """Its states [m, width] as inputs of its own."""
        return states * self.size / states.norm(dim=1, keepdim=True)

    def from_other(self, states, other, align):
        """Another's states as inputs: what they would say, as this model reads it; or by the ridge
        that leads from what says a token to what reads it, in an embedding's size."""
        if align == "soft":
            return torch.softmax(states @ other.w_out.T, -1) @ self.w_in
        w_out, w_in = other.w_out.double(), self.w_in.double()
        gram = w_out.T @ w_out + 1e-5 * torch.eye(w_out.shape[1])
        return self.own(states @ torch.linalg.solve(gram, w_out.T @ w_in).float())

    def think(self, inputs, n):
        """The states [n, width] that n thoughts behind the inputs are made of."""
        memory = DynamicCache(config=self.model.config)
        h = feed(self.model, memory, inputs_embeds=inputs[None])
        states = [h[0]]
        while len(states) < n:
            h = feed(self.model, memory, inputs_embeds=self.own(h)[None])
            states.append(h[0])
        return torch.stack(states)

    def speak(self, inputs):
        """What it says behind the inputs."""
        memory, ids = DynamicCache(config=self.model.config), []
        h = feed(self.model, memory, inputs_embeds=inputs[None])
        while len(ids) < N_SPOKEN:
            ids.append(int((h[0] @ self.w_out.T).argmax()))
            if ids[-1] == self.words.token_to_id(END):
                break
            h = feed(self.model, memory, input_ids=torch.tensor([ids[-1:]]))
        return self.words.decode(ids, skip_special_tokens=True)


def inherited(agent, turns, setting, align="soft"):
    """The inputs that reach an agent from the turns (agent, prompt, states) before it."""
    for who, text, states in turns[-1:] if setting == "previous" else turns:
        if setting == "prompts":
            yield agent.tokens(text)
        yield agent.own(states) if who is agent else agent.from_other(states, who, align)


def relay(team, row, other, how):
    """What the last agent says where thoughts are handed on; `other` is the row that those before
    it are asked where they are to be another question's; `how`: setting, map, thoughts of each."""
    (setting, align, n_thoughts), turns = how, []
    for i, agent in enumerate(team):
        is_last = i == N_AGENTS - 1
        asked = other if setting == SHUFFLED and not is_last else row
        text = prompt(asked, i, is_told=setting != NOTHING)
        before = [] if setting == NOTHING else inherited(agent, turns, setting, align)
        inputs = torch.cat([*before, agent.tokens(text)])
        if is_last:
            return agent.speak(inputs)
        turns.append((agent, text, agent.think(inputs, n_thoughts)))
    raise AssertionError("a team has a last agent")


def text_team(team, row):
    """What the last agent says where each is told what those before said."""
    outputs = []
    for i, agent in enumerate(team):
        outputs.append(agent.speak(agent.tokens(prompt(row, i, outputs))))
    return outputs[-1]


def number_in(text):
    """The number in the box, or None."""
    found = re.search(r"\\boxed\{(\d+)\}", text)
    return int(found[1]) if found else None


def interval(k, n, z=1.96):
    """Wilson's, in percent."""
    p, square = k / n, z * z / n
    middle, half = p + square / 2, z * math.sqrt(p * (1 - p) / n + square / 4 / n)
    return tuple(100 * (middle + sign * half) / (1 + square) for sign in (-1, 1))


def report(label, says, rows):
    """Print a line; the number of right ones."""
    k = sum(number_in(text) == row.number for text, row in zip(says, rows))
    low, high = interval(k, len(rows))
    share = f"{100 * k / len(rows):5.1f} % ({low:.1f} to {high:.1f})"
    print(f"{label:58} {k:4} of {len(rows)}  {share}", flush=True)
    return k


@torch.no_grad()
def evaluate(agents, rows, args):
    """All that is asked for, a line each."""
    for name, agent in agents.items():
        report(f"{name}: single agent, told the note",
               [agent.speak(agent.tokens(baseline(row))) for row in rows], rows)
    for who, setting in itertools.product(args.team, args.setting):
        team = [agents[k] for k in who]
        others = rows[1:] + rows[:1]
        if setting == "text":
            report(f"{' > '.join(who)}: text", [text_team(team, row) for row in rows], rows)
            continue
        for align, m in itertools.product(args.align, args.thoughts):
            says = [relay(team, *pair, (setting, align, m)) for pair in zip(rows, others)]
            report(f"{' > '.join(who)}: {SETTINGS[setting]}, {m}, {align}", says, rows)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("models", nargs=2, help="the GGUFs of a and b")
    parser.add_argument("--data", default=DATA)
    parser.add_argument("--n", type=int, help="only so many questions")
    parser.add_argument("--team", nargs="+", default=["abab"], help="who is on which model")
    parser.add_argument("--thoughts", nargs="+", type=int, default=[4], help="of each agent")
    parser.add_argument("--align", nargs="+", default=["soft"], choices=("soft", "linear"))
    parser.add_argument("--setting", nargs="+", default=list(SETTINGS), choices=SETTINGS)
    args = parser.parse_args()
    torch.set_num_threads(1)
    evaluate({k: Agent(path) for k, path in zip("ab", args.models)}, read_rows(args.data, args.n),
             args)


if __name__ == "__main__":
    main()
