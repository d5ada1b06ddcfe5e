#!/bin/sh
# jinja2 3.1.6: a template that ends right behind the beginning of a comment or of raw text.
# Guessed: a comment that is never closed is an error wherever it begins.
# Found: it is one as soon as a single character follows; `{#` or `{% raw %}` as the last thing of a template is silently
# dropped, also before the one newline that jinja2 takes off the end. An output or another block there is an error.
# Seen with Python 3.11 and 3.14: the lines of "seen" below.
# For users: a template cut off by a copy error at this place loads without a word.
set -u
seen=$(cat <<'EOF'
'a{#' => 'a'
'a{#-' => 'a'
'a{#\n' => 'a'
'a{# ' => TemplateSyntaxError
'a{% raw %}' => 'a'
'a{% raw %}b' => TemplateSyntaxError
'a{{' => TemplateSyntaxError
'a{% if x %}' => TemplateSyntaxError
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
from jinja2 import Environment, TemplateSyntaxError

for text in ("a{#", "a{#-", "a{#\n", "a{# ", "a{% raw %}", "a{% raw %}b", "a{{", "a{% if x %}"):
    try:
        print(repr(text), "=>", repr(Environment().from_string(text).render()))
    except TemplateSyntaxError as error:
        print(repr(text), "=> TemplateSyntaxError")
EOF
)
printf '%s\n' "$now"
if [ "$now" != "$seen" ]; then
    printf 'changed; seen was:\n%s\n' "$seen"
    tail -n 3 "$tmp/log"
    exit 1
fi
echo "still so"
