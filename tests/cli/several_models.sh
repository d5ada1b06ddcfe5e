#!/bin/sh
# several_models: a team on two models of different width hands a number from its first agent to
# its last, over two switches, by mapped thoughts alone; and what a run keeps of that.
# shellcheck source=tests/cli/common/claims.sh disable=SC2319,SC2086
. tests/cli/common/claims.sh
# shellcheck source=tests/cli/common/solves.sh
. tests/cli/common/solves.sh
MODEL=models/relay_a.gguf
TEAM="--data models/relay.jsonl --team models/relay_team.json"

solves "a > b > a > b by thoughts alone, soft" -ge 16 gsm8k 20 $TEAM --control thoughts
solves "by prompts and thoughts" -ge 16 gsm8k 20 $TEAM
solves "by words in the place of thoughts" -ge 19 gsm8k 20 $TEAM --align_method text
solves "by texts" -ge 19 gsm8k 20 $TEAM --method text_mas
solves "by nothing" -le 1 gsm8k 20 $TEAM --control none

# The same by --agent_models, which goes before the file; the first one is -m.
ask="--temp 0 -n 16 -t 1 --max_samples 3 --task gsm8k $TEAM --control thoughts"
run run $ask -m $MODEL --output "$tmp/file"
run run $ask --output "$tmp/flags" --agent_models $MODEL models/relay_b.gguf $MODEL models/relay_b.gguf
[ "$code" -eq 0 ] && grep -q '"model":"models/relay_b.gguf"' "$tmp/flags/samples.jsonl"
ok $? "--agent_models names a model for each agent" "$tmp/err"
texts() { grep -o '"name":"judger".*"output":"[^"]*"' "$1/samples.jsonl" | sed 's/.*"output":/output:/'; }
[ "$(texts "$tmp/file")" = "$(texts "$tmp/flags")" ] && [ -n "$(texts "$tmp/file")" ]
ok $? "which says what the team's file does"

grep -q '"crossing":"soft to b: coverage 1.000, mass [01].[0-9]*, cosine [0-9.-]*: taken"' "$tmp/file/samples.jsonl"
ok $? "samples.jsonl tells how thoughts crossed"
run show "$tmp/file" 0
grep -q 'soft to b: coverage' "$tmp/out"
ok $? "and so does show" "$tmp/out"
run ask -m $MODEL --team models/relay_team.json --temp 0 -n 16 -t 1 --trace --align_least_cosine 1 "What number does Nina keep?"
[ "$code" -eq 0 ] && grep -q 'words instead, cosine is below the least' "$tmp/err"
ok $? "what does not cross well is said in words" "$tmp/err"
run ask -m $MODEL --team models/relay_team.json --temp 0 -n 16 -t 1 --trace --control thoughts --align_method text "What number does Nina keep?"
[ "$code" -eq 0 ] && grep -q 'text to b: left out, as asked' "$tmp/err"
ok $? "but not where a rule keeps thoughts alone" "$tmp/err"
run ask --method baseline --temp 0 -n 16 -t 1 --agent_models $MODEL models/relay_b.gguf $MODEL models/relay_b.gguf -- "What number does Nina keep?"
[ "$code" -eq 0 ] && grep -q 'changes nothing with baseline' "$tmp/err"
ok $? "baseline says that it asks the first model alone" "$tmp/err"
printf 'Nina keeps the number 418.' >"$tmp/notes.txt"
run memory save -m $MODEL "$tmp/notes.lmem" --read "$tmp/notes.txt"
run ask -m $MODEL --team models/relay_team.json --memory "$tmp/notes.lmem" "What number does Nina keep?"
[ "$code" -ne 0 ] && grep -q 'a memory that all begin with is of the first model, and critic is not on that' "$tmp/err"
ok $? "--memory is refused beside other models, which would begin without it" "$tmp/err"
run teams check models/relay_team.json
grep -q 'model b (relay_b.gguf): critic, judger' "$tmp/out"
ok $? "teams check tells who is on which model" "$tmp/out"

# A file is a file: one that is not there is no model of the hub, which has the same form.
mkdir "$tmp/team"
root=$(pwd)
sed 's|"file": "relay_b.gguf"|"file": "none/there"|' models/relay_team.json >"$tmp/team/team.json"
run ask -m $MODEL --team "$tmp/team/team.json" --temp 0 -n 16 -t 1 "What number does Nina keep?"
[ "$code" -eq 1 ] && grep -q 'model "b" of the team: .*/team/none/there' "$tmp/err" && ! grep -qi 'hub\|fetch' "$tmp/err"
ok $? "a missing file of a team is told as a file" "$tmp/err"
(cd "$tmp/team" && "$LATENTMAS" ask -m "$root/$MODEL" --team team.json --temp 0 -n 16 -t 1 "What number does Nina keep?") >"$tmp/out" 2>"$tmp/err"
[ $? -eq 1 ] && grep -q 'model "b" of the team: .*none/there' "$tmp/err" && ! grep -qi 'hub\|fetch' "$tmp/err"
ok $? "also where its name could be one of the hub" "$tmp/err"

sed -i '$d' "$tmp/file/samples.jsonl"
run run --resume "$tmp/file"
[ "$code" -eq 0 ] && [ "$(wc -l <"$tmp/file/samples.jsonl")" -eq 3 ]
ok $? "a run on two models goes on" "$tmp/err"
sed -i '$d' "$tmp/file/samples.jsonl"
run run --resume "$tmp/file" --align_method linear
[ "$code" -ne 0 ] && grep -q 'params.align' "$tmp/err"
ok $? "but not with another map" "$tmp/err"
run run $ask -m $MODEL --output "$tmp/few" --agent_models $MODEL models/relay_b.gguf
[ "$code" -ne 0 ] && grep -q 'one for each expected' "$tmp/err" && [ ! -e "$tmp/few" ]
ok $? "a model for each agent, or none" "$tmp/err"
run chat -m $MODEL --team models/relay_team.json </dev/null
[ "$code" -ne 0 ] && grep -q 'this is done on one model, and team' "$tmp/err"
ok $? "chat says that it takes one model" "$tmp/err"
finish
