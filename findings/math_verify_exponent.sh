#!/bin/sh
# math-verify 0.9.0: numbers with an exponent.
# Guessed: 1.5e3 is 1500, however it is written.
# Found: between dollars a small e is the base of logarithms (1e-05 is e - 5), a big E is the exponent; in prose both end
# the number, so 1.5e3 is 1.5 there.
# Seen with Python 3.11, latex2sympy2-extended 1.11.0: the lines of "seen" below (text: what was parsed, equal or not).
# For users: golds that Python printed from floats, such as 1e-05, are not the numbers they were: write them out first.
set -u
seen=$(cat <<'EOF'
$1.5e3$: 1.5*E*3, equals 1500: False
$1.5E3$: 1500.00000000000, equals 1500: True
The answer is 1.5E3.: 1.50000000000000, equals 1500: False
$1e-05$: -5 + 1*E, equals 0.00001: False
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

for text, gold in (("$1.5e3$", "1500"), ("$1.5E3$", "1500"), ("The answer is 1.5E3.", "1500"), (f"${0.00001}$", "0.00001")):
    parsed = parse(text)
    print(f"{text}: {parsed[0]}, equals {gold}: {verify(parse('$' + gold + '$'), parsed)}")
EOF
)
printf '%s\n' "$now"
if [ "$now" != "$seen" ]; then
    printf 'changed; seen was:\n%s\n' "$seen"
    tail -n 3 "$tmp/log"
    exit 1
fi
echo "still so"
