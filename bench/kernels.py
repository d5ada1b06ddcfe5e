#!/usr/bin/env python3
"""What the kernels bring over libggml's own products, on this processor.

The same program and file, --cpu-kernels one after the other in each round: reading and speaking
with some lanes, thinking with one, the time to load, the most memory held. Medians of the rounds.

    ./dev python3 bench/kernels.py --folder /tmp qwen3-0.6b:q8_0 qwen3-0.6b:bf16
"""
import argparse
import os
import time

from common import head, measured, median, program, rows_of, say, synthetic


def turn(model, kernels, lanes, args):
    """{test: rate} of one start, with the seconds to load and the bytes held."""
    text, peak = measured((program(), "bench", "-m", model, "--cpu-kernels", kernels, "-np", lanes, "-t", args.threads,
                           "-p", args.pp, "-n", args.tg, "-l", args.tg, "-r", 1, "-o", "jsonl"))
    rates = {row["test"]: row["avg_ts"] for row in rows_of(text)}
    begin = time.monotonic()
    measured((program(), "model", "info", "--cpu-kernels", kernels, model))
    return rates | {"load": time.monotonic() - begin, "peak": peak}


def compare(model, lanes, args):
    """{(kernels, test): [value of each round]}."""
    found = {}
    for k in range(args.rounds):
        for kernels in args.kernels:
            for test, value in turn(model, kernels, lanes, args).items():
                found.setdefault((kernels, test), []).append(value)
            say(f"{os.path.basename(model)}, {lanes} lanes, round {k + 1}: {kernels}")
    return found


def print_table(spec, lanes, found, args):
    """A row for each test; the last of the kernels is what the others are compared with."""
    base = args.kernels[-1]
    print(f"\n{spec}, {lanes} lanes\n")
    print("| | " + " | ".join(args.kernels) + " | " + " | ".join(f"{k} / {base}" for k in args.kernels[:-1]) + " |")
    print("| --- |" + " ---: |" * (2 * len(args.kernels) - 1))
    for test in [test for kernels, test in found if kernels == base]:
        values = {kernels: median(found[kernels, test]) for kernels in args.kernels}
        unit = 1 << 20 if test == "peak" else 1
        cells = [f"{values[k] / unit:.4g}" for k in args.kernels]
        cells += [f"{values[k] / values[base]:.2f}" for k in args.kernels[:-1]]
        print(f"| {test}{', MiB' if test == 'peak' else ', s' if test == 'load' else ', a second'} | {' | '.join(cells)} |")


def main():
    """Measure each model, print as it is known."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("models", nargs="+", metavar="SHAPE:TYPE", help="or a file")
    parser.add_argument("--folder", default="/tmp")
    parser.add_argument("--kernels", default=["auto", "avx2", "off"], type=lambda text: text.split(","))
    parser.add_argument("--lanes", default=[1, 16], type=lambda text: [int(n) for n in text.split(",")])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--pp", type=int, default=256)
    parser.add_argument("--tg", type=int, default=16)
    args = parser.parse_args()
    print(head("Kernels"))
    for spec in args.models:
        model = spec if os.path.exists(spec) else synthetic(spec, args.folder)
        for lanes in args.lanes:
            print_table(spec, lanes, compare(model, lanes, args), args)


if __name__ == "__main__":
    main()
