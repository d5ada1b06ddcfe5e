#!/bin/sh
# The flags and prompt files of Science-LatentMAS: teams of one's own, a first agent that speaks.
# shellcheck source=tests/cli/common/claims.sh disable=SC2319,SC2086,SC2154
. tests/cli/common/claims.sh
question='Tom has 12 apples. He buys 7 more. How many apples does he have?'

# five.json: five agents, one of which is not shown the question, one with braces of JSON.
cat >"$tmp/five.json" <<'EOT'
{
  "agents": [
    {"name": "Strategist", "role": "strategist"},
    {"name": "Investigator", "role": "investigator"},
    {"name": "Evaluator", "role": "evaluator"},
    {"name": "Synthesizer", "role": "synthesizer"},
    {"name": "Communicator", "role": "communicator"}
  ],
  "strategist": "Question:\n{question}\n\nPlan the work. {context}",
  "investigator": "Look for facts.",
  "evaluator": "Question:\n{question}\n\nWeigh it as {\"good\": [], \"bad\": []}.",
  "synthesizer": "Question:\n{question}\n\nPut it together as {{\"sum\": 0}}.",
  "communicator": "Question:\n{question}\n\nAnswer.",
  "system": ""
}
EOT
science() {
    run run -m $MODEL --task custom --custom_question "$question" --custom_gold 19 --temp 0 -t 1 \
        --do_not_enforce_qwen --output "$tmp/run" "$@"
}
# One that never ends by itself: whoever may speak does.
MODEL=tests/parity/fixtures/golden.gguf
# told I TEXT: what the I-th agent (from 0) was told has the text.
told() {
    python3 -c 'import json, sys
sample = json.loads(open(sys.argv[1]).readline())
sys.exit(0 if sys.argv[3] in sample["agents"][int(sys.argv[2])]["input"] else 1)' "$tmp/run/samples.jsonl" "$1" "$2"
}
agents() {
    python3 -c 'import json, sys
sample = json.loads(open(sys.argv[1]).readline())
print(*["%s:%d:%d" % (a["name"], a["n_thought"], a["n_spoken"] > 0) for a in sample["agents"]])' "$tmp/run/samples.jsonl"
}

science --custom_prompt_file "$tmp/five.json" --latent_steps 3 -n 8
[ "$code" -eq 0 ] && [ "$(agents)" = 'Strategist:3:0 Investigator:3:0 Evaluator:3:0 Synthesizer:3:0 Communicator:0:1' ]
ok $? "five agents of a file come in their order, the last one speaks" "$tmp/err"
told 0 "$question" && told 1 'Look for facts.' && ! told 1 "$question" && told 2 'as {"good": [], "bad": []}.' && told 3 'as {"sum": 0}.'
ok $? "each is told its template; braces that are no slots stay" "$tmp/run/samples.jsonl"
grep -q 'do_not_enforce_qwen has no effect' "$tmp/err"
ok $? "--do_not_enforce_qwen is taken, and said to have no effect" "$tmp/err"

rm -rf "$tmp/run"
science --custom_prompt_file "$tmp/five.json" --latent_steps 2 -n 8 --first_agent_text
[ "$code" -eq 0 ] && [ "$(agents | cut -d ' ' -f 1,2)" = 'Strategist:2:1 Investigator:2:0' ]
ok $? "--first_agent_text: the first one speaks behind its thoughts" "$tmp/err"
grep -q '"first_agent_text": *"on"' "$tmp/run/config.json"
ok $? "the run's folder says so" "$tmp/run/config.json"

rm -rf "$tmp/run"
science --custom_prompt_file "$tmp/five.json" --method text_mas -n 8 --first_agent_text
[ "$code" -eq 0 ] && [ "$(agents)" = 'Strategist:0:1 Investigator:0:1 Evaluator:0:1 Synthesizer:0:1 Communicator:0:1' ]
ok $? "with text every one speaks" "$tmp/err"
grep -q 'first_agent_text changes nothing with text_mas' "$tmp/err"
ok $? "and --first_agent_text is said to change nothing" "$tmp/err"

# One agent and three; braces of all kinds in a template, and a role that is not shown the question.
cat >"$tmp/one.json" <<'EOT'
{"agents": [{"name": "Solo", "role": "solo"}],
 "solo": "{question}\n\nWrite {\"answer\": {\"value\": 0, \"unit\": null}}, or {} where there is none, and \\boxed{0}."}
