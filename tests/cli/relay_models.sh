#!/bin/sh
# relay_models: the two models of models/relay_team.json are those that their card describes, and
# each by itself does what it was trained for. (Over both models they are asked where teams over
# several models are tested.)
# shellcheck source=tests/cli/common/claims.sh disable=SC2319
. tests/cli/common/claims.sh
# shellcheck source=tests/cli/common/solves.sh
. tests/cli/common/solves.sh
CARD=models/README.md
DATA="--data models/relay.jsonl"

# The team with all its agents on one model.
sed '/"models":/d; /"model":/d' models/relay_team.json >"$tmp/one.json"
run teams check "$tmp/one.json"
ok $? "the team is one that a single model can be, too" "$tmp/err"
python3 tools/relay_models/rows.py >"$tmp/rows" && cmp -s "$tmp/rows" models/relay.jsonl
ok $? "the questions are what the generator gives for its seed"
for name in a b; do
    MODEL=models/relay_$name.gguf
    [ "$(wc -c <$MODEL)" -le 1500000 ]
    ok $? "$name has at most 1.5 MB"
    grep -qF "$(sha256sum <$MODEL | cut -c 1-64)" $CARD
    ok $? "the card names the hash of $name" $CARD
    # shellcheck disable=SC2086
    for method in baseline text_mas; do
        solves "$name says the number that it was told, by $method" -ge 19 demo_secret 20 $DATA --team "$tmp/one.json" --method $method
    done
    # shellcheck disable=SC2086
    solves "$name: what the first of four was told reaches the last by memory" -ge 18 demo_secret 20 $DATA --team "$tmp/one.json"
    # shellcheck disable=SC2086
    solves "$name: it does by the cells of thoughts alone" -ge 12 demo_secret 20 $DATA --team "$tmp/one.json" --control thoughts
    # shellcheck disable=SC2086
    solves "$name: and not without" -le 1 demo_secret 20 $DATA --team "$tmp/one.json" --control none
done
finish
