#!/bin/sh
# jinja2 3.1.6: a comma before the "in" of a loop.
# Guessed: "for x, in rows" takes rows of one field apart, as in Python.
# Found: behind a comma the word "in" is read as one more name to assign; the loop then wants another "in", and with it
# "for x, in in rows" fills a variable that is called "in". In brackets, "for (x,) in rows", it is as in Python.
# Seen with Python 3.11: the lines of "seen" below.
# For users: a template that unpacks one field needs the brackets; a parser that wants to agree must end a target before
# its comma, not behind it.
set -u
seen=$(cat <<'EOF'
for x, in [[1]]: expected token 'in', got '['
for (x,) in [[1]]: 1
for x, in in [[1, 2]]: 1 2
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
import jinja2

for head, show in (("for x, in [[1]]", "{{ x }}"), ("for (x,) in [[1]]", "{{ x }}"), ("for x, in in [[1, 2]]", "{{ x }} {{ in }}")):
    try:
        text = jinja2.Template("{% " + head + " %}" + show + "{% endfor %}").render()
    except jinja2.TemplateSyntaxError as error:
        text = error.message
    print(f"{head}: {text}")
EOF
)
printf '%s\n' "$now"
if [ "$now" != "$seen" ]; then
    printf 'changed; seen was:\n%s\n' "$seen"
    tail -n 3 "$tmp/log"
    exit 1
fi
echo "still so"
