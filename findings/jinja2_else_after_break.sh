#!/bin/sh
# jinja2 3.1.6 with its loopcontrols extension: the "else" of a loop that "break" left.
# Guessed: as in Python, "break" skips the else, or as the manual of jinja2 has it, else runs only where no turn took place.
# Found: a turn counts only when it reaches the end of the body. If each is cut short, by break or by continue, else runs too.
# Seen with Python 3.11: the lines of "seen" below: the body speaks (a), breaks, and the else (E) follows.
# For users: a search loop with break and an else for "nothing found" says both when the first item is the one.
set -u
seen=$(cat <<'EOF'
break in the first turn: aE
break in the second turn: aa
every turn continued: aaE
one turn of two continued: aa
EOF
)
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
if ! { python3 -m venv "$tmp/venv" &&
    "$tmp/venv/bin/pip" install -q --disable-pip-version-check --retries 1 jinja2==3.1.6 markupsafe==3.0.4; } >"$tmp/log" 2>&1; then
    echo "skipped: jinja2 3.1.6 cannot be had"
    exit 0
fi
now=$("$tmp/venv/bin/python" - <<'EOF' 2>"$tmp/log"
from jinja2 import Environment

env = Environment(extensions=["jinja2.ext.loopcontrols"])
for name, stop in (
    ("break in the first turn", "{% break %}"),
    ("break in the second turn", "{% if x == 2 %}{% break %}{% endif %}"),
    ("every turn continued", "{% continue %}"),
    ("one turn of two continued", "{% if x == 2 %}{% continue %}{% endif %}"),
):
    print(f"{name}: " + env.from_string("{% for x in [1, 2] %}a" + stop + "{% else %}E{% endfor %}").render())
EOF
)
printf '%s\n' "$now"
if [ "$now" != "$seen" ]; then
    printf 'changed; seen was:\n%s\n' "$seen"
    tail -n 3 "$tmp/log"
    exit 1
fi
echo "still so"
