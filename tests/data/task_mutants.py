#!/usr/bin/env python3
"""Show `tasks check` COUNT task files that are wrong, most of them: task_mutants.py PROGRAM [COUNT [SEED]].

Each must be taken, or be refused in one line that names a file and, where there is one, the line: its
own, or that of a row which has not what it asks for. Nothing may end by a signal or in a sanitizer's
report. Whatever is taken is also what docs/task.schema.json takes.
"""

import copy
import glob
import json
import os
import random
import re
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "team"))
import mutate

try:
    import jsonschema
except ImportError:
    jsonschema = None

ROWS = [{"id": 1, "q": "Which?", "o": ["cat", "dog"], "l": ["x", "y"], "k": "y", "n": 1, "t": "dog", "s": "#### 1,430",
         "a": {"b": [{"c": "B"}]}, "x": "one", "y": "two", "note": {"first": "f"}}]


def bases():
    """Good files: every kind of answer, and every key there is."""
    def task(answer, gold, **more):
        return dict({"name": "mine", "summary": "S", "answer": answer, "data": {"file": "rows.jsonl"}, "id": "id",
                     "question": "q", "gold": gold, "note": "note"}, **more)

    yield task("number", {"field": "s", "as": "####"})
    yield task("number", "n")
    yield task("integer", "n")
    yield task("text", {"field": "t", "optional": True}, question="{{{a.b.0.c}}} {q}")
    yield task("choice", {"field": "a.b.0.c", "as": "letter"}, options="o")
    yield task("choice", {"field": "k", "as": "label", "labels": "l"}, options="o")
    yield task("choice", {"field": "n", "as": "index", "first": 1}, options=["x", "y"])
    yield task("choice", {"field": "t", "as": "within"}, options={"field": "o", "lettered": True, "in_question": True})
    yield task("choice", {"field": "n", "as": "index"}, options={"listed": 2})
    yield {"name": "code", "answer": "code", "reader": "mbppplus", "data": {"hf": "a/b", "config": "c", "split": "d", "rows": 3}}
    yield {"name": "code", "answer": "code", "reader": "humanevalplus", "data": {"github": "a/b", "path": "main/x.jsonl", "rows": 3}}
    for path in sorted(glob.glob("tasks/*.json")):
        with open(path, encoding="utf-8") as text:
            yield json.load(text)


def directed():
    """(what, bytes) of each file that is wrong on purpose."""
    good = list(bases())
    choice = good[4]
    for key in ("name", "answer", "question", "gold", "options"):
        yield f"no {key}", mutate.dump({k: v for k, v in choice.items() if k != key})
    for key in choice:
        for value in (None, True, 3, 1.5, [], {}, [[]], "", "a..b", "\0", "\x1b[2J", "{", "{q", "x" * 2000):
            if not (key == "summary" and value in ("a..b", "{", "{q") or key == "name" and value == "a..b"):
                yield f"{key} = {value!r:.20}", mutate.dump(dict(choice, **{key: value}))
    for options in (["x"], ["x"] * 27, ["x", 3], ["x", "nowhere"], {"listed": 1}, {"listed": 27}, {"listed": 2.0}, {"listed": -1}, "t", "nowhere",
                    {"field": "o", "lettered": 1}, {"field": "o", "listed": 2}):
        yield f"options {options!r:.30}", mutate.dump(dict(choice, options=options))
    for gold in ({"field": "n", "as": "letter"}, {"field": "k", "as": "label", "labels": "a.b"}, {"field": "k", "as": "index"},
                 {"field": "s", "as": "index"}, {"field": "n", "as": "index", "first": 2}, {"as": "letter"}, {"field": "a.b.7.c", "as": "letter"}):
        yield f"gold {gold}", mutate.dump(dict(choice, gold=gold))
    for data in ({}, {"file": "nowhere.jsonl"}, {"file": "."}, {"hf": "a/b", "github": "a/b"}, {"hf": "a/b", "rows": -1}, {"hf": "a/b", "rows": 2**64},
                 {"hf": "a/b", "path": "x"}, {"program": "x"}, {"github": "a/b"}, {"rows": 3}, {"file": "../" * 500}):
        yield f"data {data!r:.40}", mutate.dump(dict(choice, data=data))
    text = mutate.dump(choice)
    yield "an empty file", b""
    yield "white space", b" \n"
    yield "a list", b"[]"
    yield "Latin-1", text.replace(b"mine", b"gr\xfc\xdfe")
    yield "UTF-16", text.decode().encode("utf-16")
    yield "a key twice", text.replace(b'"name"', b'"name": "x", "name"', 1)
    yield "a comment", b"// a task\n" + text
    yield "deep arrays", b"[" * 100000
    yield "a byte over 1 MiB", text + b" " * (2**20 - len(text) + 1)
    yield "16 MiB", b'{"name": "' + b"x" * 2**24 + b'"}'


