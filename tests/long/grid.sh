#!/bin/sh
# grid: 3 tasks by 3 methods by 3 seeds in one command, killed five times at random, end as if
# nobody had.
#     KILLS=20 sh tests/long/grid.sh     more moments than the five of an everyday test
# shellcheck source=tests/cli/common/claims.sh disable=SC2319,SC2086
. tests/cli/common/claims.sh
KILLS=${KILLS:-5}

GRID="-m $MODEL --task demo,demo_secret,demo_split --method all --seeds 42,43,44 --latent_steps 4
    -t 1 -n 32 --max_samples 6 -np 3 --temp 0.3 -ctk f32 -ctv f32"
lines() { sed 's/"[a-z_]*_sec":[0-9.]*,//g; s/"tokens_shared":[0-9]*,//; s/"run":.*//' "$1"; }
answers() { for run in "$1"/*/; do sed 's/"[a-z]*_ms":[0-9.]*,\{0,1\}//g; s/"n_shared":[0-9]*,//g' "$run/samples.jsonl" | sort; done; }
# indices FOLDER: the questions of each run, in order.
indices() { for run in "$1"/*/; do sed 's/^{"index":\([0-9]*\),.*/\1/' "$run/samples.jsonl" | sort -n | tr '\n' ' '; done; }

run run $GRID --output "$tmp/whole"
[ "$code" -eq 0 ] && [ "$(wc -l <"$tmp/out")" -eq 27 ]
ok $? "27 runs that nobody disturbs end" "$tmp/err"
lines "$tmp/out" >"$tmp/want"
seconds=$(sed 's/.*"total_time_sec":\([0-9.]*\).*/\1/' "$tmp/out" | awk '{ sum += $1 } END { print sum }')

n_kills=0 how=--output
"$LATENTMAS" run $GRID --output "$tmp/killed" >"$tmp/out" 2>"$tmp/err" </dev/null &
pid=$!
while [ $n_kills -lt "$KILLS" ]; do
    sleep "$(awk -v n="0$(date +%N)" -v s="$seconds" -v k="$KILLS" 'BEGIN { print 0.1 + n % 1000000 / 1000000 * 1.1 * s / k }')"
    kill -9 $pid 2>/dev/null || break
    wait $pid 2>/dev/null
    n_kills=$((n_kills + 1))
    # By turns the folder alone and the whole command.
    if [ $how = --output ] && [ -e "$tmp/killed/grid.json" ]; then how=--resume; else how=--output; fi
    if [ $how = --resume ]; then
        "$LATENTMAS" run --resume "$tmp/killed" >"$tmp/out" 2>"$tmp/err" </dev/null &
    else
        "$LATENTMAS" run $GRID --output "$tmp/killed" >"$tmp/out" 2>"$tmp/err" </dev/null &
    fi
    pid=$!
done
wait $pid
ok $? "after $n_kills kills the grid ends" "$tmp/err"
[ $n_kills -eq "$KILLS" ]
ok $? "all of them struck"
lines "$tmp/out" | diff "$tmp/want" - >"$tmp/diff"
ok $? "its 27 summaries are those of the undisturbed grid, times aside" "$tmp/diff"
[ "$(answers "$tmp/killed")" = "$(answers "$tmp/whole")" ]
ok $? "its texts, verdicts and counts too"
[ "$(indices "$tmp/killed")" = "$(for _ in $(seq 27); do printf '0 1 2 3 4 5 '; done)" ]
ok $? "every question of every run stands there exactly once"
finish
