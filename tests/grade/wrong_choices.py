#!/usr/bin/env python3
"""Print texts that do not choose the option that is given as gold, one JSON object a line.

grade_wrong_test claims that none is credited. X is the gold, Y and Z are others; x, y and z are
their texts, and " / " begins a line. Where no X is named, the gold is A.
"""
import json

SETS = (
    ("lisinopril", "amoxicillin", "metformin", "aspirin"),
    ("inertia", "energy", "friction", "magnetism"),
    ("3 m/s", "6 m/s", "9 m/s", "12 m/s"),
)
PLACES = ((0, 1, 2), (1, 2, 3), (2, 3, 0), (3, 0, 1))

TEMPLATES = {
    "the option is called wrong": """\
The wrong answer is X.
The incorrect option is X.
The false answer is X.
An incorrect answer is X.
The wrong choice is option X.
The worst choice is X.
The worst answer is (X).
The least likely option is X.
The least plausible answer is X.
The less likely answer is X.
The second best is X.
The second best option is X.
The second-best answer is X.
The next best answer is X.
The third best choice is X.
The second most likely option is X.
The runner-up option is X.
An unlikely answer is X.
The inferior choice is X.
The most tempting answer is X.
A tempting option is X.
The distractor option is X.
The trap answer is X.
The rejected option is X.
The eliminated option is X.
The excluded choice is X.
The other option is X.
Another answer is X.
An alternative answer is X.
The initial guess was X.
Incorrect option: X
Wrong answer: X
Worst choice: X
Wrong: X
Incorrect: X
Rejected: (X)
Eliminated: (X)
X is the wrong answer.
X is wrong.
X is incorrect.
X is not correct.
X is not the answer.
X is not the right answer.
X is the wrong choice here.
X is likely wrong.
X is clearly incorrect.
X is tempting.
X is tempting, of course.
X is a distractor.
X is the most likely distractor.
X is the best distractor.
X is the second best answer.
X is the least likely.
X is only partly correct.
X is better known.
Option X is wrong.
Option X is incorrect.
Option X is not right.
Option X is tempting.
Option X can be excluded.
(X) is wrong.
(X) is not correct.
**X** is wrong.
**X** is tempting.
It is not **X**.
It is not (X).
The answer is X, which is wrong.
The answer is X, but that is wrong.
The answer is X, which is incorrect.
The answer is X (wrong).
The answer is X at first sight, but no.
X is the answer, some say, which is wrong.
X seems right but is wrong.
x is the wrong answer.
x is not the answer.
The wrong answer is x.
The answer is not x.""",
    "choosing it is denied": """\
Do not pick X.
Don't pick X.
Never choose X.
Do not choose X.
You should not choose X.
I would not choose X.
I wouldn't choose X.
I would never pick X.
I do not select X.
We cannot choose X.
We can't pick X.
Nobody would choose X.
Avoid choosing X.
Avoid X.
Don't go with X.
I would not go with X.
Do not choose (X).
I would not select option (X).
I don't think the answer is X.
I do not think that the answer is X.
I do not believe the answer is X.
I doubt the answer is X.
It is not true that the answer is X.
It is false that the answer is X.
It is not the case that the answer is X.
It is unlikely that the answer is X.
The answer is not X.
The answer is not (X).
The answer is definitely not X.
The answer isn't X.
The answer cannot be X.
The answer can't be X.
The answer is never X.
The answer that does not fit is X.
The option we reject is X.
The option to avoid is X.
The choice that is wrong is X.
The answer is clearly wrong: X
It is not X.
It isn't X.
It cannot be X.
It can't be X.
So it is not X.
So not X.
Not X.
not X
Hence not X.
This rules out X.
This eliminates X.
This excludes option X.
We can rule out X.
We can eliminate (X).
We reject X.
Anything but X.
All but X.
Instead of X
Rather than X
Neither X nor Y.
Not X but
Not X, but""",
    "others choose it": """\
Many students choose X.
Many students choose X, which is wrong.
Most people pick X.
Some would choose X.
Some people say the answer is X.
People often choose X.
Students often pick X by mistake.
Students incorrectly choose X.
Others choose X.
They choose X.
One might choose X.
One may pick X.
You might choose X.
You may be tempted to choose X.
It is tempting to choose X.
It would be a mistake to choose X.
It would be wrong to pick X.
A common mistake is to choose X.
The student's answer is X.
The answer many students give is X.
I was tempted to choose X.
I first thought the answer is X.
I initially thought the answer is X.
At first I thought it was X.
Earlier I said the answer is X.""",
    "it is asked or supposed": """\
Is the answer X? No.
Is it X? No.
Could the answer be X? No.
Why is the answer X? It is not.
Would you choose X? I would not.
What if the answer is X? Then nothing fits.
Suppose the answer is X.
Assuming the answer is X, the rate would fall.
If the answer is X, the rate falls.
If we choose X, the rate falls.
Whether the answer is X is open.
The answer would be X if the pH were lower.
X would be correct if the pH were lower.
X would be right in another case.
It could be X.
It might be X.
The answer could be X or Y.
Let us consider X.
Let us look at (X).
Consider option (X).
Now check (X).""",
    "several letters": """\
Answer: X and Y
Answer: X, Y
Answer: X or Y
Answer: X/Y
Answer: X & Y
Answer: X, Y, Z
Answer: X, Y and Z
Answer: (X) and (Y)
Answer: (X), (Y)
Answer: Y and X
Answer: Y, X
Answer: Y or X
The answer is X and Y.
The answer is X or Y.
The answer is X, Y.
The answer is either X or Y.
The answer is both X and Y.
The answer is X as well as Y.
The answer is (X) or (Y).
The answer is X, or perhaps Y.
The answer is option X or option Y.
The answer is X. x and Y. y.
The answer is Y. y and X. x.
The answer is Y and X.
The correct options are X and Y.
It is X or Y.
It is Y or X.
Both X and Y are correct.
X and Y are correct.
X and Y
X or Y
X, Y
I choose X and Y.
I would go with X or Y.
So X or Y.
So it must be X or Y.
This leaves X and Y.
This leaves Y and X.
Leaving only X and Y.
**X** and **Y**
\\boxed{X, Y}
\\boxed{X \\text{ or } Y}
\\boxed{(X) and (Y)}
\\boxed{Y, X}
\\boxed{X/Y}
\\boxed{X} or \\boxed{Y}
\\boxed{Y} and \\boxed{X}
$\\boxed{\\text{Y}}$, $\\boxed{\\text{X}}$
答案是X和Y。
答案：X、Y
La respuesta es X o Y.
Die Antwort ist X oder Y.""",
    "another one is preferred": """\
The answer is Y, not X.
The answer is Y rather than X.
The answer is Y instead of X.
I choose Y over X.
Not X but Y.
It is not X but Y.
X is tempting, but Y is the answer.
X is tempting, but the answer is Y.
Between X and Y, Y is better.
Between X and Y, I choose Y.
X is good but Y is best.
X is possible, but Y fits best.
X looks right, but Y is correct.
While X is plausible, Y is the most likely.
We can rule out X, so Y.
This eliminates X, leaving Y.
Neither X nor Z; Y.
The answer is Y. The second best option is X.
The answer is Y. The worst choice is X.
The answer is Y. X is wrong.
The answer is Y. X is tempting.
The answer is Y. A common mistake is to choose X.
The answer is Y. Do not choose X.
The answer is Y, since X is wrong.
Answer: Y (not X)
Answer: X /  / Correction: Y
The answer is X. Wait, no, it is Y.
The answer is X. Actually, it is Y.
I first thought the answer is X, but it is Y.
I thought it was X, but it is Y.
Y is the answer, not X.
y is the answer, not x.
y is the correct answer, not x.
Unlike X, Y is correct.
Rather than X, choose Y.""",
    "shares and verdicts of each": """\
A: 20%, B: 30%, C: 50%
A: 10%, B: 20%, C: 30%, D: 40%
A (20%), B (30%), C (50%)
A = 20%, B = 30%, C = 50%
A - 20%, B - 30%, C - 50%
A: unlikely, B: likely, C: unlikely
A. no B. no C. yes D. no
A: no, B: no, C: no, D: no
A: false; B: false; C: false; D: false
(A) no (B) no (C) no (D) no
A: 20% / B: 30% / C: 50% / D: 0%
A. wrong / B. wrong / C. wrong / D. wrong
Option A: wrong / Option B: wrong / Option C: wrong / Option D: wrong""",
    "letters that are no options": """\
A dog is no metal.
Answer: A dog
I think a dose is enough.
Vitamin X is the best choice for scurvy
Vitamin X is the most appropriate
The cause is vitamin X.
It is hepatitis X.
This is hepatitis X.
The patient has hepatitis X.
The patient is in group X.
This is group X.
So group X.
It is type X.
The blood type is X+.
The blood group is type X.
The virus is influenza X.
So influenza X.
X-reactive protein is high.
The answer is X-reactive protein.
Point X is the highest.
See figure X.
As in figure (X).
The ball moves from X to Y.
The ball moves to X.
At X the speed is zero.
Plan X works best.
Factor X is missing.
The answer is vitamin X.
The answer is group X.
The answer is type X.
The answer is hepatitis X.
The most likely cause is hepatitis X.
Protein X is the target.
The protein X matches.
Line X fits best.
Team X wins.""",
    "other languages": """\
答案不是X。
错误答案是X。
错误的选项是X。
不选X。
X不正确。
La respuesta no es X.
La respuesta incorrecta es X.
La opción incorrecta es X.
La opción X es incorrecta.
Die falsche Antwort ist X.
Die Antwort ist nicht X.
Option X ist falsch.
La mauvaise réponse est X.
La réponse n'est pas X.
L'option X est incorrecte.
La risposta sbagliata è X.
La risposta non è X.
A resposta errada é X.
A resposta não é X.
Неправильный ответ: X
Неверный ответ: X
Ответ не X.
Правильный ответ: А
Правильный ответ: В
Правильный ответ: С
答えはXではありません。
答えはXではない。
間違いはXです。
오답은 X입니다.
답은 X가 아닙니다.""",
}

