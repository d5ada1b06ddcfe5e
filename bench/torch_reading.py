#!/usr/bin/env python3
"""Reading, ours against torch: so many lanes of so many tokens, the shape and the processor the same.

`latentmas bench -p` in each type, then the loop (python_loop.py, one agent, nothing thought) in
bf16, round after round. The loop reads once before it is timed. Medians of the rounds.

    ./dev python3 bench/torch_reading.py --venv /tmp/pypi --folder /tmp q8_0 bf16
"""
import argparse
import json
import os
import tempfile

from common import head, measured, median, program, rows_of, run, say, synthetic, verdict
import pypi_torch

PROMISED = {"q8_0": 2.0, "bf16": 1.5}  # tokens a second over torch's, in bf16


def ours(model, args):
    """Tokens read a second by all lanes together."""
    rows = rows_of(run(program(), "bench", "-m", model, "-np", args.lanes, "-t", args.threads, "-p", args.pp,
                       "-n", 0, "-l", 0, "-r", 1, "-o", "jsonl"))
    return rows[-1]["avg_ts"]


def write_prompts(folder, args):
    """A question for each lane, of one prompt; which ids they are is nothing to the time."""
    path = os.path.join(folder, "prompts.json")
    prompts = [[[100 + (lane * args.pp + i) % 1000 for i in range(args.pp)]] for lane in range(args.lanes)]
    with open(path, "w", encoding="utf-8") as file:
        json.dump({"questions": prompts}, file)
    return path


def theirs(python, model, prompts, args):
    """The same of the loop, and what it says of itself."""
    text, _ = measured(pypi_torch.run_loop(
        python, "--model", model, "--dtype", "bf16", "--attention", args.attention, "--prompts", prompts,
        "--batch", args.lanes, "--latent_steps", 0, "--max_new_tokens", 1, "--threads", args.threads, "--repeat", 2))
    found = rows_of(text)[-1]
    return found["n_read"] / found["all_seconds"][-1]["read"], found


def compare(models, python, prompts, args):
    """{side: [tokens a second of each round]}, and what the loop says of itself."""
    rates = {side: [] for side in (*models, "torch")}
    for k in range(args.rounds):
        for kind, model in models.items():
            rates[kind].append(ours(model, args))
        rate, found = theirs(python, models["bf16"], prompts, args)
        rates["torch"].append(rate)
        say(f"round {k + 1} of {args.rounds}: " + ", ".join(f"{side} {r[-1]:.1f}" for side, r in rates.items()))
    return rates, found


def report(rates, found):
    """A line for each side, and the promises."""
    middle = {side: median(r) for side, r in rates.items()}
    print("| | tokens read a second | least, most | over torch |\n| --- | ---: | ---: | ---: |")
    for side, rate in middle.items():
        name = f"torch {found['torch']}, bf16, {found['attention']}" if side == "torch" else f"ours, {side}"
        print(f"| {name} | {rate:.1f} | {min(rates[side]):.1f}, {max(rates[side]):.1f} | {rate / middle['torch']:.2f} |")
    print()
    for side, rate in middle.items():
        if side != "torch":
            print(verdict(f"{side} over torch", rate / middle["torch"], PROMISED.get(side)))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("kinds", nargs="*", default=["q8_0", "bf16"], metavar="TYPE", help="ours (default q8_0 bf16)")
    parser.add_argument("--shape", default="qwen3-0.6b")
    parser.add_argument("--folder", default="/tmp", help="where the models are kept")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--lanes", type=int, default=16)
    parser.add_argument("--pp", type=int, default=256, help="tokens of each lane")
    parser.add_argument("--threads", type=int, default=len(os.sched_getaffinity(0)), help="of both")
    parser.add_argument("--attention", default="sdpa", choices=("sdpa", "eager"), help="torch's")
    pypi_torch.add_flag(parser)
    args = parser.parse_args()
    python = pypi_torch.python_of(args.venv)
    models = {kind: synthetic(f"{args.shape}:{kind}", args.folder) for kind in dict.fromkeys((*args.kinds, "bf16"))}
    print(head("Reading, against torch"))
    print(f"{args.lanes} lanes of {args.pp} tokens, {args.threads} threads, medians of {args.rounds}.\n", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        report(*compare(models, python, write_prompts(folder, args), args))


if __name__ == "__main__":
    main()
