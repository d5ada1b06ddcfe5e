#!/usr/bin/env python3
"""latent_mas against text_mas and baseline: one team, one model, equal budgets.

Every agent that speaks speaks --max_new_tokens tokens, which a model with random weights always
does, so what is compared is the cost of handing over thoughts instead of text, and nothing else.

    ./dev --reference python3 bench/methods.py --folder /tmp qwen3-0.6b:q4_0
"""
import argparse

from common import head, median, program, rows_of, run, say, synthetic, verdict

METHODS = ("baseline", "text_mas", "latent_mas")


def measure(model, method, args):
    """The row of one run of one method."""
    return rows_of(run(program(), "bench", "-m", model, "-p", 0, "-n", 0, "-l", 0, "-r", 1,
                       "--no-warmup", "-np", args.lanes, "--e2e", method, "--team", args.team,
                       "--max_new_tokens", args.max_new_tokens, "-o", "jsonl"))[0]


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("spec", metavar="SHAPE:TYPE")
    parser.add_argument("--folder", default="/tmp", help="where the model is kept")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--lanes", type=int, default=1)
    parser.add_argument("--team", default="sequential")
    parser.add_argument("--max_new_tokens", type=int, default=256)
    args = parser.parse_args()
    model = synthetic(args.spec, args.folder)
    rows = {method: [] for method in METHODS}
    for i in range(args.rounds):
        for method in METHODS:
            say(f"round {i + 1} of {args.rounds}: {method}")
            rows[method].append(measure(model, method, args))
    print(head("The three methods"))
    print(f"{args.spec}, team {args.team}, {args.lanes} at once, 10 thoughts, {args.max_new_tokens} "
          f"tokens an agent that speaks, medians of {args.rounds}.\n")
    print("| method | seconds a question | read | thoughts | spoken |")
    print("| --- | ---: | ---: | ---: | ---: |")
    seconds = {m: 1 / median([row["avg_ts"] for row in rows[m]]) for m in METHODS}
    for method in METHODS:
        row = rows[method][0]
        n = row["n_questions"]
        print(f"| {method} | {seconds[method]:.2f} | {row['n_read'] / n:.0f} | "
              f"{row['n_thought'] / n:.0f} | {row['n_spoken'] / n:.0f} |")
    spoken = {m: rows[m][0]["n_spoken"] for m in METHODS}
    print()
    print(verdict("text_mas over latent_mas, seconds", seconds["text_mas"] / seconds["latent_mas"],
                  3.0))
    print(verdict("spoken tokens saved", 1 - spoken["latent_mas"] / spoken["text_mas"], 0.70))


if __name__ == "__main__":
    main()
