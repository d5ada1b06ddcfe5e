#!/bin/sh
# A real instruct model, SmolLM2-135M: prompted as transformers would, and what its team's memory carries.
# shellcheck source=tests/peers/peers.sh disable=SC2319,SC2086
. tests/peers/peers.sh
need "the real model SmolLM2-135M-Instruct" $SMOLLM2 $PYTHON

run model info $SMOLLM2 --json
[ "$code" -eq 0 ] && grep -q '"n_layer": 30,' "$tmp/out" && grep -q 'You are a helpful AI assistant named SmolLM' "$tmp/out"
ok $? "SmolLM2-135M-Instruct is brought, 30 layers and a chat template with a system text of its own" "$tmp/err"

# ---- Prompts ----

# Without a system text of the team's the template puts in its own.
python3 - $CODES_TEAM >"$tmp/plain.json" <<'EOF'
import json, sys
team = json.load(open(sys.argv[1]))
del team["system"]
print(json.dumps({**team, "name": "plain"}))
EOF
for team in $CODES_TEAM "$tmp/plain.json"; do
    for method in latent_mas baseline; do
        into=$tmp/prompts-$(basename "$team" .json)-$method
        run run -m $SMOLLM2 --task demo_secret --data $CODES --max_samples 2 --team "$team" --method $method \
            --latent_steps 1 --temp 0 -n 1 --output "$into"
        [ "$code" -eq 0 ] && $PYTHON tests/peers/prompts.py "$into" >"$tmp/diff" 2>&1
        ok $? "$method, $([ "$team" = $CODES_TEAM ] && echo "a system text" || echo "no system text"): its prompts are what jinja2 renders under transformers' settings" "$tmp/diff"
    done
done

# ---- A code that only the first agent is told ----

# codes NAME FLAG...: the questions asked, greedily, into the run $tmp/NAME.
codes() {
    into=$tmp/$1
    shift
    run run -m $SMOLLM2 --task demo_secret --data $CODES --team $CODES_TEAM --temp 0 -n 24 --output "$into" "$@"
}

# right RUN: how many the run's summary counts.
right() { sed -n 's/^ *"correct": *\([0-9]*\),.*/\1/p' "$tmp/$1/summary.json"; }

n=20
if all; then n=100; fi
codes memory --latent_steps 10 -np 16
right=$(right memory)
[ "$code" -eq 0 ] && [ "${right:-0}" -ge 98 ]
ok $? "memory hands over a three-digit code: right in 98 of 100 questions or more ($right)" "$tmp/err"
codes auto --latent_steps auto -np 16 --max_samples $n
auto=$(right auto)
[ "$code" -eq 0 ] && [ $((100 * ${auto:-0})) -ge $((95 * n)) ]
ok $? "as it does where the agent stops by itself, --latent_steps auto: 95 of 100 or more ($auto of $n)" "$tmp/err"
codes none --latent_steps 10 -np 16 --control none
right=$(right none)
[ "$code" -eq 0 ] && [ "$right" = 0 ]
ok $? "without memory, --control none, it is right in none of 100 ($right)" "$tmp/err"
codes alone --latent_steps 10 -np 1 --max_samples $n
[ "$code" -eq 0 ] && $PYTHON - "$tmp" $n >"$tmp/diff" 2>&1 <<'EOF'
import json, sys
tmp, n = sys.argv[1], int(sys.argv[2])
texts = [{s["index"]: s["text"] for s in map(json.loads, open(f"{tmp}/{run}/samples.jsonl"))} for run in ("alone", "memory")]
assert len(texts[0]) == n
parted = [(i, t, texts[1][i]) for i, t in texts[0].items() if t != texts[1][i]]
assert not parted, parted
EOF
ok $? "one question at a time, the first $n speak the same texts as 16 at once" "$tmp/diff"
finish
