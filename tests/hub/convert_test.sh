#!/bin/sh
# latentmas model convert: folders that the converter would get wrong are refused before it runs
# (tests/long/convert.sh converts).
# shellcheck source=tests/cli/common/claims.sh disable=SC2319,SC2086,SC2154
. tests/cli/common/claims.sh

if ! command -v python3 >/dev/null; then
    skip "folders are converted" "no python3 here"
    finish
fi
unset LATENTMAS_CONVERTER
nowhere=$tmp/nowhere

# config TEXT: a folder with that config.json, and something like weights.
config() {
    rm -rf "$tmp/model"
    mkdir "$tmp/model"
    printf '%s' "$1" >"$tmp/model/config.json"
    : >"$tmp/model/model.safetensors"
}

# refuses TEXT CLAIM: one line that begins with the folder and has TEXT; nothing is written.
refuses() {
    fails 1 "$1" "$2" model convert "$tmp/model" -o "$tmp/out.gguf"
    grep -qF "latentmas: $tmp/model " "$tmp/err" && [ "$(find "$tmp" -name 'out.gguf*' | wc -l)" -eq 0 ] ||
        ok 1 "it names the folder and leaves nothing ($2)" "$tmp/err"
}

while IFS='|' read -r text config claim; do
    config "$config"
    refuses "$text" "$claim"
