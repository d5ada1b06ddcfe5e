#!/usr/bin/env python3
"""Runs beside a server that fails in 500 scripted ways: faults.py PROGRAM.

A script of faults, drawn from a fixed seed, strikes one question after the other while runs of four
kinds go on and are resumed until nothing is left. Then each must have said what a run said that
nobody disturbed. Prints TAP.
"""
import json
import os
import random
import re
import subprocess
import sys
import tempfile
import time

KEY = "sk-the-key-of-the-test"
N_FAULTS = 500

# How often each is drawn. They pass, or may have passed when the run goes on; what a server refuses
# for good, and what ends a run, have claims of their own below.
FAULTS = {"500": 8, "503": 8, "429": 2, "away": 10, "cut": 12, "cutclean": 8, "inerror": 8, "abort": 6, "garbage": 4,
          "html": 3, "json": 3, "badutf8": 3, "badjson": 3, "wrongtype": 3, "done": 3, "long": 2, "empty": 3, "401": 2,
          "403": 1, "404": 2, "keyecho": 2, "redirect": 2, "slow": 2, "hugeline": 1}
STALLS = range(20, 24)  # a server that says nothing: seconds each, so side by side
QUIET = 0.3  # share of questions that no fault strikes

# A run of each kind: how the server is asked, and of what.
TEAM = {"name": "two", "formats": {"number": "End with the number."}, "agents": [{"name": "thinker", "prompt": "{question}"},
                                  {"name": "speaker", "prompt": "Say the answer: {question}"}]}
RUNS = [("vllm", ["--method", "latent_mas", "--latent_steps", "2"], 20),
        ("openai", ["--method", "baseline"], 40),
        ("sglang", ["--method", "latent_mas", "--latent_steps", "2"], 20),
        ("llama", ["--method", "text_mas"], 40),
        ("vllm", ["--method", "baseline"], 40)]

LINES = (r"question \d+ is left for later: \S.*", r"a server failed \d+ questions?(, the last ones in a row: no more are sent)?",
         r"\d+ of \d+ questions are done and kept; go on with: latentmas run --resume \S+")
failed = False


def claim(holds, text, detail=""):
    global failed
    print(f"{'ok' if holds else 'not ok'} - {text}", flush=True)
    if not holds:
        failed = True
        print("".join(f"# {line}\n" for line in str(detail).splitlines()[:20]), end="", flush=True)


