#!/bin/sh
# A vLLM of PyPI's on this machine's processor speaks for us (--vllm_url), with the weights that libllama has here, in f32.
#
#     LATENTMAS_PEERS=vllm sh tests/peers/vllm_test.sh gemma2 granite       some of the models alone
# shellcheck source=tests/peers/peers.sh disable=SC2319,SC2086
. tests/peers/peers.sh
VLLM=${LATENTMAS_VLLM:-$PEERS/vllm/venv}/bin/python
MODELS=$PEERS/vllm/models
claim="a real vLLM speaks what libllama would"
if ! all && [ "${LATENTMAS_PEERS:-}" != vllm ]; then
    skip "$claim" "6 GB of packages and ten minutes: ./dev make peers-vllm"
    exit 0
fi
need "$claim" "$VLLM" "$MODELS/smollm2.gguf"

# ---- A server ----

server='' recorder=''
stop() {
    for pid in $server $recorder; do kill $pid && wait $pid; done 2>/dev/null
    server='' recorder=''
}
trap 'stop; rm -rf "$tmp"' EXIT

# serve MODEL N_CTX: until stop. Who asks $here/RUN is recorded in $into/RUN.jsonl.
serve() {
    model=$1 into=$tmp/$1 log=$tmp/$1.log
    mkdir "$into"
    url=http://127.0.0.1:$($VLLM -c 'import socket; s = socket.create_server(("127.0.0.1", 0)); print(s.getsockname()[1])')
    HOME=$tmp sh tests/peers/vllm/serve.sh "$VLLM" "$MODELS/$model" "${url##*:}" "$2" >"$log" 2>&1 &
    server=$!
    $VLLM tests/peers/vllm/recorder.py "$url" "$into" >"$into/log" 2>&1 &
    recorder=$!
    for _ in $(seq 900); do
        if [ -s "$into/port" ] || ! kill -0 $server 2>/dev/null; then break; fi
        sleep 1
    done
    here=http://127.0.0.1:$(cat "$into/port" 2>/dev/null)
    tail -n 20 "$log" >"$tmp/diff"
    [ -s "$into/port" ]
    ok $? "$model: vLLM serves it" "$tmp/diff"
    [ -s "$into/port" ]
}

# ---- Twenty questions ----

# codes NAME FLAG...: asked greedily, into $into/run-NAME.
codes() {
    name=$1
    shift
    run run -m "$MODELS/$model.gguf" --task demo_secret --data $CODES --team $CODES_TEAM --max_samples 20 --temp 0 -n 32 \
        --latent_steps 10 -ctk f32 -ctv f32 --output "$into/run-$name" "$@"
}

# spoken NAME LIKE AT_ONCE CLAIM FLAG...: the server speaks in a run, as libllama did in the run LIKE.
spoken() {
    name=$1 like=$2 at_once=$3 claim=$4 begin=$(date +%s)
    shift 4
    codes "$name" -np "$at_once" --vllm_parallel "$at_once" --vllm_url "$here/$name" "$@"
    took=$(($(date +%s) - begin))
    cp "$tmp/err" "$tmp/diff"
    [ "$code" -eq 0 ] && $VLLM tests/peers/vllm/compare.py "$into/run-$like" "$into/run-$name" "$into/$name.jsonl" "$url" \
        "$MODELS/$model" 20 "$at_once" >"$tmp/diff" 2>&1
    ok $? "$model, $claim: $(tail -n 1 "$tmp/diff"), $took s" "$tmp/diff"
    sed -n 's/^tie/# tie/p' "$tmp/diff"
}

# same_texts: by vectors and by tokens, alone and 16 at once.
same_texts() {
    codes chain
    codes single --method baseline
    spoken alone chain 1 "latent_mas, one request at a time"
    spoken crowd chain 16 "latent_mas, 16 at once"
    spoken single-crowd single 16 "baseline, 16 at once" --method baseline
}

# payloads WIDTH: what the run "alone" sent, and one that splices.
payloads() {
    codes spliced -np 1 --vllm_parallel 1 --compat --vllm_url "$here/spliced"
    cp "$tmp/err" "$tmp/diff"
    [ "$code" -eq 0 ] && $VLLM tests/peers/vllm/payloads.py "$1" "$into/alone.jsonl" "$into/spliced.jsonl" >"$tmp/diff" 2>&1
    status=$?
    sound="torch.load(weights_only=True) and zipfile.testzip() take each payload, --compat splices the same rows"
    ok $status "$model: $sound: $(tail -n 1 "$tmp/diff")" "$tmp/diff"
}

# ---- The README of LatentMAS ----

# readme CLAIM FLAG...: one of its commands on three of our sums, with the server's URL.
readme() {
    claim=$1
    shift
    (cd "$tmp/readme" && exec "$LATENTMAS" run "$@" --vllm_url "$here/readme") >"$tmp/out" 2>"$tmp/err" </dev/null
    code=$?
    [ "$code" -eq 0 ] && [ "$(field max_samples "$tmp/out")" = 3 ] && grep -q '^{"method":' "$tmp/out"
    ok $? "the README's $claim, by a server" "$tmp/err"
}

readme_commands() {
    export HF_HOME="$tmp/hf" TRANSFORMERS_CACHE="$tmp/hf" HF_DATASETS_CACHE="$tmp/hf" HF_HUB_OFFLINE=1 CUDA_VISIBLE_DEVICES=0,1
    mkdir -p "$HF_HOME/latentmas" "$tmp/readme"
    head -n 3 $SUMS >"$HF_HOME/latentmas/gsm8k.jsonl"
    gguf=$(realpath "$MODELS/$model.gguf")
    readme "baseline with --use_vllm" --method baseline --model_name "$gguf" --task gsm8k --max_samples 100 --use_vllm
    readme "text_mas with --use_vllm" --method text_mas --model_name "$gguf" --task gsm8k --prompt sequential --max_samples 100 --use_vllm
    readme "latent_mas with vLLM's flags and a second device" \
        --method latent_mas --model_name "$gguf" --task gsm8k --latent_steps 20 --prompt sequential --max_samples 100 \
        --use_vllm \
        --use_second_HF_model \
        --enable_prefix_caching \
        --device2 cuda:1
    [ "$(grep -c . "$into/readme.jsonl")" -eq $((3 + 4 * 3 + 3)) ]
    ok $? "what they speak comes from the server: 3, 12 and 3 texts ($(grep -c . "$into/readme.jsonl") in all)"
}

# ---- All ----

more_of_qwen3() {
    codes texts --method text_mas
    spoken texts-crowd texts 16 "text_mas, 16 at once" --method text_mas
    payloads 96
    $VLLM tests/peers/vllm/streams.py "$LATENTMAS" ask -m "$MODELS/$model.gguf" --temp 0 -n 32 --latent_steps 3 \
        --vllm_url "$here/ask" "What is the code?" >"$tmp/diff" 2>&1
    ok $? "ask prints what a server says as it comes ($(tail -n 1 "$tmp/diff"))" "$tmp/diff"
    readme_commands
}

[ $# -gt 0 ] || set -- qwen3 gemma2 granite smollm2
for each; do
    if serve "$each" "$([ "$each" = qwen3 ] && echo 8192 || echo 2048)"; then
        same_texts
        case $each in
        qwen3) more_of_qwen3 ;;
        smollm2) payloads 576 ;;
        esac
    fi
    stop
done
finish
