#!/usr/bin/env python3
"""Ours against llama-batched-bench of the same libllama: the same file, shapes and settings.

Reading (pp), speaking (tg) and thinking (lat) with 1, 4 and 16 lanes. llama-batched-bench speaks
behind the prompt it has read, so ours does as well (-d). Rounds alternate the two programs.

    ./dev --reference python3 bench/engine.py --folder /tmp qwen3-0.6b:q8_0 qwen3-0.6b:q4_0
"""
import argparse

from common import head, median, program, rows_of, run, say, synthetic, verdict

LANES = (1, 4, 16)


def ours(model, args):
    """{(test, lanes): rate} of one round of latentmas bench."""
    common = ("-m", model, "-np", ",".join(map(str, LANES)), "-fa", args.fa, "-r", 1,
              "-o", "jsonl")
    read = run(program(), "bench", *common, "-p", args.pp, "-n", 0, "-l", 0)
    speak = run(program(), "bench", *common, "-p", 0, "-n", args.tg, "-l", args.tg, "-d", args.pp)
    names = {f"pp{args.pp}": "pp", f"tg{args.tg}": "tg", f"lat{args.tg}": "lat"}
    return {(names[row["test"]], row["lanes"]): row["avg_ts"]
            for row in rows_of(read) + rows_of(speak)}


def theirs(model, args):
    """The same of one round of llama-batched-bench; it knows no thoughts."""
    n_ctx = max(LANES) * 256
    text = run("llama-batched-bench", "-m", model, "-c", n_ctx, "-b", 2048, "-ub", 512,
               "-npp", args.pp, "-ntg", args.tg, "-npl", ",".join(map(str, LANES)),
               "-fa", args.fa, "--output-format", "jsonl")
    rates = {}
    for row in rows_of(text):
        rates["pp", row["pl"]] = row["speed_pp"]
        rates["tg", row["pl"]] = row["speed_tg"]
    return rates


def compare(model, args):
    """Rates of all rounds: two dictionaries of lists."""
    mine, other = {}, {}
    for i in range(args.rounds):
        say(f"{model}: round {i + 1} of {args.rounds}")
        for into, measure in ((mine, ours), (other, theirs)):
            for key, rate in measure(model, args).items():
                into.setdefault(key, []).append(rate)
    return mine, other


def table(mine, other):
    """A line for each test and number of lanes."""
    lines = ["| lanes | test | ours, per second | llama.cpp, per second | ratio |",
             "| ---: | --- | ---: | ---: | ---: |"]
    for test, lanes in sorted(mine, key=lambda key: (key[1], key[0])):
        rate = median(mine[test, lanes])
        line = f"| {lanes} | {test} | {rate:.1f} "
        if (test, lanes) in other:
            ref = median(other[test, lanes])
            line += f"| {ref:.1f} | {rate / ref:.3f} |"
        else:
            line += "| | |"
        lines.append(line)
    return lines


def verdicts(mine, other):
    """The promises, each with its ratio of medians."""
    lines = []
    for lanes in LANES:
        for test in ("pp", "tg"):
            ratio = median(mine[test, lanes]) / median(other[test, lanes])
            lines.append(verdict(f"{test} at {lanes} lanes against llama.cpp", ratio, 0.97))
        ratio = median(mine["lat", lanes]) / median(mine["tg", lanes])
        lines.append(verdict(f"lat over tg at {lanes} lanes", ratio, 1.25))
    return lines


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("specs", nargs="+", metavar="SHAPE:TYPE")
    parser.add_argument("--folder", default="/tmp", help="where the models are kept")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--pp", type=int, default=32, help="tokens of a prompt")
    parser.add_argument("--tg", type=int, default=12, help="tokens spoken, and thoughts")
    parser.add_argument("--fa", default="off", choices=("on", "off"), help="flash attention")
    args = parser.parse_args()
    print(head("Against llama-batched-bench"))
    print(f"Medians of {args.rounds} rounds, {args.pp} tokens read, {args.tg} spoken or thought a "
          f"lane, flash attention {args.fa}.\n")
    for spec in args.specs:
        mine, other = compare(synthetic(spec, args.folder), args)
        print("\n".join([f"## {spec}\n", *table(mine, other), "", *verdicts(mine, other), ""]),
              flush=True)


if __name__ == "__main__":
    main()
