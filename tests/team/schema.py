#!/usr/bin/env python3
"""Hold docs/team.schema.json against the reader, and files against both: schema.py PROGRAM.

The keys that the reader takes are those it names when it meets another. Files that are teams must
validate, those that break one rule of the schema must not; the reader has the same opinion of each.
"""

import copy
import glob
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

SCHEMA = "docs/team.schema.json"
FAILED = []


def claim(text, complaints):
    print(f"{'not ok' if complaints else 'ok'} - {text}")
    print("".join(f"# {line}\n" for line in complaints), end="")
    FAILED.extend(complaints)


def check(program, folder, data):
    path = f"{folder}/t.json"
    with open(path, "wb") as file:
        file.write(data)
    result = subprocess.run([program, "teams", "check", path], capture_output=True, text=True, timeout=60)
    return result.returncode, result.stderr


def resolve(schema, part):
    return schema["$defs"][part["$ref"].split("/")[-1]] if "$ref" in part else part


def properties(schema, path, document):
    """Of the object at `path`, which leads through properties and items."""
    part = schema
    for key in path:
        document = document[key]
        part = resolve(schema, part["items"] if isinstance(key, int) else part.get("properties", {}).get(key) or part["additionalProperties"])
        if "if" in part:
            part = resolve(schema, part["then" if part["if"]["required"][0] in document else "else"])
    return part


def compare_keys(program, folder, schema):
    full = mutate.bases()[2]
    full["edges"] = [{"from": "a", "to": "b"}, {"from": "b", "to": "c"}]
    full["agents"][0]["sampling"] = {}
    full["agents"].append({"name": "d", "command": ["true"]})
    for path in ((), ("context",), ("formats",), ("models", "big"), ("agents", 0), ("agents", 0, "sampling"), ("agents", 3), ("edges", 0)):
        document = copy.deepcopy(full)
        where = document
        for key in path:
            where = where[key]
        where["unheard-of"] = 1
        _, said = check(program, folder, mutate.dump(document))
        found = re.search(r'unknown key "unheard-of" in .*, expected one of: (.*)\n', said)
        part = properties(schema, path, document)
        taken, told = set(found[1].split(", ")) if found else {said}, set(part["properties"])
        if path == ("agents", 0):
            taken.discard("command")  # with it the agent is another kind
        complaints = [f"{key} is a key of the reader alone" for key in sorted(taken - told)]
        complaints += [f"{key} is a key of the schema alone" for key in sorted(told - taken)]
        complaints += [] if part["additionalProperties"] is False else ["it allows other keys"]
        claim(f"the schema has the reader's keys of {'.'.join(map(str, path)) or 'a team'}", complaints)


def teams_of_docs():
    """The JSON blocks of docs/teams.md: teams, and agents, which become a team of one."""
    with open("docs/teams.md", encoding="utf-8") as text:
        for block in re.findall(r"^```json\n(.*?)^```", text.read(), re.M | re.S):
            try:
                value = json.loads(block)
            except json.JSONDecodeError:
                continue  # a part of a file
            if "agents" not in value and "prompt" in value:
                value = {"name": "one", "agents": [value]}
            if "agents" in value:
                yield "docs/teams.md: " + " ".join(block.split())[:60], value


def good_teams():
    paths = sorted(glob.glob("teams/*.json") + glob.glob("models/*.json") + glob.glob("examples/teams/*.json") + glob.glob("tests/team/seeds/*"))
    for path in paths:
        with open(path, encoding="utf-8-sig") as text:
            data = text.read()
        if data.startswith("{"):
            yield path, json.loads(data)
    yield from teams_of_docs()
    for number, value in enumerate(mutate.bases()):
        yield f"base {number}", value


