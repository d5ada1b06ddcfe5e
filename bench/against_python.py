#!/usr/bin/env python3
"""Ours against a LatentMAS loop in Python (python_loop.py): same weights, prompts and thoughts.

Each side answers the same questions with the sequential team, one at a time and many at once, in
the types a pair names: ours=theirs, such as f32=f32 or q8_0=bf16. Both have the random weights
of one synthetic shape, rounded to their type; both speak exactly --max_new_tokens tokens. Timed
is what follows loading and warming up. Memory is the most that the process ever held.

    ./dev --reference python3 bench/against_python.py --folder /tmp --batch 1 --questions 2 f32=f32

With --venv the loop has the torch of the Python package index in place of Debian's:

    ./dev --reference python3 bench/against_python.py --venv /tmp/pypi --folder /tmp --batch 16 \
        --questions 16 q8_0=bf16
"""
import argparse
import json
import os
import sys
import tempfile

import pypi_torch
from common import (answer, head, measured, median, rows_of, run, say, synthetic, verdict,
                    write_data)


# Questions per second over the loop's: the same type on both sides, and what each user would take.
PROMISED = {"f32=f32": 1.5, "q8_0=bf16": 5.0}
PROMISED_PYPI = {"q8_0=bf16": 3.0}  # over the torch of the index
LESS_MEMORY = 2.0  # the loop's over ours, for the same pairs


def ours(model, data, folder, args):
    """Questions per second, bytes, and the samples of one run of ours."""
    summary, samples, size = answer(model, data, args.batch, args, folder)
    if summary["tokens_spoken"] != len(samples) * args.max_new_tokens:
        sys.exit("ours did not speak as many tokens as asked for")
    return len(samples) / summary["total_time_sec"], size, samples


def tokens_of(model, text):
    """The ids of a prompt, by llama.cpp's own program."""
    return json.loads(run("llama-tokenize", "-m", model, "--ids", "--log-disable", "-p", text))


def write_prompts(model, samples, folder):
    """The prompts that ours read, as ids for the loop; those of one question look alike."""
    known = {}
    questions = []
    for sample in samples:
        texts = tuple(agent["input"] for agent in sample["agents"])
        if texts not in known:
            known[texts] = [tokens_of(model, text) for text in texts]
            counts = [agent["n_read"] for agent in sample["agents"]]
            if [len(ids) for ids in known[texts]] != counts:
                sys.exit("llama-tokenize and ours cut a prompt differently")
        questions.append(known[texts])
    path = os.path.join(folder, "prompts.json")
    with open(path, "w", encoding="utf-8") as file:
        json.dump({"questions": questions}, file)
    return path


def theirs(model, kind, prompts, args):
    """Questions per second and bytes of one run of the loop, and what it computed with."""
    how = ("--attention", args.attention) if args.attention else ()
    text, size = measured(pypi_torch.run_loop(
        pypi_torch.python_of(args.venv), "--model", model, "--dtype", kind, "--prompts", prompts,
        "--batch", args.batch, "--latent_steps", args.latent_steps, "--max_new_tokens",
        args.max_new_tokens, "--threads", args.threads, "--device", args.device, *how))
    found = rows_of(text)[-1]
    return found["questions_per_s"], size, f"torch {found['torch']}, {found['attention']}"


def compare(pair, folder, args):
    """Rates and memory of all rounds for one pair of types."""
    mine, other = pair.split("=")
    models = [synthetic(f"{args.shape}:{kind}", args.folder) for kind in (mine, other)]
    data = write_data(folder, args.questions)
    rates, sizes = ([], []), ([], [])
    prompts = None
    for i in range(args.rounds):
        rate, size, samples = ours(models[0], data, folder, args)
        prompts = prompts or write_prompts(models[0], samples, folder)
        say(f"{pair}: round {i + 1} of {args.rounds}: ours {rate:.4f} questions/s")
        for into, value in zip((rates[0], sizes[0]), (rate, size)):
            into.append(value)
        rate, size, torch = theirs(models[1], other, prompts, args)
        say(f"{pair}: round {i + 1} of {args.rounds}: theirs {rate:.4f} questions/s")
        for into, value in zip((rates[1], sizes[1]), (rate, size)):
            into.append(value)
    return [median(r) for r in rates], [max(s) for s in sizes], torch


def report(pair, rates, sizes, torch, args):
    """A line for each side, and the promises."""
    print(f"## {pair}, {args.batch} at once\n")
    print("| | questions/s | memory, MB |\n| --- | ---: | ---: |")
    for name, rate, size in zip(("ours", f"Python, {torch}"), rates, sizes):
        print(f"| {name} | {rate:.4f} | {size / 1e6:.0f} |")
    print()
    print(verdict("questions per second over the loop's", rates[0] / rates[1],
                  (PROMISED_PYPI if args.venv else PROMISED).get(pair)))
    # A GPU's memory is not counted; the index's torch maps libraries for one, used or not.
    is_promised = pair in PROMISED and args.device == "cpu" and not args.venv
    print(verdict("the loop's memory over ours", sizes[1] / sizes[0],
                  LESS_MEMORY if is_promised else None) + "\n", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("pairs", nargs="+", metavar="OURS=THEIRS")
    parser.add_argument("--shape", default="qwen3-0.6b")
    parser.add_argument("--folder", default="/tmp", help="where the models are kept")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--batch", type=int, default=1, help="questions at once")
    parser.add_argument("--questions", type=int, default=2)
    parser.add_argument("--latent_steps", type=int, default=10)
    parser.add_argument("--max_new_tokens", type=int, default=32)
    parser.add_argument("--threads", type=int, default=len(os.sched_getaffinity(0)),
                        help="of the loop; ours takes the cores it may use")
    parser.add_argument("--device", default="cpu",
                        help="of the loop, cuda for one; ours takes what libggml finds")
    parser.add_argument("--attention", choices=("sdpa", "eager"), help="the loop's, by default "
                        "the faster for the type")
    pypi_torch.add_flag(parser)
    parser.add_argument("--fa", default="off", choices=("on", "off"), help="ours")
    args = parser.parse_args()
    print(head("Against a Python loop"))
    print(f"{args.questions} questions, {args.latent_steps} thoughts, {args.max_new_tokens} tokens "
          f"spoken, medians of {args.rounds}.\n", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        for pair in args.pairs:
            report(pair, *compare(pair, folder, args), args)


if __name__ == "__main__":
    main()