EOT
rm -rf "$tmp/run"
science --custom_prompt_file "$tmp/one.json" --latent_steps 3 -n 8
[ "$code" -eq 0 ] && [ "$(agents)" = 'Solo:0:1' ] && told 0 "$question" &&
    told 0 'Write {"answer": {"value": 0, "unit": null}}, or {} where there is none, and \boxed{0}.'
ok $? "one agent alone answers, and braces within braces stay" "$tmp/err"

cat >"$tmp/three.json" <<'EOT'
{"agents": [{"name": "Reader", "role": "reader"}, {"name": "Counter", "role": "counter"}, {"name": "Speaker", "role": "speaker"}],
 "reader": "Find the numbers of this: {question}",
 "counter": "Count on as {\"steps\": []}. {context}",
 "speaker": "{question}\n{context}\nSay it.",
 "system": "You work with others."}
EOT
for method in latent_mas text_mas; do
    rm -rf "$tmp/run"
    science --custom_prompt_file "$tmp/three.json" --method $method --latent_steps 3 -n 8
    want='Reader:3:0 Counter:3:0 Speaker:0:1'
    [ $method = latent_mas ] || want='Reader:0:1 Counter:0:1 Speaker:0:1'
    [ "$code" -eq 0 ] && [ "$(agents)" = "$want" ] && told 1 'Count on as {"steps": []}.' && ! told 1 "$question" && told 2 'You work with others.'
    ok $? "three agents by $method, of which one is not shown the question" "$tmp/err"
    if [ $method = text_mas ]; then told 2 '[Counter]:'; else ! told 2 '[Counter]:'; fi
    ok $? "$method: {context} is the others' text, and nothing where memory is handed on" "$tmp/run/samples.jsonl"
done

rm -rf "$tmp/run"
printf 'A careful expert answers.\n' >"$tmp/plain.txt"
science --custom_prompt_file "$tmp/plain.txt" --method baseline -n 8
[ "$code" -eq 0 ] && told 0 'A careful expert answers.' && told 0 "$question"
ok $? "plain text is the prompt of the single agent, the question behind it" "$tmp/err"

rm -rf "$tmp/run"
MODEL=models/demo.gguf
science --custom_prompt_file "$tmp/five.json" --latent_steps 0
[ "$code" -eq 0 ] && grep -q 'max_new_tokens is [0-9]*, not 10000' "$tmp/err"
ok $? "without -n as many tokens as Science has, and it is said where room is short" "$tmp/err"

run ask -m $MODEL --custom_prompt_file "$tmp/plain.txt" --temp 0 -n 8 "$question"
[ "$code" -eq 0 ] && grep -q 'plain.txt: it has no agents and no template of a role' "$tmp/err"
ok $? "who runs a team with plain text is told that it is the single agent's" "$tmp/err"
printf '\357\273\277{"agents": [{"name": "Solo"}], "Solo": "Do it. {question}"}' >"$tmp/bom.json"
rm -rf "$tmp/run"
science --custom_prompt_file "$tmp/bom.json" -n 8
[ "$code" -eq 0 ] && told 0 "Do it. $question"
ok $? "a byte order mark says nothing" "$tmp/err"

# ---- --think [STRING] ----
MODEL=tests/parity/fixtures/golden.gguf
# opened TEXT: what each agent was told ends with the text.
opened() {
    python3 -c 'import json, sys
sample = json.loads(open(sys.argv[1]).readline())
sys.exit(0 if all(a["input"].endswith(sys.argv[2]) for a in sample["agents"]) else 1)' "$tmp/run/samples.jsonl" "$1"
}
# think TEXT CLAIM FLAG...: with the flags the text is what each agent's turn begins with.
think() {
    text=$1 claim=$2
    shift 2
    rm -rf "$tmp/run"
    science --custom_prompt_file "$tmp/five.json" --latent_steps 1 -n 4 "$@"
    [ "$code" -eq 0 ] && opened "$text"
    ok $? "$claim" "$tmp/err"
}
think '<think>' "--think alone opens every agent's turn with <think>, the last one's too" --think
grep -q '"think": "<think>"' "$tmp/run/config.json"
ok $? "the run's folder has the text" "$tmp/run/config.json"
sed -i 's/"think": "<think>"/"think": true/' "$tmp/run/config.json" && : >"$tmp/run/samples.jsonl"
run run --resume "$tmp/run"
[ "$code" -eq 0 ] && opened '<think>' && grep -q '"think": true' "$tmp/run/config.json"
ok $? "a run from before, which says true, is resumed" "$tmp/err"
fails 1 'params.think true, found "<plan>"' "and refused with another text" run --resume "$tmp/run" --think '<plan>'
think '<plan>
' "a tag may be a word of its own, with a newline" --think '<plan>
'
think '<plan>\n' "also with the two characters of an escape, which stay as they are" --think '<plan>\n'
fails 1 'params.think' "another text is another run" run --resume "$tmp/run" --think
think 'Let me see: ' "any text goes behind =" '--think=Let me see: '
think 'assistant
' "an empty text is none" --think ''
grep -q '"think": false' "$tmp/run/config.json"
ok $? "as the folder says" "$tmp/run/config.json"
think 'assistant
' "nor is one behind =" --think=
fails 2 '--think: expected at most 4096 bytes, found 4097' "a text that is too long is wrong usage" \
    ask -m $MODEL "--think=$(printf '%4097s' '')" q
