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

# solves CLAIM -ge|-le BOUND TASK N FLAGS...: so many are right. A run that fails has no number.
solves() {
    claim=$1 relation=$2 bound=$3
    shift 3
    found=$(right "$@")
    test "${found:-none}" "$relation" "$bound" 2>/dev/null
    ok $? "$claim: ${found:-none} of $2, $relation $bound expected" "$tmp/err"
}

# answers QUESTION N: the team gives that number, for a question that the program's help names.
answers() {
    run ask -m $MODEL --temp 0 -n 64 "$1"
    grep -qF "\\boxed{$2}" "$tmp/out"
    ok $? "'$1' is answered with $2" "$tmp/out"
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

solves "baseline solves problems it has not seen" -ge 360 demo 400 --method baseline
solves "a text team does" -ge 85 demo 100 --method text_mas
SECRET="--team models/secret_team.json"
# shellcheck disable=SC2086
solves "the judger finds in its memory what only the planner was told" -ge 40 demo_secret 50 $SECRET
# shellcheck disable=SC2086
solves "and cannot know it without" -le 5 demo_secret 50 $SECRET --control none
answers 'Tom has 12 apples and buys 7 more. How many?' 19
answers '12 + 7?' 19
finish
