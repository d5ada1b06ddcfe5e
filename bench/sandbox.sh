#!/bin/sh
# sandbox.sh MBPPPLUS [HUMANEVALPLUS] - what the sandbox costs, and whether it judges right.
#
# Both are files of rows, .jsonl or .jsonl.gz. First all solutions must pass and all mutants should
# fail. Then 378 checks of MBPP+ are made two at a time, by the bare interpreter and in the
# sandbox, in turns of 54 so that a busy machine burdens both alike: medians, and their ratio.
set -eu
cd "$(dirname "$0")/.."
[ $# -ge 1 ] || { sed -n '2s/^# /usage: bench\//p' "$0" >&2; exit 2; }
B=${B:-build}
make -s "$B/tests/sandbox/rows_test"
work=$(mktemp -d)
chmod 755 "$work"
trap 'rm -rf "$work"' EXIT

python3 -B - "$B/tests/sandbox/rows_test" "$work" "$@" <<'EOF'
import concurrent.futures
import gzip
import json
import os
import re
import resource
import statistics
import subprocess
import sys
import time

TURNS, TURN = 7, 54
tool, work, *paths = sys.argv[1:]
os.environ.update(OPENBLAS_NUM_THREADS="1", PYTHONHASHSEED="0")


def pair(row):
    """Solution and tests."""
    if "canonical_solution" in row:
        return (row["prompt"] + row["canonical_solution"],
                row["test"] + "\ncheck(%s)" % row["entry_point"])
    return row["code"], row["test"]


def rows(path):
    with (gzip.open if path.endswith(".gz") else open)(path, "rt") as lines:
        return [pair(json.loads(line)) for line in lines if line.strip()]


def write(name, pairs):
    folder = os.path.join(work, name)
    os.mkdir(folder)
    for number, (code, tests) in enumerate(pairs):
        for end, text in (("code", code), ("tests", tests), ("py", code + "\n" + tests)):
            with open("%s/%d.%s" % (folder, number, end), "w") as out:
                out.write(text)
    return folder


def judge(folder, n, *how):
    done = subprocess.run([tool, folder, str(n), *how], stdout=subprocess.PIPE, text=True,
                          check=True)
    return dict(re.findall(r"^([a-z ]+): (\d+)$", done.stdout, re.M)), done.stdout


def bare(folder, n):
    def one(number):
        subprocess.run(["python3", "-I", "-B", "%s/%d.py" % (folder, number)], check=True,
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                       start_new_session=True)  # the scheduler's share is per session
    with concurrent.futures.ThreadPoolExecutor(2) as two:
        list(two.map(one, range(n)))


def sandboxed(folder, n):
    found, _ = judge(folder, n)
    assert found == {"passed": str(n)}, found


def measure(run, *args):
    """Wall time, processor time of all children."""
    begin, before = time.monotonic(), resource.getrusage(resource.RUSAGE_CHILDREN)
    run(*args)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return (time.monotonic() - begin,
            after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)


for number, path in enumerate(paths):
    pairs = rows(path)
    folder = write("all%d" % number, pairs)
    for how in (["bwrap"], ["none"], ["bwrap", "mutated"]):
        found, text = judge(folder, len(pairs), *how)
        print(os.path.basename(os.path.dirname(path)), *how, found)
        for line in text.splitlines():
            if re.match(r"\d", line):
                print("   ", line)

pairs = rows(paths[0])
turns = []
for turn in range(TURNS):
    folder = write("turn%d" % turn, [pairs[(turn * TURN + i) % len(pairs)] for i in range(TURN)])
    turns.append(measure(bare, folder, TURN) + measure(sandboxed, folder, TURN))
for what, plain, inside in (("wall", 0, 2), ("processor", 1, 3)):
    print("%s: bare %.2f s, sandbox %.2f s for %d checks (sums); median ratio of %d turns %.3f" % (
        what, sum(t[plain] for t in turns), sum(t[inside] for t in turns), TURNS * TURN, TURNS,
        statistics.median(t[inside] / t[plain] for t in turns)))
EOF
