#!/bin/sh
# jinja2 3.1.6: a slice of what has none, a number or none.
# Guessed: `{{ 1[:] }}` fails as `{{ x[:] }}` with x = 1 does, both being Python's TypeError.
# Found: an output of constants alone is worked out when the template is compiled, where the error becomes an undefined
# value, which prints as nothing and takes a default; with one name in the output it is the TypeError again.
# Seen with Python 3.11 and 3.14: the lines of "seen" below.
# For users: a test of a template with a literal in place of a variable can pass where the variable fails.
set -u
seen=$(cat <<'EOF'
[{{ 1[:] }}] => []
[{{ (2 + 3)[1:] }}] => []
[{{ none[:2]|default('d') }}] => [d]
[{{ x[:] }}] => TypeError
[{{ 1[:] ~ x }}] => TypeError
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

for text in ("[{{ 1[:] }}]", "[{{ (2 + 3)[1:] }}]", "[{{ none[:2]|default('d') }}]", "[{{ x[:] }}]", "[{{ 1[:] ~ x }}]"):
    try:
        print(text, "=>", Environment().from_string(text).render(x=1))
    except TypeError:
        print(text, "=> TypeError")
EOF
)
printf '%s\n' "$now"
if [ "$now" != "$seen" ]; then
    printf 'changed; seen was:\n%s\n' "$seen"
    tail -n 3 "$tmp/log"
    exit 1
fi
echo "still so"
