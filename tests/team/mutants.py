#!/usr/bin/env python3
"""Show `teams check` COUNT team files that are wrong, most of them: mutants.py PROGRAM [COUNT [SEED]].

Each must pass, or be refused in one line that names file and line; words that look like slots may
take more lines. Nothing may end by a signal or in a sanitizer's report. Whatever passes is also
what the schema takes. Most are read by one process; one that dies is looked for among its files.
"""

import json
import os
import re
import subprocess
import sys
import tempfile

import mutate

try:
    import jsonschema
except ImportError:
    jsonschema = None

WHOLE = re.compile(r"is longer than 1048576 bytes$")  # there is no line to name
BATCH = 100


def check(program, paths):
    return subprocess.run([program, "teams", "check", *paths], capture_output=True, timeout=300)


def complaints(path, result):
    """What is wrong with how one file was taken."""
    err = result.stderr.decode("utf-8", "replace")
    lines = err.split("\n")[:-1]
    passed = result.stdout.startswith(path.encode() + b": team ")
    if result.returncode not in (0, 1):
        yield f"exit code {result.returncode}: {err[-300:]}"
    elif passed != (result.returncode == 0) or (passed and err):
        yield f"exit code {result.returncode}, and says {err[:200]!r}"
    elif not passed and not (len(lines) == 1 or lines and all(" stays as it is; " in line for line in lines)):
        yield f"{len(lines)} lines: {err[:200]!r}"
    for line in lines:
        if not re.match(rf"latentmas: {re.escape(path)}:[1-9]\d*: |latentmas: {re.escape(path)}:[1-9]\d*:[1-9]\d*: ", line) \
                and not WHOLE.search(line):
            yield f"no file and line: {line[:200]!r}"


def split(paths, result):
    """The result of each file of a batch, or None: who said what is seen by the file's name."""
    out, err = result.stdout.decode("utf-8", "replace"), result.stderr.decode("utf-8", "replace")
    for path in paths:
        name = re.escape(path)
        said = "".join(line + "\n" for line in err.split("\n") if re.match(rf"latentmas: {name}[ :]", line))
        passed = re.search(rf"^{name}: team .*$", out, re.M)
        yield path, subprocess.CompletedProcess([], 0 if passed else 1, passed[0].encode() if passed else b"", said.encode())


def results(program, paths):
    for at in range(0, len(paths), BATCH):
        batch = paths[at:at + BATCH]
        result = check(program, batch)
        found = list(split(batch, result))
        n_lines = sum(r.stderr.count(b"\n") for _, r in found)
        if result.returncode in (0, 1) and n_lines == result.stderr.count(b"\n"):
            yield from found
        else:
            yield from ((path, check(program, [path])) for path in batch)


def takes(schema, path):
    """Whether the schema takes the file, which the program does."""
    with open(path, encoding="utf-8-sig") as text:
        return schema.is_valid(json.load(text))


def main():
    program, count, seed = sys.argv[1], int((sys.argv[2:] or [500])[0]), (sys.argv[3:] or [1])[0]
    schema = None
    if jsonschema:
        with open("docs/team.schema.json", encoding="utf-8") as text:
            schema = jsonschema.Draft202012Validator(json.load(text))
    what, bad, outside, n_good = {}, [], [], 0
    with tempfile.TemporaryDirectory() as folder:
        for number, (name, data) in enumerate(mutate.mutants(seed, count)):
            path = f"{folder}/{number}.json"
            what[path] = name
            with open(path, "wb") as file:
                file.write(data)
        for path, result in results(program, list(what)):
            bad += [f"{os.path.basename(path)} ({what[path]}): {c}" for c in complaints(path, result)]
            n_good += result.returncode == 0
            if schema and result.returncode == 0 and not takes(schema, path):
                outside.append(f"{os.path.basename(path)} ({what[path]}): the reader takes it")
    print(f"# {count} files of seed {seed}, of which {n_good} are teams")
    for claim, found in (("each is taken, or refused in one line with file and line", bad),
                         ("what is taken is what the schema takes", outside)):
        skip = " # SKIP no python3-jsonschema here" if claim.startswith("what") and not schema else ""
        print(f"{'not ok' if found else 'ok'} - {claim}{skip}")
        print("".join(f"# {line}\n" for line in found[:20]), end="")
    return 1 if bad or outside else 0


if __name__ == "__main__":
    sys.exit(main())
