#!/usr/bin/env python3
"""Teams whose agents read once what their prompts begin with, against the same, read by each.

The same solver with share_prefixes and without, one after the other in each round; each speaks as
many tokens. Answers must be the same.

    ./dev python3 bench/sharing.py --folder /tmp qwen3-0.6b:q8_0
"""
import argparse
import os
import sys
import time

from common import QUESTIONS, head, median, say, synthetic

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "bindings", "python"))
import latentmas  # pylint: disable=wrong-import-position


def solve(session, team, shares, args):
    """Seconds for all questions; tokens read and shared of one; and the texts."""
    begin = time.monotonic()
    with session.solver(team, method=args.method, share_prefixes=shares, max_new_tokens=args.max_new_tokens,
                        sampling=latentmas.Sampling(temperature=0)) as solver:
        for i in range(args.questions):
            solver.submit(QUESTIONS[i % len(QUESTIONS)])
        answers = sorted((answer.check() for answer in solver), key=lambda answer: answer.id)
    seconds = time.monotonic() - begin
    n = len(answers)
    return (seconds, sum(a.n_read for a in answers) / n, sum(a.n_shared for a in answers) / n,
            [a.text for a in answers])


def main():
    """Measure, compare, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("spec", metavar="SHAPE:TYPE", help="or a file")
    parser.add_argument("--folder", default="/tmp")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--lanes", type=int, default=16)
    parser.add_argument("--questions", type=int, default=16)
    parser.add_argument("--team", default="question-first")
    parser.add_argument("--method", default="text_mas")
    parser.add_argument("--max_new_tokens", type=int, default=64)
    args = parser.parse_args()
    path = args.spec if os.path.exists(args.spec) else synthetic(args.spec, args.folder)
    team = latentmas.Team.builtin(args.team)
    session = latentmas.Model(path).session(n_ctx=1024 * args.lanes, n_lanes=args.lanes, kv="per_lane")
    rows = {True: [], False: []}
    for k in range(args.rounds):
        for shares, found in rows.items():
            found.append(solve(session, team, shares, args))
            say(f"round {k + 1} of {args.rounds}: {'shared' if shares else 'alone'} {found[-1][0]:.1f} s")
    if rows[True][0][3] != rows[False][0][3]:
        sys.exit("the answers differ")
    print(head("Read once"))
    print(f"{args.spec}, team {args.team}, {args.method}, {args.questions} questions, {args.lanes} at once, "
          f"{args.max_new_tokens} tokens an agent, medians of {args.rounds}, answers the same.\n")
    print("| | shared | alone | ratio |\n| --- | ---: | ---: | ---: |")
    read = [found[0][1] - found[0][2] for found in rows.values()]
    seconds = [median([row[0] for row in found]) for found in rows.values()]
    print(f"| tokens read, a question | {read[0]:.0f} | {read[1]:.0f} | {read[1] / read[0]:.2f} |")
    print(f"| seconds | {seconds[0]:.1f} | {seconds[1]:.1f} | {seconds[1] / seconds[0]:.2f} |")


if __name__ == "__main__":
    main()