fails 2 '--think: the text is not valid UTF-8' "so is one that is no text" ask -m $MODEL "--think=$(printf '\377')" q
fails 2 'no word without a flag expected, found "plan"' "a word that is no tag is not its value" run -m $MODEL --think plan
for words in '--think' '--think=<plan>' '--think <plan>'; do
    run ask -m $MODEL --temp 0 -n 4 -t 1 --latent_steps 1 $words "$question"
    ok "$code" "ask $words takes a question behind it" "$tmp/err"
done
run ask -m $MODEL --temp 0 -n 4 -t 1 --latent_steps 1 --think '<b>What</b> is 2+2?'
ok "$code" "also one that begins with a tag and is none" "$tmp/err"

# ---- The first hundred ----
seq 0 101 | sed 's/.*/{"question": "&?", "gold": "&"}/' >"$tmp/many.jsonl"
# hundred FLAG...: 102 questions to the single agent, and at most so many.
hundred() {
    rm -rf "$tmp/run"
    run run -m $MODEL --task custom --data "$tmp/many.jsonl" --custom_prompt_file "$tmp/plain.txt" --method baseline \
        -n 1 --temp 0 -t 2 --output "$tmp/run" "$@"
}
hundred
[ "$code" -eq 0 ] && [ "$(field n "$tmp/out")" = 100 ] && grep -q 'the first 100 of 102 questions, .*--max_samples -1 asks all' "$tmp/err"
ok $? "with a prompt file the first 100 questions are asked, which is said" "$tmp/err"
head -n 90 "$tmp/run/samples.jsonl" >"$tmp/part" && cp "$tmp/part" "$tmp/run/samples.jsonl"
run run --resume "$tmp/run"
[ "$code" -eq 0 ] && [ "$(field n "$tmp/out")" = 100 ] && ! grep -q 'the first 100' "$tmp/err"
ok $? "a resumed run asks as many, and says it no more" "$tmp/err"
hundred --max_samples -1
[ "$code" -eq 0 ] && [ "$(field n "$tmp/out")" = 102 ] && ! grep -q 'the first 100' "$tmp/err"
ok $? "--max_samples -1 asks all" "$tmp/err"
python3 - "$tmp/run/config.json" <<'EOT'
import json, sys
config = json.load(open(sys.argv[1]))
at = config["command"].index("--max_samples")
del config["command"][at:at + 2]
json.dump(config, open(sys.argv[1], "w"))
EOT
run run --resume "$tmp/run"
[ "$code" -eq 0 ] && [ "$(field n "$tmp/out")" = 102 ]
ok $? "a run from before, which did not say how many, goes on with all" "$tmp/err"
hundred --max_samples 101
[ "$code" -eq 0 ] && [ "$(field n "$tmp/out")" = 101 ]
ok $? "--max_samples N asks N" "$tmp/err"
head -n 100 "$tmp/many.jsonl" >"$tmp/hundred.jsonl"
hundred --data "$tmp/hundred.jsonl"
[ "$code" -eq 0 ] && [ "$(field n "$tmp/out")" = 100 ] && ! grep -q 'the first 100' "$tmp/err"
ok $? "of 100 questions nothing is said" "$tmp/err"

fails 2 '--custom_prompt_file and --team are both given, one expected' "a file beside --team is wrong usage" \
    ask -m $MODEL --custom_prompt_file "$tmp/five.json" --team sequential q
printf '{"agents": [{"name": "a"}],\n "a": 7}' >"$tmp/bad.json"
fails 1 'bad.json:2: "a" in the file must be a string, found a number' "a bad file is refused with its line" \
    ask -m $MODEL --custom_prompt_file "$tmp/bad.json" q
fails 1 'No such file' "a file that is not there is named" ask -m $MODEL --custom_prompt_file "$tmp/nothing.json" q
finish
