#!/bin/sh
# bench_scripts: what the scripts of bench/ print, on a tiny model; not how fast that is. Those that
# compare with llama.cpp need its programs (./dev --reference) and are skipped without them.
# shellcheck source=tests/cli/common/claims.sh disable=SC2319,SC2181
. tests/cli/common/claims.sh
SPEC=qwen3-tiny:q8_0
export LATENTMAS

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
