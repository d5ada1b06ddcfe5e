"""The relay that was trained is the one that transformers runs: what each agent's thoughts point
at, and what the last one says, down to 2e-3 in a loss.

The models of net.py, padded and batched as in training, against evaluate.py's, one question at a
time, from f32 files that write.py made in FOLDER/f32.

    ./dev --reference python3 tools/relay_models/check.py --folder DIR
"""
import argparse
import os
import random
import sys

import torch

from chain import MODES, relay, said
from evaluate import DATA, Agent, inherited, read_rows
from rows import END, N_AGENTS, prompt
from write import trained

LIMIT = 2e-3
N_ROWS, N_THOUGHTS = 8, 5


class Unchanged(random.Random):
    """Draws that leave no gaps."""

    def random(self):
        return 1.0


def cross_entropy(agent, states, ids):
    """Summed over tokens `ids` behind states [n, width]."""
    return float(torch.nn.functional.cross_entropy(states @ agent.w_out.T, torch.tensor(ids),
                                                   reduction="sum"))


def losses_of(team, row, mode):
    """What chain.py calls relay(), for one row: sums and counts."""
    turns = []
    for i, agent in enumerate(team):
        text = prompt(row, i)
        inputs = torch.cat([*inherited(agent, turns, mode), agent.tokens(text)])
        if i == N_AGENTS - 1:
            ids = agent.words.encode(row.answer + END).ids
            states = agent.model.model(inputs_embeds=torch.cat(
                [inputs, agent.w_in[ids[:-1]]])[None]).last_hidden_state[0, -len(ids):]
        else:
            ids = said(agent.words, row, N_THOUGHTS)
            states = agent.think(inputs, N_THOUGHTS)
            turns.append((agent, text, states))
        yield cross_entropy(agent, states, ids), len(ids)


@torch.no_grad()
def difference(nets, agents, rows):
    """The largest difference of a loss."""
    worst = 0.0
    for who in ("abab", "baba", "aabb"):
        for mode in MODES:
            ours = relay([nets[k] for k in who], agents["a"].words, rows, mode, N_THOUGHTS,
                         Unchanged())
            each = [losses_of([agents[k] for k in who], row, mode) for row in rows]
            theirs = [sum(loss for loss, _ in turn) / sum(n for _, n in turn)
                      for turn in zip(*each)]
            worst = max(worst, *(abs(float(a) - b) for a, b in zip(ours, theirs)))
    return worst


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--folder", required=True, help="that train.py was given")
    args = parser.parse_args()
    agents = {k: Agent(os.path.join(args.folder, f"f32/relay_{k}.gguf")) for k in "ab"}
    worst = difference(trained(args.folder), agents, read_rows(DATA, N_ROWS))
    print(f"losses of chain.py against transformers: off by {worst:.1e}, at most {LIMIT}")
    if not worst <= LIMIT:
        sys.exit(1)


if __name__ == "__main__":
    main()
