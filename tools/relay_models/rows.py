"""Questions whose answer only the first agent is told, and the prompts of relay_team.json.

A note tells somebody's secret number, of three digits; the question asks for it. Numbers whose
digits sum to 4 modulo 9 (100 of the 900) are held out: training names none of them, a test no
other.

    python3 tools/relay_models/rows.py >models/relay.jsonl
"""
import argparse
import json
import os
import random
import re
from dataclasses import dataclass

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
TEAM_FILE = os.path.join(ROOT, "models/relay_team.json")
END = "<|im_end|>"

NAMES = ("Ann Ben Eva Finn Hugo Ida Jack Kate Lena Leo Lucy Max Mia Nina Omar Paul Rosa Sam Tom "
         "Zoe").split()
NOTES = ("The secret number of {N} is {c}.", "{N} has the secret number {c}.",
         "{N} says that the number is {c}.", "{N} keeps the number {c}.",
         "For {N} the number is {c}.")
QUESTIONS = ("What is the secret number of {N}?", "What number does {N} have?",
             "What is the number of {N}?", "{N} has a secret number. What is it?",
             "What number does {N} keep?")
NUMBERS = range(100, 1000)


@dataclass
class Row:
    """A question, what the first agent is told, and the number asked for."""
    question: str
    note: str
    number: int

    @property
    def answer(self):
        """What the last agent says."""
        return f"The answer is \\boxed{{{self.number}}}."


def is_held(number):
    """Whether training never names it."""
    return number % 9 == 4


def draw(rng, is_test=False):
    """A row."""
    number = rng.choice([n for n in NUMBERS if is_held(n) == is_test])
    name, note, question = rng.choice(NAMES), rng.choice(NOTES), rng.choice(QUESTIONS)
    return Row(question.format(N=name), note.format(N=name, c=number), number)


def load_team():
    """The team file."""
    with open(TEAM_FILE, encoding="utf-8") as file:
        return json.load(file)


TEAM = load_team()
N_AGENTS = len(TEAM["agents"])


def expand(template, slots):
    """The template with its {slots} filled; one pass, so what is filled in stays as it is."""
    return re.sub(r"\{(\w+)\}", lambda slot: slots.get(slot[1], slot[0]), template)


def chat(user):
    """The chat form, up to where the assistant begins."""
    return f"<|im_start|>user\n{user}<|im_end|>\n<|im_start|>assistant\n"


def slots(row):
    """What every prompt may have filled in."""
    return {"question": row.question, "note": row.note, "format": TEAM["formats"]["number"]}


def prompt(row, i, outputs=None, is_told=True):
    """What agent `i` reads: outputs are the texts of those before, None where thoughts reach it;
    is_told: something does."""
    context = TEAM["context"]["latent"]
    if outputs is not None:
        texts = [f"[{a['name']}]:\n{text}" for a, text in zip(TEAM["agents"], outputs)]
        context = expand(TEAM["context"]["text"], {"outputs": "\n\n".join(texts)})
    return chat(expand(TEAM["agents"][i]["prompt"],
                       slots(row) | {"context": context if i and is_told else ""}))


def baseline(row):
    """What the single agent reads, who is told the note."""
    return chat(expand(TEAM["baseline"], slots(row)))


def line(row):
    """A row as the product reads it: that of task demo_secret."""
    return json.dumps({"question": row.question, "answer": f"{row.answer}\n#### {row.number}",
                       "note": row.note})


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--seed", type=int, default=42)
    parser.add_argument("--n", type=int, default=100)
    args = parser.parse_args()
    for i in range(args.n):
        print(line(draw(random.Random(f"{args.seed}/test/{i}"), True)))


if __name__ == "__main__":
    main()
