#!/bin/sh
# The commands of the LatentMAS README, of its first version and of today's, with nothing changed but
# the program's name: each from an empty cache of models, and again offline. The hub is ours, and has
# the demo model under Qwen/Qwen3-14B-GGUF; one sum stands for the data set (fetching it: tests/data).
# shellcheck source=tests/hub/common.sh disable=SC2319,SC2086,SC2154,SC2016
. tests/hub/common.sh

cat >"$tmp/commands" <<'EOT'
python run.py --method baseline --model_name Qwen/Qwen3-14B --task gsm8k --max_samples 100
python run.py --method text_mas --model_name Qwen/Qwen3-14B --task gsm8k --prompt sequential --max_samples 100
python run.py --method latent_mas --model_name Qwen/Qwen3-14B --task gsm8k --latent_steps 20 --prompt sequential --max_samples 100
python run.py --method latent_mas --model_name Qwen/Qwen3-14B --task gsm8k --latent_steps 20 --prompt sequential --max_samples 100 --latent_space_realign
python run.py --method baseline --model_name Qwen/Qwen3-14B --task gsm8k --max_samples 100 --use_vllm
python run.py --method text_mas --model_name Qwen/Qwen3-14B --task gsm8k --prompt sequential --max_samples 100 --use_vllm
CUDA_VISIBLE_DEVICES=0,1 python run.py --method latent_mas --model_name Qwen/Qwen3-14B --task gsm8k --latent_steps 20 --prompt sequential --max_samples 100 --use_vllm --use_second_HF_model --enable_prefix_caching --device2 cuda:1
python run.py --method baseline --model_name Qwen/Qwen3-14B --task gsm8k --max_samples -1 --max_new_tokens 2048
python run.py --method text_mas --model_name Qwen/Qwen3-14B --task gsm8k --prompt sequential --max_samples -1 --max_new_tokens 2048
python run.py --method latent_mas --model_name Qwen/Qwen3-14B --task gsm8k --prompt sequential --max_samples -1 --max_new_tokens 2048
python run.py --method latent_mas --model_name Qwen/Qwen3-14B --task gsm8k --prompt sequential --max_samples -1 --latent_space_realign --max_new_tokens 2048
python run.py --method baseline --model_name Qwen/Qwen3-14B --task gsm8k --max_samples -1 --use_vllm --max_new_tokens 2048
python run.py --method text_mas --model_name Qwen/Qwen3-14B --task gsm8k --prompt sequential --max_samples -1 --use_vllm --max_new_tokens 2048
CUDA_VISIBLE_DEVICES=0,1 python run.py --method latent_mas --model_name Qwen/Qwen3-14B --task gsm8k --prompt sequential --max_samples -1 --max_new_tokens 2048 --use_vllm --use_second_HF_model --enable_prefix_caching --device2 cuda:1
EOT

# As the README has it set: models and data sets under one folder.
unset HF_HUB_CACHE
HF_HOME=$tmp/hf
TRANSFORMERS_CACHE=$HF_HOME
HF_DATASETS_CACHE=$HF_HOME
export HF_HOME TRANSFORMERS_CACHE HF_DATASETS_CACHE LATENTMAS
mkdir -p "$HF_HOME/latentmas"
head -n 1 $SUMS >"$HF_HOME/latentmas/gsm8k.jsonl"
with ok
cd "$tmp" || exit 1 # runs/ is made where one stands

# each HOW: run every command, with the name of the program replaced.
each() {
    n=0 n_good=0 n_fetched=0
    while read -r line; do
        n=$((n + 1))
        [ "$1" = offline ] || { rm -rf "$HF_HOME/hub" && : >"$log"; }
        sh -c "$(echo "$line" | sed 's|python run.py|"$LATENTMAS" run|')" >"$tmp/out" 2>"$tmp/err" </dev/null
        code=$?
        [ $code -eq 0 ] && [ "$(field max_samples "$tmp/out")" = 1 ] && grep -q '^{"method":' "$tmp/out" &&
            grep -q 'Qwen/Qwen3-14B has no GGUF files: taking those of Qwen/Qwen3-14B-GGUF' "$tmp/err"
        ok $? "$1: $line" "$tmp/err"
        [ $code -ne 0 ] || n_good=$((n_good + 1))
        if grep -q "^$other GET" "$log"; then n_fetched=$((n_fetched + 1)); fi
    done <"$tmp/commands"
}

each online
[ $n -eq 14 ] && [ $n_good -eq $n ] && [ $n_fetched -eq $n ]
ok $? "from an empty cache, each of $n commands fetched the model" "$log"
HF_HUB_OFFLINE=1
export HF_HUB_OFFLINE
: >"$log"
each offline
[ $n_good -eq $n ] && [ ! -s "$log" ]
ok $? "offline, each of $n commands ran without a word to the hub" "$log"
finish
