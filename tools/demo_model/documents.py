"""What the demo model reads in training: drills, single agents, teams with text, chained turns,
and turns side by side.

A document is a list of parts. (text, is_taught): the model learns to write what is taught, and
only sees the rest. A number: so many thoughts, of which it learns nothing but that they may stand
there. A list: the parts of an agent that does not see the other lists, nor they it; what comes
behind sees them all, one behind the other, as latentmas joins memories. Prompts are those of
teams/*.json, put together as latentmas does it.
"""
import json
import os
import re

from problems import (LARGEST, draw_problem, draw_secret, draw_split, plan, solution,
                      told_in_notes)

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))


TEAM_FILES = [os.path.join(ROOT, path) for path in (
    "teams/sequential.json", "teams/hierarchical.json", "teams/split-evidence.json",
    "models/secret_team.json")]


def load_team(path):
    """A team file."""
    with open(path, encoding="utf-8") as file:
        return json.load(file)


SEQUENTIAL, HIERARCHICAL, SPLIT, SECRET = map(load_team, TEAM_FILES)


def expand(template, slots):
    """The template with its {slots} filled; one pass, so what is filled in stays as it is."""
    return re.sub(r"\{(\w+(?::\w+)?)\}", lambda slot: slots.get(slot[1], slot[0]), template)


def prompt(team, i, p, outputs=None):
    """What agent `i` reads: outputs are the texts of those before, None in a latent team."""
    agent = team["agents"][i]
    context = team["context"]["latent"]
    if outputs is not None:
        texts = [f"[{a['name']}]:\n{text}" for a, text in zip(team["agents"], outputs)]
        context = expand(team["context"]["text"], {"outputs": "\n\n".join(texts)})
    slots = {"question": p.text, "context": context if i else "",
             "format": team["formats"][p.form], "note": told_in_notes(p)}
    if isinstance(p.note, dict):
        slots |= {f"note:{name}": text for name, text in p.note.items()}
    return chat(team, expand(agent["prompt"], slots))


def chat(team, user):
    """The chat form, up to where the assistant begins."""
    return (f"<|im_start|>system\n{team['system']}<|im_end|>\n<|im_start|>user\n{user}<|im_end|>\n"
            "<|im_start|>assistant\n")


def bare(p):
    """The question and its solution alone: most of what there is to learn, in the fewest tokens."""
    return [(f"{told_in_notes(p)} {p.text}\n".lstrip(), False),
            (solution(p) + "<|endoftext|>", True)]


def single(p):
    """The single agent."""
    user = expand(SEQUENTIAL["baseline"], {"question": p.text,
                                           "format": SEQUENTIAL["formats"][p.form]})
    return [(chat(SEQUENTIAL, user), False), (solution(p) + "<|im_end|>", True)]


def roles(team, p):
    """What each agent of the team writes."""
    if team["name"] == "hierarchical":
        return [solution(p)] * 4
    if team["name"] == "split-evidence":
        return [*p.note.values(), solution(p)]
    return [plan(p), f"{plan(p)} Nothing is missing.", plan(p), solution(p)]


def text_turn(team, p, rng):
    """One agent of a team that hands on text."""
    says = roles(team, p)
    i = rng.randrange(len(says))
    return [(prompt(team, i, p, says[:i]), False), (says[i] + "<|im_end|>", True)]


N_THOUGHTS = (0, 1, 2, 5, 10, 10, 20)


def handover(text, rng):
    """What an agent leaves in the memory before the next begins: words cut short, or thoughts."""
    if rng.random() < 0.6:
        return rng.choice(N_THOUGHTS)
    words = text.split(" ")
    return " ".join(words[:rng.randint(0, 10)]), True


def chain(team, p, rng):
    """All agents in one memory."""
    says = roles(team, p)
    document = []
    for i, text in enumerate(says[:-1]):
        document += [(prompt(team, i, p), False), handover(text, rng)]
    return document + [(prompt(team, len(says) - 1, p), False),
                       (says[-1] + "<|im_end|>", True)]


def side_by_side(team, p, rng):
    """All agents but the last, each in a memory of its own; the last one in all of them."""
    says = roles(team, p)
    branches = [[(prompt(team, i, p), False), handover(text, rng)]
                for i, text in enumerate(says[:-1])]
    return branches + [(prompt(team, len(says) - 1, p), False), (says[-1] + "<|im_end|>", True)]


def fact(rng):
    """A question of arithmetic and its result."""
    operator = rng.choice("++--*/")
    if operator in "*/":
        b = rng.randint(2, 12)
        a = rng.randint(1, LARGEST // b)
        if operator == "/":
            return f"{a * b} / {b} =", a
        return f"{a} * {b} =" if rng.random() < 0.5 else f"{b} * {a} =", a * b
    a = rng.randint(1, LARGEST - 1)
    b = rng.randint(1, LARGEST - a)
    return (f"{a} + {b} =", a + b) if operator == "+" else (f"{a + b} - {b} =", a)


def drill(rng, n=12):
    """Facts, one after the other; only the results are taught."""
    document = []
    for i in range(n):
        question, result = fact(rng)
        document += [(" " * (i > 0) + question, False), (f" {result}.", True)]
    return document + [("<|endoftext|>", False)]


# What {format} asks for: `run` wants a number here, `ask` does not know.
ANSWER_FORMS = ("number", "number", "free")

# How often each kind is drawn. In the first stage: for short trays early, when sums are learned, and
# late; for long ones. In the second one, which has what joins: for short trays, for long ones.
KINDS = {"drill": (45, 15, 0, 15, 0), "bare": (45, 15, 0, 15, 0), "bare secret": (6, 5, 0, 5, 0),
         "single": (4, 25, 5, 25, 5), "text": (0, 25, 15, 25, 15),
         "text hierarchical": (0, 0, 20, 0, 12), "text secret": (0, 5, 5, 5, 5),
         "chain": (0, 0, 25, 0, 20), "chain hierarchical": (0, 0, 15, 0, 8),
         "chain secret": (0, 0, 20, 0, 16), "bare split": (0, 0, 0, 5, 0),
         "text split": (0, 0, 0, 8, 5), "join hierarchical": (0, 0, 0, 0, 18),
         "join split": (0, 0, 0, 0, 30)}
EARLY, LATE, IN_LONG, JOINED, JOINED_IN_LONG = zip(*KINDS.values())


def weights_of(progress, is_long, has_joins):
    """How often each kind is drawn just now."""
    if has_joins:
        return JOINED_IN_LONG if is_long else JOINED
    late = min(1.0, progress * 2)
    return IN_LONG if is_long else [(1 - late) * e + late * l for e, l in zip(EARLY, LATE)]


def document(rng, progress, is_long, has_joins=False):
    """A document for a tray of a stage of which `progress` (0 to 1) is done; the second `has_joins`.
    """
    weights = weights_of(progress, is_long, has_joins)
    form, _, kind = rng.choices(tuple(KINDS), weights)[0].partition(" ")
    if form == "drill":
        return drill(rng)
    team = {"hierarchical": HIERARCHICAL, "secret": SECRET, "split": SPLIT}.get(kind, SEQUENTIAL)
    p = {"secret": draw_secret, "split": draw_split}.get(kind, draw_problem)(rng)
    p.form = rng.choice(ANSWER_FORMS)
    if form in ("bare", "single"):
        return bare(p) if form == "bare" else single(p)
    return {"text": text_turn, "chain": chain, "join": side_by_side}[form](team, p, rng)
