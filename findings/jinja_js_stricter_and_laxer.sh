#!/bin/sh
# @huggingface/jinja 0.5.11 (npm) beside jinja2 3.1.6: what one renders and the other refuses.
# Guessed: the npm engine is a subset: what it renders, jinja2 renders alike.
# Found: neither holds the other. It joins a text to a list or a number by +, and reads fields of what is undefined;
# it refuses numbers as keys of a dict, an order of texts, a chain of comparisons and a text times a number.
# Seen with node 20, Python 3.11: the lines of "seen" below (its answer, then the one of jinja2).
# For users: a template tried in only one of the two may fail in the other; try both.
set -u
seen=$(cat <<'EOF'
'a' + [1] == 'a1': yes, jinja2: refused
'a' + 1 == 'a1': yes, jinja2: refused
not missing.field.field: yes, jinja2: refused
{1: 'a'}: refused, jinja2: yes
'a' < 'b': refused, jinja2: yes
1 < 2 < 3: refused, jinja2: yes
'a' * 2 == 'aa': refused, jinja2: yes
EOF
)
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
if ! { python3 -m venv "$tmp/venv" &&
    "$tmp/venv/bin/pip" install -q --disable-pip-version-check --retries 1 jinja2==3.1.6 markupsafe==3.0.4 &&
    npm install --prefix "$tmp" --silent --no-audit --no-fund --fetch-retries 1 @huggingface/jinja@0.5.11; } >"$tmp/log" 2>&1; then
    echo "skipped: @huggingface/jinja 0.5.11 or jinja2 3.1.6 cannot be had"
    exit 0
fi
cat >"$tmp/render.mjs" <<'END'
import { Template } from "@huggingface/jinja";
for (const expression of process.argv.slice(2)) {
    let text = "refused";
    try { text = new Template("{{ 'yes' if " + expression + " else 'no' }}").render({}); } catch { }
    console.log(expression + ": " + text);
}
END
cat >"$tmp/render.py" <<'END'
import sys, jinja2
for expression in sys.argv[1:]:
    try:
        print(jinja2.Template("{{ 'yes' if " + expression + " else 'no' }}").render())
    except Exception:
        print("refused")
END
set -- "'a' + [1] == 'a1'" "'a' + 1 == 'a1'" "not missing.field.field" "{1: 'a'}" "'a' < 'b'" "1 < 2 < 3" "'a' * 2 == 'aa'"
node "$tmp/render.mjs" "$@" >"$tmp/js" 2>"$tmp/log"
"$tmp/venv/bin/python" "$tmp/render.py" "$@" >"$tmp/py" 2>>"$tmp/log"
now=$(paste -d '|' "$tmp/js" "$tmp/py" | sed 's/|/, jinja2: /')
printf '%s\n' "$now"
if [ "$now" != "$seen" ]; then
    printf 'changed; seen was:\n%s\n' "$seen"
    tail -n 3 "$tmp/log"
    exit 1
fi
echo "still so"
