"""Beside each run folder of ROOT, copies of one of them, damaged in every way that came to mind.

Usage: damage_runs.py SOURCE ROOT. Prints the names of the copies.
"""
import json
import os
import shutil
import sys

source, root = sys.argv[1:]
config = json.load(open(f"{source}/config.json"))
lines = open(f"{source}/samples.jsonl").read().splitlines()


def changed(at, **values):
    return "\n".join(json.dumps({**json.loads(line), **values}) if i == at else line for i, line in enumerate(lines)) + "\n"


def without(*path):
    c = json.loads(json.dumps(config))
    inner = c
    for key in path[:-1]:
        inner = inner[key]
    del inner[path[-1]]
    return json.dumps(c)


def other(at, text):
    return "\n".join(lines[:at] + [text] + lines[at + 1:]) + "\n"


text = json.dumps(config)
whole = "\n".join(lines) + "\n"
nan = lines[2].replace('"read_ms":', '"read_ms":NaN,"was":')
damages = {
    # name: (config.json, samples.jsonl); None: not there, a function: made by it
    "no-config": (None, whole),
    "empty-config": ("", whole),
    "cut-config": (text[:len(text) // 2], whole),
    "other-config": ('{"model_type": "qwen3", "hidden_size": 4096}', whole),
    "list-config": ("[1, 2]", whole),
    "no-data": (without("data", "sha256"), whole),
    "number-for-task": (text.replace('"task": "', '"task": 7, "was": "', 1), whole),
    "no-questions": (json.dumps({**config, "data": {**config["data"], "questions": 0}}), whole),
    "shard-beyond": (json.dumps({**config, "shard": {"index": 5, "count": 4}}), whole),
    "other-shard": (json.dumps({**config, "shard": {"index": 2, "count": 4}}), whole),
    "config-folder": (os.mkdir, whole),
    "no-samples": (text, None),
    "samples-folder": (text, os.mkdir),
    "samples-pipe": (text, os.mkfifo),
    "samples-loop": (text, lambda path: os.symlink("samples.jsonl", path)),
    "broken-line": (text, other(2, lines[2][:40])),
    "empty-line": (text, other(2, "")),
    "twice": (text, other(2, lines[1])),
    "index-beyond": (text, changed(2, index=len(lines) + 100000)),
    "index-negative": (text, changed(2, index=-3)),
    "count-negative": (text, changed(2, n_spoken=-1)),
    "count-beyond": (text, changed(2, n_read=10**11)),
    "count-text": (text, changed(2, n_read="many")),
    "time-beyond": (text, changed(2, run_ms=1e300)),
    "time-none": (text, changed(2, run_ms=None)),
    "nan": (text, other(2, nan)),
    "verdict-text": (text, changed(2, correct="yes")),
    "status-number": (text, changed(2, status=0)),
    "agent-unnamed": (text, changed(2, agents=[{"n_read": 1}])),
    "nul": (text, other(2, lines[2][:30] + "\0" + lines[2][30:])),
    "not-utf8": (text.encode().replace(b'"method"', b'"meth\xff"'), whole),
    "samples-not-utf8": (text, whole.encode().replace(b"What is 2", b"What is \xff")),
    "long-line": (text, other(2, "x" * 3_000_000)),
    "deep-line": (text, other(2, "[" * 200_000)),
    "binary": (text, bytes(range(256)) * 64),
}
for name, contents in damages.items():
    folder = f"{root}/{name}"
    shutil.rmtree(folder, ignore_errors=True)
    os.mkdir(folder)
    for file, content in zip(("config.json", "samples.jsonl"), contents):
        path = f"{folder}/{file}"
        if callable(content):
            content(path)
        elif content is not None:
            open(path, "wb").write(content if isinstance(content, bytes) else content.encode())
    print(name)
