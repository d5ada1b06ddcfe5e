#!/bin/sh
# bench_scripts: what the scripts of bench/ print, on a tiny model; not how fast that is. Those that
# compare with llama.cpp need its programs (./dev --reference) and are skipped without them.
# shellcheck source=tests/cli/common/claims.sh disable=SC2319,SC2181
. tests/cli/common/claims.sh
SPEC=qwen3-tiny:q8_0
LATENTMAS_LIBRARY=$(dirname "$LATENTMAS")/liblatentmas.so
export LATENTMAS LATENTMAS_LIBRARY

# A script that has the library in Python: of a sanitized one the sanitizer's runtime comes first.
runtime=$(ldd "$LATENTMAS_LIBRARY" | awk '$1 ~ /^lib(clang_rt\.)?asan/ {print $3}')
with_library() {
    LD_PRELOAD=$runtime ASAN_OPTIONS=${ASAN_OPTIONS:-}:detect_leaks=0 python3 "$@"
}

python3 bench/methods.py --folder "$tmp" --rounds 1 --max_new_tokens 16 $SPEC >"$tmp/out" 2>"$tmp/err"
[ $? -eq 0 ] && [ "$(grep -cE '^\| (baseline|text_mas|latent_mas) ' "$tmp/out")" -eq 3 ]
ok $? "methods.py has a row for each method" "$tmp/err"
grep -q 'spoken tokens saved: 0.75' "$tmp/out"
ok $? "methods.py finds that of four agents one speaks" "$tmp/out"

python3 bench/growth.py $SPEC --folder "$tmp" --rounds 1 --thoughts 4 --demo "$tmp/qwen3-tiny-q8_0.gguf" \
    --counts 2 4 8 16 >"$tmp/out" 2>"$tmp/err"
[ $? -eq 0 ] && [ "$(grep -cE '^\| (2|4|8|16) \| [0-9.]+ \| [0-9.]+ \| [0-9.]+ \|$' "$tmp/out")" -eq 4 ]
ok $? "growth.py has a row for each number of questions" "$tmp/err"
grep -q '^The line: .* for each 1000 positions' "$tmp/out"
ok $? "growth.py lays a line through the thoughts" "$tmp/out"

with_library bench/synthetic.py --folder "$tmp" --rounds 1 $SPEC >"$tmp/out" 2>"$tmp/err"
[ $? -eq 0 ] && [ "$(grep -cE '^\| .* \| [0-9.]+ \| [0-9]+ \|$' "$tmp/out")" -eq 4 ]
ok $? "synthetic.py has a row for what is written and for what the disk takes" "$tmp/err"

with_library bench/sharing.py --rounds 1 --lanes 2 --questions 3 --max_new_tokens 8 $MODEL >"$tmp/out" 2>"$tmp/err"
[ $? -eq 0 ] && [ "$(grep -cE '^\| (tokens read, a question|seconds) \| [0-9.]+ \| [0-9.]+ \| [0-9.]+ \|$' "$tmp/out")" -eq 2 ]
ok $? "sharing.py has a row for tokens and one for seconds, of the same answers" "$tmp/err"

python3 bench/smollm2.py --speed --model $MODEL --lanes 2 --n 2 --rounds 1 >"$tmp/out" 2>"$tmp/err"
[ $? -eq 0 ] && [ "$(grep -cE '^\| (auto|off) \| .* of 2 \|$' "$tmp/out")" -eq 2 ] && grep -q '^- questions whose code' "$tmp/out"
ok $? "smollm2.py --speed has a row with the kernels and one without" "$tmp/err"

mkdir "$tmp/mine"
! python3 bench/torch_reading.py --venv "$tmp/mine" --folder "$tmp" >"$tmp/out" 2>"$tmp/err" &&
    grep -q 'is no virtual environment' "$tmp/err" && [ -d "$tmp/mine" ]
ok $? "a folder that is no virtual environment is left alone" "$tmp/err"
if python3 -c 'import torch, transformers, gguf' 2>/dev/null; then
    python3 bench/torch_reading.py --shape qwen3-tiny --folder "$tmp" --rounds 1 --lanes 2 --pp 8 q8_0 >"$tmp/out" 2>"$tmp/err"
    [ $? -eq 0 ] && [ "$(grep -cE '^\| (ours|torch).* [0-9.]+ \|$' "$tmp/out")" -eq 3 ]
    ok $? "torch_reading.py has a row for each type and for torch" "$tmp/err"
else
    skip "torch_reading.py has a row for each type and for torch" "torch is not installed"
fi

if command -v llama-batched-bench >/dev/null; then
    python3 bench/engine.py --folder "$tmp" --rounds 1 --pp 8 --tg 4 $SPEC >"$tmp/out" 2>"$tmp/err"
    [ $? -eq 0 ] && [ "$(grep -c 'lanes against llama.cpp' "$tmp/out")" -eq 6 ]
    ok $? "engine.py compares pp and tg at three widths" "$tmp/err"
    python3 bench/lanes.py --folder "$tmp" --rounds 1 --questions 4 --lanes 4 --max_new_tokens 4 \
        $SPEC >"$tmp/out" 2>"$tmp/err"
    [ $? -eq 0 ] && grep -q 'lanes are the same' "$tmp/out"
    ok $? "lanes.py finds the same answers at both widths" "$tmp/err"
else
    skip "engine.py compares pp and tg at three widths" "llama-batched-bench is not installed"
    skip "lanes.py finds the same answers at both widths" "llama-batched-bench is not installed"
fi
finish
