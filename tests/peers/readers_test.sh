#!/bin/sh
# Two readers side by side, each told a code, and a speaker who is asked for one of them: SmolLM2-135M.
# shellcheck source=tests/peers/peers.sh disable=SC2319,SC2086
. tests/peers/peers.sh
need "two readers with a code each" $SMOLLM2
READERS=tests/peers/readers.jsonl

# n questions; all 100 and every control only where everything is asked for: it takes a quarter of an hour.
n=20
if all; then n=100; fi

# readers NAME TEAM FLAG...: the questions asked, greedily, into the run $tmp/NAME.
readers() {
    into=$tmp/$1 team=$2
    shift 2
    run run -m $SMOLLM2 --task demo_secret --data $READERS --team $team --temp 0 -n 24 -np 8 --max_samples $n --output "$into" "$@"
}

# right RUN: how many the run's summary counts.
right() { sed -n 's/^ *"correct": *\([0-9]*\),.*/\1/p' "$tmp/$1/summary.json"; }

readers side split-evidence
side=$(right side)
readers chain tests/peers/readers_chain.json
chain=$(right chain)
# Of 20, rounding may turn one or two.
least=$((${chain:-$n} - 2))
all && least=${chain:-$n}
[ "$code" -eq 0 ] && [ "${side:-0}" -ge "$least" ] && [ "$side" -gt 0 ]
ok $? "joined behind each other, two readers' memories answer as often as in the chain: $side and $chain of $n" "$tmp/err"
for control in none zero shuffled; do
    readers $control split-evidence --control $control
    right=$(right $control)
    [ "$code" -eq 0 ] && [ "$right" = 0 ]
    ok $? "--control $control: right in none of $n ($right)" "$tmp/err"
    all || break
done
all || finish
for control in prompts thoughts random text wrong-task; do
    readers $control split-evidence --control $control
    [ "$code" -eq 0 ]
    ok $? "--control $control: right in $(right $control) of $n" "$tmp/err"
done
finish
