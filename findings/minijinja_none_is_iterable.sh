#!/bin/sh
# minijinja 3.1.0 (the Rust engine, from Python) beside jinja2 3.1.6: none counts as a list.
# Guessed: "none is iterable" is false, and a loop over none an error, as in jinja2.
# Found: it is true, and the loop has no turns.
# Seen with Python 3.11: the lines of "seen" below; the template asks for a string, then for parts, then for nothing.
# For users: a chat template that tells a text from a list of parts takes another branch for a message without content
# (an assistant that only calls tools has content null): test "is none" before "is iterable".
set -u
seen=$(cat <<'EOF'
minijinja: string / parts / parts
jinja2: string / parts / nothing
EOF
)
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
if ! { python3 -m venv "$tmp/venv" &&
    "$tmp/venv/bin/pip" install -q --disable-pip-version-check --retries 1 minijinja==3.1.0 jinja2==3.1.6 markupsafe==3.0.4; } >"$tmp/log" 2>&1; then
    echo "skipped: minijinja 3.1.0 or jinja2 3.1.6 cannot be had"
    exit 0
fi
now=$("$tmp/venv/bin/python" - <<'EOF' 2>"$tmp/log"
import jinja2
import minijinja

KIND = "{% if c is string %}string{% elif c is iterable %}parts{% else %}nothing{% endif %}"
contents = ("text", [{"text": "x"}], None)
print("minijinja: " + " / ".join(minijinja.Environment().render_str(KIND, c=c) for c in contents))
print("jinja2: " + " / ".join(jinja2.Template(KIND).render(c=c) for c in contents))
EOF
)
printf '%s\n' "$now"
if [ "$now" != "$seen" ]; then
    printf 'changed; seen was:\n%s\n' "$seen"
    tail -n 3 "$tmp/log"
    exit 1
fi
echo "still so"
