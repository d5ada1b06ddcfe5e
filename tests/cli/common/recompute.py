"""Works out from config.json and samples.jsonl what a report says, and compares to the last digit.

Usage: recompute.py GRID REPORT.csv REPORT.json. Knows nothing of the program: runs are put together by
their configs, questions are counted one by one, and pass@k is the average over all choices of k runs.
"""
import csv
import itertools
import json
import math
import os
import sys

grid, csv_path, json_path = sys.argv[1:]
Z = 1.959963984540054


def load(folder):
    config = json.load(open(f"{folder}/config.json"))
    lines = {}
    for text in open(f"{folder}/samples.jsonl"):
        if text.endswith("\n"):
            line = json.loads(text)
            lines[line["index"]] = line
    return config, lines


def identity(config):
    """Of runs that differ by the seed alone."""
    params = {k: v for k, v in config["params"].items() if k not in ("seed", "max_new_tokens")}
    return json.dumps([config["task"], config["method"], params, config["data"], config["model"], config["team"]], sort_keys=True)


def wilson(p, n):
    centre = (p + Z * Z / (2 * n)) / (1 + Z * Z / n)
    half = Z * math.sqrt(p * (1 - p) / n + Z * Z / (4 * n * n)) / (1 + Z * Z / n)
    return (0.0 if p == 0 else centre - half), (1.0 if p == 1 else centre + half)


def pooled(runs, verdict):
    """What the runs, a dict of lines each, say by the rule that `verdict` reads from a line."""
    common = [i for i in runs[0] if all(i in run and verdict(run[i]) is not None for run in runs)]
    n, r = len(common), len(runs)
    shares = [sum(verdict(run[i]) for i in common) / n for run in runs]
    mean = sum(verdict(run[i]) for run in runs for i in common) / (n * r)
    questions = [sum(verdict(run[i]) for run in runs) / r for i in common]
    variance = sum((q - mean) ** 2 for q in questions) / n
    worth = n if mean in (0, 1) else n * r if variance == 0 else n * mean * (1 - mean) / variance
    low, high = wilson(mean, min(max(worth, n), n * r))
    answers = [[verdict(run[i]) for run in runs] for i in common]
    passes = []
    for k in range(1, r + 1):
        choices = list(itertools.combinations(range(r), k))
        passes.append(sum(sum(any(a[c] for c in choice) for choice in choices) / len(choices) for a in answers) / n)
    deviation = math.sqrt(sum((s - mean) ** 2 for s in shares) / (r - 1)) if r > 1 else None
    return {"n": n, "mean": mean, "deviation": deviation, "lowest": min(shares), "highest": max(shares), "low": low,
            "high": high, "pass": passes}


def place(config):
    engine = config["engine"]
    machine = config.get("machine", {})
    return (engine.get("n_threads"), engine.get("n_threads_batch"), engine.get("n_lanes"), machine.get("processor"),
            machine.get("cores"), machine.get("memory"),
            tuple(d.get("description") for d in machine.get("devices", []) if d["kind"] != "cpu"))


def costs(runs):
    """Means over runs of what a question took in each."""
    def mean(of):
        return sum(of(run) / len(run) for run in runs) / len(runs)

    def total(key):
        return lambda run: sum(line[key] for line in run.values())
    phases = [total("read_ms"), total("think_ms"), total("speak_ms")]
    return {"spoken": mean(total("n_spoken")), "thoughts": mean(total("n_thought")),
            "tokens": mean(lambda run: total("n_read")(run) + total("n_spoken")(run)),
            "wall_sec": mean(lambda run: max(line["run_ms"] for line in run.values()) / 1e3),
            "engine_sec": mean(lambda run: sum(of(run) for of in phases) / 1e3)}


def counts(runs):
    lines = [line for run in runs for line in run.values()]
    cut = [line for line in lines if line["status"] == "ok" and line["agents"] and line["agents"][-1].get("is_cut")]
    return {"errors": sum(line["status"] != "ok" for line in lines), "cut": len(cut),
            "circling": sum(bool(line["agents"][-1].get("is_circling")) for line in cut)}


