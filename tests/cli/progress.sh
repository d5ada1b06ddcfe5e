#!/bin/sh
# progress: what a slow question shows before it ends. A terminal is needed: Python makes one.
# shellcheck source=tests/cli/common/claims.sh disable=SC2319,SC2086
. tests/cli/common/claims.sh
question='Tom has 12 apples. He buys 7 more. How many apples does he have?'
slow='--latent_steps 20000 -n 4 -t 1' # stopped long before that

if ! command -v python3 >/dev/null; then
    skip "progress on a terminal" "no python3 here"
    finish
fi

# watch PATTERN ARG...: on a terminal, until it shows PATTERN; what it showed in $tmp/shown.
watch() {
    pattern=$1
    shift
    python3 tests/cli/common/on_terminal.py "$pattern" "$LATENTMAS" "$@" >"$tmp/shown" 2>"$tmp/err"
}

watch 'thinks, [0-9]' ask -m $MODEL $slow -c 65536 "$question"
ok $? "a slow ask shows which agent thinks before anything has ended" "$tmp/shown"
grep -qE 'planner \(1 of 4\) thinks, [0-9]+ of 20000  [0-9]+ read, [0-9]+ thoughts, 0 spoken \([0-9.]+/s\)\|' "$tmp/shown"
ok $? "and how far it is, with thoughts and tokens so far" "$tmp/shown"
awk '/thinks/ && length > 100 { exit 1 }' "$tmp/shown"
ok $? "within the columns of the terminal" "$tmp/shown"
[ "$(tail -n 3 "$tmp/shown")" = "$(printf '|latentmas: interrupted\n\nexit code 130')" ]
ok $? "the line is taken away before what comes next" "$tmp/shown"

watch 'planner thinks 2 ' run -m $MODEL --data $SUMS --max_samples 3 --generate_bs 2 $slow -c 131072 --output "$tmp/slow"
grep -qE '0/3  planner thinks 2  [0-9]+ read, [0-9]+ thoughts, 0 spoken \([0-9.]+/s\)\|' "$tmp/shown"
ok $? "a slow run shows agents, thoughts and tokens before the first question ends" "$tmp/shown"

# Before the first sign there are two seconds: a second is too short for any.
python3 tests/cli/common/on_terminal.py 'never' "$LATENTMAS" ask -m $MODEL --method baseline --temp 0 -n 48 -t 1 "$question" \
    >"$tmp/shown" 2>"$tmp/err"
grep -q 'exit code 0' "$tmp/shown" && [ "$(wc -c <"$tmp/shown")" -lt 20 ]
ok $? "a short ask shows nothing" "$tmp/shown"

finish
