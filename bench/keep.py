#!/usr/bin/env python3
"""What rules for handovers do: to answers of the demo model, and to the time that speaking takes.

Greedy, the first questions of the task `demo`, and of `demo_secret` with the team whose planner
alone is told the number. With --speed instead a synthetic model of 0.6B speaks behind a memory of
8,000 cells, and behind half of them. Prints tables for models/RESULTS.md.

    ./dev python3 bench/keep.py --lanes 8 >build/KEEP.md
    ./dev python3 bench/keep.py --speed
"""
import argparse
import json
import os
import sys
import tempfile

from common import head, median, program, rows_of, run, say, synthetic

SHARES = (0.9, 0.8, 0.7, 0.6, 0.5)
LESS = (0.3, 0.2, 0.1)
ORDERS = ("top", "bottom", "random")
TASKS = (("demo", ()), ("demo_secret", ("--team", "models/secret_team.json")))
SHAPE = "qwen3-0.6b:q4_0"
CELLS, SPOKEN = 8000, 64
TEAM = {"name": "relay", "agents": [
    {"name": "reader", "prompt": "{note}", "latent_steps": 0},
    {"name": "speaker", "prompt": "{question}"}]}


def rules():
    """(name, flags) of every run."""
    out = [("all", ())]
    for order in ORDERS:
        out += [(f"knn:{share}:{order}", ("--keep", f"knn:{share}:{order}")) for share in SHARES]
    out += [(f"attention:{share}", ("--keep", f"attention:{share}")) for share in SHARES + LESS]
    return out + [(rule, ("--keep", rule)) for rule in
                  ("last:128", "last:64", "last:16", "thoughts", "prompts")]


def summary(flags, folder, common):
    """The summary of one run."""
    into = os.path.join(folder, "run")
    run("rm", "-rf", into)
    return rows_of(run(program(), "run", *common, "--output", into, *flags))[-1]


def percent(part, whole):
    """A share as text."""
    return f"{100 * part / whole:.1f} %" if whole else "-"


def row(name, flags, args, folder):
    """A line of the table: what went on, and what was right, task by task."""
    cells = []
    for task, team in TASKS:
        say(f"{task}: {name}")
        s = summary((*team, *flags), folder, (
            "-m", args.model, "--task", task, "--max_samples", args.n, "--temp", 0,
            "--latent_steps", 10, "--max_new_tokens", 128, "-np", args.lanes, "-fa", "off"))
        low, high = s["accuracy_interval"]
        kept, dropped = s.get("cells_kept", 0), s.get("cells_dropped", 0)
        cells.append(f"{percent(kept, kept + dropped) if dropped else '100.0 %'} | "
                     f"{100 * s['accuracy']:.0f} % | {100 * low:.0f} to {100 * high:.0f}")
    return f"| {name} | {' | '.join(cells)} |"


def accuracy(args):
    """The table of answers."""
    print(f"The first {args.n} questions of each task, greedy, 10 thoughts. \"kept\" is the share of "
          "the cells at all handovers together.\n")
    print("| keep | demo: kept | right | 95 % | demo_secret: kept | right | 95 % |")
    print("| --- | ---: | ---: | --- | ---: | ---: | --- |")
    with tempfile.TemporaryDirectory() as folder:
        for name, flags in rules():
            print(row(name, flags, args, folder), flush=True)


def spoken(rule, n_words, folder, model):
    """One question of so many words to read, asked alone: its sample's agents."""
    data, team = os.path.join(folder, "data.jsonl"), os.path.join(folder, "team.json")
    words = " ".join(f"word{i % 97}" for i in range(n_words))
    with open(data, "w", encoding="utf-8") as file:
        json.dump({"question": "Go on.", "gold": "1", "note": words}, file)
    with open(team, "w", encoding="utf-8") as file:
        json.dump(TEAM, file)
    flags = ("--keep", rule) if rule else ()
    summary(flags, folder, ("-m", model, "--task", "custom", "--data", data, "--team", team, "-fa",
                            "off", "--temp", 0, "--max_new_tokens", SPOKEN, "-np", 1))
    with open(os.path.join(folder, "run", "samples.jsonl"), encoding="utf-8") as file:
        sample = json.loads(file.readline())
    if sample["status"] != "ok":
        sys.exit(sample["error"])
    return sample["agents"]


def speed(args):
    """How long a token takes behind the whole memory, and behind half of it."""
    print(f"{SHAPE}, random weights: a memory of about {CELLS} cells handed over, then {SPOKEN} "
          f"tokens spoken. Medians of {args.rounds}, alternating. A cell is an f16 one.\n")
    with tempfile.TemporaryDirectory() as folder:
        model = synthetic(SHAPE, folder)
        n = 50 * CELLS // spoken(None, 50, folder, model)[0]["n_read"]
        took = {None: [], "last:4000": [], "knn:0.5": []}
        for _ in range(args.rounds):
            for rule, times in took.items():
                say(rule or "all")
                times.append(spoken(rule, n, folder, model)[1])
    print("| keep | cells | MB | ms a token | times as fast | reading the next prompt, ms |")
    print("| --- | ---: | ---: | ---: | ---: | ---: |")
    whole = median([a["speak_ms"] / a["n_spoken"] for a in took[None]])
    for rule, agents in took.items():
        a, ms = agents[0], median([a["speak_ms"] / a["n_spoken"] for a in agents])
        print(f"| {rule or 'all'} | {a['n_kept']} | {a['kept_size'] / 1e6:.0f} | {ms:.1f} | "
              f"{whole / ms:.2f} | {median([a['read_ms'] for a in agents]):.0f} |")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--model", default="models/demo.gguf")
    parser.add_argument("--lanes", type=int, default=8)
    parser.add_argument("--n", type=int, default=100, help="questions of each run")
    parser.add_argument("--speed", action="store_true", help="the table of times instead")
    parser.add_argument("--rounds", type=int, default=1, help="of --speed")
    args = parser.parse_args()
    print(head("What goes on at a handover"))
    if args.speed:
        speed(args)
    else:
        accuracy(args)


if __name__ == "__main__":
    main()
