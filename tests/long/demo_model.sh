#!/bin/sh
# demo_model: the demo model solves as many problems as its card says, alone and as a team.
# tests/cli/demo_model.sh asks a few of the same.
# shellcheck source=tests/cli/common/claims.sh disable=SC2319
. tests/cli/common/claims.sh
# shellcheck source=tests/cli/common/solves.sh
. tests/cli/common/solves.sh

export XDG_CACHE_HOME="$tmp/cache"
unset HF_DATASETS_CACHE HF_HOME

solves "baseline solves problems it has not seen" -ge 360 demo 400 --method baseline
solves "a text team does" -ge 85 demo 100 --method text_mas
SECRET="--team models/secret_team.json"
# shellcheck disable=SC2086
solves "the judger finds in its memory what only the planner was told" -ge 40 demo_secret 50 $SECRET
# shellcheck disable=SC2086
solves "and cannot know it without" -le 5 demo_secret 50 $SECRET --control none
solves "two readers, joined, give the sum of what each was told" -ge 80 demo_split 100 --team split-evidence
for control in none zero shuffled; do
    solves "and nobody knows it with --control $control" -le 6 demo_split 100 --team split-evidence --control $control
done
finish
