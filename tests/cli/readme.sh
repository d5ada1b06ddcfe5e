#!/bin/sh
# readme: the commands of the LatentMAS README run with the program's name and the model replaced.
# The data set is in the cache already: three of our sums stand for it (fetching: tests/data).
# shellcheck source=tests/cli/common/claims.sh disable=SC2319,SC2086
. tests/cli/common/claims.sh

HF_HOME=$tmp/hf
TRANSFORMERS_CACHE=$HF_HOME
HF_DATASETS_CACHE=$HF_HOME
HF_HUB_OFFLINE=1
export HF_HOME TRANSFORMERS_CACHE HF_DATASETS_CACHE HF_HUB_OFFLINE
mkdir -p "$HF_HOME/latentmas"
head -n 3 $SUMS >"$HF_HOME/latentmas/gsm8k.jsonl"
model=$(pwd)/$MODEL
cd "$tmp" || exit 1 # runs/ is made where one stands

# readme CLAIM ARG...: ends well, with the reference's line for all questions.
readme() {
    claim=$1
    shift
    run "$@"
    [ "$code" -eq 0 ] && [ "$(field max_samples "$tmp/out")" = 3 ] && grep -q '^{"method":' "$tmp/out"
    ok $? "$claim" "$tmp/err"
}

readme "baseline" \
    run --method baseline --model_name "$model" --task gsm8k --max_samples 100
readme "text_mas" \
    run --method text_mas --model_name "$model" --task gsm8k --prompt sequential --max_samples 100
readme "latent_mas" \
    run --method latent_mas --model_name "$model" --task gsm8k --latent_steps 20 --prompt sequential --max_samples 100
readme "latent_mas with --latent_space_realign" \
    run --method latent_mas --model_name "$model" --task gsm8k --latent_steps 20 --prompt sequential --max_samples 100 --latent_space_realign
readme "baseline with --use_vllm" \
    run --method baseline --model_name "$model" --task gsm8k --max_samples 100 --use_vllm
readme "text_mas with --use_vllm" \
    run --method text_mas --model_name "$model" --task gsm8k --prompt sequential --max_samples 100 --use_vllm
CUDA_VISIBLE_DEVICES=0,1
export CUDA_VISIBLE_DEVICES
readme "latent_mas with vLLM's flags and a second device" \
    run --method latent_mas --model_name "$model" --task gsm8k --latent_steps 20 --prompt sequential --max_samples 100 \
    --use_vllm \
    --use_second_HF_model \
    --enable_prefix_caching \
    --device2 cuda:1
[ "$(find runs -name summary.json | wc -l)" -eq 7 ]
ok $? "each left a folder under runs/"

finish
