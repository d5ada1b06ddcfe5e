"""Write a grid of made-up runs under the folder named: three tasks, four ways to answer, three seeds.

One cell is not like the others in each way that matters: threads, a run that is not over, and a
question without a verdict by the compat rule.
"""
import os
import sys

import make_runs

TASKS = {"gsm8k": 60, "arc_challenge": 40, "humanevalplus": 20}
WAYS = [("baseline", "baseline", 10, 0.62), ("text_mas", "text_mas", 10, 0.74),
        ("latent_mas-10", "latent_mas", 10, 0.71), ("latent_mas-40", "latent_mas", 40, 0.66)]
MACHINE = {"processor": "Tin 9000", "cores": 16, "memory": 64 << 30, "system": "Linux 6.12.0 x86_64",
           "devices": [{"name": "CPU", "kind": "cpu", "description": "Tin 9000", "memory": 64 << 30},
                       {"name": "Lead0", "kind": "gpu", "description": "Lead 4", "memory": 24 << 30}]}


def main(root):
    os.makedirs(root)
    for task, n in TASKS.items():
        for name, method, steps, p in WAYS:
            for seed in (42, 43, 44):
                other = {"params__seed": seed, "params__latent_steps": steps, "machine": MACHINE}
                if (task, name, seed) == ("gsm8k", "latent_mas-10", 43):
                    other["done"] = n - 7
                if (task, name, seed) == ("arc_challenge", "text_mas", 44):
                    other["engine__n_threads"] = 4
                if method == "latent_mas" and seed == 44:
                    other["params__max_new_tokens"] = 2000
                make_runs.write(root, f"{task}-{name}-seed{seed}", task, method, n, p, failed=(5,) if seed == 43 else (), **other)


if __name__ == "__main__":
    main(sys.argv[1])
