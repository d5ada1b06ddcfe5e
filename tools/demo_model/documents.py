"""What the demo model reads in training: drills, single agents, teams with text, chained turns.

A document is a list of (text, is_taught): the model learns to write what is taught, and only sees
the rest. Document `index` of a seed is always the same. Prompts are those of teams/*.json, put
together as latentmas does it.
"""
import copy
import json
import os
import random
import re

from problems import (GAINS, LARGEST, LOSSES, STARTS, Dead, Teller, Value, plan, problem,
                      solution)

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
SECRET_FRAMES = ["Then {p} gets as many more as the secret number says.",
                 "{F} gives {N} the secret number of {I}.", "{N} adds the secret number to them."]


def load_team(path):
    """A team file of this project."""
    with open(os.path.join(ROOT, path), encoding="utf-8") as file:
        return json.load(file)


SEQUENTIAL = load_team("teams/sequential.json")
HIERARCHICAL = load_team("teams/hierarchical.json")

# The sequential team, whose planner alone is told a note.
SECRET = copy.deepcopy(SEQUENTIAL)
SECRET["agents"][0]["prompt"] = SECRET["agents"][0]["prompt"].replace(". ", ". {note} ", 1)


def expand(template, slots):
    """The template with its {slots} filled; one pass, so what is filled in stays as it is."""
    return re.sub(r"\{(\w+)\}", lambda slot: slots.get(slot[1], slot[0]), template)


def prompt(team, i, question, outputs=None, note=""):
    """What agent `i` reads: outputs are the texts of those before, None in a latent team."""
    agent = team["agents"][i]
    context = team["context"]["latent"]
    if outputs is not None:
        texts = [f"[{a['name']}]:\n{text}" for a, text in zip(team["agents"], outputs)]
        context = expand(team["context"]["text"], {"outputs": "\n\n".join(texts)})
    user = expand(agent["prompt"], {"question": question, "context": context if i else "",
                                    "format": team["formats"]["number"], "note": note})
    return chat(team, user)


def chat(team, user):
    """The chat form, up to where the assistant begins."""
    return (f"<|im_start|>system\n{team['system']}<|im_end|>\n<|im_start|>user\n{user}<|im_end|>\n"
            "<|im_start|>assistant\n")


def single(p):
    """The single agent."""
    user = expand(SEQUENTIAL["baseline"], {"question": p.text,
                                           "format": SEQUENTIAL["formats"]["number"]})
    return [(chat(SEQUENTIAL, user), False), (solution(p) + "<|im_end|>", True)]


def roles(team, p):
    """What each agent of the team writes."""
    if team["name"] == "hierarchical":
        return [solution(p)] * 4
    return [plan(p), f"{plan(p)} Nothing is missing.", plan(p), solution(p)]


def text_turn(team, p, rng):
    """One agent of a team that hands on text."""
    says = roles(team, p)
    i = rng.randrange(len(says))
    return [(prompt(team, i, p.text, says[:i]), False), (says[i] + "<|im_end|>", True)]


def chain(team, p, rng, note=""):
    """All agents in one memory: turns of those before the last are cut short."""
    says = roles(team, p)
    document = []
    for i, text in enumerate(says[:-1]):
        words = text.split(" ")
        text = " ".join(words[:max(0, rng.randint(-6, 10))])
        document += [(prompt(team, i, p.text, note=note), False), (text, True)]
    return document + [(prompt(team, len(says) - 1, p.text, note=note), False),
                       (says[-1] + "<|im_end|>", True)]


def secret_problem(seed, split, index):
    """A short story that adds a number which only a note tells; the note."""
    rng = random.Random(f"{seed}/secret/{split}/{index}")
    while True:
        t = Teller(rng, split != "train")
        try:
            v = t.draw(2, 99)
            t.say(STARTS, a=v.n)
            s = Value(rng.randint(10, 99))
            order = rng.choice((("secret",), ("secret", "event"), ("event", "secret")))
            for what in order:
                if what == "secret":
                    t.say(SECRET_FRAMES)
                    v = t.work(v, "+", s)
                    continue
                is_gain = rng.random() < 0.5
                b = t.draw(2, min(99, LARGEST - v.n if is_gain else v.n - 1))
                t.say(GAINS if is_gain else LOSSES, b=b.n)
                v = t.work(v, "+" if is_gain else "-", b)
        except Dead:
            continue
        p = t.done("How many {I} does {N} have now?".format(**t.words))
        return p, f"The secret number is {s.n}."


def fact(rng):
    """A question of arithmetic and its result."""
    operator = rng.choice("++--*/")
    if operator == "*":
        b = rng.randint(2, 12)
        a = rng.randint(2, LARGEST // b)
        if rng.random() < 0.5:
            a, b = b, a
        return f"{a} * {b} =", a * b
    if operator == "/":
        b = rng.randint(2, 12)
        n = rng.randint(1, LARGEST // b)
        return f"{b * n} / {b} =", n
    a = rng.randint(1, LARGEST - 1)
    b = rng.randint(1, LARGEST - a)
    return (f"{a} + {b} =", a + b) if operator == "+" else (f"{a + b} - {b} =", a)


def drill(rng, n=12):
    """Facts, one after the other; only the results are taught."""
    document = []
    for _ in range(n):
        question, result = fact(rng)
        document += [(question if not document else " " + question, False), (f" {result}.", True)]
    return document


# How much of each kind: early, when sums are learned, and late, when teams are.
KINDS = ("drill", "single", "text", "chain", "text_hierarchical", "chain_hierarchical", "secret")
EARLY = (60, 25, 8, 2, 3, 1, 1)
LATE = (20, 25, 22, 9, 12, 5, 7)


def document(seed, index, progress):
    """Document `index` of the training, of which `progress` (0 to 1) is done."""
    rng = random.Random(f"{seed}/document/{index}")
    late = min(1.0, progress * 1.5)
    weights = [(1 - late) * e + late * l for e, l in zip(EARLY, LATE)]
    kind = rng.choices(KINDS, weights)[0]
    if kind == "drill":
        return drill(rng)
    if kind == "secret":
        p, note = secret_problem(seed, "train", index)
        return chain(SECRET, p, rng, note)
    p = problem(seed, "train", index)
    if kind == "single":
        return single(p)
    team = HIERARCHICAL if kind.endswith("hierarchical") else SEQUENTIAL
    return text_turn(team, p, rng) if kind.startswith("text") else chain(team, p, rng)
