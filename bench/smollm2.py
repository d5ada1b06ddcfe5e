#!/usr/bin/env python3
"""What a real instruct model does with a code of three digits that only the first of two agents is told.

SmolLM2-135M-Instruct, which `make peers` brings, on the 100 questions of tests/peers/codes.jsonl,
greedy. Prints the table of models/RESULTS.md.

    ./dev make peers && ./dev python3 bench/smollm2.py --lanes 16

With --readers: two codes, each told to one of two readers, side by side, and a question for one of
them, on tests/peers/readers.jsonl; under every control.

With --speed: latent_mas with 10 thoughts by the kernels and without them, in turns, and whether
both carry the same codes.
"""
import argparse
import json
import os
import tempfile

from common import head, median, say, verdict
from demo import latent, summary, table

RUNS = [("baseline (never told)", ("--method", "baseline")), ("text_mas", ("--method", "text_mas")),
        ("latent_mas, 0 thoughts", latent(0)), ("latent_mas, 10 thoughts", latent(10)),
        ("latent_mas, 40 thoughts", latent(40)), ("latent_mas, auto, at most 40", latent("auto")),
        ("latent_mas, 10 thoughts, control none", latent(10, "--control", "none"))]

CODES = ("--data", "tests/peers/codes.jsonl", "--team", "tests/peers/codes_team.json", "-n", 24)
SPEED_PROMISED = 3.0  # whole runs over those of --cpu-kernels off

READERS = [("side by side, joined", latent(10)), ("the same as a chain", latent(10, "--team", "tests/peers/readers_chain.json"))] + [
    (f"side by side, control {control}", latent(10, "--control", control))
    for control in ("none", "prompts", "thoughts", "random", "zero", "text", "shuffled", "wrong-task")]


def readers(args, folder):
    print(head("What a real model does with two codes, of which two readers side by side are told one each"))
    print(f"{'All 100' if args.n < 0 else args.n} questions, greedy, {args.lanes} at once; tokens, thoughts and seconds a question.\n")
    flags = ("--data", "tests/peers/readers.jsonl", "--team", "split-evidence", "-n", 24)
    table("demo_secret", [(name, (*flags, *more)) for name, more in READERS], args, folder)


def speed_of(kernels, args, folder):
    """Seconds of a run, and whether each question's code arrived."""
    found = summary("demo_secret", (*CODES, *latent(10), "--cpu-kernels", kernels), args, folder)
    with open(os.path.join(folder, "run", "samples.jsonl"), encoding="utf-8") as lines:
        samples = {s["index"]: s["correct"] for s in map(json.loads, lines)}
    return found["total_time_sec"], samples


def speed(args, folder):
    """Both in turns: seconds, codes that arrived, and the promise."""
    times, codes = {"auto": [], "off": []}, {}
    for k in range(args.rounds):
        for kernels, into in times.items():
            seconds, codes[kernels] = speed_of(kernels, args, folder)
            into.append(seconds)
            say(f"round {k + 1} of {args.rounds}: {kernels} {seconds:.2f} s")
    print("| --cpu-kernels | seconds | least, most | codes carried |\n| --- | ---: | ---: | ---: |")
    for kernels, t in times.items():
        print(f"| {kernels} | {median(t):.2f} | {min(t):.2f}, {max(t):.2f} | {sum(codes[kernels].values())} of {len(codes[kernels])} |")
    print("\n" + verdict("off over auto", median(times["off"]) / median(times["auto"]), SPEED_PROMISED))
    others = [i for i, is_right in codes["auto"].items() if codes["off"][i] != is_right]
    print(f"- questions whose code arrives in one of them only: {', '.join(map(str, sorted(others))) or 'none'}")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--model", default="build/peers/smollm2.gguf")
    parser.add_argument("--lanes", type=int, default=16)
    parser.add_argument("--n", type=int, default=-1, help="questions of each run, -1 for all")
    parser.add_argument("--readers", action="store_true", help="two readers with a code each")
    parser.add_argument("--speed", action="store_true", help="with the kernels and without")
    parser.add_argument("--rounds", type=int, default=5, help="of --speed")
    args = parser.parse_args()
    if args.speed:
        print(head("A real model with the kernels and without"))
        print(f"latent_mas, 10 thoughts, {args.lanes} questions at once, greedy; medians of {args.rounds}.\n", flush=True)
        with tempfile.TemporaryDirectory() as folder:
            speed(args, folder)
        return
    if args.readers:
        with tempfile.TemporaryDirectory() as folder:
            readers(args, folder)
        return
    print(head("What a real model does with a code that only the first of two agents is told"))
    which = "All 100 questions" if args.n < 0 else f"The first {args.n} questions"
    print(f"{which}, greedy, {args.lanes} at once; tokens, thoughts and seconds a question.\n")
    with tempfile.TemporaryDirectory() as folder:
        table("demo_secret", [(name, (*CODES, *more)) for name, more in RUNS], args, folder)


if __name__ == "__main__":
    main()
