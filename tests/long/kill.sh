#!/bin/sh
# kill: runs that are killed at random moments, again and again, end as if nobody had. Once over
# sums and once over programs, which run beside the model and end out of order.
#     KILLS=20 sh tests/long/kill.sh     more moments than the few of an everyday test
# shellcheck source=tests/cli/common/claims.sh disable=SC2319,SC2086
. tests/cli/common/claims.sh
KILLS=${KILLS:-3}

# Programs: four tokens of the demo model are often an expression, so some parse. The tests of
# every second row pass, and take a moment.
i=0
while [ $i -lt 16 ]; do
    printf '{"task_id": %d, "prompt": "What is %d + %d?", "code": "1", "test_list": [], ' $i $i $((i + 7))
    printf '"test": "import time\\ntime.sleep(0.2)\\nassert %d"}\n' $((i % 2))
    i=$((i + 1))
done >"$tmp/code.jsonl"

# launch FOLDER FLAGS: start in the background.
launch() {
    "$LATENTMAS" run -m $MODEL -t 1 --temp 0.3 -ctk f32 -ctv f32 --generate_bs 3 --max_samples 16 \
        --output "$tmp/$1" $2 >"$tmp/out" 2>"$tmp/err" </dev/null &
    pid=$!
}
outcome() { sed 's/"[a-z_]*_sec":[0-9.]*,//g; s/"run":.*//' "$tmp/out"; }
# What was answered and how it was graded: no times, no order, and not what was
# already read when a question began.
answers() { sed 's/"[a-z]*_ms":[0-9.]*,\{0,1\}//g' "$tmp/$1/samples.jsonl" | sort; }
indices() { sed 's/^{"index":\([0-9]*\),.*/\1/' "$tmp/$1/samples.jsonl" | sort -n; }

# strike WHAT FLAGS: the undisturbed run, then the same one killed $KILLS times.
strike() {
    launch "$1-whole" "$2"
    wait $pid
    ok $? "$1: a run that nobody disturbs ends" "$tmp/err"
    outcome >"$tmp/want"
    n_kills=0 n_runs=0
    # A run that was over before it was to be killed is followed by a new one.
    while [ $n_kills -lt "$KILLS" ]; do
        n_runs=$((n_runs + 1))
        launch "$1-$n_runs" "$2"
        while [ $n_kills -lt "$KILLS" ]; do
            sleep "$(awk -v n="0$(date +%N)" 'BEGIN { print 0.3 + (n % 1000000) / 1000000 * 1.2 }')"
            kill -9 $pid 2>/dev/null || break
            wait $pid 2>/dev/null
            n_kills=$((n_kills + 1))
            [ -e "$tmp/$1-$n_runs/config.json" ] || { n_kills=$((n_kills - 1)) && break; }
            "$LATENTMAS" run --resume "$tmp/$1-$n_runs" >"$tmp/out" 2>"$tmp/err" </dev/null &
            pid=$!
        done
        if [ -e "$tmp/$1-$n_runs/config.json" ] && ! wait $pid; then
            ok 1 "$1: a resumed run ends" "$tmp/err"
            break
        fi
        [ -e "$tmp/$1-$n_runs/config.json" ] || continue
        [ "$(indices "$1-$n_runs")" = "$(seq 0 15)" ] ||
            ok 1 "$1: every question stands there exactly once" "$tmp/$1-$n_runs/samples.jsonl"
        outcome | diff "$tmp/want" - >"$tmp/diff" || ok 1 "$1: the summary is the same" "$tmp/diff"
        [ "$(answers "$1-$n_runs")" = "$(answers "$1-whole")" ] ||
            ok 1 "$1: the answers and verdicts are the same"
    done
    ok $n_failed "$1: $n_kills kills in $n_runs runs: all questions once, answers and summaries as undisturbed"
}

strike sums "--data $SUMS -n 24 --latent_steps 2"
if bwrap --version >/dev/null 2>&1; then
    strike programs "--task mbppplus --data $tmp/code.jsonl -n 4 --latent_steps 2 --allow-code"
    grep -q '"ending":"passed"' "$tmp/programs-whole/samples.jsonl" &&
        grep -q '"ending":"failed"' "$tmp/programs-whole/samples.jsonl"
    ok $? "programs: some passed and some failed" "$tmp/programs-whole/samples.jsonl"
else
    skip "programs: killed runs end as undisturbed ones" "bwrap is not installed"
fi
finish
