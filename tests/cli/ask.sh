#!/bin/sh
# ask: the answer on stdout and nothing else, the trace on stderr.
# shellcheck source=tests/cli/common/claims.sh disable=SC2319,SC2086
. tests/cli/common/claims.sh
question='Tom has 12 apples. He buys 7 more. How many apples does he have?'

# ask ARG...: a greedy answer of five tokens, the same on every machine in its counts.
ask() { run ask -m $MODEL --temp 0 -n 5 -t 1 "$@"; }

ask "$question"
cp "$tmp/out" "$tmp/first"
[ "$code" -eq 0 ] && [ "$(wc -l <"$tmp/out")" -eq 1 ] &&
    [ "$(cat "$tmp/err")" = 'latentmas: the answer is cut after 5 tokens: give more by -n or the team file' ]
ok $? "an answer that is cut is said to be, on stderr" "$tmp/err"
run ask -m $MODEL --temp 0 -n 48 -t 1 "$question"
[ "$code" -eq 0 ] && [ "$(wc -l <"$tmp/out")" -eq 1 ] && [ ! -s "$tmp/err" ]
ok $? "one that ended is a line on stdout, and stderr stays empty" "$tmp/err"

printf '%s\n' "$question" | "$LATENTMAS" ask -m $MODEL --temp 0 -n 5 -t 1 - >"$tmp/out" 2>"$tmp/err"
cmp -s "$tmp/out" "$tmp/first"
ok $? "- reads the question from stdin" "$tmp/err"

ask --trace "$question"
cmp -s "$tmp/out" "$tmp/first"
ok $? "--trace leaves stdout as it is"
awk 'length > 79 { exit 1 }' "$tmp/err"
ok $? "the trace fits a terminal of 80 columns" "$tmp/err"

# counts: the trace with its seconds taken out.
counts() { sed 's/ *[0-9][0-9]*\.[0-9][0-9]/  S.SS/g' "$tmp/err" >"$tmp/counts"; }
for method in baseline text_mas latent_mas; do
    ask --trace --method $method "$question"
    counts
    same "trace-$method" "$tmp/counts" "the trace of $method shows what each agent did"
done
ask --trace --prompt hierarchical --latent_steps 3 "$question"
counts
same trace-hierarchical "$tmp/counts" "the trace names the agents of the team in use"

ask --trace --team teams/sequential.json "$question"
cmp -s "$tmp/out" "$tmp/first"
ok $? "a team file answers as the built-in team made from it"

run ask -m $MODEL -t 1 -s 3 -n 12 "$question"
cp "$tmp/out" "$tmp/seed"
run ask -m $MODEL -t 1 -s 3 -n 12 "$question"
cmp -s "$tmp/out" "$tmp/seed"
ok $? "the same seed gives the same answer"

"$LATENTMAS" ask -m $MODEL --temp 0 -t 1 "$question" 2>"$tmp/err" | head -c 3 >"$tmp/out"
[ "$(wc -c <"$tmp/out")" -eq 3 ] && [ ! -s "$tmp/err" ]
ok $? "a reader that goes away ends the program without a word" "$tmp/err"

"$LATENTMAS" ask -m $MODEL --temp 0 -n 5 -t 1 "$question" >/dev/full 2>"$tmp/err"
[ $? -eq 1 ] && grep -q 'cannot write the answer' "$tmp/err"
ok $? "an answer that cannot be written is a failure" "$tmp/err"

ask -v "$question"
[ "$code" -eq 0 ] && cmp -s "$tmp/out" "$tmp/first" && grep -q '^I ' "$tmp/err"
ok $? "--verbose puts the engine's log on stderr" "$tmp/err"
grep -q '^I system_info: .*CPU : ' "$tmp/err"
ok $? "it says what libggml was built with" "$tmp/err"

