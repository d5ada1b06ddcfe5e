#!/bin/sh
# jinja2 3.1.6 with markupsafe 3.0.4: what a filter leaves of a text that was marked safe.
# Guessed: filters that change letters or blanks keep the mark, or all drop it.
# Found: upper, lower, capitalize, trim, center and indent keep it; title and wordwrap drop it, so that autoescape then
# escapes the text; of its characters the last is safe and the first is not.
# Seen with Python 3.11 and 3.14: the lines of "seen" below.
# For users: under autoescape `|safe|title` shows the tags; `|title|safe` does not.
set -u
seen=$(cat <<'EOF'
upper: <B>GO</B>
lower: <b>go</b>
capitalize: <b>go</b>
trim: <b>go</b>
center(12):  <b>go</b>  
indent: <b>go</b>
last: >
title: &lt;B&gt;go&lt;/b&gt;
wordwrap(20): &lt;b&gt;go&lt;/b&gt;
first: &lt;
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

env = Environment(autoescape=True)
for name in ("upper", "lower", "capitalize", "trim", "center(12)", "indent", "last", "title", "wordwrap(20)", "first"):
    print(name + ":", env.from_string("{{ text|safe|" + name + " }}").render(text="<b>go</b>"))
EOF
)
printf '%s\n' "$now"
if [ "$now" != "$seen" ]; then
    printf 'changed; seen was:\n%s\n' "$seen"
    tail -n 3 "$tmp/log"
    exit 1
fi
echo "still so"