done <<'EOT'
has a config.json that is no JSON||an empty config.json
has a config.json that is no JSON|{"architectures": [|a config.json that is cut off
has a config.json that holds no object|[1]|a config.json that is a list
without "architectures"|{}|a config.json of nothing
without "architectures"|{"architectures": []}|a config.json of no architecture
without "architectures"|{"architectures": "LlamaForCausalLM"}|an architecture that is no list
without "scoring_func", as transformers 5 saves it, and the converter would guess: put in "scoring_func": "sigmoid"|{"architectures": ["DeepseekV3ForCausalLM"], "transformers_version": "5.12.1"}|DeepSeek-V3 without its scoring function
without "scoring_func"|{"architectures": ["DeepseekV3ForCausalLM"], "scoring_func": null}|DeepSeek-V3 with none
without "scoring_func"|{"architectures": ["MiniMaxM2ForCausalLM"]}|MiniMax-M2 likewise
without "scoring_func"|{"architectures": ["Dots1ForCausalLM"]}|dots.llm1 likewise
without "rotary_pct"|{"architectures": ["Cohere2ForCausalLM"]}|Command R7B without its rotary share
without "rotary_pct"|{"architectures": ["GPTNeoXForCausalLM"], "rope_parameters": {"rope_theta": 1}}|GPT-NeoX likewise
without "n_ctx"|{"architectures": ["GPT2LMHeadModel"], "n_positions": 1024}|GPT-2 without its context
without "num_hidden_layers"|{"architectures": ["NemotronHForCausalLM"]}|Nemotron-H without its layers
without "partial_rotary_factor"|{"architectures": ["Phi3ForCausalLM"], "transformers_version": "5.23.0"}|Phi-3 as transformers 5.23 saves it
EOT
for text in '{"architectures": ["DeepseekV3ForCausalLM"], "scoring_func": "sigmoid"}' \
    '{"architectures": ["DeepseekV3ForCausalLM"], "text_config": {"scoring_func": "sigmoid"}}' \
    '{"architectures": ["Phi3ForCausalLM"], "transformers_version": "4.46.0"}' \
    '{"architectures": ["Phi3ForCausalLM"], "transformers_version": "5.12.1", "rope_parameters": {"partial_rotary_factor": 0.75}}'; do
    config "$text"
    LATENTMAS_CONVERTER=$nowhere PATH=/usr/bin:/bin run model convert "$tmp/model" -o "$tmp/out.gguf"
    [ "$code" -eq 1 ] && grep -q 'there is no convert_hf_to_gguf.py here; apt install llama.cpp-tools python3-gguf' "$tmp/err"
    ok $? "a config.json that says it passes: $text" "$tmp/err"
done
config '{"architectures": ["LlamaForCausalLM"]}'
rm "$tmp/model/model.safetensors"
refuses 'holds no weights' "a folder without weights"
printf '{"weight_map": {"a": "model-00001-of-00002.safetensors", "b": "model-00002-of-00002.safetensors"}}' \
    >"$tmp/model/model.safetensors.index.json"
: >"$tmp/model/model-00001-of-00002.safetensors"
refuses 'lacks model-00002-of-00002.safetensors, which model.safetensors.index.json names' "a folder that lacks a part"
printf '[]' >"$tmp/model/model.safetensors.index.json"
refuses 'has a model.safetensors.index.json without a "weight_map"' "an index that is no object"
printf '{"metadata": {}}' >"$tmp/model/model.safetensors.index.json"
refuses 'has a model.safetensors.index.json without a "weight_map"' "an index without a map"
rm "$tmp/model/model.safetensors.index.json"
printf '{"weight_map": {"a": "pytorch_model-00001-of-00009.bin"}}' >"$tmp/model/pytorch_model.bin.index.json"
printf 'open("ran", "w")\n' | tee "$tmp/model/json.py" "$tmp/model/types.py" >"$tmp/model/gguf.py"
(cd "$tmp/model" && PATH=/usr/bin:/bin LATENTMAS_CONVERTER=$nowhere "$LATENTMAS" model convert . -o ../out.gguf) >"$tmp/out" 2>"$tmp/err" </dev/null
grep -q 'there is no convert_hf_to_gguf.py here' "$tmp/err"
ok $? "the index of weights that are not used is none of ours" "$tmp/err"
[ ! -e "$tmp/model/ran" ]
ok $? "no Python of the folder one stands in is run" "$tmp/err"
rm "$tmp/model/config.json"
refuses 'holds no config.json' "a folder without a config.json"
fails 1 'is no folder' "a file is no folder" model convert Makefile
fails 1 'is no folder' "what is not there is no folder" model convert "$tmp/nothing"
: >"$tmp/there.gguf"
fails 1 'is there already: remove it, or name another file with -o' "a file that is there is not written over" \
    model convert "$tmp/model" -o "$tmp/there.gguf"
fails 2 '--type: expected auto, f32, ' "an unknown type is answered with the known ones" model convert "$tmp/model" --type q9
fails 2 'or convert DIR, found "convert"' "convert without a folder is wrong usage" model convert
fails 1 'is a folder, a GGUF file expected: latentmas model convert makes one' "a folder in place of a model says how to make one" \
    ask -m "$tmp/model" q

# A converter that never ends: a signal to the program alone ends both. (What comes out of one is
# looked at with Python's gguf, so without that none is started.)
if ! python3 -c 'import gguf' 2>/dev/null; then
    skip "a signal to the program alone ends the converter, in one line, and leaves nothing" "no python3-gguf here"
    finish
fi
mkdir "$tmp/bin" && printf 'import time, sys\nopen(sys.argv[3], "w")\ntime.sleep(600)\n' >"$tmp/bin/convert_hf_to_gguf.py"
chmod +x "$tmp/bin/convert_hf_to_gguf.py"
rm -rf "$tmp/model"
config '{"architectures": ["LlamaForCausalLM"]}'
PATH=$tmp/bin:$PATH "$LATENTMAS" model convert "$tmp/model" -o "$tmp/out.gguf" >"$tmp/out" 2>"$tmp/err" </dev/null &
program=$!
while [ ! -e "$tmp/out.gguf.part" ] && kill -0 $program 2>/dev/null; do sleep 0.1; done
kill -TERM $program
wait $program
[ $? -eq 130 ] && [ "$(find "$tmp" -name 'out.gguf*' | wc -l)" -eq 0 ] && [ "$(wc -l <"$tmp/err")" -eq 1 ]
ok $? "a signal to the program alone ends the converter, in one line, and leaves nothing" "$tmp/err"
finish
