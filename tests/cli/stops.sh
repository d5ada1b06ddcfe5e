#!/bin/sh
# How a run ends before all is asked, and goes on: by Ctrl-C, by --max_time, with failed questions,
# with more questions, with more room.
# shellcheck source=tests/cli/common/claims.sh disable=SC2319,SC2086,SC2329
. tests/cli/common/claims.sh

# ask FOLDER ARG...: on some sums.
ask() {
    folder=$1
    shift
    run run -m $MODEL --data $SUMS -t 1 -n 24 --latent_steps 2 --temp 0.3 -ctk f32 -ctv f32 -np 2 \
        --output "$tmp/$folder" "$@"
}
lines() { wc -l <"$tmp/$1/samples.jsonl"; }
# answers FOLDER: texts by question.
answers() { sed 's/"[a-z]*_ms":[0-9.]*,\{0,1\}//g' "$tmp/$1/samples.jsonl" | sort; }
# outcome: the summary without times and folder.
outcome() { sed 's/"[a-z_]*_sec":[0-9.]*,//g; s/"run":.*//' "$tmp/out"; }
# await CONDITION: until it holds, or the run has ended.
await() { while ! $1 && ! grep -q ') Z' /proc/$pid/stat; do sleep 0.01; done; }
# Two that began together end together: they are met in the middle.
thinking() { worked $pid; }
answered() { [ -s "$tmp/$folder/samples.jsonl" ]; }
taken() { grep -q 'under way' "$tmp/err"; }
# signalled FOLDER WHEN SIGNAL...: a run that gets these from then on, each when the one before has
# been taken (two of a kind that are both on their way are one).
signalled() {
    folder=$1 when=$2
    shift 2
    # A shell without job control has its children ignore SIGINT; env gives it back.
    env --default-signal=INT "$LATENTMAS" run -m $MODEL --data $SUMS -t 1 -n 24 --latent_steps $steps --temp 0.3 -ctk f32 \
        -ctv f32 -np 2 --output "$tmp/$folder" >"$tmp/out" 2>"$tmp/err" </dev/null &
    pid=$!
    await $when
    while [ $# -gt 0 ]; do
        kill -s "$1" $pid
        shift
        [ $# -eq 0 ] || await taken
    done
    wait $pid
    code=$?
}

steps=300
signalled gentle answered INT
n=$(lines gentle)
[ "$code" -eq 130 ] && grep -q 'the questions under way are finished, no more are begun; Ctrl-C again stops now' "$tmp/err" &&
    grep -q "latentmas: $n of [0-9]* questions are done and kept; go on with: latentmas run --resume" "$tmp/err" && [ "$n" -ge 2 ] && [ ! -s "$tmp/out" ]
ok $? "a first Ctrl-C finishes the questions under way, begins no more and says how to go on" "$tmp/err"
steps=900
signalled hard thinking INT INT
[ "$code" -eq 130 ] && grep -q 'latentmas: interrupted' "$tmp/err" && grep -q 'go on with: latentmas run --resume' "$tmp/err"
ok $? "a second one stops at once" "$tmp/err"
steps=300
signalled term answered TERM
[ "$code" -eq 130 ] && ! grep -q 'under way' "$tmp/err" && grep -q 'latentmas: interrupted' "$tmp/err"
ok $? "SIGTERM stops at once" "$tmp/err"

ask whole --max_samples 8
ok "$code" "a run that nobody disturbs ends with 0" "$tmp/err"
outcome >"$tmp/want"
ask short --max_samples 8 --max_time 1e-9
[ "$code" -eq 2 ] && grep -q -- '--max_time: expected' "$tmp/err"
ok $? "--max_time has a least value" "$tmp/err"
# A second is over before 400 problems are asked.
run run -m $MODEL --task demo -n 64 -np 2 -t 1 --max_time 1 --output "$tmp/timed"
[ "$code" -eq 4 ] && grep -q '1 s are over: the questions under way are finished, no more are begun' "$tmp/err" &&
    [ "$(lines timed)" -ge 2 ] && [ "$(lines timed)" -lt 400 ] && [ ! -s "$tmp/out" ]
ok $? "--max_time ends a run with exit code 4, what is under way finished" "$tmp/err"

run run -m $MODEL --task demo -n 64 -np 2 -t 1 --seeds 1,2 --max_time 1 --output "$tmp/several"
[ "$code" -eq 4 ] && [ -e "$tmp/several/demo-latent_mas-s10-seed1" ] && [ ! -e "$tmp/several/demo-latent_mas-s10-seed2" ]
ok $? "several runs share it, and end with it" "$tmp/err"

ask grown --max_samples 3
run run --resume "$tmp/grown" --max_samples 8
[ "$code" -eq 0 ] && [ "$(answers grown)" = "$(answers whole)" ]
ok $? "--resume with more --max_samples asks the others, as a run of all does" "$tmp/err"
outcome | diff "$tmp/want" - >"$tmp/diff"
ok $? "its summary is that of a run of all" "$tmp/diff"
run run --resume "$tmp/grown"
[ "$code" -eq 0 ] && [ "$(lines grown)" -eq 8 ] && outcome | cmp -s "$tmp/want" -
ok $? "the folder remembers how many they are" "$tmp/err"
run report "$tmp/grown"
[ "$code" -eq 0 ] && [ ! -s "$tmp/err" ]
ok $? "a report takes it" "$tmp/err"
ask twice --max_samples 3
ask twice --max_samples 8
[ "$code" -eq 0 ] && grep -q 'twice holds this run already, 3 of 8 questions done: it goes on' "$tmp/err" && [ "$(answers twice)" = "$(answers whole)" ]
ok $? "the same command with more of them does it, too" "$tmp/err"
fails 1 'data.questions 8, found 3' "fewer are refused" run --resume "$tmp/grown" --max_samples 3

# Where the context is too small for any question, all fail; more of it, and they are asked again.
ask failed --max_samples 8 -c 256
[ "$code" -eq 3 ] && grep -q 'failed   8, counted as wrong' "$tmp/err" && grep -q '"errors":8' "$tmp/out" && grep -q -- '--retry-failed' "$tmp/err"
ok $? "a run with failed questions ends with exit code 3, and says what to do" "$tmp/err"
run run --resume "$tmp/failed" -c 2048
[ "$code" -eq 3 ] && [ "$(lines failed)" -eq 8 ]
ok $? "what failed is not asked again unasked" "$tmp/err"
run run --resume "$tmp/failed" -c 4096 --retry-failed
[ "$code" -eq 0 ] && grep -q '8 questions that failed are asked again' "$tmp/err" && [ "$(answers failed)" = "$(answers whole)" ]
ok $? "--retry-failed with a larger -c asks it again, with the answers of an undisturbed run" "$tmp/err"
outcome | diff "$tmp/want" - >"$tmp/diff"
ok $? "and its summary" "$tmp/diff"
run run --resume "$tmp/failed" -c 512
[ "$code" -eq 1 ] && grep -q 'params.ctx_size 4096, found 512' "$tmp/err" && [ ! -s "$tmp/out" ]
ok $? "a smaller -c is refused" "$tmp/err"

finish
