#!/bin/sh
# math-verify 0.9.0: a full stop within the box.
# Guessed: what is a number between dollars is one in \boxed{} too.
# Found: $18.$ is 18; \boxed{18.} stays a text that equals nothing but itself. With the stop behind the box it is 18 again.
# Seen with Python 3.11, latex2sympy2-extended 1.11.0: the lines of "seen" below (text: type of what was parsed, equal or not).
# For users: strip stops at the end of a box before grading, or a right answer that ends its sentence inside is wrong.
set -u
seen=$(cat <<'EOF'
$18.$: Integer, equals 18: True
\boxed{18.}: str, equals 18: False
\boxed{18}.: Integer, equals 18: True
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

for text in ("$18.$", r"\boxed{18.}", r"\boxed{18}."):
    parsed = parse(text)
    print(f"{text}: {type(parsed[0]).__name__}, equals 18:", verify(parse("$18$"), parsed))
EOF
)
printf '%s\n' "$now"
if [ "$now" != "$seen" ]; then
    printf 'changed; seen was:\n%s\n' "$seen"
    tail -n 3 "$tmp/log"
    exit 1
fi
echo "still so"
