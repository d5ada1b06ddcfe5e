#!/bin/sh
# A chain of the real model, once more by transformers on the dequantised weights.
# shellcheck source=tests/peers/peers.sh disable=SC2319,SC2086
. tests/peers/peers.sh
claim="an independent transformers loop speaks the same texts in 30 of 30 questions, 10 thoughts"
need "$claim" $SMOLLM2 $PYTHON
if ! all; then
    skip "$claim" "minutes of torch: ./dev --reference make peers-full"
    exit 0
fi
if ! python3 -c 'import torch, transformers, gguf' 2>/dev/null; then
    skip "$claim" "no torch and transformers here: ./dev --reference brings them"
    exit 0
fi
# To read a GGUF transformers wants accelerate, and the version of gguf, which Debian's does not tell.
mkdir "$tmp/gguf"
for path in "$PEERS"/venv/lib/python*/site-packages/gguf* "$PEERS"/venv/lib/python*/site-packages/accelerate*; do ln -s "$(realpath "$path")" "$tmp/gguf"; done
run run -m $SMOLLM2 --task demo_secret --data $CODES --team $CODES_TEAM --temp 0 -n 24 -np 8 --latent_steps 10 \
    --max_samples 30 --output "$tmp/run"
[ "$code" -eq 0 ] && OMP_WAIT_POLICY=passive HF_HUB_OFFLINE=1 PYTHONPATH=$tmp/gguf python3 tests/peers/chain.py "$tmp/run" $SMOLLM2 >"$tmp/diff" 2>&1
ok $? "$claim" "$tmp/diff"
finish
