"""Write made-up runs under the folder named: a large grid (ten tasks, eleven ways, several seeds, and names that are meant to do
harm), or with a second word, sweep, one method by 26 numbers of steps."""
import json
import os
import sys

sys.path.insert(0, "tests/cli/common")
sys.dont_write_bytecode = True
import make_runs

BAD = "<img src=x onerror=document.title=1> </script> \"'&\u2028\u202e]]> \u6f22\u5b57\u6f22\u5b57 Donaudampfschifffahrtsgesellschaft" + "W" * 90
TASKS = ["task_%02d" % n for n in range(9)] + [BAD]
WAYS = [("baseline", {}), ("text_mas", {}), ("latent_mas", {}), ("latent_mas_hybrid", {})]
WAYS += [("latent_mas", {"params__latent_steps": n}) for n in (2, 10, 20, 80, 160)] + [("another", {}), (BAD, {})]


def spoil(folder):
    """Texts of a run that are markup, very long words, or written from right to left."""
    name = os.path.join(folder, "samples.jsonl")
    with open(name) as lines:
        samples = [json.loads(line) for line in lines]
    for n, s in enumerate(samples):
        s["question"] = [BAD, "\u0627\u0644\u0633\u0624\u0627\u0644 " * 30, "x" * 3000, "a\n\n\tb"][n % 4]
        s["prediction"] = [BAD, "y" * 500, None, "</script><script>document.title=1</script>"][n % 4]
        for agent in s["agents"]:
            agent["name"] = BAD
            agent["output"] = BAD * 3
    with open(name, "w") as lines:
        lines.write("".join(json.dumps(s) + "\n" for s in samples))


def sweep(root):
    for n in range(26):
        make_runs.write(root, "%02d" % n, "gsm8k", "latent_mas", 60, 0.3 + 0.015 * n, params__latent_steps=n, size=1 + n / 30)


def grid(root):
    make_runs.AGENTS.update({m: ["planner", "judger"] for m, _ in WAYS if m not in make_runs.AGENTS})
    for t, task in enumerate(TASKS):
        make_runs.SHA[task] = "%064x" % (t + 1)
        for w, (method, other) in enumerate(WAYS):
            for seed in range(3 if w < 4 else 1):
                name = "%02d-%02d-%d" % (t, w, seed)
                make_runs.write(root, name, task, method, 12, 0.3 + 0.05 * w, params__seed=seed, size=1 + t % 3, **other)
                if task == BAD:
                    spoil(os.path.join(root, name))
    os.rename(root + "/09-10-0", root + "/<b>09-10 'x' " + "V" * 120)


if __name__ == "__main__":
    (sweep if sys.argv[2:] == ["sweep"] else grid)(sys.argv[1])
