#!/bin/sh
# A pipe that nobody writes into, in the place of each file that the program reads: the first signal
# ends the wait. And one that is written into is read like a file.
# shellcheck source=tests/cli/common/claims.sh disable=SC2319,SC2086
. tests/cli/common/claims.sh

# left SIGNAL CLAIM ARG...: with the signal after a moment, the program says that it was interrupted.
left() {
    signal=$1 claim=$2
    shift 2
    "$LATENTMAS" "$@" >"$tmp/out" 2>"$tmp/err" </dev/null &
    pid=$!
    sleep 1
    kill -s "$signal" $pid
    n=0
    while kill -0 $pid 2>/dev/null && [ $((n += 1)) -lt 100 ]; do sleep 0.1; done
    kill -9 $pid 2>/dev/null
    wait $pid
    code=$?
    [ $code -eq 130 ] && grep -q 'interrupted' "$tmp/err"
    ok $? "$claim" "$tmp/err"
}

mkfifo "$tmp/pipe"
for signal in INT TERM; do
    left $signal "SIG$signal ends the wait for a data file" run -m $MODEL --data "$tmp/pipe" --output "$tmp/run"
    left $signal "SIG$signal ends the wait for a team file" ask -m $MODEL --team "$tmp/pipe" q
    left $signal "SIG$signal ends the wait for a chat template" ask -m $MODEL --chat-template-file "$tmp/pipe" q
done
[ ! -e "$tmp/run" ]
ok $? "no folder was made"
fails 1 'is a pipe, a GGUF file was expected' "a pipe is no model, and is not waited for" model info "$tmp/pipe"
cat teams/sequential.json >"$tmp/pipe" &
run teams check "$tmp/pipe"
[ "$code" -eq 0 ] && grep -q 'planner > critic' "$tmp/out"
ok $? "a pipe that somebody writes into is read like a file" "$tmp/err"

finish
