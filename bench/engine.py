#!/usr/bin/env python3
"""Ours against llama-batched-bench of the same libllama: the same file, shapes and settings.

Reading (pp), speaking (tg) and thinking (lat) with 1, 4 and 16 lanes. llama-batched-bench speaks
behind the prompt it has read, so ours does as well (-d). A machine's own speed drifts: the two
programs take turns at each number of lanes, a turn is the mean of some repetitions of one start,
and what counts is the median of the rounds' ratios.

    ./dev --reference python3 bench/engine.py --folder /tmp qwen3-0.6b:q8_0 qwen3-0.6b:q4_0
"""
import argparse
from statistics import mean

from common import (UBATCH, batched_bench, cells, head, median, program, rows_of, run, say,
                    synthetic, verdict)

LANES = (1, 4, 16)


def ours(model, lanes, args):
    """{test: rate} of one turn of latentmas bench."""
    common = ("-m", model, "-np", lanes, "-fa", args.fa, "-ub", UBATCH, "-r", args.repetitions,
              "-o", "jsonl")
    read = run(program(), "bench", *common, "-p", args.pp, "-n", 0, "-l", 0)
    speak = run(program(), "bench", *common, "-p", 0, "-n", args.tg, "-l", args.tg, "-d", args.pp)
    names = {f"pp{args.pp}": "pp", f"tg{args.tg}": "tg", f"lat{args.tg}": "lat"}
    return {names[row["test"]]: row["avg_ts"] for row in rows_of(read) + rows_of(speak)}


def theirs(model, lanes, args):
    """The same of one turn of llama-batched-bench; it knows no thoughts."""
    n = args.repetitions + 1  # ours has a warm-up of each test, so the first of theirs is one
    rows = batched_bench(n, "-m", model, "-c", lanes * cells(args.pp + args.tg), "-b", 2048, "-ub",
                         UBATCH, "-npp", args.pp, "-ntg", args.tg, "-npl",
                         ",".join([str(lanes)] * n), "-fa", args.fa)
    return {test: mean(row[f"speed_{test}"] for row in rows[1:]) for test in ("pp", "tg")}


def compare(model, args):
    """Rates of all rounds: {(lanes, side, test): [rate]}."""
    rates = {}
    for i in range(args.rounds):
        say(f"{model}: round {i + 1} of {args.rounds}")
        for lanes in args.lanes:
            turns = [("ours", ours), ("theirs", theirs)]
            for side, measure in turns if i % 2 == 0 else reversed(turns):
                for test, rate in measure(model, lanes, args).items():
                    rates.setdefault((lanes, side, test), []).append(rate)
    return rates


def ratios(rates, lanes, over, under):
    """Round by round, the first (side, test) over the second."""
    return [a / b for a, b in zip(rates[lanes, *over], rates[lanes, *under])]


def spread(values):
    """Their median and range."""
    return f"{median(values):.3f} ({min(values):.2f} to {max(values):.2f})"


def table(rates, widths):
    """A line for each test and number of lanes."""
    lines = ["| lanes | test | ours, per second | llama.cpp, per second | ratio, median (range) |",
             "| ---: | --- | ---: | ---: | ---: |"]
    for lanes in widths:
        for test in ("pp", "tg"):
            over = ratios(rates, lanes, ("ours", test), ("theirs", test))
            lines.append(f"| {lanes} | {test} | {median(rates[lanes, 'ours', test]):.1f} | "
                         f"{median(rates[lanes, 'theirs', test]):.1f} | {spread(over)} |")
        over = ratios(rates, lanes, ("ours", "lat"), ("ours", "tg"))
        lines.append(f"| {lanes} | lat | {median(rates[lanes, 'ours', 'lat']):.1f} | | "
                     f"over tg: {spread(over)} |")
    return lines


def verdicts(rates, widths, spec):
    """The promises, each with the median of its ratios. Thoughts are promised for Q8_0, whose
    head is 26 % of the weights, with one lane and with 16."""
    lines = []
    for lanes in widths:
        for test in ("pp", "tg"):
            ratio = median(ratios(rates, lanes, ("ours", test), ("theirs", test)))
            lines.append(verdict(f"{test} at {lanes} lanes against llama.cpp", ratio, 0.97))
        if spec.endswith("q8_0") and lanes in (1, 16):
            ratio = median(ratios(rates, lanes, ("ours", "lat"), ("ours", "tg")))
            lines.append(verdict(f"lat over tg at {lanes} lanes", ratio, 1.25))
    return lines


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("specs", nargs="+", metavar="SHAPE:TYPE")
    parser.add_argument("--folder", default="/tmp", help="where the models are kept")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--repetitions", type=int, default=1, help="of a test, in one turn")
    parser.add_argument("--lanes", type=int, nargs="+", default=LANES)
    parser.add_argument("--pp", type=int, default=32, help="tokens of a prompt")
    parser.add_argument("--tg", type=int, default=24, help="tokens spoken, and thoughts")
    parser.add_argument("--fa", default="off", choices=("on", "off"), help="flash attention")
    args = parser.parse_args()
    print(head("Against llama-batched-bench"))
    print(f"Medians of {args.rounds} rounds of {args.repetitions}, {args.pp} tokens read, "
          f"{args.tg} spoken or thought a lane, flash attention {args.fa}.\n")
    for spec in args.specs:
        rates = compare(synthetic(spec, args.folder), args)
        print("\n".join([f"## {spec}\n", *table(rates, args.lanes), "",
                         *verdicts(rates, args.lanes, spec), ""]), flush=True)


if __name__ == "__main__":
    main()
