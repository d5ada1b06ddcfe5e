#!/bin/sh
# math-verify 0.9.0: a space between thousands, as much LaTeX has it.
# Guessed: 2\,500 is 2500, as 2,500 and 2{,}500 are, or it is not read.
# Found: it is a mixed number without a fraction, 2 + 500 = 502, so the right answer is wrong and 502 is right; with two
# spaces it is a product, and 2\,500\,000 equals 0. A plain blank does the same.
# Seen with Python 3.11, latex2sympy2-extended 1.11.0: the lines of "seen" below (text: value; the golds it equals).
# For users: take out spaces between digits before grading; a model that writes numbers this way is graded wrong, not
# skipped.
set -u
seen=$(cat <<'EOF'
$2,500$: equals 2500
$2{,}500$: equals 2500
$2\,500$: equals 502
$2 500$: equals 502
$2\,500\,000$: equals 0
EOF
)
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
if ! { python3 -m venv "$tmp/venv" &&
    "$tmp/venv/bin/pip" install -q --disable-pip-version-check --retries 1 math-verify==0.9.0 \
        latex2sympy2_extended==1.11.0 antlr4-python3-runtime==4.13.2 sympy==1.14.0; } >"$tmp/log" 2>&1; then
    echo "skipped: math-verify 0.9.0 cannot be had"
    exit 0
fi
now=$("$tmp/venv/bin/python" - <<'EOF' 2>"$tmp/log"
from math_verify import parse, verify

for text in ("$2,500$", "$2{,}500$", r"$2\,500$", "$2 500$", r"$2\,500\,000$"):
    golds = [gold for gold in ("2500", "502", "2500000", "0") if verify(parse(f"${gold}$"), parse(text))]
    print(f"{text}: equals", *golds)
EOF
)
printf '%s\n' "$now"
if [ "$now" != "$seen" ]; then
    printf 'changed; seen was:\n%s\n' "$seen"
    tail -n 3 "$tmp/log"
    exit 1
fi
echo "still so"
