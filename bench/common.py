"""What the scripts of bench/ share: running programs, medians, and saying on what machine.

Every comparison alternates the two sides, round after round, so that a machine that slows down
slows both; ratios are of medians. Only the standard library is used.
"""
import json
import os
import statistics
import subprocess
import sys


def run(*command):
    """The standard output of a command; its errors go to ours. Ends the program if it fails."""
    done = subprocess.run([str(c) for c in command], stdout=subprocess.PIPE, text=True,
                          stderr=subprocess.PIPE)
    if done.returncode != 0:
        sys.exit(f"{' '.join(map(str, command))}: status {done.returncode}: "
                 f"{done.stderr.strip()[-400:]}")
    return done.stdout


def rows_of(text):
    """The JSON objects of a text that has one a line, between lines of other kinds."""
    return [json.loads(line) for line in text.splitlines() if line.startswith("{")]


def median(values):
    """The median of a list of numbers."""
    return statistics.median(values)


def program():
    """The latentmas to measure: $LATENTMAS, or the one that `make` built."""
    return os.environ.get("LATENTMAS", "build/latentmas")


def synthetic(spec, folder):
    """A file of that synthetic model in the folder, made unless it is there."""
    path = os.path.join(folder, spec.replace(":", "-") + ".gguf")
    run(program(), "bench", "--synthetic", spec, "--keep", path, "-p", 1, "-n", 0, "-l", 0,
        "-r", 1, "--no-warmup", "-o", "jsonl")
    return path


def processor():
    """The name of the processor, as the system tells it."""
    with open("/proc/cpuinfo", encoding="utf-8") as info:
        for line in info:
            if line.startswith("model name"):
                return line.split(":", 1)[1].strip()
    return "unknown processor"


def head(title):
    """The lines that open a result: what, on what machine, of which commit, how called."""
    commit = run("git", "describe", "--always", "--dirty").strip()
    date = run("date", "+%Y-%m-%d").strip()
    return (f"# {title}\n\n{processor()}, {len(os.sched_getaffinity(0))} cores, {date}, "
            f"commit {commit}. Made by\n`./dev --reference python3 {' '.join(sys.argv)}`.\n")


def say(text):
    """A word on how far things are, to stderr."""
    print(text, file=sys.stderr, flush=True)


def verdict(name, ratio, limit):
    """One line that says whether a ratio keeps its promise."""
    mark = "holds" if ratio >= limit else "FALLS SHORT"
    return f"- {name}: {ratio:.2f} (promised: {limit} or more): {mark}"
