"""Word problems of one to four steps, with their working; the same ones for the same seed.

A problem is a list of steps over whole numbers up to 100, told in sentences. Sentences come from
frames: one way to say one thing. Some frames and some numbers are held out: no story or note of the
training has them, and each problem of a test has at least one of each. A test has no text that can
be read in two ways; training has a few.

    python3 tools/demo_model/problems.py >src/data/demo.jsonl
    python3 tools/demo_model/problems.py --secret --n 100 >src/data/demo_secret.jsonl
    python3 tools/demo_model/problems.py --split --n 100 >src/data/demo_split.jsonl
"""
import argparse
import json
import random
import re
from dataclasses import dataclass, field

from frames import (FEWER, GAINS, GROUPS, GROWTHS, HALVINGS, INCOMES, LOSSES, MORE, MULTIPLE, NAMES,
                    PAGES, PAYMENTS, QUESTIONS, SECRETS, SHARES, SPENDINGS, STARTS, SUMS, THINGS,
                    TIMES, WAGES, WARES, by_name)

LARGEST = 100

# No story of the training names these; its drills and its results know every number.
HELD_NUMBERS = frozenset((*range(33, 38), *range(56, 62), *range(83, 88)))


@dataclass(frozen=True)
class Value:
    """A number of a working: given in the text, or the result of a step (from 0)."""
    n: int
    step: int | None = None


@dataclass
class Problem:
    """A text, its steps [(value, operator, value, result)], what only one agent is told (or each of
    several, by name), the form of the answer asked for, and how much is held out of training."""
    text: str = ""
    steps: list = field(default_factory=list)
    note: str | dict = ""
    form: str = "number"
    n_held_frames: int = 0
    n_held_numbers: int = 0

    @property
    def answer(self):
        """The last result."""
        return self.steps[-1][3]


class Dead(Exception):
    """The numbers drawn so far leave no way on: draw again."""


