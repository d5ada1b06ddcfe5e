#!/bin/sh
# demo_model: the model that ships is the one its card describes, and does what the card says.
# shellcheck source=tests/cli/common/claims.sh disable=SC2319
. tests/cli/common/claims.sh
CARD=models/README.md

# right TASK N FLAGS...: how many of the first N questions of TASK are answered right, greedily.
right() {
    task=$1 n=$2
    shift 2
    rm -rf "$tmp/run"
    run run -m $MODEL --task "$task" --max_samples "$n" --temp 0 --max_new_tokens 128 -np 8 --output "$tmp/run" "$@"
    field correct "$tmp/out"
}

# least CLAIM LEAST TASK N FLAGS...; and most, likewise.
least() {
    claim=$1 bound=$2
    shift 2
    found=$(right "$@")
    [ "${found:-0}" -ge "$bound" ]
    ok $? "$claim: ${found:-none} of $2, at least $bound expected" "$tmp/err"
}
most() {
    claim=$1 bound=$2
    shift 2
    found=$(right "$@")
    [ "${found:-$2}" -le "$bound" ]
    ok $? "$claim: ${found:-none} of $2, at most $bound expected" "$tmp/err"
}

export XDG_CACHE_HOME="$tmp/cache"
unset HF_DATASETS_CACHE HF_HOME
[ "$(wc -c <$MODEL)" -le 8000000 ]
ok $? "the model has at most 8 MB"
grep -qF "$(sha256sum <$MODEL | cut -c 1-64)" $CARD
ok $? "its card names its hash" $CARD
run model info $MODEL --json
[ "$(sed -n 's/.*"n_params": *\([0-9]*\).*/\1/p' "$tmp/out")" -le 8000000 ]
ok $? "it has at most 8 million parameters" "$tmp/out"
python3 tools/demo_model/problems.py >"$tmp/demo" && cmp -s "$tmp/demo" src/data/demo.jsonl &&
    python3 tools/demo_model/problems.py --secret --n 100 >"$tmp/secret" && cmp -s "$tmp/secret" src/data/demo_secret.jsonl
ok $? "the two tasks are what the generator gives for its seed"
run data get demo_secret && cmp -s "$(cat "$tmp/out")" src/data/demo_secret.jsonl
ok $? "data get writes them" "$tmp/err"

least "baseline solves problems it has not seen" 360 demo 400 --method baseline
least "a text team does" 85 demo 100 --method text_mas
SECRET="--team models/secret_team.json"
# shellcheck disable=SC2086
least "the judger finds in its memory what only the planner was told" 40 demo_secret 50 $SECRET
# shellcheck disable=SC2086
most "and cannot know it without" 5 demo_secret 50 $SECRET --control none
finish
