#!/bin/sh
# thoughts: what they were like is shown and kept, auto ends them at rest, cut answers are counted.
# shellcheck source=tests/cli/common/claims.sh disable=SC2319
. tests/cli/common/claims.sh
QUESTION='Tom has 12 apples and buys 7 more. How many?'

run ask -m $MODEL -t 1 --temp 0 -n 48 --latent_steps 3 "$QUESTION"
cp "$tmp/out" "$tmp/blind"
run ask -m $MODEL -t 1 --temp 0 -n 48 --latent_steps 3 --trace=thoughts "$QUESTION"
cmp -s "$tmp/out" "$tmp/blind"
ok $? "--trace=thoughts changes no answer" "$tmp/err"
[ "$(grep -c ' norm .*, entropy .*, cosine to prompt ' "$tmp/err")" -eq 9 ] &&
    [ "$(grep -c '^ * says   "' "$tmp/err")" -eq 9 ] && [ "$(grep -c '^ * is     "' "$tmp/err")" -eq 9 ]
ok $? "it shows what each of three times three thoughts says and is" "$tmp/err"

run ask -m $MODEL -t 1 --temp 0 -n 48 --latent_steps 3 --trace --probe 8 "$QUESTION"
cmp -s "$tmp/out" "$tmp/blind" && [ "$(grep -c '^ *probe  ".' "$tmp/err")" -eq 3 ]
ok $? "--probe shows what three agents would say, and changes no answer" "$tmp/err"
run ask -m $MODEL --probe -1 "$QUESTION"
[ "$code" -eq 2 ] && grep -q -- '--probe' "$tmp/err"
ok $? "fewer words than none are refused" "$tmp/err"
run ask -m $MODEL -t 1 --keep attention:0.5 -fa on -n 4 "$QUESTION"
[ "$code" -eq 1 ] && grep -q 'attention there are none: -fa off shows them' "$tmp/err" && [ ! -s "$tmp/out" ]
ok $? "where flash attention hides where thoughts look, a rule by that is refused with the way out" "$tmp/err"

run run -m $MODEL --data $SUMS --max_samples 3 -t 1 --temp 0 -n 4 --latent_steps auto --latent_steps_max 6 \
    --keep_thoughts 2 --probe 4 --output "$tmp/kept"
[ "$code" -eq 0 ] && [ "$(field cut "$tmp/out")" -eq 3 ] && grep -q '  cut      3 answers at --max_new_tokens' "$tmp/err"
ok $? "a run counts the answers that were cut" "$tmp/err"
grep -q '"latent_steps": "auto"' "$tmp/kept/config.json" && grep -q '"latent_steps_max": 6' "$tmp/kept/config.json"
ok $? "config.json says that agents stop by themselves" "$tmp/kept/config.json"
if command -v python3 >/dev/null; then
    python3 - "$tmp/kept/samples.jsonl" <<'EOF'
import json
import sys

for line in open(sys.argv[1], encoding="utf-8"):
    for agent in json.loads(line)["agents"]:
        thoughts, rest = agent["thoughts"] if agent["n_thought"] else [], agent["n_to_rest"]
        assert agent["n_thought"] == (0 if agent["name"] == "judger" else rest or 6), agent["n_thought"]
        assert len(thoughts) == agent["n_thought"]
        assert ("probe" in agent) == (agent["name"] != "judger")
        for i, thought in enumerate(thoughts):
            assert ("cosine_before" in thought) == (i > 0)
            assert len(thought["head"]) == len(thought["input"]) == 2
            assert 0 <= thought["head"][1][1] <= thought["head"][0][1] <= 1.0001
            assert thought["norm"] > 0 and thought["entropy"] >= 0
EOF
    ok $? "samples.jsonl keeps two lists of two tokens for each thought" "$tmp/kept/samples.jsonl"
else
    skip "what samples.jsonl keeps of thoughts" "no python3 here"
fi
run run --resume "$tmp/kept" --latent_steps 6
[ "$code" -ne 0 ] && grep -q 'latent_steps' "$tmp/err"
ok $? "a run by auto does not go on by number" "$tmp/err"
run report "$tmp/kept"
grep -q '3 answers cut at max_new_tokens' "$tmp/out"
ok $? "the report notes cut answers" "$tmp/out"
# What a rule at the handover left, in cells and bytes.
run run -m $MODEL --task demo --max_samples 2 -t 1 --temp 0 -n 4 --latent_steps 4 --keep thoughts --output "$tmp/thin"
kept=$(field cells_kept "$tmp/out") dropped=$(field cells_dropped "$tmp/out")
[ "$code" -eq 0 ] && [ "$kept" -eq 48 ] && [ "$dropped" -gt 400 ] &&
    [ "$(field bytes_kept "$tmp/out")" -eq $((kept * 2304)) ] && [ "$(field bytes_dropped "$tmp/out")" -eq $((dropped * 2304)) ] &&
    grep -qE '^  kept +48 of [0-9]+ inherited cells, 108\.0 KiB of [0-9.]+ [KM]iB$' "$tmp/err"
ok $? "a run says how many cells and bytes went on" "$tmp/err"
finish
