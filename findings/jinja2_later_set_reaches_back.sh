#!/bin/sh
# jinja2 3.1.6: a "set" at the end of a template reaches back into a loop before it.
# Guessed: until "set" runs, a name has the value that was given to render().
# Found: in a for or a macro above it, the name is bound to the later "set" when the template is compiled: it is
# undefined there. Outside, in an "if", or where the later "set" is within an "if", the given value is read.
# Seen with Python 3.11: the lines of "seen" below, rendered with s="given".
# For users: a chat template whose last lines set a name can lose that variable in its loop over the messages; an engine
# that looks names up as it runs (minijinja does) prints another text.
set -u
seen=$(cat <<'EOF'
loop, no set behind it: [given]
loop, set behind it: []
macro, set behind it: []
plain, set behind it: [given]
if, set behind it: [given]
loop, set in an if behind it: [given]
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

SET = "{% set s = 3 %}"
for name, source in (
    ("loop, no set behind it", "{% for x in [1] %}[{{ s }}]{% endfor %}"),
    ("loop, set behind it", "{% for x in [1] %}[{{ s }}]{% endfor %}" + SET),
    ("macro, set behind it", "{% macro m() %}[{{ s }}]{% endmacro %}{{ m() }}" + SET),
    ("plain, set behind it", "[{{ s }}]" + SET),
    ("if, set behind it", "{% if true %}[{{ s }}]{% endif %}" + SET),
    ("loop, set in an if behind it", "{% for x in [1] %}[{{ s }}]{% endfor %}{% if true %}" + SET + "{% endif %}"),
):
    print(f"{name}: " + jinja2.Template(source).render(s="given"))
EOF
)
printf '%s\n' "$now"
if [ "$now" != "$seen" ]; then
    printf 'changed; seen was:\n%s\n' "$seen"
    tail -n 3 "$tmp/log"
    exit 1
fi
echo "still so"
