#!/bin/sh
# --resume: whatever stopped a run, it goes on without losing or repeating a line.
# shellcheck source=tests/cli/common/claims.sh disable=SC2319,SC2086
. tests/cli/common/claims.sh

# launch FOLDER ARG...: start on sixteen sums, a few seconds of work, and note the pid. The f32
# cache keeps what questions do to each other (rounding, docs/method.md) too small to flip a token.
launch() {
    folder=$1
    shift
    "$LATENTMAS" run -m $MODEL --data $SUMS -t 1 -n 24 --latent_steps 2 --temp 0.3 \
        -ctk f32 -ctv f32 --generate_bs 3 --max_samples 16 --output "$tmp/$folder" "$@" >"$tmp/out" 2>"$tmp/err" </dev/null &
    pid=$!
}
# evaluate FOLDER ARG...: the same to its end.
evaluate() {
    launch "$@"
    wait $pid
}
# outcome SUMMARY-LINE: what must be equal, so without times, folder and what a process had read.
outcome() { sed 's/"[a-z_]*_sec":[0-9.]*,//g; s/"run":.*//' "$1"; }
# answers FOLDER: texts by question.
answers() { sed 's/"[a-z]*_ms":[0-9.]*,\{0,1\}//g' "$tmp/$1/samples.jsonl" | sort; }
# whole FOLDER: every question stands in samples.jsonl exactly once.
whole() {
    [ "$(sed 's/^{"index":\([0-9]*\),.*/\1/' "$tmp/$1/samples.jsonl" | sort -n)" = "$(seq 0 15)" ]
}
# wait_for FOLDER LINES: until samples.jsonl has so many; false when the run is over before.
wait_for() {
    while kill -0 $pid 2>/dev/null; do
        [ -e "$tmp/$1/config.json" ] && [ "$(wc -l <"$tmp/$1/samples.jsonl")" -ge "$2" ] && return 0
        sleep 0.02
    done
    return 1
}

evaluate whole
ok $? "a run that nobody disturbs ends" "$tmp/err"
outcome "$tmp/out" >"$tmp/want"

# Killed at several moments of its life, the last ones while it resumes.
launch killed
n_kills=0
for n in 0 1 4 8 12; do
    # Moments between lines: the clock's nanoseconds are as random as needed.
    wait_for killed "$n" || break
    sleep "0.$(date +%N | cut -c 1-2)"
    kill -9 $pid 2>/dev/null && n_kills=$((n_kills + 1))
    wait $pid 2>/dev/null
    "$LATENTMAS" run --resume "$tmp/killed" >"$tmp/out" 2>"$tmp/err" </dev/null &
    pid=$!
done
wait $pid
ok $? "after $n_kills kills a resumed run ends" "$tmp/err"
whole killed
ok $? "every question stands in samples.jsonl exactly once"
outcome "$tmp/out" | diff "$tmp/want" - >"$tmp/diff"
ok $? "its summary is that of the undisturbed run, times aside" "$tmp/diff"
[ "$(answers killed)" = "$(answers whole)" ]
ok $? "its answers are those of the undisturbed run"

# A line that a crash left half written.
head -n 5 "$tmp/whole/samples.jsonl" >"$tmp/part"
sed -n 6p "$tmp/whole/samples.jsonl" | head -c 700 >>"$tmp/part"
cp -r "$tmp/whole" "$tmp/torn"
cp "$tmp/part" "$tmp/torn/samples.jsonl"
run run --resume "$tmp/torn" --generate_bs 5 -tb 2
[ "$code" -eq 0 ] && whole torn
ok $? "half a line is cut off and its question asked again" "$tmp/err"
outcome "$tmp/out" | diff "$tmp/want" - >"$tmp/diff"
ok $? "lanes and threads may differ: the summary is the same" "$tmp/diff"
head -n 5 "$tmp/torn/samples.jsonl" | cmp -s - "$(head -n 5 "$tmp/whole/samples.jsonl" >"$tmp/five"; echo "$tmp/five")"
ok $? "the lines that were there stay as they were"

cp -r "$tmp/whole" "$tmp/over"
run run --resume "$tmp/over"
[ "$code" -eq 0 ] && outcome "$tmp/out" | cmp -s "$tmp/want" -
ok $? "resuming a run that is over prints its summary again" "$tmp/err"
total() { sed -n 's/.*"total_time_sec": *\([0-9.]*\).*/\1/p' "$1"; }
last_ms=$(tail -n 1 "$tmp/over/samples.jsonl" | sed 's/.*"run_ms":\([0-9.]*\).*/\1/')
# To four decimals, so half a tenth of a millisecond; which way a half goes is nobody's promise.
echo "$(total "$tmp/out") $last_ms" | awk '{ d = $1 * 1000 - $2; exit !(NF == 2 && d * d <= 0.0025001) }'
ok $? "the time of a run is the sum over its processes, as its lines tell it" "$tmp/out"

