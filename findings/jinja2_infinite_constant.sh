#!/bin/sh
# jinja2 3.1.6: a number too large for a float, such as 1e999, which Python reads as infinity.
# Guessed: it is infinity in a template as well, wherever it stands.
# Found: printed by itself it is `inf`; beside a name the compiled template holds Python's spelling of it, the bare word
# inf, and fails with a NameError when it runs, on data of any kind. The same goes for a product of constants.
# Seen with Python 3.11 and 3.14: the lines of "seen" below.
# For users: pass infinity as a variable; do not write it as 1e999.
set -u
seen=$(cat <<'EOF'
{{ 1e999 }} => inf
{{ 1e999 > 1 }} => True
{{ x < 1e999 }} => NameError: name 'inf' is not defined
{{ [x, 1e308 * 10]|min }} => NameError: name 'inf' is not defined
{{ x < inf }} => True
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

for text in ("{{ 1e999 }}", "{{ 1e999 > 1 }}", "{{ x < 1e999 }}", "{{ [x, 1e308 * 10]|min }}", "{{ x < inf }}"):
    try:
        print(text, "=>", Environment().from_string(text).render(x=1, **({"inf": float("inf")} if " inf" in text else {})))
    except NameError as error:
        print(text, "=> NameError:", error)
EOF
)
printf '%s\n' "$now"
if [ "$now" != "$seen" ]; then
    printf 'changed; seen was:\n%s\n' "$seen"
    tail -n 3 "$tmp/log"
    exit 1
fi
echo "still so"
