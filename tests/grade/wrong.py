#!/usr/bin/env python3
"""Print wrong answers as JSON lines {"text", "kind", "gold", "want"}: none may be credited.

Each template says one number and is told that another one is right: an intermediate number, a part
of a list, a share, a date, a step. The golds are drawn, the same in every run.
"""
import json
import random

# Each: the text, then golds that it does not answer. {a} to {d} are numbers.
TEMPLATES = [
    ("The answer is {a}% of ${b}.", "a", "b"),
    ("The final answer is {a} percent of {b}.", "a", "b"),
    ("The answer is 1/{a} of {b}.", "a", "b", "1/a"),
    ("The answer is {a}.{b}.{c}.{d}", "a", "b", "a.b", "c.d"),
    ("We have {a} eggs. So {b}.{c}.{b}.{c}.{b}", "a", "b.c", "c"),
    ("\\boxed{{{a}.{b}.{c}}}", "a", "a.b", "b.c"),
    ("\\boxed{{{a} \\text{{ or }} {b}}}", "a", "b"),
    ("The answer is {a} or {b}.", "b"),
    ("\\boxed{{{a}, {b}}}", "a", "b"),
    ("\\boxed{{{a}-{b}}}", "a", "b"),
    ("\\boxed{{{a} \\to {b}}}", "a", "b"),
    ("\\boxed{{{a} \\sim {b}}}", "a", "b"),
    ("\\boxed{{{a}x}}", "a"),
    ("\\boxed{{{a} \\cdot x}}", "a"),
    ("\\boxed{{{a} \\cdot {b}}}", "a", "b"),
    ("\\boxed{{\\sqrt{{{a}}}}}", "a"),
    ("\\boxed{{\\sqrt{{{a}}} \\cdot {b}}}", "a", "b"),
    ("\\boxed{{x \\equiv {a} \\pmod{{{b}}}}}", "b"),
    ("So N \\equiv {a} \\pmod{{{b}}}.", "b"),
    ("\\boxed{{{a} \\text{{ hours and }} {b} \\text{{ minutes}}}}", "a", "b"),
    ("\\boxed{{\\frac{{{a}}}{{-{b}}}}}", "a", "b", "a/b"),
    ("The answer is $\\frac{{{a}}}{{-{b}}}$.", "a", "b"),
    ("\\boxed{{{a}}} and then \\boxed{{\\text{{no solution}}}}", "a"),
    ("\\boxed{{{a}}} and then \\boxed{{{b}, {c}}}", "a", "b", "c"),
    ("\\boxed{{{a}}} and then \\boxed{{\\infty}}", "a"),
    ("\\boxed{{{a}}}. Check: \\boxed{{\\text{{incorrect}}}}", "a"),
    ("\\boxed{{{a}}} is one part.\n\nSo \\boxed{{{b}}}", "a"),
    ("Let x = {a}. We need \\boxed{{x}}", "a"),
    ("It is {a}, \\boxed{{unknown}}", "a"),
    ("The total is {a}. After a discount of {b} she pays {c}.", "a", "b"),
    ("She has a total of {a} eggs and sells {b}.", "a"),
    ("The sum of {a} and {b} is {c}.", "a", "b"),
    ("The result of step 1 is {a}. Then {a} + {b} = {c}.", "a", "b"),
    ("Of his **{a}** eggs he sells {b}.", "a"),
    ("**{a}** eggs and then {b} more, so {c}.", "a", "b"),
    ("Step 1: {a}\nStep 2: {b}\nStep 3: {c}", "a", "b"),
    ("1. {a} eggs\n2. {b} eggs\n3. {c} eggs", "a", "b"),
    ("First {a}, then {b}, at last {c}.", "a", "b"),
    ("It opens on {a}/{b}/2024.", "a", "b"),
    ("between {a} and {b}", "a"),
    ("The answer is {a}. No: the answer is {b}.", "a"),
    ("Answer: {a}\n\nCorrection: {b}", "a"),
    ("I first thought the answer is {a}, but it is {b}.", "a"),
    ("The answer is {a}. Wait, it should be {b}.", "a"),
    ("Wait, it is {a} a day. So {a} * {b} = {c}", "a", "b"),
    ("{a} is not the answer, so {b}", "a"),
    ("If {a} is the answer then {b} + {c}", "a", "b"),
    ("An answer of {a} is wrong. It is {b}.", "a"),
    ("The wrong answer is {a}. It is {b}.", "a"),
    ("#### {a}\n\nQuestion: If {b} cats eat {c} fish?\nAnswer: {d}\n#### {d}", "b", "c", "d"),
    ("The answer is {a}.\n\nProblem 2: {b} + {c}?\nThe answer is {d}.", "b", "c", "d"),
    ("Question: how many a day? The answer is {a}.\n\nQuestion: how many in all?\nThe answer is {b}.", "a"),
    ("There are {a} eggs.\n\nQuestion: how many remain?\nAnswer: {b}", "a"),
    ("The answer is {a} since {b} + {c} = {d}.", "b", "c", "d"),
    ("The answer is {a} ({b} + {c} = {d}).", "b", "c", "d"),
    ("The answer is {b} + {c} = {d}.", "b", "c"),
    ("The answer is that {a} eggs cost ${b}.", "a"),
    ("The answer is that {a} eggs, {b} dollars each, cost {c}.", "a", "b"),
    ("Answer \u2013 {a}", "-a"),
    ("\\boxed{{\uff0d{a}}}", "a"),
    ("\\boxed{{\\text{{minus }}{a}}}", "a"),
    ("The answer is minus {a}.", "a"),
    ("\\boxed{{{a} \\text{{ minus }} {b}}}", "a", "b", "-b"),
    ("\\boxed{{x \\text{{ minus }} {b}}}", "b", "-b"),
    ("\\boxed{{{a} 7{b}}}", "a", "7b"),
    ("\\boxed{{{a}:{b}}}", "a", "b"),
    ("\\boxed{{{a} \\text{{ of }} {b}}}", "a", "b"),
    ("\\boxed{{{a} \\text{{ dozen}}}}", "a"),
    ("\\boxed{{{a}^{b}}}", "a", "b"),
    ("\\boxed{{{a} + {b}}}", "a", "b"),
    ("\\boxed{{x > {a}}}", "a"),
    ("\\boxed{{\\text{{thirty or forty}}}}", "30", "40"),
    ("\\boxed{{\\text{{thirty thirds}}}}", "30"),
    ("The answer is one of the {a} eggs, so {b}.", "1", "a"),
    ("The answer is twenty dozen.", "20"),
    ("H{a}O and x_{b} in {c} steps of {d}", "a", "b", "c"),
]


def main():
    random.seed(18)
    kept = []
    for text, *golds in TEMPLATES:
        for _ in range(4):
            numbers = dict(zip("abcd", random.sample([3, 5, 6, 7, 8, 11, 12, 13, 14, 15, 17, 18,
                                                      19, 21, 23, 24, 26, 29, 31, 37], 4)))
            for gold in golds:
                value = "".join(str(numbers.get(c, c)) for c in gold)
                kept.append({"text": text.format(**numbers), "kind": "number", "gold": value,
                             "want": "wrong"})
    for row in kept:
        print(json.dumps(row))


if __name__ == "__main__":
    main()