# refused TEXT CLAIM ARG...
refused() {
    text=$1 claim=$2
    shift 2
    fails 1 "$text" "$claim" run --resume "$tmp/over" "$@"
}
refused 'params.seed 42, found 43' "another seed is refused" --seed 43
refused 'params.temperature 0.3, found 0.4' "another temperature is refused" --temp 0.4
refused 'method "latent_mas", found "baseline"' "another method is refused" --method baseline
refused 'params.latent_steps 2, found 3' "other latent steps are refused" --latent_steps 3
refused 'params.max_new_tokens 24, found 25' "other max_new_tokens are refused" -n 25
refused 'params.cache_type_k "f32", found "f16"' "another cache type is refused" -ctk f16
refused 'params.kv "auto", found "unified"' "another layout of the cache is refused" --kv unified
refused 'data.questions 16, found 15' "other max_samples are refused" --max_samples 15
refused 'team.name "sequential", found "hierarchical"' "another team is refused" --prompt hierarchical
sed 's/shells/rocks/' $SUMS >"$tmp/other.jsonl"
refused 'data.sha256' "other data are refused" --data "$tmp/other.jsonl"
sed 's/careful/careless/' teams/sequential.json >"$tmp/team.json"
refused 'another team.source' "another team text is refused" --team "$tmp/team.json"
if [ -f $STORIES ]; then
    run run --resume "$tmp/over" -m $STORIES --chat-template chatml
    [ "$code" -eq 1 ] && grep -q 'model.fingerprint' "$tmp/err" && [ ! -s "$tmp/out" ]
    ok $? "another model is refused" "$tmp/err"
else
    skip "another model is refused" "no $STORIES here"
fi
fails 1 'holds no run to resume' "a folder without a run is named" run --resume "$tmp"

# damaged COMMAND: config.json put through COMMAND is a failure to resume and to report, no misuse.
damaged() {
    rm -rf "$tmp/damaged"
    cp -r "$tmp/whole" "$tmp/damaged"
    "$@" <"$tmp/whole/config.json" >"$tmp/damaged/config.json"
}
damaged head -c 100
fails 1 'damaged/config.json:' "a config that is cut short is a failure to resume" run --resume "$tmp/damaged"
fails 1 'damaged/config.json:' "as it is to report" report "$tmp/damaged"
damaged sed 's/"command": /"commands": /'
fails 1 'missing "command"' "so is one without its command" run --resume "$tmp/damaged"
damaged sed 's/"-n",/7,/'
fails 1 'must hold strings' "one with a number for a word" run --resume "$tmp/damaged"
damaged sed 's/"--temp"/"--tempo"/'
fails 1 '--tempo' "and one with a word that is no flag" run --resume "$tmp/damaged"
damaged sed 's/"latent_mas"/"magic"/'
fails 1 'started with method "magic"' "another method in it is another run" run --resume "$tmp/damaged"
fails 2 '--tempo' "while a wrong flag beside --resume is wrong usage" run --resume "$tmp/whole" --tempo 1

sed '3s/^{/{"x":/' "$tmp/whole/samples.jsonl" >"$tmp/over/samples.jsonl"
fails 1 'samples.jsonl:3' "a spoiled line is named, not skipped" run --resume "$tmp/over"
{ cat "$tmp/whole/samples.jsonl" && sed -n 4p "$tmp/whole/samples.jsonl"; } >"$tmp/over/samples.jsonl"
fails 1 'stands here twice' "a line that stands twice is named" run --resume "$tmp/over"

# A folder that was made and not started: killed before its config was written.
mkdir "$tmp/early"
: >"$tmp/early/samples.jsonl"
evaluate early --max_samples 1
ok $? "a run may start in a folder whose start was cut short" "$tmp/err"

# Two at once, and Ctrl-C.
launch busy
wait_for busy 2
kill -STOP $pid # or it may be at its end before the other
fails 1 'is in use' "a second process on the same folder is refused" run --resume "$tmp/busy"
kill -INT $pid
kill -CONT $pid
wait $pid
[ $? -eq 130 ]
ok $? "SIGINT ends a run with exit code 130"
cp "$tmp/busy/samples.jsonl" "$tmp/kept"
launch term
wait_for term 2
kill -TERM $pid
wait $pid
[ $? -eq 130 ] && grep -q 'latentmas: interrupted' "$tmp/err" &&
    grep -q "go on with: latentmas run --resume $tmp/term" "$tmp/err" && [ ! -s "$tmp/out" ]
ok $? "so does SIGTERM; a line says how to go on, and stdout stays empty" "$tmp/err"
[ -s "$tmp/kept" ] && [ -z "$(tail -c 1 "$tmp/kept")" ]
ok $? "the finished lines stay, whole"
run run --resume "$tmp/busy"
[ "$code" -eq 0 ] && whole busy && outcome "$tmp/out" | cmp -s "$tmp/want" -
ok $? "and the run goes on to the same end" "$tmp/err"

finish