def bad_teams():
    """(what, team): each breaks one rule that a schema can say."""
    base = mutate.bases()[2]
    base["edges"] = [{"from": "a", "to": "b"}, {"from": "b", "to": "c"}]

    def changed(path, value):
        document = copy.deepcopy(base)
        mutate.holder(document, path)[path[-1]] = value
        return f"{'.'.join(map(str, path))} = {json.dumps(value)[:40]}", document

    for key in ("name", "agents"):
        document = copy.deepcopy(base)
        del document[key]
        yield f"no {key}", document
    agent = ("agents", 1)
    for path, value in [
            (("name",), ""), (("name",), "n" * 65), (("name",), "a\nb"), (("name",), 1), (("system",), None), (("rounds",), 0),
            (("rounds",), 65), (("rounds",), "2"), (("rounds",), 1.5), (("agents",), []), (("agents",), {}), (("agents",), mutate.agents(map(str, range(65)))),
            (("agents",), mutate.agents("a", "no question")), (("baseline",), "no question"), (("context", "text"), "lost"), (("context",), []),
            (("context", "other"), "x"), (("formats", "number"), 1), (("formats", "word"), "x"), (("reasoning",), "maybe"), (("reasoning",), True),
            (("chat_template_kwargs",), []), (("edges",), {}), (("edges", 0, "carry"), "thoughts"), (("edges", 0, "from"), []),
            (("edges", 0, "from"), ["a", "a"]), (("edges", 0, "to"), 2), (("edges", 0, "next_round"), 1), (("edges", 0, "weight"), 1),
            (("edges", 0, "keep"), "most"), (("edges", 0, "keep"), "knn:2"), (("edges", 0, "keep"), "last:0"), (("edges", 0, "keep"), "attention:0.5:top"), (("edges", 0, "keep"), 0.5),
            (("edges", 0), "a"), (("edges", 0), {"from": "a"}), (agent, "b"), (agent, {"name": "b"}), (agent + ("prompt",), 3),
            (agent + ("latent_steps",), -1), (agent + ("latent_steps",), 100001), (agent + ("latent_steps",), 0.5), (agent + ("max_new_tokens",), 0),
            (agent + ("max_new_tokens",), 10000001), (agent + ("speaks",), "yes"), (agent + ("sampling",), 1), (agent + ("sampling", "temperature"), 101),
            (agent + ("sampling", "top_k"), 16777217), (agent + ("sampling", "top_p"), 0), (agent + ("sampling", "min_p"), 1.1),
            (agent + ("model",), 1), (agent + ("model",), ""), (("models",), []), (("models", "big"), "big.gguf"), (("models", "big"), {}),
            (("models", "big"), {"file": "f", "url": "http://h"}), (("models", "big"), {"file": "f", "id": "m"}), (("models", "big", "file"), ""),
            (("models", "big", "file"), 1), (("models", "big", "file"), "x" * 5000), (("models", "big", "path"), "f"), (("models", "n" * 65), {"file": "f"}),
            (("models",), {f"m{i}": {"file": "f"} for i in range(16)}), (("models", "far", "url"), "http://h\nx"),
            (agent + ("sampling", "typical"), 1), (agent + ("think",), 1), (agent + ("reasoning",), "no"), (agent + ("role",), "planner")]:
        yield changed(path, value)
    base["agents"].insert(0, {"name": "d", "command": ["true"]})
    base["edges"].insert(0, {"from": "d", "to": "a", "carry": "text"})
    base["agents"][1]["prompt"] = "{question} {outputs}"
    program = ("agents", 0)
    for path, value in [
            (("command",), []), (("command",), "true"), (("command",), ["true"] * 65), (("command",), [""]), (("command",), ["true", 1]), (("command",), ["a\0b"]),
            (("command",), ["true", "a\0b"]), (("command",), None), (("timeout_seconds",), 0), (("timeout_seconds",), 3600.5), (("timeout_seconds",), "5"),
            (("max_output_bytes",), 0), (("max_output_bytes",), 16777217), (("max_output_bytes",), 1.5), (("memory_bytes",), 268435455),
            (("memory_bytes",), 10**16), (("sandbox",), "yes"), (("on_failure",), "go"), (("prompt",), "{question}"), (("speaks",), True),
            (("latent_steps",), 3), (("system",), "x")]:
        yield changed(program + path, value)


def main():
    program = sys.argv[1]
    with open(SCHEMA, encoding="utf-8") as text:
        schema = json.load(text)
    with tempfile.TemporaryDirectory() as folder:
        compare_keys(program, folder, schema)
        good, bad = list(good_teams()), list(bad_teams())
        codes = {id(team): check(program, folder, mutate.dump(team)) for _, team in good + bad}
        claim("the reader takes every team file there is", [f"{what}: {codes[id(t)][1].strip()}" for what, t in good if codes[id(t)][0]])
        claim(f"and none of {len(bad)} that break a rule", [what for what, t in bad if not codes[id(t)][0]])
    if not jsonschema:
        print("ok - the schema has the same opinion # SKIP no python3-jsonschema here")
        return 1 if FAILED else 0
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    claim("the schema takes every team file there is",
          [f"{what}: {error.message[:100]}" for what, t in good for error in validator.iter_errors(t)])
    claim("and none that breaks a rule", [what for what, t in bad if validator.is_valid(t)])
    return 1 if FAILED else 0


if __name__ == "__main__":
    sys.exit(main())