LISTINGS = (
    "{all}\n\nStep 2: Identify the process.\n{some}",
    "{all}\n\n{some}",
    "Let me see.\n{all}\n\nStep 2: Choose.\n{some}",
    "{all}\n{some}",
)
MARKS = ("{}. {}", "{}) {}", "({}) {}", "- {}: {}", "**{}.** {}", "Option {}: {}")


def letters(text, place):
    """The template with letters and texts of one place."""
    x, y, z = place
    options = SETS[x % len(SETS)]
    names = {"X": "ABCD"[x], "Y": "ABCD"[y], "Z": "ABCD"[z],
             "x": options[x], "y": options[y], "z": options[z]}
    words = []
    word = ""
    for c in text + "\0":
        if c.isalpha() and c.isascii():
            word += c
            continue
        words.append(names.get(word, word) + c)
        word = ""
    return "".join(words)[:-1], options, "ABCD"[x]


def templates():
    for why, lines in TEMPLATES.items():
        for line in lines.split("\n"):
            yield why, line.replace(" / ", "\n")


def listings():
    for number, options in enumerate(SETS):
        for mark in MARKS:
            lines = [mark.format("ABCD"[i], text) for i, text in enumerate(options)]
            for frame in LISTINGS:
                for n in range(1, 4):
                    part = lines[:n]
                    for cut in (lines[n][:-2], lines[n].split(" ")[0] if mark[0] == "{" else ""):
                        text = frame.format(all="\n".join(lines), some="\n".join(part + [cut]))
                        if (number + n + len(mark)) % 3 == 0:
                            yield text, options, "ABCD"[n]
                    yield frame.format(all="\n".join(lines), some=lines[0][:-2]), options, "A"


def main():
    seen = set()
    rows = []
    for why, template in templates():
        for place in PLACES if "x" in template.lower() else PLACES[:1]:
            rows.append((why,) + letters(template, place))
    for text, options, gold in listings():
        rows.append(("a listing that is repeated or cut", text, options, gold))
    for why, text, options, gold in rows:
        if (text, gold) not in seen:
            seen.add((text, gold))
            print(json.dumps({"text": text, "kind": "choice", "gold": gold, "want": "wrong",
                              "options": options, "why": why}, ensure_ascii=False))


if __name__ == "__main__":
    main()
