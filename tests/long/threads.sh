#!/bin/sh
# Threads on a busy machine, timed: with twice as many busy programs as cores, the default is near
# the best that -t could have been.
# shellcheck source=tests/cli/common/claims.sh disable=SC2086
. tests/cli/common/claims.sh
unset OMP_WAIT_POLICY GOMP_SPINCOUNT # of whoever runs the tests; users have neither
question='Tom has 12 apples. He buys 7 more. How many apples does he have?'
loops=
trap 'kill $loops 2>/dev/null; rm -rf "$tmp"' EXIT

# The program sees two cores, whatever the machine has.
cores=$(python3 -c 'import os; print(*sorted(os.sched_getaffinity(0))[:2], sep=",")')
if [ "${cores#*,}" = "$cores" ]; then
    skip "on a busy machine the default takes at most 1.5 times as long as the best number of threads" "one core"
    finish
fi
for _ in 1 2 3 4; do
    taskset -c "$cores" sh -c 'while :; do :; done' &
    loops="$loops $!"
done
sleep 1

# Medians of five, taken in turns: the rest of the machine changes too. Where they are apart, it may
# have changed in the midst of them, and the medians of fifteen decide.
cat >"$tmp/times.py" <<'PY'
import statistics, subprocess, sys, time
times = {}


def is_near(n_rounds):
    for _ in range(n_rounds):
        for threads in ([], ["-t", "1"], ["-t", "2"]):
            begin = time.monotonic()
            subprocess.run(sys.argv[1:] + threads, check=True, capture_output=True)
            times.setdefault(" ".join(threads), []).append(time.monotonic() - begin)
    default, *given = map(statistics.median, times.values())
    print(f"default {default:.2f} s, -t 1 and 2 {given}; all: {times}")
    return default <= 1.5 * min(given)


sys.exit(not is_near(5) and not is_near(10))
PY
for kernels in auto off; do
    claim="with --cpu-kernels $kernels the default takes at most 1.5 times as long as the best number of threads"
    python3 "$tmp/times.py" taskset -c "$cores" "$LATENTMAS" ask -m $MODEL --cpu-kernels $kernels --temp 0 -n 64 "$question" \
        >"$tmp/times" 2>&1
    ok $? "$claim" "$tmp/times"
    sed 's/^/# /' "$tmp/times"
    python3 "$tmp/times.py" taskset -c "$cores" "$LATENTMAS" bench -m $MODEL --cpu-kernels $kernels -np 4 -p 64 -n 8 -l 8 -r 1 \
        >"$tmp/times" 2>&1
    ok $? "$claim, with four questions at once" "$tmp/times"
    sed 's/^/# /' "$tmp/times"
done
finish
