#!/bin/sh
# convert: a tiny model is converted by llama.cpp's converter, where that is, and a team runs on it.
# shellcheck source=tests/cli/common/claims.sh disable=SC2319,SC2086,SC2154
. tests/cli/common/claims.sh
unset LATENTMAS_CONVERTER

if ! python3 -c 'import torch, transformers, gguf' 2>/dev/null || ! [ -d /usr/share/llama.cpp/llama.cpp-tools/conversion ]; then
    skip "a tiny Llama is converted and runs" "no converter here: ./dev --reference brings it"
    finish
fi
HF_HUB_OFFLINE=1 python3 tests/hub/tiny_model.py "$tmp/model" 2>"$tmp/err"
ok $? "transformers saves a tiny Llama" "$tmp/err"
run model convert "$tmp/model" -o "$tmp/out.gguf"
[ "$code" -eq 0 ] && [ "$(cat "$tmp/out")" = "$tmp/out.gguf" ] && [ ! -e "$tmp/out.gguf.part" ]
ok $? "it is converted, and its path printed" "$tmp/err"
run ask -m "$tmp/out.gguf" --chat-template chatml --method latent_mas --latent_steps 2 -n 4 --temp 0 q
ok "$code" "and a team runs on it" "$tmp/err"
(cd "$tmp" && "$LATENTMAS" model convert model --type q8_0) >"$tmp/out" 2>"$tmp/err" </dev/null
[ "$(cat "$tmp/out")" = model-q8_0.gguf ] && "$LATENTMAS" model info "$tmp/model-q8_0.gguf" | grep -q 'Q8_0'
ok $? "--type q8_0 is the converter's, and the name is the folder's" "$tmp/err"
run model convert "$tmp/model" -o "$tmp/q4.gguf" --type q4_0
[ "$code" -eq 0 ] && "$LATENTMAS" model info "$tmp/q4.gguf" | grep -q 'Q4_0' && [ "$(find "$tmp" -name '*.part' | wc -l)" -eq 0 ]
ok $? "--type q4_0 is the quantiser's" "$tmp/err"
head -c 5000 "$tmp/model/model.safetensors" >"$tmp/cut" && mv "$tmp/cut" "$tmp/model/model.safetensors"
run model convert "$tmp/model" -o "$tmp/cut.gguf"
[ "$code" -eq 1 ] && grep -q "$tmp/model cannot be converted: " "$tmp/err" && [ "$(find "$tmp" -name 'cut.gguf*' | wc -l)" -eq 0 ]
ok $? "weights that are cut off are named, and leave nothing" "$tmp/err"
finish