pools = {}
first_of_task = {}
for name in sorted(name for name in os.listdir(grid) if os.path.isdir(f"{grid}/{name}")):
    config, lines = load(f"{grid}/{name}")
    pools.setdefault(identity(config), []).append((config, lines))
    first_of_task.setdefault(config["task"], config)

rows = [row for row in csv.DictReader(open(csv_path, newline="")) if row["kind"] == "measured"]
report = json.load(open(json_path))
assert len(rows) == len(report["pools"]) == len(pools), (len(rows), len(report["pools"]), len(pools))
order = ["baseline", "text_mas", "latent_mas"]
for one, other in zip(rows, rows[1:]):
    assert one["task"] != other["task"] or order.index(one["method"]) <= order.index(other["method"]), (one, other)
by_runs = {row["runs"]: row for row in rows}
rows = [by_runs[" ".join(pool["runs"])] for pool in report["pools"]]
n_compared = 0


def same(what, printed, mine, decimals=None):
    """`printed` is a text of so many decimals, or a number of JSON, which has 17 digits."""
    global n_compared
    n_compared += 1
    if mine is None or printed in ("", None):
        assert mine is None and printed in ("", None), (what, printed, mine)
    elif decimals is not None:
        assert printed == f"{mine:.{decimals}f}", (what, printed, mine)
    else:
        assert math.isclose(printed, mine, rel_tol=1e-13, abs_tol=1e-15), (what, printed, mine)


speeds = {}
for (key, members), row, pool in zip(pools.items(), rows, report["pools"]):
    config = members[0][0]
    runs = [lines for _, lines in members]
    task = config["task"]
    assert row["task"] == pool["task"] == task and row["method"] == config["method"]
    assert row["seeds"] == " ".join(str(c["params"]["seed"]) for c, _ in members)
    assert pool["seeds"] == [c["params"]["seed"] for c, _ in members] and int(row["n_seeds"]) == len(members)
    assert row["latent_steps"] == (str(config["params"]["latent_steps"]) if row["method"] == "latent_mas" else "")
    for rule, verdict in (("exact", lambda line: line["correct"]), ("compat", lambda line: line["compat"]["correct"])):
        mine = pooled(runs, verdict)
        passes = mine.pop("pass")
        assert int(row[rule + "_n"]) == pool[rule]["n"] == mine.pop("n")
        for name, value in mine.items():
            same((task, rule, name), row[f"{rule}_{name}"], value, 6)
            same((task, rule, name), pool[rule][name], value)
        assert len(pool[rule]["pass_at"]) == len(passes)
        for k, value in enumerate(passes, 1):
            same((task, rule, k), row[f"{rule}_pass@{k}"], value, 6)
            same((task, rule, k), pool[rule]["pass_at"][k - 1], value)
    alike = all(place(c) == place(first_of_task[task]) for c, _ in members)
    cost = costs(runs)
    if not alike:
        cost["wall_sec"] = cost["engine_sec"] = None
    for name, value in cost.items():
        same((task, name), row[name], value, 6 if name.endswith("sec") else 4)
        same((task, name), pool["per_question"][name], value)
    for name, value in counts(runs).items():
        assert int(row[name]) == pool[name] == value, (task, name)
    speeds.setdefault(task, []).append((row, pool, cost["wall_sec"]))

for cells in speeds.values():
    reference = cells[0][2]
    for row, pool, seconds in cells:
        speedup = None if reference is None or seconds is None else reference / seconds
        same("speedup", row["speedup"], speedup, 4)
        same("speedup", pool["speedup"], speedup)

columns = report["grid"]["columns"]
for i, average in enumerate(report["grid"]["averages"]):
    mine = [report["pools"][row["pools"][i]] for row in report["grid"]["rows"]]
    same("average", average["exact"], sum(p["exact"]["mean"] for p in mine) / len(mine))
    same("average", average["spoken"], sum(p["per_question"]["spoken"] for p in mine) / len(mine))
print(n_compared)
