#!/usr/bin/env python3
"""Templates from a grammar, rendered by jinja2 and by our engine: both must give the same.

usage: generate.py [--count N] [--seed S] [--render "COMMAND"] [--groups N] [--show N] [--dump FILE]

  --count N          templates (2000)
  --seed S           another seed, other templates (1); the same seed, the same ones
  --render COMMAND   answers JSON lines as tests/jinja/render.c does (the default)
  --groups N         shrink at most N differences (200)
  --show N           print the first N templates and what jinja2 makes of them, compare nothing
  --dump FILE        write what differs, shrunk, as JSON lines

Each rendering may take a second and 64 MiB. Differences are shrunk to minimal templates and
grouped: wrong (another text), lax (we render what jinja2 refuses), strict (the reverse), refusal
(one of the two says that the template itself raised), words (it raised, in other words), slow,
memory, crash.
"""
import argparse
import collections
import copy
import json
import random
import re
import resource
import shlex
import signal
import sys

import grammar
import reference
import shrink
import statements

CHUNK = 500
OUT_MAX = 200_000
VALID_MIN = 0.7
UNSUPPORTED_MAX = 0.05


class TooLong(Exception):
    pass


def on_alarm(_signal, _frame):
    raise TooLong("jinja2 itself takes seconds")


def expected(template):
    """What jinja2 makes of it, or None where that cannot be compared."""
    signal.alarm(3)
    try:
        want = reference.expected(template, copy.deepcopy(grammar.CONTEXT))
    except TooLong:
        return None
    finally:
        signal.alarm(0)
    if "TooLong" in (want.err or "") or "MemoryError" in (want.err or "") or not reference.is_comparable(want):
        return None
    text = want.out or ""
    if len(text) > OUT_MAX or re.search(r"\d{19,}", text):  # integers end at 64 bits with us
        return None
    return want


def templates(count, seed):
    """`count` (template, what jinja2 makes of it)."""
    number = 0
    while count:
        template = statements.Templates(random.Random(f"{seed}-{number}")).make()
        number += 1
        want = expected(template)
        if want is not None:
            count -= 1
            yield template, want


def chunks(pairs):
    chunk = []
    for pair in pairs:
        chunk.append(pair)
        if len(chunk) == CHUNK:
            yield chunk
            chunk = []
    if chunk:
        yield chunk


class Comparison:
    def __init__(self, command):
        self.engine = reference.Engine(command)
        self.counts, self.differences, self.worst_ms, self.worst_peak = collections.Counter(), [], 0, 0

    def ask(self, texts):
        return self.engine.render([{"template": text, "ctx": grammar.CONTEXT} for text in texts])

    def run(self, pairs):
        for chunk in chunks(pairs):
            for (template, want), got in zip(chunk, self.ask([template for template, _ in chunk])):
                kind = reference.verdict(want, got)
                self.worst_ms, self.worst_peak = max(self.worst_ms, got.ms), max(self.worst_peak, got.peak)
                self.counts["rendered" if want.out is not None else "refused"] += 1
                if kind:
                    self.counts[kind] += 1
                    self.differences.append((kind, template, want, got))

    def minimal(self, kind, template, got):
        """The smallest template that differs in the same way, for the same reason as far as we say."""
        about = complaint(got)

        def first_alike(texts):
            for text, answer in zip(texts, self.ask(texts)):
                if complaint(answer) != about or (answer.out is None) != (got.out is None):
                    continue  # jinja2, the slow one, need not be asked
                want = expected(text)
                if want is not None and reference.verdict(want, answer) == kind:
                    return text
            return None

        return shrink.shrink(template, first_alike)


def complaint(got):
    """Our error without the place, names and numbers; "" where we gave a text."""
    return re.sub(r"\d+|'[^']*'|\"[^\"]*\"", "_", got.err or "")


def shape(template):
    """A template without its names and constants: those of one shape are one finding."""
    return re.sub(r"'[^']*'|\"[^\"]*\"|\b\d[\d_.]*\b", "_", re.sub(r"\b(?:i|j|s|t|e|f|g|h|il|sl|d|a|b|c|x|y)\b", "v", template))


