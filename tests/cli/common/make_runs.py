"""Write run folders under the folder named: what latentmas run leaves, without a model.

Everything is drawn from one seed, so that reports of these runs can be compared byte by byte.
"""
import hashlib
import json
import os
import random
import sys

AGENTS = {"baseline": ["solver"], "text_mas": ["planner", "critic", "refiner", "judger"],
          "latent_mas": ["planner", "critic", "refiner", "judger"]}
SHA = {task: hashlib.sha256(task.encode()).hexdigest() for task in ("gsm8k", "arc_challenge", "humanevalplus", "custom")}


def agent(rng, method, name, is_last, size):
    speaks = method != "latent_mas" or is_last
    n_read = int(rng.gauss(180, 30) * size) + (400 if method == "text_mas" and name != "planner" else 0)
    n_thought = 0 if speaks else 40
    n_spoken = int(rng.gauss(260, 60) * size) if speaks else 0
    return {"name": name, "input": f"<|im_start|>user\n{name}<|im_end|>\n", "output": "so \\boxed{1}" if speaks else "",
            "n_read": max(n_read, 1), "n_thought": n_thought, "n_spoken": max(n_spoken, 0),
            "read_ms": round(n_read * 0.9, 3), "think_ms": round(n_thought * 21.0, 3),
            "speak_ms": round(n_spoken * 24.5, 3), "pos_begin": 0, "pos_end": 10, "is_cut": False}


def sample(rng, task, method, index, p, size, is_failed):
    agents = [] if is_failed else [agent(rng, method, a, a == AGENTS[method][-1], size) for a in AGENTS[method]]
    total = {k: round(sum(a[k] for a in agents), 3) for k in ("n_read", "n_thought", "n_spoken", "read_ms", "think_ms", "speak_ms")}
    # The same question is hard for every method.
    hardness = random.Random(f"{task}{index}").random()
    correct = not is_failed and hardness * 0.7 + rng.random() * 0.3 < p
    compat = correct and rng.random() < 0.97
    line = {"index": index, "question": f"What is {index} + 1?", "gold": str(index + 1),
            "prediction": str(index + 1) if correct else None if is_failed else "7", "correct": correct,
            "compat": {"gold": str(index + 1), "prediction": None, "correct": compat}}
    if task == "humanevalplus":
        line.update(id=f"HumanEval/{index}", gold=None, prediction=None if is_failed else f"def f{index}():\n    return {index}\n")
        line["code"] = {"sandbox": "bwrap", "ending": "passed" if correct else "failed", "detail": "", "ms": 131.5}
    line.update(text="" if is_failed else f"The answer is \\boxed{{{index + 1}}}.", status="context full" if is_failed else "ok")
    if is_failed:
        line["error"] = "the memory is too small"
    line.update(total, elapsed_ms=1000.5, agents=agents)
    return line


def config(task, method, n, **other):
    c = {"started": "2026-11-24T07:55:54Z", "versions": {"latentmas": "0.1.0", "libllama": "0.7.0"}, "task": task,
         "split": "test", "method": method, "shard": None, "sandbox": None,
         "params": {"latent_steps": 40, "max_new_tokens": 2048, "think": False, "temperature": 0.6, "top_p": 0.95,
                    "top_k": 20, "min_p": 0.0, "seed": 42, "ctx_size": None},
         "data": {"sha256": SHA[task], "size": 4819, "rows": n, "questions": n},
         "model": {"fingerprint": "6321e7bde2b9243787e13660390f73883f3146d078e6c9187ff18937bab727c5", "arch": "qwen3",
                   "name": "Qwen3 4B", "description": "qwen3 4B Q8_0", "n_params": 4022468096, "chat_template": "{{ x }}"},
         "team": {"name": "sequential", "source": "{}"}, "engine": {"n_ctx": 65536, "n_lanes": 8, "n_threads": 16},
         "paths": {"model": "models/qwen3-4b-q8_0.gguf", "data": f"data/{task}.jsonl"}, "command": ["-m", "m"]}
    for key, value in other.items():
        section, _, name = key.partition("__")
        if name:
            c[section][name] = value
        else:
            c[section] = value
    return c


def write(root, name, task, method, n, p, *, size=1.0, done=None, shard=None, failed=(), lanes=8, tail="", **other):
    rng = random.Random(f"{task}{method}{p}" + str(other.get("params__seed", "")))
    folder = os.path.join(root, name)
    os.makedirs(folder)
    if shard:
        other["shard"] = {"index": shard[0], "count": shard[1]}
    with open(os.path.join(folder, "config.json"), "w") as f:
        json.dump(config(task, method, n, **other), f, indent=4)
    age = 0.0
    with open(os.path.join(folder, "samples.jsonl"), "w") as f:
        for index in range(n):
            line = sample(rng, task, method, index, p, size, index in failed)
            if (done is not None and index >= done) or (shard and index % shard[1] + 1 != shard[0]):
                continue
            age += (line["read_ms"] + line["think_ms"] + line["speak_ms"]) / lanes
            line["run_ms"] = round(age, 3)
            f.write(json.dumps(line, separators=(",", ":")) + "\n")
        f.write(tail)


def main(root):
    write(root, "baseline", "gsm8k", "baseline", 200, 0.62)
    write(root, "text", "gsm8k", "text_mas", 200, 0.74, failed=(3, 77))
    write(root, "latent", "gsm8k", "latent_mas", 200, 0.71)
    write(root, "latent80", "gsm8k", "latent_mas", 200, 0.66, params__latent_steps=80, done=150, tail='{"index":150,"que')
    for i in (1, 2, 3, 4):
        write(root, f"shard{i}", "gsm8k", "latent_mas", 200, 0.71, shard=(i, 4))
    write(root, "shard3-seed", "gsm8k", "latent_mas", 200, 0.71, shard=(3, 4), params__seed=43)
    write(root, "other-data", "gsm8k", "latent_mas", 50, 0.7, data__sha256="f" * 64)
    write(root, "arc", "arc_challenge", "latent_mas", 60, 0.8)
    write(root, "arc-text", "arc_challenge", "text_mas", 60, 0.85)
    write(root, "code", "humanevalplus", "latent_mas", 20, 0.5, failed=(7,))


if __name__ == "__main__":
    main(sys.argv[1])
