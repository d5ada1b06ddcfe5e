#!/bin/sh
# lm-evaluation-harness reads a run that was exported as its results and samples.
# shellcheck source=tests/peers/peers.sh disable=SC2319,SC2086
. tests/peers/peers.sh
need "lm-evaluation-harness reads our exports" $PYTHON

# Cut after 32 tokens, so that a part is wrong.
run run -m $MODEL --task demo --max_samples 24 --temp 0 -n 32 --output "$tmp/run"
run report "$tmp/run" --lm-eval "$tmp/lm"
[ "$code" -eq 0 ] && [ "$(wc -l <"$tmp/out")" -eq 2 ]
ok $? "report --lm-eval writes results and samples" "$tmp/err"
HF_HUB_OFFLINE=1 HF_HOME=$tmp/hf $PYTHON tests/peers/lm_eval_reads.py "$tmp/lm" "$tmp/run/summary.json" "$tmp/again"
finish
