#!/bin/sh
# Other people's clients ask a server of ours: the openai package, lm-evaluation-harness.
# shellcheck source=tests/peers/peers.sh disable=SC2319,SC2086
. tests/peers/peers.sh
need "the openai package asks our server" $PYTHON
$PYTHON tests/peers/clients/openai_asks.py || n_failed=$((n_failed + 1))

need "lm-evaluation-harness asks our server" $PYTHON $SMOLLM2
rows=
if [ -d "$DATA/gsm8k" ]; then
    rows="$DATA/gsm8k $SMOLLM2"
else
    skip "on rows of gsm8k" "no published rows here: LATENTMAS_PEERS_DATA names their folder"
fi
HF_HUB_OFFLINE=1 HF_HOME=$tmp/hf HF_DATASETS_CACHE=$tmp/hf $PYTHON tests/peers/clients/lm_eval_asks.py "$tmp" $rows || n_failed=$((n_failed + 1))
finish