class Double:
    """server.py, and what its log says."""

    def __init__(self, folder, faults=()):
        self.log = f"{folder}/log"
        script = f"{folder}/script"
        with open(script, "w", encoding="utf-8") as file:
            file.write(" ".join(faults))
        open(self.log, "w", encoding="utf-8").close()
        self.process = subprocess.Popen([sys.executable, "tests/remote/server.py", self.log, "--width", "192", "--n_ctx",
                                         "4096", "--script", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.port = self.process.stdout.readline().split()[0].decode()

    def url(self, part):
        return f"http://127.0.0.1:{self.port}/{part}"

    def struck(self):
        """Faults so far, in order."""
        with open(self.log, encoding="utf-8") as file:
            return [note["fault"] for note in map(json.loads, file) if note.get("fault")]

    def end(self):
        self.process.kill()
        self.process.wait()


class Run:
    """A run and its folder."""

    def __init__(self, program, folder, part, words, n):
        self.program, self.folder, self.part, self.n = program, folder, part, n
        self.words = ["-m", "models/demo.gguf", "--task", "demo", "--team", f"{os.path.dirname(folder)}/team.json", "-n",
                      "24", "--temp", "0", "-t", "1", "-tb", "1", "--generate_bs", "2", "--max_samples", str(n),
                      "--output", folder, "--vllm_tries", "4", "--vllm_timeout", "1", *words]
        self.complaints = []
        self.n_lost = self.n_starts = 0

    def go(self, server, *more, words=None):
        """Start it, or go on with it; its exit code and stderr."""
        first = words or (["--resume", self.folder] if os.path.exists(f"{self.folder}/config.json") else self.words)
        self.n_starts += 1
        done = subprocess.run([self.program, "run", *first, "--vllm_url", server.url(self.part), *more],
                              capture_output=True, text=True, timeout=300, check=False, stdin=subprocess.DEVNULL)
        lines = [line for line in done.stderr.splitlines() if "others keep the machine busy" not in line and " is resumed" not in line]
        return done.returncode, lines, done.stdout

    def samples(self):
        """Its lines by index: each whole, and none twice."""
        found = {}
        try:
            with open(f"{self.folder}/samples.jsonl", encoding="utf-8") as file:
                text = file.read()
        except FileNotFoundError:
            return found
        if text and not text.endswith("\n"):
            self.complaints.append("half a line: " + text[-80:])
        for line in text.splitlines():
            sample = json.loads(line)
            if sample["index"] in found:
                self.complaints.append(f"question {sample['index']} is there twice")
            found[sample["index"]] = sample
        return found

    def check(self, code, lines, n_before):
        """Of one start: what it said of what it lost."""
        said = [line.removeprefix("latentmas: ") for line in lines]
        n_later = sum(bool(re.fullmatch(LINES[0], line)) for line in said)
        n_now = len(self.samples())
        self.n_lost += n_later
        if KEY in "\n".join(lines):
            self.complaints.append("the key is told")
        if code in (0, 3) and n_now == self.n and n_later == 0:  # 3: some were refused
            return
        wrong = [line for line in said if not any(re.fullmatch(form, line) for form in LINES)]
        if code != 1 or wrong or n_later == 0 or f"a server failed {n_later} question" not in "\n".join(said):
            self.complaints.append(f"code {code}, {n_before} to {n_now} samples, {n_later} left for later: {wrong or said}")

    def finish(self, server, *more):
        """Go on until nothing is left."""
        code = 1
        while code not in (0, 3) and self.n_starts < 60 and not self.complaints:
            n_before = len(self.samples())
            code, lines, _ = self.go(server, *more)
            self.check(code, lines, n_before)
        return {i: (s["text"], s["status"]) for i, s in self.samples().items()}


def draw_script():
    dice = random.Random(22)
    names, weights = zip(*FAULTS.items())
    script, n = [], 0
    while n < N_FAULTS:
        fault = "stall" if len(script) in STALLS else dice.choices(names, weights)[0]
        is_quiet = dice.random() < QUIET and fault != "stall"
        script.append("-" if is_quiet else fault)
        n += not is_quiet
    return script


def strike(program, folder, key):
    """Runs of all kinds, until the script is over."""
    server = Double(folder, draw_script())
    want = [Run(program, f"{folder}/quiet{k}", kind, words, n).finish(server, *key) for k, (kind, words, n) in enumerate(RUNS)]
    claim(all(len(texts) == n and len(set(texts.values())) > n / 2 for texts, (_, _, n) in zip(want, RUNS)),
          "runs that no fault strikes answer every question", want)
    runs, others = [], []
    while len(server.struck()) < N_FAULTS and len(runs) < 30:
        k = len(runs) % len(RUNS)
        kind, words, n = RUNS[k]
        runs.append(Run(program, f"{folder}/run{len(runs)}", f"{kind}.script", words, n))
        found = runs[-1].finish(server, *key)
        others += [f"run {len(runs)}: question {i}: {found.get(i)}, not {want[k][i]}" for i in want[k] if found.get(i) != want[k][i]]
    struck = server.struck()
    tell(runs, struck, others)
    server.end()


def tell(runs, struck, others):
    n_questions = sum(run.n for run in runs)
    n_resumes = sum(run.n_starts - 1 for run in runs)
    n_lost = sum(run.n_lost for run in runs)
    print(f"# {len(struck)} faults of {len(set(struck))} kinds, {len(runs)} runs of {n_questions} questions, {n_resumes} resumes, "
          f"{n_lost} questions left for later on the way")
    claim(len(struck) == N_FAULTS and set(struck) == {*FAULTS, "stall"}, "500 faults of every kind strike",
          f"{len(struck)}, not {set(FAULTS) - set(struck)}")
    claim(n_resumes > len(runs) and n_lost > n_resumes, "questions are left for later, and runs resumed", (n_resumes, n_lost))
    complaints = [c for run in runs for c in run.complaints]
    claim(not complaints, "no line is lost, halved or there twice; each failure is one line that says what comes next", "\n".join(complaints))
    claim(not others, "resumed until nothing is left, every question has the answer of a run that no fault struck", "\n".join(others))


# ---- What is no fault that passes ----

def refuse(program, folder):
    """What the server says of a question itself is that question's failure."""
    server = Double(folder, ["400", "-", "413", "422", "-", "inbad"])
    run = Run(program, f"{folder}/refused", "vllm.script", ["--method", "baseline"], 8)
    code, lines, out = run.go(server)
    samples = run.samples().values()
    errors = [s["error"] for s in samples if s["status"] != "ok"]
    claim(code == 3 and len(samples) == 8 and len(errors) == 4 and json.loads(out)["errors"] == 4,
          "a question that the server refuses (400, 413, 422, or told in the stream) is written down, counted as wrong", lines)
    claim(any("the double says 400" in e for e in errors) and
          sum("is counted as wrong: " in line and "the double says 413" in line for line in lines) == 1,
          "with the server's words, also in a line on stderr", lines)
    n_asked = len(server.struck())
    code, _, _ = run.go(server)
    claim(code == 3 and len(server.struck()) == n_asked and len(run.samples()) == 8, "and not asked again by --resume")
    server.end()


def one_line(run, server, text, claimed, *more):
    """It cannot begin: one line, exit 1, and no question is asked."""
    code, lines, out = run.go(server, *more, words=run.words)
    told = [line for line in lines if "go on with" not in line]
    claim(code == 1 and len(told) == 1 and text in told[0] and KEY not in told[0] and not out and not run.samples(), claimed, lines)


def begin(program, folder, key):
    server = Double(folder)
    k = 0
    for part, text, claimed, more in (
            ("vllm.wrongwidth", "another model", "a model of another width is told before anything is asked", []),
            ("vllm.novec", "takes no vectors", "so is a server that takes no vectors", []),
            ("vllm.key", "a key is asked for", "a key that is missing is told", []),
            ("vllm.key", "the key is refused", "a key that is refused is told, and not which", ["--api_key_file", f"{folder}/other"]),
            ("vllm.nomodels", "lists no model", "a server that lists no model is told", []),
            ("vllm.badmodels", "lists no model", "what makes no sense is told", []),
            ("vllm.down", "HTTP 503", "a server that is still starting is told, tried as often as said", []),
            ("nothing", "there is nothing at this address", "what is no server of these is told", [])):
        k += 1
        one_line(Run(program, f"{folder}/begin{k}", part, RUNS[0][1], 4), server, text, claimed, *more)
    server.end()
    one_line(Run(program, f"{folder}/away", "vllm", RUNS[0][1], 4), server, "Failed to connect", "a server that is away is told")


def move_on(program, folder, key):
    """The server dies for good, or fails without end."""
    server = Double(folder)
    run = Run(program, f"{folder}/endless", "openai.500", ["--method", "baseline"], 120)
    code, lines, _ = run.go(server, "--vllm_tries", "1")
    n_later = sum("is left for later" in line for line in lines)
    claim(code == 1 and 32 <= n_later < 120 and any("no more are sent" in line for line in lines),
          "after 32 lost in a row no more are sent", "\n".join(lines[-3:]))
    run.part = "openai"
    code, _, _ = run.go(server, "--vllm_tries", "1")
    claim(code == 0 and len(run.samples()) == 120, "and the run goes on when the server does")
    run = Run(program, f"{folder}/moved", "vllm.slow", RUNS[0][1], 12)
    process = subprocess.Popen([program, "run", *run.words, "--vllm_url", server.url("vllm.slow"), *key],
                               stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    while process.poll() is None and not run.samples():
        time.sleep(0.02)
    server.end()
    lines = process.communicate()[1].splitlines()
    n_done = len(run.samples())
    claim(process.returncode == 1 and 0 < n_done < 12, "a server that dies under a run leaves what was answered", lines)
    server = Double(folder)
    code, lines, _ = run.go(server, *key)
    claim(code == 0 and len(run.samples()) == 12 and not run.complaints, "and the run goes on at another address", lines)
    server.end()


def kill_run(program, folder, key):
    """The program itself dies among faults."""
    server = Double(folder, ["cut", "500", "slow", "-"] * 20)
    run = Run(program, f"{folder}/killed", "vllm.script", RUNS[0][1], 16)
    for n in (1, 6):
        words = run.words if n == 1 else ["--resume", run.folder]
        process = subprocess.Popen([program, "run", *words, "--vllm_url", server.url(run.part), *key],
                                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        while process.poll() is None and len(run.samples()) < n:
            time.sleep(0.02)
        process.kill()
        process.wait()
        run.complaints.clear()  # half a line may be there now: the next start cuts it off
    found = run.finish(server, *key)
    claim(len(found) == 16 and not run.complaints, "a run that is killed among faults goes on", run.complaints)
    server.end()


def main():
    program = sys.argv[1]
    os.environ["LATENTMAS_HTTP_BACKOFF_MS"] = "2"
    for name in ("LATENTMAS_API_KEY", "OPENAI_API_KEY", "http_proxy", "https_proxy", "all_proxy"):
        os.environ.pop(name, None)
    with tempfile.TemporaryDirectory() as folder:
        for name, text in (("team.json", json.dumps(TEAM)), ("key", KEY + "\n"), ("other", "sk-another-key\n")):
            with open(f"{folder}/{name}", "w", encoding="utf-8") as file:
                file.write(text)
        key = ["--api_key_file", f"{folder}/key"]
        strike(program, folder, key)
        refuse(program, folder)
        begin(program, folder, key)
        move_on(program, folder, key)
        kill_run(program, folder, key)
    sys.exit(failed)


main()
