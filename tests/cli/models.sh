#!/bin/sh
# Models, chat templates and teams: what is described, and what is refused.
# shellcheck source=tests/cli/common/claims.sh disable=SC2319,SC2086
. tests/cli/common/claims.sh

run model info $MODEL
[ "$code" -eq 0 ] && grep -q '^architecture *qwen3' "$tmp/out" && grep -q '^target norm *0\.7028' "$tmp/out" &&
    grep -q '^chat template *Jinja, 199 bytes$' "$tmp/out" && grep -q '^system text *in its place$' "$tmp/out" &&
    grep -qF 'a turn          <|im_start|>system\n' "$tmp/out" && grep -qE '^fingerprint *[0-9a-f]{64}$' "$tmp/out"
ok $? "model info shows architecture, target norm, template and fingerprint" "$tmp/out"
run model info $MODEL --json
[ "$code" -eq 0 ] && grep -q '"n_layer": 6,' "$tmp/out" && grep -q '"is_tied": false,' "$tmp/out" &&
    grep -qF '"chat_turn": "<|im_start|>system\nYou are terse.<|im_end|>\n' "$tmp/out" &&
    grep -q '"chat_template_error": null,' "$tmp/out"
ok $? "model info --json says the same to programs" "$tmp/out"
if command -v python3 >/dev/null; then
    python3 -m json.tool <"$tmp/out" >/dev/null 2>"$tmp/err"
    ok $? "and it is JSON" "$tmp/err"
else
    skip "and it is JSON" "no python3 here"
fi

head -c 100000 $MODEL >"$tmp/cut.gguf"
: >"$tmp/empty.gguf"
head -c 20 $MODEL >"$tmp/head.gguf"
cp Makefile "$tmp/text.gguf"
for c in 'ask q' 'model info'; do
    word=${c%% *}
    rest=${c#* }
    fails 1 'No such file or directory' "$word: a model that is not there is named" \
        $word $rest -m "$tmp/nothere.gguf"
    fails 1 'is a folder' "$word: a folder is no model" $word $rest -m src
    fails 1 'cut short' "$word: a truncated model is told from a whole one" \
        $word $rest -m "$tmp/cut.gguf"
    fails 1 'latentmas: ' "$word: a model of 20 bytes is refused" $word $rest -m "$tmp/head.gguf"
    fails 1 'not a GGUF file' "$word: an empty file is no model" $word $rest -m "$tmp/empty.gguf"
    fails 1 'not a GGUF file' "$word: a text renamed to .gguf is no model" $word $rest -m "$tmp/text.gguf"
done

if [ -f $STORIES ]; then
    fails 1 'has no chat template: name one with --chat-template' \
        "a model without a chat template is refused with the flag that helps" ask -m $STORIES q
    run model info $STORIES
    [ "$code" -eq 0 ] && grep -q '^chat template *none' "$tmp/out"
    ok $? "model info says that there is none" "$tmp/out"
    run ask -m $STORIES --chat-template chatml --method baseline -n 8 --temp 0 -t 1 q
    ok "$code" "with --chat-template it answers" "$tmp/err"
    printf '{{ mystery }}' >"$tmp/template"
    fails 1 'has no tokens' "a template that says nothing is refused" \
        ask -m $STORIES --chat-template-file "$tmp/template" q
    fails 1 'no chat template' "run refuses it too, and makes no folder" \
        run -m $STORIES --data $SUMS --output "$tmp/run"
    [ ! -e "$tmp/run" ]
    ok $? "no folder was made"
else
    skip "a model without a chat template is refused" "no $STORIES here"
fi
fails 1 'No such file or directory' "a template file that is not there is named" \
    ask -m $MODEL --chat-template-file "$tmp/nothere" q

run teams check teams/hierarchical.json
[ "$code" -eq 0 ] && grep -q 'mathematician | scientist | programmer > summarizer' "$tmp/out"
ok $? "teams check shows the agents of a good file" "$tmp/out"
# team CLAIM TEXT JSON
team() {
    printf '%s\n' "$3" >"$tmp/team.json"
    fails 1 "$2" "$1" teams check "$tmp/team.json"
    fails 1 "$2" "ask says the same: $1" ask -m $MODEL --team "$tmp/team.json" q
}
team "a comma too many in a team file is found by line" 'team.json:1:13: trailing comma' '{"name": "x",
}'
team "an unknown key in a team file is found by line" 'team.json:2: unknown key "agnets"' '{"name": "x",
"agnets": []}'
fails 1 'No such file' "a team file that is not there is named" ask -m $MODEL --team ./no.json q
fails 1 'no team "nope": neither a file nor one of' "a team name that is none lists those there are" \
    ask -m $MODEL --team nope q
fails 1 'Is a directory' "a folder is no team file" ask -m $MODEL --team ./src q

finish
