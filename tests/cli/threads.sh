#!/bin/sh
# Threads: as many as others leave cores for, and none that spins while another should work.
# shellcheck source=tests/cli/common/claims.sh disable=SC2319,SC2086
. tests/cli/common/claims.sh
unset OMP_WAIT_POLICY GOMP_SPINCOUNT # of whoever runs the tests; users have neither
question='Tom has 12 apples. He buys 7 more. How many apples does he have?'
loops=
trap 'kill $loops 2>/dev/null; rm -rf "$tmp"' EXIT

# The program sees two cores, whatever the machine has.
cores=$(python3 -c 'import os; print(*sorted(os.sched_getaffinity(0))[:2], sep=",")')
ask() {
    taskset -c "$cores" "$LATENTMAS" ask -m $MODEL --temp 0 -n 64 "$@" "$question" >"$tmp/out" 2>"$tmp/err" </dev/null
    code=$?
}

# What a process is, while it waits for a question that never comes to an end.
mkfifo "$tmp/pipe"
look() {
    env "$@" "$LATENTMAS" ask -m $MODEL -t 1 - <"$tmp/pipe" >/dev/null 2>&1 &
    pid=$!
    exec 3>"$tmp/pipe"
    sleep 1
    tr '\0' '\n' <"/proc/$pid/environ" | grep -E '^(GOMP|OMP)_' >"$tmp/env"
    cat "/proc/$pid/comm" >"$tmp/comm"
    exec 3>&-
    wait "$pid"
}
look -u GOMP_SPINCOUNT
[ "$(cat "$tmp/env")" = GOMP_SPINCOUNT=2000 ] && grep -q '^latentmas' "$tmp/comm"
ok $? "threads sleep soon, under the same process and name" "$tmp/env"
look GOMP_SPINCOUNT=77
[ "$(cat "$tmp/env")" = GOMP_SPINCOUNT=77 ]
ok $? "a GOMP_SPINCOUNT of one's own stays" "$tmp/env"
look -u GOMP_SPINCOUNT OMP_WAIT_POLICY=active
[ "$(cat "$tmp/env")" = OMP_WAIT_POLICY=active ]
ok $? "and so does an OMP_WAIT_POLICY" "$tmp/env"

if [ "${cores#*,}" = "$cores" ]; then
    skip "on a busy machine the default says that it takes one thread" "one core"
    finish
fi

# Twice as many busy programs as cores.
for _ in 1 2 3 4; do
    taskset -c "$cores" sh -c 'while :; do :; done' &
    loops="$loops $!"
done
sleep 1

# libggml's threads meet at every step: as many as there are cores.
ask --cpu-kernels off
[ "$code" -eq 0 ] && grep -qx 'latentmas: 1 thread of 2: others keep the machine busy (-t N to choose)' "$tmp/err"
ok $? "on a busy machine the default says that it takes one thread" "$tmp/err"
ask --cpu-kernels off -t 2
[ "$code" -eq 0 ] && ! grep -q 'thread' "$tmp/err" # (on a busy machine there may be progress)
ok $? "whoever says how many is not told" "$tmp/err"
taskset -c "$cores" "$LATENTMAS" bench -m $MODEL --cpu-kernels off -p 4 -n 2 -l 2 -r 1 -o jsonl >"$tmp/out" 2>"$tmp/err"
[ "$(wc -l <"$tmp/err")" -eq 1 ] && [ "$(grep -c '"threads":1,' "$tmp/out")" -eq 3 ]
ok $? "a measurement chooses once, for all its tests" "$tmp/err"
taskset -c "$cores" "$LATENTMAS" run -m $MODEL --cpu-kernels off --data $SUMS --max_samples 1 --temp 0 -n 8 --latent_steps 1 \
    --output "$tmp/run" >"$tmp/out" 2>"$tmp/err" && grep -q '"n_threads": 1,' "$tmp/run/config.json"
ok $? "a run notes how many it took" "$tmp/err"

# Those of the kernels do each other's work (how fast: tests/long/threads.sh).
taskset -c "$cores" "$LATENTMAS" bench -m $MODEL -p 4 -n 2 -l 2 -r 1 -o jsonl >"$tmp/out" 2>"$tmp/err"
if ! grep -qE '"cpu_kernels":"(avx|amx)' "$tmp/out"; then
    skip "the kernels take all cores of a busy machine" "no kernels for this processor"
    finish
fi
[ ! -s "$tmp/err" ] && [ "$(grep -c '"threads":2,' "$tmp/out")" -eq 3 ]
ok $? "the kernels take all cores of a busy machine" "$tmp/err"

finish
