#!/bin/sh
# transformers 5.24.0: what a chat template sees of the reasoning in a message.
# Guessed: the message as the caller gave it.
# Found: before rendering, the first of reasoning_content, thinking, reasoning that is not null is written into
# reasoning_content and, where no key thinking is there, into thinking; reasoning is never filled, a thinking that is null
# stays null, and the role does not matter: users have it too.
# Seen with Python 3.11, jinja2 3.1.6, no torch: the lines of "seen" below (what was given => what the template saw).
# For users: rendering the same template by jinja2 alone can give another prompt, wherever it asks whether one of
# these keys is defined.
set -u
seen=$(cat <<'EOF'
assistant reasoning_content=r => reasoning_content=r thinking=r
assistant thinking=t => reasoning_content=t thinking=t
assistant reasoning=g => reasoning_content=g thinking=g reasoning=g
assistant thinking=t reasoning=g => reasoning_content=t thinking=t reasoning=g
assistant thinking=None reasoning=g => reasoning_content=g thinking=None reasoning=g
user reasoning=g => reasoning_content=g thinking=g reasoning=g
EOF
)
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
if ! { python3 -m venv "$tmp/venv" &&
    "$tmp/venv/bin/pip" install -q --disable-pip-version-check --retries 1 transformers==5.24.0 jinja2==3.1.6; } >"$tmp/log" 2>&1; then
    echo "skipped: transformers 5.24.0 cannot be had"
    exit 0
fi
now=$("$tmp/venv/bin/python" - <<'EOF' 2>"$tmp/log"
from transformers.utils.chat_template_utils import render_jinja_template

NAMES = ("reasoning_content", "thinking", "reasoning")
SHOW = "{% set m = messages[0] %}" + "".join("{% if m." + n + " is defined %} " + n + "={{ m." + n + " }}{% endif %}" for n in NAMES)
for role, given in (
    ("assistant", {"reasoning_content": "r"}),
    ("assistant", {"thinking": "t"}),
    ("assistant", {"reasoning": "g"}),
    ("assistant", {"thinking": "t", "reasoning": "g"}),
    ("assistant", {"thinking": None, "reasoning": "g"}),
    ("user", {"reasoning": "g"}),
):
    (text,), _ = render_jinja_template([[{"role": role, "content": "c", **given}]], chat_template=SHOW)
    print(role, *(f"{k}={v}" for k, v in given.items()), "=>" + text)
EOF
)
printf '%s\n' "$now"
if [ "$now" != "$seen" ]; then
    printf 'changed; seen was:\n%s\n' "$seen"
    tail -n 3 "$tmp/log"
    exit 1
fi
echo "still so"
