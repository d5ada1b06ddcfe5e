#!/bin/sh
# demo_model: the model that ships is the one its card describes, and does what the card says
# on the first few problems (tests/long/demo_model.sh asks more).
# shellcheck source=tests/cli/common/claims.sh disable=SC2319
. tests/cli/common/claims.sh
# shellcheck source=tests/cli/common/solves.sh
. tests/cli/common/solves.sh
CARD=models/README.md

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
    python3 tools/demo_model/problems.py --secret --n 100 >"$tmp/secret" && cmp -s "$tmp/secret" src/data/demo_secret.jsonl &&
    python3 tools/demo_model/problems.py --split --n 100 >"$tmp/split" && cmp -s "$tmp/split" src/data/demo_split.jsonl
ok $? "the three tasks are what the generator gives for its seed"
run data get demo_secret && cmp -s "$(cat "$tmp/out")" src/data/demo_secret.jsonl
ok $? "data get writes them" "$tmp/err"

solves "baseline solves problems it has not seen" -ge 36 demo 40 --method baseline
solves "a text team does" -ge 17 demo 20 --method text_mas
SECRET="--team models/secret_team.json"
# shellcheck disable=SC2086
solves "the judger finds in its memory what only the planner was told" -ge 8 demo_secret 10 $SECRET
# shellcheck disable=SC2086
solves "and cannot know it without" -le 1 demo_secret 10 $SECRET --control none
solves "two readers, joined, give the sum of what each was told" -ge 8 demo_split 10 --team split-evidence
solves "and nobody knows it without" -le 1 demo_split 10 --team split-evidence --control none
answers 'Tom has 12 apples and buys 7 more. How many?' 19
answers '12 + 7?' 19
finish
