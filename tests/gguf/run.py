"""run.py --program FILE [--count N] [--seed N] [--keep DIR] MODEL... - `model info` and `ask` on mutants.

Each mutant runs in a child of its own, with a limit on time and memory. What is counted is how the
program ends: 0, a refusal (one line, an exit status of its own), or a death by a signal. Deaths are
listed by the place that they name. Exit status 1 when a place is none of those that are known.
"""

import argparse
import collections
import concurrent.futures
import os
import pathlib
import re
import resource
import signal
import subprocess
import sys
import tempfile

import mutate

MEMORY, SECONDS = 4 << 30, 20  # of one child
KNOWN = pathlib.Path(__file__).with_name("known.txt")  # places that no header foretells


def limit():
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def place(errors):
    """File and words of an assertion, without the line: that moves with every version."""
    found = re.search(r"([\w./-]+\.(?:c|cpp|h|cu|hpp)):\d+: ?(.*)", errors)
    if found:
        return f"{os.path.basename(found[1])}: {found[2].strip()}"
    lines = [line for line in errors.splitlines() if line.strip()]
    return lines[-1][:120] if lines else "no word"


def one(program, words):
    try:
        done = subprocess.run([program, *words], capture_output=True, timeout=SECONDS, preexec_fn=limit, check=False)
    except subprocess.TimeoutExpired:
        return "too long", "", b""
    errors = done.stderr.decode(errors="replace")
    out = done.stdout + done.stderr
    if done.returncode < 0:
        return "signal " + signal.Signals(-done.returncode).name, place(errors), out
    return f"exit {done.returncode}", "", out


def dirty(out):
    """Whether control characters came through."""
    text = out.decode(errors="replace")
    return bool(re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f]", text))


def try_mutant(program, data, seed, folder, keep):
    bad, how = mutate.mutant(data, seed)
    path = os.path.join(folder, f"{seed}.gguf")
    with open(path, "wb") as file:
        file.write(bad)
    ends = []
    for name, words in (("info", ["model", "info", path]),
                        ("ask", ["ask", "-m", path, "-n", "1", "-c", "1024", "-t", "1", "--chat-template", "chatml", "2+2?"])):
        kind, where, out = one(program, words)
        ends.append((name, kind, where, dirty(out) if name == "info" else False, len(out.splitlines())))
    if keep and any(end[1].startswith(("signal", "too")) or end[3] for end in ends):
        os.rename(path, os.path.join(keep, f"{seed}.gguf"))
    else:
        os.unlink(path)
    return seed, how, ends


def main():
    p = argparse.ArgumentParser()
    p.add_argument("--program", required=True)
    p.add_argument("--count", type=int, default=200)
    p.add_argument("--seed", type=int, default=1)
    p.add_argument("--keep")
    p.add_argument("--jobs", type=int, default=os.cpu_count())
    p.add_argument("models", nargs="+")
    a = p.parse_args()
    models = [open(path, "rb").read() for path in a.models]
    kinds, places, unclean = collections.Counter(), collections.defaultdict(list), []
    with tempfile.TemporaryDirectory() as folder, concurrent.futures.ThreadPoolExecutor(a.jobs) as pool:
        jobs = [pool.submit(try_mutant, a.program, models[i % len(models)], a.seed + i, folder, a.keep) for i in range(a.count)]
        for job in concurrent.futures.as_completed(jobs):
            seed, how, ends = job.result()
            for name, kind, where, is_dirty, _ in ends:
                kinds[name, kind] += 1
                if kind.startswith(("signal", "too")):
                    places[kind, where].append((seed, name, how))
                if is_dirty:
                    unclean.append((seed, name, how))
    for (name, kind), n in sorted(kinds.items()):
        print(f"{n:6}  {name:5} {kind}")
    for (kind, where), hits in sorted(places.items(), key=lambda item: -len(item[1])):
        print(f"{len(hits):6}  {kind} at {where}   such as seed {hits[0][0]} ({hits[0][1]}, {hits[0][2]})")
    for hit in unclean[:10]:
        print(f"control characters: seed {hit[0]} ({hit[1]}, {hit[2]})")
    known = KNOWN.read_text().splitlines() if KNOWN.exists() else []
    new = [where for kind, where in places if where not in known]
    return 1 if new or unclean else 0


sys.exit(main())