fails 2 'the question is empty: put it in quotes' "an empty question is refused" ask -m $MODEL ''
fails 2 'the question is empty' "and one of white space" ask -m $MODEL "$(printf ' \t\n ')"
fails 2 'the question is empty: stdin holds no text' "and an empty stdin" ask -m $MODEL -
fails 2 'the question is not valid UTF-8' "a question that is no UTF-8 is refused" \
    ask -m $MODEL "$(printf 'a\377b')"
printf 'a\0b' | "$LATENTMAS" ask -m $MODEL - >"$tmp/out" 2>"$tmp/err"
[ $? -eq 2 ] && grep -q 'NUL byte' "$tmp/err"
ok $? "a question with a NUL byte is refused" "$tmp/err"
head -c 1100000 /dev/zero | tr '\0' a | "$LATENTMAS" ask -m $MODEL - >"$tmp/out" 2>"$tmp/err"
[ $? -eq 2 ] && grep -q 'longer than 1048576 bytes' "$tmp/err"
ok $? "a question of more than 1 MiB is refused" "$tmp/err"
fails 1 'give more with -c' "a context that cannot hold the prompts names what it takes" \
    ask -m $MODEL -t 1 -c 16 "$question"

# nothing CLAIM TEXT ARG...: an answer without a word leaves stdout empty, and one line says why.
nothing() {
    claim=$1 text=$2
    shift 2
    run ask -t 1 --temp 0 "$@" "$question"
    [ "$code" -eq 0 ] && [ ! -s "$tmp/out" ] && [ "$(wc -l <"$tmp/err")" -eq 1 ] && grep -qF -- "$text" "$tmp/err"
    ok $? "$claim" "$tmp/err"
}
if command -v python3 >/dev/null; then
    parrot=tests/cli/common/parrot.py
    python3 $parrot "$tmp/mute.gguf"
    python3 $parrot "$tmp/blank.gguf" "$(printf '\n ')" '  '
    python3 $parrot "$tmp/talks.gguf" 'Nineteen' ' apples.'
    run ask -t 1 --temp 0 -m "$tmp/talks.gguf" "$question"
    [ "$code" -eq 0 ] && [ "$(cat "$tmp/out")" = 'Nineteen apples.' ] && [ ! -s "$tmp/err" ]
    ok $? "a model that says one thing says it" "$tmp/err"
    nothing "a model that ends its turn at once is named, with what to look at" \
        'no answer: judger ended its turn at once, as a model does whose chat template does not fit' -m "$tmp/mute.gguf"
    nothing "with the way to ask one agent alone" 'try one agent with --method baseline' -m "$tmp/mute.gguf"
    nothing "so is the one agent of the baseline" 'no answer: baseline ended its turn at once' -m "$tmp/mute.gguf" --method baseline
    grep -q -- '--method' "$tmp/err"
    [ $? -eq 1 ]
    ok $? "who asks one agent alone is not told to" "$tmp/err"
    nothing "an answer of white space is none" 'judger spoke 2 tokens and no word among them' -m "$tmp/blank.gguf"
    nothing "one cut off before its first word may go on" \
        'spoke 1 token, as many as --max_new_tokens or the team file lets it, and no word among them: give it more' -n 1 -m "$tmp/blank.gguf"
    run ask -t 1 --temp 0 --trace -m "$tmp/mute.gguf" "$question"
    [ "$(grep -c '^judger' "$tmp/err")" -eq 1 ] && [ "$(tail -n 1 "$tmp/err" | cut -c 1-21)" = 'latentmas: no answer:' ]
    ok $? "--trace still shows what each agent did" "$tmp/err"
else
    skip "what ask says of an answer without a word" "no python3 here"
fi

# A slow answer, to have time for Ctrl-C.
"$LATENTMAS" ask -m $MODEL -c 16384 --latent_steps 5000 -n 1 -t 1 "$question" >"$tmp/out" 2>"$tmp/err" &
pid=$!
worked $pid
kill -INT $pid
wait $pid
[ $? -eq 130 ] && [ "$(cat "$tmp/err")" = 'latentmas: interrupted' ]
ok $? "SIGINT stops the answer with exit code 130" "$tmp/err"

finish