def drawn(rng):
    document = copy.deepcopy(rng.choice(list(bases())))
    for _ in range(rng.choice([0, 1, 1, 1, 2, 3])):
        try:
            rng.choice([mutate.change_value, mutate.change_value, mutate.drop, mutate.change_key, mutate.move])(rng, document)
        except (KeyError, IndexError, TypeError, AttributeError):
            pass
    data = mutate.dump(document, rng.choice([None, 1]))
    return mutate.change_bytes(rng, data) if rng.random() < 0.35 else data


def complaint(folder, path, result, must_fail):
    """What is wrong with how a file was taken; None when all is well."""
    err = result.stderr.decode("utf-8", "replace")
    lines = err.split("\n")[:-1]
    named = rf"latentmas: ({re.escape(path)}|{re.escape(folder)}/rows.jsonl|src/data/demo\w*.jsonl):[1-9]\d*(:[1-9]\d*)?: "
    whole = rf"latentmas: ({re.escape(path)} is longer than 1048576 bytes|cannot (open|read) |path longer than )"
    if result.returncode not in (0, 1):
        return f"exit code {result.returncode}: {err[-300:]}"
    if result.returncode == 0:
        return f"taken: {result.stdout[:100]!r}" if must_fail else f"says {err[:200]!r}" if err else None
    if len(lines) != 1 or not re.match(f"{named}|{whole}", lines[0]):
        return f"{len(lines)} lines, or no file and line: {err[:200]!r}"
    return None


def make_schema():
    if not jsonschema:
        return None
    with open("docs/task.schema.json", encoding="utf-8") as text:
        return jsonschema.Draft202012Validator(json.load(text))


def keys_of_the_schema(program, folder, schema):
    """Complaints where the reader has other keys than the schema."""
    good = list(bases())
    for document, path, part in ((good[4], (), schema["else"]), (good[9], (), schema["then"]), (good[4], ("gold",), schema["$defs"]["gold"]["oneOf"][1]),
                                 (good[7], ("options",), schema["$defs"]["options"]["oneOf"][2])):
        document = copy.deepcopy(document)
        where = document
        for key in path:
            where = where[key]
        where["unheard-of"] = 1
        with open(f"{folder}/t.json", "wb") as file:
            file.write(mutate.dump(document))
        said = subprocess.run([program, "tasks", "check", f"{folder}/t.json"], capture_output=True, text=True, timeout=60).stderr
        found = re.search(r'unknown key "unheard-of" in .*, expected one of: (.*)\n', said)
        if not found or set(found[1].split(", ")) != set(part["properties"]):
            yield f"{path}: {said}"


def main():
    program, count, seed = sys.argv[1], int((sys.argv[2:] or [200])[0]), (sys.argv[3:] or [1])[0]
    os.environ["HF_HOME"] = "/nowhere"
    wrong = list(directed())
    files = [(what, data, True) for what, data in wrong]
    files += [(f"base {i}", mutate.dump(base), False) for i, base in enumerate(bases())]
    files += [(f"mutant {i}", drawn(random.Random(f"{seed} {i}")), False) for i in range(count)]
    bad, outside, n_good, schema = [], [], 0, make_schema()
    with tempfile.TemporaryDirectory() as folder:
        with open(f"{folder}/rows.jsonl", "w", encoding="utf-8") as text:
            text.writelines(json.dumps(row) + "\n" for row in ROWS)
        path = f"{folder}/t.json"
        for what, data, must_fail in files:
            with open(path, "wb") as file:
                file.write(data)
            result = subprocess.run([program, "tasks", "check", path], capture_output=True, timeout=60)
            found = complaint(folder, path, result, must_fail)
            bad += [f"{what}: {found}"] if found else []
            n_good += result.returncode == 0
            if schema and result.returncode == 0 and not schema.is_valid(json.loads(data.decode("utf-8-sig"))):
                outside.append(f"{what}: {data[:300]!r}")
        outside += keys_of_the_schema(program, folder, schema.schema) if schema else []
    print(f"# {len(wrong)} files wrong on purpose, {count} of seed {seed}; {n_good} are tasks")
    for claim, found in (("each task file is taken, or refused in one line with file and line", bad),
                         ("what is taken is what the schema takes, and its keys are the reader's", outside)):
        skip = " # SKIP no python3-jsonschema here" if claim.startswith("what") and not schema else ""
        print(f"{'not ok' if found else 'ok'} - {claim}{skip}")
        print("".join(f"# {line}\n" for line in found[:20]), end="")
    return 1 if bad or outside else 0


if __name__ == "__main__":
    sys.exit(main())