def groups(comparison, limit):
    """{(kind, shape): [minimal template, want, got, how often]}; of one complaint a few are shrunk."""
    found, tried = {}, collections.Counter()
    order = {kind: at for at, kind in enumerate(["unsupported", "crash", "wrong", "words", "refusal", "lax", "slow", "memory", "strict"])}
    for kind, template, _, got in sorted(comparison.differences, key=lambda d: (order[d[0]], len(d[1]))):
        tried[kind, complaint(got)] += 1
        if kind == "unsupported" or limit == 0 or kind == "strict" and tried[kind, complaint(got)] > 4:
            continue
        limit -= 1
        small = comparison.minimal(kind, template, got)
        want, again = expected(small), comparison.ask([small])[0]
        entry = found.setdefault((kind, shape(small)), [small, want, again, 0])
        entry[3] += 1
        if len(small) < len(entry[0]):
            entry[:3] = [small, want, again]
    return found


def report(comparison, found):
    for (kind, _), (template, want, got, times) in sorted(found.items(), key=lambda item: (item[0][0], -item[1][3])):
        print(f"# {kind} x{times}: {template!r}\n#     want {str(want)[:300]}\n#     got  {str(got)[:300]}")
        if kind in ("slow", "memory"):
            print(f"#     {got.ms:.0f} ms, {got.peak / 1024:.0f} KiB")
    complaints = collections.Counter(f"{kind}: {complaint(got)}" for kind, _, _, got in comparison.differences if got.err)
    for text, times in complaints.most_common(40):
        print(f"# {times:5d} {text[:160]}")


def tap(comparison, count):
    """A line a claim; whether all hold."""
    counts = comparison.counts
    claims = [(f"{kind_claim} ({count} templates)", counts[kind] == 0, counts[kind]) for kind, kind_claim in (
        ("crash", "no template makes the engine crash or hang"), ("wrong", "what both render is the same, byte for byte"),
        ("lax", "what jinja2 refuses is refused"), ("strict", "what jinja2 renders is rendered"),
        ("refusal", "who refused, the template or the engine, is told alike"), ("words", "a template that raises is quoted word for word"),
        ("slow", f"no rendering takes over {reference.MS_MAX} ms"), ("memory", "no rendering holds over 64 MiB"))]
    valid = counts["rendered"] / max(1, counts["rendered"] + counts["refused"])
    claims.append((f"{valid:.0%} of them render with jinja2, at least {VALID_MIN:.0%}", valid >= VALID_MIN, 0))
    rare = counts["unsupported"] <= count * UNSUPPORTED_MAX
    claims.append((f"{counts['unsupported']} of them need what the engine says it lacks, at most {UNSUPPORTED_MAX:.0%}", rare, 0))
    for number, (claim, holds, times) in enumerate(claims, 1):
        print(f"{'ok' if holds else 'not ok'} {number} - {claim}{f': {times} times' if times else ''}")
    print(f"# at most {comparison.worst_ms:.1f} ms and {comparison.worst_peak / 1024:.0f} KiB a rendering")
    return all(holds for _, holds, _ in claims)


def show(count, seed):
    for template, want in templates(count, seed):
        print(f"{template}\n---- {want}\n")


def dump(path, found):
    with open(path, "w", encoding="utf-8") as file:
        for (kind, _), (template, want, got, times) in found.items():
            file.write(json.dumps({"kind": kind, "template": template, "want": str(want), "got": str(got), "times": times}) + "\n")


def options():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--count", type=int, default=2000)
    parser.add_argument("--seed", default="1")
    parser.add_argument("--render", type=shlex.split, default=reference.default_command())
    parser.add_argument("--groups", type=int, default=200)
    parser.add_argument("--show", type=int)
    parser.add_argument("--dump")
    return parser.parse_args()


def main():
    args = options()
    why = reference.missing()
    if why:
        print("ok 1 - generated templates render as jinja2 does # SKIP", why)
        return 0
    signal.signal(signal.SIGALRM, on_alarm)
    resource.setrlimit(resource.RLIMIT_AS, (4 << 30, resource.getrlimit(resource.RLIMIT_AS)[1]))
    if args.show:
        show(args.show, args.seed)
        return 0
    comparison = Comparison(args.render)
    comparison.run(templates(args.count, args.seed))
    found = groups(comparison, args.groups) if comparison.differences else {}
    report(comparison, found)
    if args.dump:
        dump(args.dump, found)
    holds = tap(comparison, args.count)
    comparison.engine.close()
    return 0 if holds else 1


if __name__ == "__main__":
    sys.exit(main())
