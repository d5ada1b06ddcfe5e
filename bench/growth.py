#!/usr/bin/env python3
"""How cost grows: with the number of questions, and with the length of the working memory.

The demo model answers 16, 64, 256 and 512 questions, 16 at once: time a question and the most
memory must stay flat. Then one lane of a synthetic model thinks behind memories of growing
length: time a thought must grow along a line. Rounds go over all counts and depths in turn. A
machine's own speed drifts: every other round goes from many questions to few, and "over 16" is
the median of the rounds' ratios.

    ./dev --reference python3 bench/growth.py --folder /tmp qwen3-0.6b:q4_0
"""
import argparse
import json
import os
import random
import tempfile

from common import head, measured, median, program, rows_of, run, say, synthetic

COUNTS = (16, 64, 256, 512)
DEPTHS = (0, 256, 512, 1024, 2048)


def write_sums(folder, n):
    """A data file of n different sums, none longer than another."""
    rng = random.Random(1)
    path = os.path.join(folder, "sums.jsonl")
    with open(path, "w", encoding="utf-8") as file:
        for _ in range(n):
            a, b = rng.randint(10, 99), rng.randint(10, 99)
            file.write(json.dumps({"question": f"Tom has {a} apples and buys {b} more. How many?",
                                   "answer": f"#### {a + b}"}) + "\n")
    return path


def questions(n, folder, args):
    """Milliseconds a question and the most memory in bytes, for n questions."""
    into = os.path.join(folder, "run")
    run("rm", "-rf", into)
    text, size = measured((program(), "run", "-m", args.demo, "--data", write_sums(folder, n), "-np",
                           16, "--temp", 0, "--max_new_tokens", 32, "-fa", args.fa, "--output",
                           into))
    return 1e3 * rows_of(text)[-1]["total_time_sec"] / n, size


def thought(model, depth, args):
    """Milliseconds of one thought behind `depth` positions."""
    row = rows_of(run(program(), "bench", "-m", model, "-p", 0, "-n", 0, "-l", args.thoughts, "-d",
                      depth, "-r", 1, "-fa", args.fa, "--no-warmup", "-o", "jsonl"))[0]
    return row["samples_ms"][0] / args.thoughts


def fit(xs, ys):
    """Slope and height of the line nearest to the points, and the farthest one's distance."""
    mean_x, mean_y = sum(xs) / len(xs), sum(ys) / len(ys)
    slope = (sum((x - mean_x) * (y - mean_y) for x, y in zip(xs, ys))
             / sum((x - mean_x) ** 2 for x in xs))
    height = mean_y - slope * mean_x
    return slope, height, max(abs(y - height - slope * x) / y for x, y in zip(xs, ys))


def report_questions(args):
    """The first table: time and memory by number of questions."""
    times, sizes = {n: [] for n in args.counts}, {n: [] for n in args.counts}
    with tempfile.TemporaryDirectory() as folder:
        for i in range(args.rounds):
            for n in args.counts if i % 2 == 0 else reversed(args.counts):
                say(f"round {i + 1} of {args.rounds}: {n} questions")
                time, size = questions(n, folder, args)
                times[n].append(time)
                sizes[n].append(size)
    least = args.counts[0]
    print(f"| questions | ms a question | over {least} | most memory, MB |\n"
          "| ---: | ---: | ---: | ---: |")
    for n in args.counts:
        over = median([some / few for some, few in zip(times[n], times[least])])
        print(f"| {n} | {median(times[n]):.1f} | {over:.3f} | {max(sizes[n]) / 1e6:.1f} |")


def report_thoughts(args):
    """The second table: time of a thought by length of the memory, and the line through it."""
    model = synthetic(args.spec, args.folder)
    rounds = []
    for i in range(args.rounds):
        say(f"round {i + 1} of {args.rounds}: thoughts")
        rounds.append([thought(model, depth, args) for depth in DEPTHS])
    times = [median(column) for column in zip(*rounds)]
    middles = [depth + args.thoughts / 2 for depth in DEPTHS]
    slope, height, worst = fit(middles, times)
    print("| positions before | ms a thought | on the line |\n| ---: | ---: | ---: |")
    for depth, middle, time in zip(DEPTHS, middles, times):
        print(f"| {depth} | {time:.2f} | {height + slope * middle:.2f} |")
    print(f"\nThe line: {height:.2f} ms and {slope * 1e3:.2f} ms for each 1000 positions; the point "
          f"farthest from it is {100 * worst:.1f} % off.")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("spec", metavar="SHAPE:TYPE", help="of the model that thinks")
    parser.add_argument("--only", choices=("questions", "thoughts"), help="one of the two tables")
    parser.add_argument("--demo", default="models/demo.gguf", help="the model that answers")
    parser.add_argument("--folder", default="/tmp", help="where the synthetic model is kept")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--counts", type=int, nargs="+", default=COUNTS, metavar="N",
                        help="numbers of questions, the least first")
    parser.add_argument("--thoughts", type=int, default=16)
    parser.add_argument("--fa", default="off", choices=("on", "off"), help="flash attention")
    args = parser.parse_args()
    print(head("How cost grows"))
    if args.only != "thoughts":
        print(f"Questions of the demo model, 16 at once, medians of {args.rounds}:\n")
        report_questions(args)
        print(flush=True)
    if args.only != "questions":
        print(f"Thoughts of {args.spec}, one lane, medians of {args.rounds}:\n", flush=True)
        report_thoughts(args)


if __name__ == "__main__":
    main()
