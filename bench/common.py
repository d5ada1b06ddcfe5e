"""What the scripts of bench/ share: running programs, medians, and saying on what machine.

Every comparison alternates the two sides, round after round, so that a machine that slows down
slows both; ratios are of medians. Only the standard library is used.
"""
import json
import os
import statistics
import subprocess
import sys
import tempfile

QUESTIONS = [
    "Tom has 12 apples and buys 7 more. How many apples does he have?",
    "A box holds 6 eggs. How many eggs are in 4 boxes?",
    "Mia had 30 stickers. She gave 8 to Sam and 5 to Ann. How many does she have left?",
    "Ben reads 15 pages a day. How many pages does he read in 6 days?",
    "There are 48 pencils for 8 children. How many pencils does each child get?",
    "A shop sold 25 cups on Monday and twice as many on Tuesday. How many in both days?",
    "Lena is 11. Her brother is 4 years older. How old is her brother?",
    "A rope of 90 metres is cut into 5 equal pieces. How long is each piece?",
]

UBATCH = 256  # rows computed at once where a comparison gives both sides the same: our default


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


def batched_bench(n_rows, *arguments):
    """The rows of llama-batched-bench. Now and then it ends before its log has written the last
    one (3 times of 60, with a model of 2 MB), without a word; then it is asked again."""
    for _ in range(5):
        rows = rows_of(run("llama-batched-bench", *arguments, "--output-format", "jsonl"))
        if len(rows) == n_rows:
            return rows
    sys.exit(f"llama-batched-bench: expected {n_rows} rows, found {len(rows)} in the fifth run")


def cells(n):
    """How many cells libllama gives a lane that needs n: whole 256s."""
    return -(-n // 256) * 256


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
    """One line that says whether a ratio keeps its promise; None: nothing is promised."""
    if limit is None:
        return f"- {name}: {ratio:.3f} (nothing promised)"
    mark = "holds" if ratio >= limit else "FALLS SHORT"
    return f"- {name}: {ratio:.3f} (promised: {limit} or more): {mark}"


def measured(command):
    """Output of a command, and the most memory it held, in bytes."""
    with tempfile.TemporaryFile("w+") as out, tempfile.TemporaryFile("w+") as err:
        child = subprocess.Popen([str(c) for c in command], stdout=out, stderr=err)
        _, status, usage = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
        err.seek(0)
        if child.returncode != 0:
            sys.exit(f"{command[0]}: status {child.returncode}: {err.read().strip()[-400:]}")
        out.seek(0)
        return out.read(), usage.ru_maxrss * 1024


def write_data(folder, n):
    """A data file of n questions."""
    path = os.path.join(folder, "questions.jsonl")
    with open(path, "w", encoding="utf-8") as file:
        for i in range(n):
            text = QUESTIONS[i % len(QUESTIONS)]
            file.write(json.dumps({"question": text, "answer": "#### 1"}) + "\n")
    return path


def answer(model, data, lanes, args, folder):
    """The summary, the samples in order and the most bytes of a greedy run of the team."""
    into = os.path.join(folder, "run")
    run("rm", "-rf", into)
    text, size = measured((program(), "run", "-m", model, "--data", data, "-np", lanes, "--temp", 0,
                           "--latent_steps", args.latent_steps, "--max_new_tokens",
                           args.max_new_tokens, "-fa", args.fa, "--output", into))
    with open(os.path.join(into, "samples.jsonl"), encoding="utf-8") as lines:
        samples = sorted((json.loads(line) for line in lines), key=lambda s: s["index"])
    return rows_of(text)[-1], samples, size
