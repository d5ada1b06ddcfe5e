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

fails 2 '--custom_prompt_file and --team are both given, one expected' "a file beside --team is wrong usage" \
    ask -m $MODEL --custom_prompt_file "$tmp/five.json" --team sequential q
printf '{"agents": [{"name": "a"}],\n "a": 7}' >"$tmp/bad.json"
fails 1 'bad.json:2: "a" in the file must be a string, found a number' "a bad file is refused with its line" \
    ask -m $MODEL --custom_prompt_file "$tmp/bad.json" q
fails 1 'No such file' "a file that is not there is named" ask -m $MODEL --custom_prompt_file "$tmp/nothing.json" q
finish
