#!/bin/sh
# Marks that are control tokens: shown to nobody, kept beside the text, read by the exact rule.
# shellcheck source=tests/cli/common/claims.sh disable=SC2319,SC2086
. tests/cli/common/claims.sh

if ! command -v python3 >/dev/null; then
    skip "control tokens that tell a thought from an answer" "no python3 here"
    finish
fi
cat >"$tmp/heat.jsonl" <<'ROW'
{"id":"t1","question":"Which way does heat flow?","choices":{"text":["into the larger block","into the hotter block","nowhere","into the colder block"],"label":["A","B","C","D"]},"answerKey":"D"}
{"id":"t2","question":"And between two others?","choices":{"text":["into the larger block","into the hotter block","nowhere","into the colder block"],"label":["A","B","C","D"]},"answerKey":"D"}
ROW
thought='The answer is B at first sight. But heat flows downhill.'
# parrot NAME CHUNK...: a model that says the chunks; behind '^' a control token.
parrot() {
    name=$1
    shift
    python3 tests/cli/common/parrot.py "$tmp/$name.gguf" "$@"
}
# evaluate NAME ARG...: it answers the questions.
evaluate() {
    name=$1
    shift
    run run -m "$tmp/$name.gguf" --task arc_challenge --data "$tmp/heat.jsonl" --method baseline -t 1 --temp 0 -n 32 \
        --output "$tmp/run-$name" "$@"
}
# answers CLAIM NAME CHUNK...: the exact rule finds D behind the thought.
answers() {
    claim=$1 name=$2
    shift 2
    parrot $name "$@"
    evaluate $name
    [ "$code" -eq 0 ] && [ "$(field correct "$tmp/out")" = 2 ] && [ "$(field correct_compat "$tmp/out")" = 0 ]
    ok $? "$claim" "$tmp/run-$name/samples.jsonl"
}

answers "thoughts between control tokens answer nothing" think '^[THINK]' "$thought" '^[/THINK]' D
answers "nor do channels but the final one" harmony '^<|channel|>' analysis '^<|message|>' "$thought" '^<|end|>' \
    '^<|start|>' 'assistant<|channel|>final<|message|>' D '^<|return|>' '^<|call|>'
answers "marks that are text are read as before" spelled '<seed:think>' "$thought" '</seed:think>' D
answers "a response between marks is the answer" response '^<|START_THINKING|>' "$thought" '^<|END_THINKING|>' \
    '^<|START_RESPONSE|>' D '^<|END_RESPONSE|>'
grep -q '"text":"The answer is B at first sight. But heat flows downhill.D","marked":"\[THINK\]The answer' "$tmp/run-think/samples.jsonl"
ok $? "the text is kept as it is shown, and with its marks" "$tmp/run-think/samples.jsonl"
grep -q '"marked"' "$tmp/run-spelled/samples.jsonl"
[ $? -eq 1 ]
ok $? "and once where they are the same" "$tmp/run-spelled/samples.jsonl"
run ask -m "$tmp/think.gguf" --method baseline -t 1 --temp 0 "Which way?"
[ "$code" -eq 0 ] && [ "$(cat "$tmp/out")" = "${thought}D" ]
ok $? "ask shows no mark" "$tmp/out"

head -n 1 "$tmp/run-think/samples.jsonl" >"$tmp/first" && cp "$tmp/first" "$tmp/run-think/samples.jsonl" &&
    rm "$tmp/run-think/summary.json"
run run --resume "$tmp/run-think"
[ "$code" -eq 0 ] && [ "$(field correct "$tmp/out")" = 2 ] && [ "$(grep -c '"marked"' "$tmp/run-think/samples.jsonl")" -eq 2 ]
ok $? "a run with marked texts is resumed" "$tmp/err"
run report "$tmp/run-think" "$tmp/run-spelled"
[ "$code" -eq 0 ]
ok $? "and reported beside one without" "$tmp/err"
run report "$tmp/run-think" --lm-eval "$tmp/lm" --inspect "$tmp/logs"
[ "$code" -eq 0 ] && ! grep -rq 'THINK' "$tmp/lm" "$tmp/logs"
ok $? "exports have the text as it is shown" "$tmp/err"
finish
