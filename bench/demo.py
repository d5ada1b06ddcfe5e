#!/usr/bin/env python3
"""What the demo model does on its own problems: the three methods, thoughts, realignment, control.

All greedy, all 400 questions of the task `demo`, the 100 of `demo_secret` with the team whose
planner alone is told the number, and the 100 of `demo_split` with two readers told one each. Prints
the tables of models/RESULTS.md; what they show is written there by hand.

    ./dev --reference python3 bench/demo.py --lanes 16 >build/RESULTS.md
"""
import argparse
import os
import tempfile

from common import head, program, rows_of, run, say

THOUGHTS = (0, 1, 2, 5, 10, 20)
SECRET = ("--team", "models/secret_team.json")


def latent(n, *more):
    """The flags of a latent run with n thoughts."""
    return ("--method", "latent_mas", "--latent_steps", n, *more)


def plain_runs():
    """(name, flags) of the runs on `demo`."""
    none = ("--control", "none")
    runs = [("baseline", ("--method", "baseline")), ("text_mas", ("--method", "text_mas")),
            ("text_mas, hierarchical", ("--method", "text_mas", "--team", "hierarchical"))]
    runs += [(f"latent_mas, {n} thoughts", latent(n)) for n in THOUGHTS]
    runs += [(f"latent_mas, {n} thoughts, realigned", latent(n, "--latent_space_realign"))
             for n in THOUGHTS if n]
    return runs + [("latent_mas, 10 thoughts, control none", latent(10, *none)),
                   ("latent_mas, 0 thoughts, control none", latent(0, *none))]


def team_runs():
    """(name, flags) of the runs on `demo` with each built-in team."""
    names = ("sequential", "hierarchical", "hierarchical-chain", "debate", "plan-solve-check")
    return [(f"{name}, 10 thoughts", latent(10, "--team", name, "--allow-tools")) for name in names]


def secret_runs():
    """(name, flags) of the runs on `demo_secret`."""
    runs = [("baseline (never told)", ("--method", "baseline")),
            ("text_mas", ("--method", "text_mas"))]
    runs += [(f"latent_mas, {n} thoughts", latent(n)) for n in THOUGHTS]
    runs += [("latent_mas, 10 thoughts, realigned", latent(10, "--latent_space_realign"))]
    runs += [("latent_mas, 10 thoughts, control none", latent(10, "--control", "none"))]
    return [(name, (*SECRET, *flags)) for name, flags in runs]


def split_runs():
    """(name, flags) of the runs on `demo_split`."""
    runs = [("baseline (never told)", ("--method", "baseline")),
            ("text_mas", ("--method", "text_mas")),
            ("side by side, 0 thoughts", latent(0)), ("side by side, 10 thoughts", latent(10))]
    runs += [(f"the same, control {control}", latent(10, "--control", control)) for control in
             ("none", "prompts", "thoughts", "random", "zero", "text", "shuffled", "wrong-task")]
    return [(name, ("--team", "split-evidence", *flags)) for name, flags in runs]


def summary(task, flags, args, folder):
    """The summary of one run."""
    into = os.path.join(folder, "run")
    run("rm", "-rf", into)
    common = ("-m", args.model, "--task", task, "--max_samples", args.n, "--temp", 0,
              "--max_new_tokens", 128, "-np", args.lanes, "-fa", "off", "--output", into)
    return rows_of(run(program(), "run", *common, *flags))[-1]


def line(name, s):
    """A row of the table."""
    low, high = s["accuracy_interval"]
    n = s["n"]
    return (f"| {name} | {100 * s['accuracy']:.1f} % | {100 * low:.1f} to {100 * high:.1f} | "
            f"{s['tokens_read'] / n:.0f} | {s['thoughts'] / n:.0f} | "
            f"{s['tokens_spoken'] / n:.1f} | {s['total_time_sec'] / n:.3f} |")


def table(task, runs, args, folder):
    """The rows of one task."""
    print("| | right | 95 % interval | read | thoughts | spoken | seconds |")
    print("| --- | ---: | --- | ---: | ---: | ---: | ---: |")
    for name, flags in runs:
        say(f"{task}: {name}")
        print(line(name, summary(task, flags, args, folder)), flush=True)
    print()


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--model", default="models/demo.gguf")
    parser.add_argument("--lanes", type=int, default=8)
    parser.add_argument("--n", type=int, default=-1, help="questions of each run, -1 for all")
    parser.add_argument("--teams", action="store_true", help="the built-in teams' table alone")
    args = parser.parse_args()
    print(head("What the demo model does"))
    which = "All questions" if args.n < 0 else f"The first {args.n} questions"
    print(f"{which}, greedy, {args.lanes} at once; tokens, thoughts and seconds a question.\n")
    with tempfile.TemporaryDirectory() as folder:
        if not args.teams:
            print("## Problems that it has not seen (task `demo`)\n")
            table("demo", plain_runs(), args, folder)
        print("## The same problems, by every built-in team\n")
        table("demo", team_runs(), args, folder)
        if args.teams:
            return
        print("## Problems with a number that only the planner is told (task `demo_secret`)\n")
        table("demo_secret", secret_runs(), args, folder)
        print("## The sum of two numbers, each of which another reader is told (task `demo_split`)\n")
        table("demo_split", split_runs(), args, folder)


if __name__ == "__main__":
    main()
