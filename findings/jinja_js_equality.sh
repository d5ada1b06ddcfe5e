#!/bin/sh
# @huggingface/jinja 0.5.11 (npm) beside jinja2 3.1.6: equality.
# Guessed: == compares values, as in Python; else the engine of the browser would pick other branches of a chat template.
# Found: it is the loose == of JavaScript: lists and dicts equal only themselves, a text equals the number it spells,
# the empty text equals 0 and false, and none equals what is undefined.
# Seen with node 20, Python 3.11: the lines of "seen" below (its answer, then the one of jinja2).
# For users: "message.content == []" is never true in the browser, and no error tells: ask for the length, and for "is none".
set -u
seen=$(cat <<'EOF'
[1] == [1]: no, jinja2: yes
{'a': 1} == {'a': 1}: no, jinja2: yes
'1' == 1: yes, jinja2: no
'' == 0: yes, jinja2: no
'' == false: yes, jinja2: no
none == missing: yes, jinja2: no
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
set -- "[1] == [1]" "{'a': 1} == {'a': 1}" "'1' == 1" "'' == 0" "'' == false" "none == missing"
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
