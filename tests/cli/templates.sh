#!/bin/sh
# Chat templates: what the model reads under one of them, what a run keeps, what is refused.
. tests/cli/common/claims.sh

# The prompt of the only agent, as the model reads it under the template $1 and further flags.
prompt() {
    text=$1
    shift
    rm -rf "$tmp/run"
    run run -m $MODEL --data tests/cli/sums.jsonl --max_samples 1 --method baseline -n 4 --temp 0 \
        --chat-template "$text" --output "$tmp/run" "$@"
    [ "$code" -eq 0 ] && python3 -c 'import json, sys
print(json.loads(open(sys.argv[1]).readline())["agents"][0]["input"], end="")' \
        "$tmp/run/samples.jsonl" >"$tmp/prompt"
}

# says WANT CLAIM TEMPLATE FLAG...
says() {
    want=$1 claim=$2
    shift 2
    prompt "$@" && [ "$(cat "$tmp/prompt")" = "$want" ]
    ok $? "$claim" "$tmp/err"
}

if ! command -v python3 >/dev/null; then
    skip "chat templates" "no python3 here"
    exit 0
fi

says 'user<think>x' "a turn is what Jinja makes of it" '{{ messages[-1].role }}<think>{{ "x" }}'
says 'user|False' "--reasoning off says so to the template" \
    '{{ messages[-1].role }}|{{ enable_thinking }}' --reasoning off
says 'user|' "--reasoning auto says nothing" '{{ messages[-1].role }}|{{ enable_thinking }}'
says 'low 3' "--chat-template-kwargs are variables" '{{ effort }} {{ n }}' \
    --chat-template-kwargs '{"effort": "low", "n": 3}'
says 'user<think>' "--think opens the thoughts" '{{ messages[-1].role }}' --think
says 'user<think>' "and not twice" '{{ messages[-1].role }}<think>
' --think

prompt 'On {{ strftime_now("%d %B %Y") }}:' --date 2024-02-29 && [ "$(cat "$tmp/prompt")" = 'On 29 February 2024:' ]
ok $? "--date is the date that a template tells" "$tmp/err"
prompt 'Now {{ strftime_now("%Y-%m-%dT%H:%M:%S") }}' && grep -q "\"date\": \"$(cut -c 5- "$tmp/prompt")\"" "$tmp/run/config.json"
ok $? "a run keeps the date that it told" "$tmp/run/config.json"
before=$(cat "$tmp/prompt")
head -c 0 /dev/null >"$tmp/run/samples.jsonl"
sleep 1
run run --resume "$tmp/run"
[ "$code" -eq 0 ] && grep -qF "$before" "$tmp/run/samples.jsonl"
ok $? "and tells the same when it is resumed" "$tmp/err"
run run --resume "$tmp/run" --date 2020-01-01
[ "$code" -eq 1 ] && grep -q 'params.date' "$tmp/err"
ok $? "another date is another run" "$tmp/err"

fails 1 'refuses: tools only' "a template that refuses is quoted" \
    ask -m $MODEL --chat-template '{{ raise_exception("tools only") }}' q
fails 1 'line 2, column 8' "a template that cannot be read is refused with its place" \
    ask -m $MODEL --chat-template '{% if a %}
{{ b | }}' q
fails 1 'must be a JSON object' "kwargs that are no object are refused" \
    ask -m $MODEL --chat-template-kwargs '[1]' q
fails 1 'there is no date' "a date that is none is refused" ask -m $MODEL --date 2026-02-31 q
fails 1 'no chat template is named "chatmi"' "a template name that is none is refused" \
    ask -m $MODEL --chat-template chatmi q
run ask -m $MODEL --reasoning off -n 2 --method baseline --temp 0 q
[ "$code" -eq 0 ] && grep -q 'reasoning off changes nothing' "$tmp/err"
ok $? "a switch that the template does not read is said to change nothing" "$tmp/err"

run model info $MODEL --chat-template '{% if messages[0].role == "system" %}{{ raise_exception("no") }}{% endif %}{{ messages[0].content }}'
[ "$code" -eq 0 ] && grep -q '^system text *before the user' "$tmp/out"
ok $? "model info says when the system text goes before the user's" "$tmp/out"
run model info $MODEL --chat-template '{{ messages[-1].content }}'
[ "$code" -eq 0 ] && grep -q '^system text *left out by the template' "$tmp/out"
ok $? "and when the template leaves it out" "$tmp/out"
run model info $MODEL --chat-template '{{ nothing.at.all }}'
[ "$code" -eq 0 ] && grep -q "^unusable .*'nothing' is undefined" "$tmp/out"
ok $? "and why a template cannot be used" "$tmp/out"

cat >"$tmp/team.json" <<'TEAM'
{"name": "t", "reasoning": "on", "chat_template_kwargs": {"effort": "high", "n": 1},
 "agents": [{"name": "a", "prompt": "{question}"}], "baseline": "{question}"}
TEAM
says 'True high 2' "a team file speaks to the template, and flags go before it" \
    '{{ enable_thinking }} {{ effort }} {{ n }}' --team "$tmp/team.json" --chat-template-kwargs '{"n": 2}'
says 'False' "also --reasoning" '{{ enable_thinking }}' --team "$tmp/team.json" --reasoning off
sed -i 's/"on"/"maybe"/' "$tmp/team.json"
run teams check "$tmp/team.json"
[ "$code" -ne 0 ] && grep -q 'team.json:1: "reasoning" must be on, off or auto, found "maybe"' "$tmp/err"
ok $? "a team file's reasoning is on, off or auto" "$tmp/err"
finish
