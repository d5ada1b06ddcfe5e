#!/bin/sh
# hub: huggingface_hub and llama.cpp read what we put into the shared cache, and we what they do.
# shellcheck source=tests/peers/peers.sh disable=SC2319,SC2086,SC2154
. tests/peers/peers.sh
need "huggingface_hub and we read the same cache" "$PYTHON"
# shellcheck source=tests/hub/common.sh
. tests/hub/common.sh
gguf=Qwen/Qwen3-14B-GGUF
q4=Qwen3-14B-Q4_K_M.gguf
HF_HUB_DISABLE_XET=1
HF_HUB_DISABLE_PROGRESS_BARS=1
HF_HUB_DISABLE_TELEMETRY=1
export HF_HUB_DISABLE_XET HF_HUB_DISABLE_PROGRESS_BARS HF_HUB_DISABLE_TELEMETRY

# hub ARG...: what huggingface_hub says.
hub() { "$PYTHON" tests/peers/hub_reads.py "$@" >"$tmp/hub.out" 2>"$tmp/hub.err"; }

clean ok
run model get $gguf acme/parts
hub scan && [ "$(cat "$tmp/hub.out")" = "Qwen/Qwen3-14B-GGUF 5492288 1 main
acme/parts 300006 3 main" ]
ok $? "huggingface_hub scans what we wrote without a warning" "$tmp/hub.err"
hub find $gguf $q4 && [ "$(cat "$tmp/hub.out")" = "$(at $gguf $q4)" ]
ok $? "and loads it from the cache" "$tmp/hub.err"
with ok
hub get $gguf $q4 && [ "$(cat "$tmp/hub.out")" = "$(at $gguf $q4)" ] && ! grep -q "^$other" "$log"
ok $? "and fetches no byte of it again" "$log"

clean ok
hub get $gguf $q4 && hub get $gguf README.md
ok $? "huggingface_hub fetches from our stand-in for the hub" "$tmp/hub.err"
with ok
run model path Qwen/Qwen3-14B
[ "$code" -eq 0 ] && [ "$(cat "$tmp/out")" = "$(at $gguf $q4)" ] && holds $gguf $q4
ok $? "we find what it fetched" "$tmp/err"
run model get $gguf
[ "$code" -eq 0 ] && ! grep -q "^$other" "$log" && [ "$(find "$cache" -type l | wc -l)" -eq 2 ]
ok $? "and fetch no byte of it again" "$log"
run model rm $gguf
hub scan && [ "$(cat "$tmp/hub.out")" = "Qwen/Qwen3-14B-GGUF 6 1 main" ]
ok $? "what we remove is gone for it, and its other files are not" "$tmp/hub.err"

clean drip
timeout -s KILL 0.4 "$LATENTMAS" model get $gguf >/dev/null 2>&1
run model get acme/first
hub scan && [ "$(cat "$tmp/hub.out")" = "Qwen/Qwen3-14B-GGUF 0 0
acme/first 30000 1 main" ]
ok $? "what an interrupted fetch leaves is no file for it, and no damage" "$tmp/hub.err"

if ! command -v llama-completion >/dev/null; then
    skip "llama.cpp and we read the same cache" "no llama-completion here: llama.cpp-tools brings it"
    finish
fi
# llama ARG...: llama.cpp's own -hf.
llama() { MODEL_ENDPOINT=$HF_ENDPOINT/ llama-completion "$@" -no-cnv -n 4 -p '1+1=' --no-warmup >"$tmp/llama.out" 2>"$tmp/llama.err" </dev/null; }
clean ok
run model get $gguf
with ok
llama -hf $gguf --offline && [ "$(n_asked)" -eq 0 ]
ok $? "llama.cpp runs offline what we fetched" "$tmp/llama.err"
llama -hf $gguf && ! grep -q "^$other" "$log"
ok $? "and online, without fetching a byte of it" "$log"
clean ok
llama -hf $gguf
ok $? "llama.cpp fetches from our stand-in for the hub" "$tmp/llama.err"
run ask -m Qwen/Qwen3-14B --offline --method baseline -n 8 '1+1?'
[ "$code" -eq 0 ] && [ -s "$tmp/out" ] && holds $gguf $q4
ok $? "we run what it fetched" "$tmp/err"
finish