class Teller:
    """Draws one problem: picks frames and numbers, and keeps the working."""

    def __init__(self, rng, is_test):
        self.rng, self.is_test = rng, is_test
        self.problem, self.sentences, self.held_at = Problem(), [], set()
        (name, he), (friend, _) = rng.sample(NAMES, 2)
        self.words = {"N": name, "p": he, "p2": he.capitalize(), "F": friend,
                      "I": rng.choice(THINGS), "W": rng.choice(WARES)}

    def say(self, frames, **numbers):
        """Tell one of the frames, and give it; training takes none that is held out."""
        seen, held = frames
        frame = self.rng.choice(seen + held if self.is_test else seen)
        words = self.words
        if words["N"] not in " ".join(self.sentences) or words["F"] in self.sentences[-1]:
            frame = by_name(frame)  # a pronoun would be unclear
        if frame in held:
            self.held_at.add(len(self.sentences))
        self.sentences.append(frame.format(**words, **numbers))
        return frame

    def draw(self, low, high):
        """A number that a story may name."""
        if low > high:
            raise Dead
        n = self.rng.randint(low, high)
        if n in HELD_NUMBERS:
            if not self.is_test:
                raise Dead
            self.problem.n_held_numbers += 1
        return Value(n)

    def divisor(self, v):
        """A number from 2 to 10 that divides v."""
        ways = [k for k in range(2, 11) if v.n % k == 0 and v.n // k > 1]
        if not ways:
            raise Dead
        return Value(self.rng.choice(ways))

    def work(self, a, operator, b):
        """One step of the working; its result."""
        n = {"+": a.n + b.n, "-": a.n - b.n, "*": a.n * b.n, "/": a.n // b.n}[operator]
        if not 0 < n <= LARGEST:
            raise Dead
        self.problem.steps.append((a, operator, b, n))
        return Value(n, len(self.problem.steps) - 1)

    def product(self, frames, most=12):
        """`k` times `a`, told by one of the frames, worked in the order of the telling."""
        k = Value(self.rng.randint(2, 9))
        a = self.draw(2, min(LARGEST // k.n, most if self.rng.random() < 0.7 else LARGEST))
        frame = self.say(frames, a=a.n, k=k.n)
        is_first = frame.index("{a}") < frame.index("{k}")
        return self.work(a, "*", k) if is_first else self.work(k, "*", a)

    def link(self, before, after, is_first):
        """Both sentences in one, where that keeps their meaning; or None. It does not where the
        first says what happens each time, or where "them" would no longer be all there are."""
        who = rf"({self.words['N']}|{self.words['p']}) "
        if re.search(" and | each of | an? (day|week|hour)|^For ", before) or not re.fullmatch(
                f"(?:(?:at noon|at first|in the morning|in the evening|on monday) )?{who}.*[.]",
                before, re.I) or (not is_first and re.search(" them| half of ", after)):
            return None
        more = re.fullmatch(f"((?:Then |Later )?){who}(.*)", after, re.I)
        if more and " than " not in after:
            return f"{before[:-1]} and {more[1].lower()}{more[3]}"
        return f"{before[:-1]}, and {after}" if after.startswith(self.words["F"] + " ") else None

    def done(self, *ends):
        """The problem, when its last sentences were told; some are told in one."""
        told = self.sentences[:1]
        for i, sentence in enumerate(self.sentences[1:], 1):
            linked = None
            if self.rng.random() < 0.5:
                linked = self.link(told[-1], sentence, len(told) == 1)
            if linked and not linked.endswith(sentence):
                self.held_at.discard(i)  # without its subject it may be one that training has
            told = told[:-1] + [linked] if linked else told + [sentence]
        if self.is_test and not is_clear(self.sentences, self.words["F"]):
            raise Dead
        self.problem.n_held_frames = len(self.held_at)
        self.problem.text = " ".join([*told, *ends])
        return self.problem


def is_clear(sentences, friend):
    """Whether nobody can read the story in another way. Unclear are: "them" for all there are,
    after some came or went; "more" and "of them" after boxes of things; "counts 3 times the cups
    of"; and "times as many" behind a sentence about the friend."""
    first, rest = sentences[0], sentences[1:]
    if any(re.search("(shares|divides|puts|packs) them| half of them", s) for s in rest[1:]):
        return False
    of_boxes = r"\d+ more( from.*| are.*| arrive.*)?[.]| of them|^How many( does.*)?[?]"
    if re.search(r" (boxes|bags|baskets|rows)\b", first):
        if any(re.search(of_boxes, s) for s in rest):
            return False
    if any(re.search(r"counts \d+ times the ", s) for s in rest):
        return False
    return not any(friend in before and re.search(r" times as many( \w+)?[.]$", s)
                   for before, s in zip(sentences, rest))


def tell_event(t, v):
    """Something happens to v of the things."""
    kind = t.rng.choices(("gain", "loss", "growth", "half"), (4, 4, 1, 1))[0]
    if kind == "gain":
        b = t.draw(2, min(99, LARGEST - v.n))
        t.say(GAINS, b=b.n)
        return t.work(v, "+", b)
    if kind == "loss":
        b = t.draw(2, min(99, v.n - 1))
        t.say(LOSSES, b=b.n)
        return t.work(v, "-", b)
    if kind == "growth":
        k = t.draw(2, min(9, LARGEST // v.n))
        t.say(GROWTHS, k=k.n)
        return t.work(v, "*", k)
    if v.n % 2:
        raise Dead
    t.say(HALVINGS)
    return t.work(v, "/", Value(2))


def tell_story(t):
    """Somebody has things; they become more and fewer; perhaps they are shared out."""
    n_steps = t.rng.randint(2, 4)
    if t.rng.random() < 0.35:
        v = t.product(GROUPS)
    else:
        v = t.draw(2, 99)
        t.say(STARTS, a=v.n)
    is_shared = t.rng.random() < 0.25
    while len(t.problem.steps) < n_steps - is_shared:
        v = tell_event(t, v)
    if is_shared:
        k = t.divisor(v)
        t.say(SHARES, k=k.n)
        t.work(v, "/", k)
    else:
        t.say(QUESTIONS)
    return t.done()


def tell_purchase(t):
    """Wares are paid, and there may be change."""
    cost = t.product(PAYMENTS)
    words = t.words
    t.sentences[-1] += "."
    if t.rng.random() < 0.5:
        b = t.draw(2, 50)
        extra = t.rng.choice(["bag", "drink", "map", "coat"])
        t.sentences.append(f"{words['p2']} also pays {b.n} dollars for a {extra}.")
        cost = t.work(cost, "+", b)
    if len(t.problem.steps) == 1 or t.rng.random() < 0.6:
        m = t.draw(cost.n + 1, LARGEST)
        t.work(m, "-", cost)
        return t.done(f"{words['N']} has {m.n} dollars. How many dollars are left after that?")
    return t.done(f"How many dollars does {words['N']} pay?")


def tell_wages(t):
    """Money is earned, spent and got."""
    n_steps = t.rng.randint(2, 4)
    v = t.product(WAGES)
    while len(t.problem.steps) < n_steps:
        if t.rng.random() < 0.5:
            b = t.draw(2, min(99, v.n - 1))
            t.say(SPENDINGS, b=b.n)
            v = t.work(v, "-", b)
        else:
            b = t.draw(2, min(99, LARGEST - v.n))
            t.say(INCOMES, b=b.n)
            v = t.work(v, "+", b)
    return t.done(f"How many dollars does {t.words['N']} have then?")


def tell_time(t):
    """Minutes add up."""
    v = t.product(TIMES)
    b = t.draw(2, min(60, LARGEST - v.n))
    t.sentences[-1] += "."
    t.sentences.append(f"Then {t.words['p']} takes one break of {b.n} minutes.")
    v = t.work(v, "+", b)
    if t.rng.random() < 0.5:
        m = t.draw(v.n + 1, LARGEST)
        t.work(m, "-", v)
        return t.done(f"{t.words['N']} has {m.n} minutes. How many minutes are left?")
    return t.done("How many minutes is that in all?")


def tell_pages(t):
    """A book is read."""
    v = t.product(PAGES)
    if t.rng.random() < 0.5:
        b = t.draw(2, min(60, LARGEST - v.n))
        t.sentences.append(f"Then {t.words['p']} reads {b.n} pages more.")
        v = t.work(v, "+", b)
    m = t.draw(v.n + 1, LARGEST)
    t.work(m, "-", v)
    return t.done(f"The book has {m.n} pages. How many pages are left to read?")


def tell_other(t, a, kind):
    """What a friend has, told by what one has oneself."""
    if kind == "more":
        b = t.draw(2, min(90, LARGEST - a.n))
        t.say(MORE, b=b.n)
        return t.work(a, "+", b)
    if kind == "fewer":
        b = t.draw(2, a.n - 1)
        t.say(FEWER, b=b.n)
        return t.work(a, "-", b)
    k = t.draw(2, min(6, LARGEST // a.n))
    t.say(MULTIPLE, k=k.n)
    return t.work(a, "*", k)


COMPARISONS = ("more", "fewer", "multiple")


def tell_comparison(t):
    """Two people compare what they have."""
    a = t.draw(2, 90)
    t.say(STARTS, a=a.n)
    kind = t.rng.choice(COMPARISONS)
    other = tell_other(t, a, kind)
    if kind == "multiple" and t.rng.random() < 0.4:
        t.work(other, "-", a)
        return t.done("How many more {I} does {F} have than {N}?".format(**t.words))
    v = t.work(a, "+", other)
    if t.rng.random() < 0.4:
        k = t.divisor(v)
        t.work(v, "/", k)
        return t.done(f"They share all of them equally among {k.n} children.",
                      "How many does each child get?")
    return t.done("How many {I} do they have together?".format(**t.words))


def tell_sum(t):
    """A bare sum, as people type it."""
    operator, word = t.rng.choice((("+", "plus"), ("-", "minus"), ("*", "times"),
                                   ("/", "divided by")))
    if operator in "*/":
        b = t.draw(2, 12)
        a = t.draw(2, LARGEST // b.n)
        if operator == "/":
            n = a.n * b.n
            a = t.draw(n, n)
    else:
        a = t.draw(2, LARGEST - 2)
        b = t.draw(1, LARGEST - a.n if operator == "+" else a.n - 1)
    t.say(SUMS, a=a.n, b=b.n, sign=operator, word=word)
    t.work(a, operator, b)
    return t.done()


def tell_short_story(t):
    """Something happens once to the things that somebody has; or they are shared out."""
    a = t.draw(2, 99)
    t.say(STARTS, a=a.n)
    if t.rng.random() < 0.7:
        tell_event(t, a)
        t.say(QUESTIONS)
    else:
        k = t.divisor(a)
        t.say(SHARES, k=k.n)
        t.work(a, "/", k)
    return t.done()


def tell_product(t):
    """So many times the same, and no more."""
    frames, question = t.rng.choice((
        (GROUPS, None), (WAGES, "How many dollars is that?"), (PAGES, "How many pages is that?"),
        (PAYMENTS, "How many dollars does {N} pay?"), (TIMES, "How many minutes is that in all?")))
    t.product(frames)
    t.sentences[-1] = t.sentences[-1].rstrip(".") + "."
    if question is None:
        t.say(QUESTIONS)
        return t.done()
    return t.done(question.format(**t.words))


def tell_short_comparison(t):
    """What the other one has."""
    a = t.draw(2, 90)
    t.say(STARTS, a=a.n)
    tell_other(t, a, t.rng.choice(COMPARISONS))
    return t.done("How many {I} does {F} have?".format(**t.words))


FAMILIES = (tell_story, tell_purchase, tell_wages, tell_time, tell_pages, tell_comparison)
WEIGHTS = (5, 2, 1.5, 1, 1, 2.5)

# Problems of one step, which the task demo does not have, and how much of the training they are.
SHORT_FAMILIES = (tell_short_story, tell_sum, tell_product, tell_short_comparison)
SHORT_WEIGHTS = (5, 3, 2, 1)
SHORT_SHARE = 0.12

LARGEST_SECRET = 60


def tell_secret(t):
    """A short story that adds a number which only a note tells."""
    v = t.draw(2, 99)
    t.say(STARTS, a=v.n)
    s = t.draw(2, LARGEST_SECRET)
    t.problem.note = f"The secret number is {s.n}."
    for what in t.rng.choice((("secret",), ("secret", "event"), ("event", "secret"))):
        if what == "secret":
            t.say(SECRETS)
            v = t.work(v, "+", s)
        else:
            v = tell_event(t, v)
    return t.done("How many {I} does {N} have now?".format(**t.words))


def tell_split(t):
    """Two numbers come together, each of which another note tells."""
    a = t.draw(2, LARGEST_SECRET)
    b = t.draw(2, min(LARGEST_SECRET, LARGEST - a.n))
    t.problem.note = {which: f"The {which} secret number is {v.n}."
                      for which, v in (("first", a), ("second", b))}
    t.say(STARTS, a="the first secret number of")
    t.sentences[0] = t.sentences[0][0].upper() + t.sentences[0][1:]
    t.say(SECRETS)
    t.sentences[1] = t.sentences[1].replace("the secret", "the second secret")
    t.work(a, "+", b)
    return t.done("How many {I} does {N} have now?".format(**t.words))


def drawn(rng, is_test, choose):
    """What a chosen family tells, as soon as its numbers come out; a test holds something out."""
    while True:
        try:
            p = choose()(Teller(rng, is_test))
        except Dead:
            continue
        if not is_test or (p.n_held_frames and p.n_held_numbers):
            return p


def draw_problem(rng, is_test=False):
    """A problem as `rng` has it."""
    if not is_test and rng.random() < SHORT_SHARE:
        return drawn(rng, is_test, lambda: rng.choices(SHORT_FAMILIES, SHORT_WEIGHTS)[0])
    return drawn(rng, is_test, lambda: rng.choices(FAMILIES, WEIGHTS)[0])


def draw_secret(rng, is_test=False):
    """A problem with a note."""
    return drawn(rng, is_test, lambda: tell_secret)


def draw_split(rng, is_test=False):
    """A problem with a note for each of two."""
    return drawn(rng, is_test, lambda: tell_split)


def told_in_notes(p):
    """What the notes say, one after the other; nothing where there are none."""
    return " ".join(p.note.values()) if isinstance(p.note, dict) else p.note


def solution(p):
    """The working, as an agent writes it: each step, then the answer in a box."""
    steps = " ".join(f"{a.n} {operator} {b.n} = {n}." for a, operator, b, n in p.steps)
    return f"{steps} The answer is \\boxed{{{p.answer}}}."


def plan(p):
    """What to do, without doing it."""
    def name(v, i):
        if v.step is None:
            return str(v.n)
        return "the result" if v.step == i - 1 else f"result {v.step + 1}"
    forms = {"+": "add {a} and {b}", "-": "take {b} from {a}", "*": "multiply {a} by {b}",
             "/": "divide {a} by {b}"}
    says = [forms[operator].format(a=name(a, i), b=name(b, i))
            for i, (a, operator, b, _) in enumerate(p.steps)]
    return " ".join(("First " if i == 0 else "Then ") + s + "." for i, s in enumerate(says))


def row(p):
    """A line of a data file, in the form of GSM8K."""
    out = {"question": p.text, "answer": f"{solution(p)}\n#### {p.answer}"}
    return json.dumps({**out, "note": p.note} if p.note else out)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--seed", type=int, default=42)
    parser.add_argument("--secret", dest="kind", action="store_const", const="secret",
                        default="test", help="problems with a note")
    parser.add_argument("--split", dest="kind", action="store_const", const="split",
                        help="problems with a note for each of two")
    parser.add_argument("--n", type=int, default=400)
    args = parser.parse_args()
    draw = {"test": draw_problem, "secret": draw_secret, "split": draw_split}[args.kind]
    for i in range(args.n):
        print(row(draw(random.Random(f"{args.seed}/{args.kind}/{i}"), True)))


if __name__ == "__main__":
    main()
