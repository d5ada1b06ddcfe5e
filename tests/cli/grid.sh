#!/bin/sh
# Several runs in one command: which are made, where, and how they go on.
# shellcheck source=tests/cli/common/claims.sh disable=SC2319,SC2086
. tests/cli/common/claims.sh

BASE="-m $MODEL -t 1 -n 12 --max_samples 4 -np 3 --temp 0.3 -ctk f32 -ctv f32"
GRID="$BASE --task demo,demo_secret --method baseline,latent_mas --latent_steps 2 --seeds 42,43"
# lines FILE: what must be equal in summaries: no times, no folder, not what a process had read.
lines() { sed 's/"[a-z_]*_sec":[0-9.]*,//g; s/"tokens_shared":[0-9]*,//; s/"run":.*//' "$1"; }
# answers FOLDER: of all runs of it, sorted.
answers() { for run in "$1"/*/; do sed 's/"[a-z]*_ms":[0-9.]*,\{0,1\}//g; s/"n_shared":[0-9]*,//g' "$run/samples.jsonl" | sort; done; }
# command FOLDER: the words that its config records, in one line.
command_of() { sed -n '/"command": \[/,/\]/p' "$1/config.json" | tr -d ' ",\n'; }

run run $GRID --dry-run --output "$tmp/dry"
[ "$code" -eq 0 ] && [ ! -s "$tmp/out" ] && [ ! -e "$tmp/dry" ] && grep -q '8 runs' "$tmp/err" &&
    grep -Eq '^demo_secret +latent_mas +2 +42, 43 +8 ' "$tmp/err" && grep -Eq '^all +32 ' "$tmp/err" &&
    grep -q '^time: from .* measurement' "$tmp/err"
ok $? "--dry-run shows the plan and what it would take, and makes nothing" "$tmp/err"

run run $GRID --output "$tmp/whole"
[ "$code" -eq 0 ] && [ "$(wc -l <"$tmp/out")" -eq 8 ] && [ "$(ls "$tmp/whole")" = "demo-baseline-seed42
demo-baseline-seed43
demo-latent_mas-s2-seed42
demo-latent_mas-s2-seed43
demo_secret-baseline-seed42
demo_secret-baseline-seed43
demo_secret-latent_mas-s2-seed42
demo_secret-latent_mas-s2-seed43
grid.json" ]
ok $? "2 tasks by 2 methods by 2 seeds are 8 folders, and a line each on stdout" "$tmp/err"
lines "$tmp/out" >"$tmp/want"
grep -q 'run 8 of 8: demo_secret, latent_mas, 2 steps, seed 43' "$tmp/err" &&
    grep -q '7 of 8 runs are done; left: about' "$tmp/err" &&
    [ "$(grep -c 'loading the model' "$tmp/err")" -le 1 ] && tail -n 1 "$tmp/err" | grep -qF "latentmas report $tmp/whole"
ok $? "each run is announced, what is left is told after it, and how to report at the end" "$tmp/err"
command_of "$tmp/whole/demo_secret-latent_mas-s2-seed43" | grep -q -- '--taskdemo_secret--methodlatent_mas--latent_steps2--seed43--output' &&
    ! command_of "$tmp/whole/demo_secret-latent_mas-s2-seed43" | grep -q -- '--seeds\|seed42'
ok $? "a run's config records a command of its own"
[ "$(grep -h '"n_threads"' "$tmp"/whole/*/config.json | sort -u | wc -l)" -eq 1 ]
ok $? "all runs have the same threads, however busy others are: their times can be compared"
! command_of "$tmp/whole/demo-baseline-seed42" | grep -q latent_steps
ok $? "thoughts are no matter of baseline"

run run --task demo --method baseline --seed 42 $BASE --output "$tmp/alone"
head -n 1 "$tmp/want" >"$tmp/first"
[ "$code" -eq 0 ] && lines "$tmp/out" | cmp -s - "$tmp/first"
ok $? "a run of a grid answers as it does alone" "$tmp/out"
[ ! -e "$tmp/alone/grid.json" ] && [ -e "$tmp/alone/config.json" ]
ok $? "single values are one run, as ever"
run run $BASE --task demo --method baseline --seeds 43 --output "$tmp/one"
[ "$code" -eq 0 ] && command_of "$tmp/one" | grep -q -- '--seed43--output' && [ ! -e "$tmp/one/grid.json" ]
ok $? "--seeds with one seed is --seed" "$tmp/err"

# A summary is believed as far as lines are there; what failed is told again, and asked again.
run run -m $MODEL --task demo -n 16 -t 1 -np 1 --temp 0 --max_samples 4 --method latent_mas --latent_steps 2 --seeds 1,2 -c 250 --output "$tmp/small"
[ "$code" -eq 3 ] && grep -qF "latentmas run --resume $tmp/small --retry-failed" "$tmp/err"
ok $? "runs whose questions failed end with 3, and say how to ask them again" "$tmp/err"
run run --resume "$tmp/small"
[ "$code" -eq 3 ] && [ "$(wc -l <"$tmp/out")" -eq 2 ] && grep -qF -- '--retry-failed' "$tmp/err"
ok $? "so they do when nothing is left to ask" "$tmp/err"
run run --resume "$tmp/small" --retry-failed -c 2000
[ "$code" -eq 0 ] && [ "$(grep -c '"status":"ok"' "$tmp"/small/*/samples.jsonl | grep -c ':4$')" -eq 2 ]
ok $? "and with more room they are answered" "$tmp/err"
head -n 2 "$tmp/small/demo-latent_mas-s2-seed1/samples.jsonl" >"$tmp/two" && cp "$tmp/two" "$tmp/small/demo-latent_mas-s2-seed1/samples.jsonl"
run run --resume "$tmp/small"
[ "$code" -eq 0 ] && [ "$(wc -l <"$tmp/small/demo-latent_mas-s2-seed1/samples.jsonl")" -eq 4 ]
ok $? "lines that are lost are asked again, whatever a summary says" "$tmp/err"
run run --resume "$tmp/small" --retry-failed --max_time 1
run run --resume "$tmp/small/demo-latent_mas-s2-seed1" --max_samples 400 --max_time 1
[ "$code" -eq 4 ] && [ ! -e "$tmp/small/demo-latent_mas-s2-seed1/summary.json" ]
ok $? "a run that asks more has no summary until it is over" "$tmp/err"

# A judge of one's own belongs to each run.
run run -m $MODEL --task demo -n 16 -t 1 -np 2 --temp 0 --max_samples 2 --method baseline --seeds 1,2 --grader "exit 3" --output "$tmp/judged"
run run --resume "$tmp/judged"
grep -q 'run 1 of 2: demo, baseline, seed 1' "$tmp/err"
ok $? "a run whose grader failed is taken up again" "$tmp/err"

# Finished runs need no model: there is none by that name any more.
cp $MODEL "$tmp/model.gguf"
run run $GRID -m "$tmp/model.gguf" --task demo --output "$tmp/gone"
rm "$tmp/model.gguf"
run run --resume "$tmp/gone"
[ "$code" -eq 0 ] && [ "$(wc -l <"$tmp/out")" -eq 4 ] && grep -q '4 of 4 done' "$tmp/err"
ok $? "a grid that is done is told again without its model" "$tmp/err"

# What is not done goes on, also by the same command; flags that join are for all.
tail -n +2 "$tmp/whole/demo-latent_mas-s2-seed42/samples.jsonl" >"$tmp/rest" && cp "$tmp/rest" "$tmp/whole/demo-latent_mas-s2-seed42/samples.jsonl"
rm "$tmp/whole/demo-latent_mas-s2-seed42/summary.json"
rm -r "$tmp/whole/demo_secret-baseline-seed43"
run run --resume "$tmp/whole" -np 2
[ "$code" -eq 0 ] && lines "$tmp/out" | diff "$tmp/want" - >"$tmp/diff" && [ "$(grep -c ' run [0-9]* of 8' "$tmp/err")" -eq 2 ] &&
    command_of "$tmp/whole/demo_secret-baseline-seed43" | grep -q -- '-np2'
ok $? "--resume goes on with what is left, with the flags that join" "$tmp/err"
rm "$tmp/whole/demo-baseline-seed43/summary.json"
run run $GRID --output "$tmp/whole"
[ "$code" -eq 0 ] && lines "$tmp/out" | diff "$tmp/want" - >"$tmp/diff" && [ "$(grep -c ' run [0-9]* of 8' "$tmp/err")" -eq 1 ]
ok $? "the same command with the same folder does too" "$tmp/err"
run run --resume "$tmp/whole/demo-baseline-seed43"
[ "$code" -eq 0 ] && [ "$(wc -l <"$tmp/out")" -eq 1 ]
ok $? "one of its runs is resumed alone" "$tmp/err"
run run $GRID --method text_mas --seeds 44 --task demo --output "$tmp/whole"
[ "$code" -eq 0 ] && [ -e "$tmp/whole/demo-text_mas-seed44/summary.json" ] && [ "$(grep -c '"name"' "$tmp/whole/grid.json")" -eq 9 ]
ok $? "runs join a folder of several, whose plan has them then" "$tmp/err"

echo '{' >"$tmp/whole/demo-baseline-seed43/summary.json"
run run --resume "$tmp/whole"
[ "$code" -eq 0 ] && [ "$(wc -l <"$tmp/out")" -eq 9 ] && grep -q 'run 5 of 9: demo, baseline, seed 43' "$tmp/err"
ok $? "a summary that cannot be read stops nothing" "$tmp/err"

run run $BASE --task demo --method baseline --seed 7 --repeats 2 --shard 2/2 --output "$tmp/repeats"
[ "$code" -eq 0 ] && [ "$(cd "$tmp/repeats" && echo *)" = "demo-baseline-seed7 demo-baseline-seed8 grid.json" ] &&
    [ "$(grep -c '"n":2,' "$tmp/out")" -eq 2 ]
ok $? "--repeats counts up from --seed; a shard of all runs" "$tmp/err"

# Killed at random moments, it ends as if nobody had.
run run $GRID --output "$tmp/undisturbed"
n_kills=0
"$LATENTMAS" run $GRID --output "$tmp/killed" >"$tmp/out" 2>"$tmp/err" </dev/null &
pid=$!
while [ $n_kills -lt 3 ]; do
    sleep "$(awk -v n="0$(date +%N)" 'BEGIN { print 0.2 + (n % 1000000) / 1000000 }')"
    kill -9 $pid 2>/dev/null || break
    wait $pid 2>/dev/null
    n_kills=$((n_kills + 1))
    "$LATENTMAS" run $GRID --output "$tmp/killed" >"$tmp/out" 2>"$tmp/err" </dev/null &
    pid=$!
done
wait $pid
ok $? "a grid that was killed $n_kills times ends" "$tmp/err"
lines "$tmp/out" | diff "$tmp/want" - >"$tmp/diff" && [ "$(answers "$tmp/killed")" = "$(answers "$tmp/undisturbed")" ]
ok $? "its verdicts, texts and counts are those of the undisturbed one" "$tmp/diff"

# What goes wrong later stops that run alone.
"$LATENTMAS" run $BASE --task demo --method baseline --seed 42 --temp 0.9 --output "$tmp/other/demo-baseline-seed42" >"$tmp/out" 2>&1
run run $GRID --task demo --output "$tmp/other"
[ "$code" -eq 1 ] && [ "$(wc -l <"$tmp/out")" -eq 3 ] && grep -q 'temperature' "$tmp/err" && grep -q '1 of 4 runs did not end' "$tmp/err"
ok $? "a run that cannot go on is said, the others are made, and the exit code tells" "$tmp/err"

# Ctrl-C stops the grid.
"$LATENTMAS" run $GRID --max_samples 200 --output "$tmp/stopped" >"$tmp/stopped.out" 2>"$tmp/stopped.err" </dev/null &
pid=$!
until grep -q 'run 1 of 8' "$tmp/stopped.err" 2>/dev/null && [ -s "$tmp/stopped/demo-baseline-seed42/samples.jsonl" ]; do sleep 0.05; done
kill -STOP $pid # or it may be at its end before the other
run run --resume "$tmp/stopped"
[ "$code" -eq 1 ] && [ ! -s "$tmp/out" ] && grep -q 'is in use: another latentmas works on these runs' "$tmp/err"
ok $? "two processes do not work in one folder" "$tmp/err"
kill -INT $pid
kill -CONT $pid
wait $pid
[ $? -eq 130 ] && ! grep -q 'run 2 of 8' "$tmp/stopped.err" && grep -qF "latentmas run --resume $tmp/stopped" "$tmp/stopped.err"
ok $? "an interrupt stops all of it, and says how to go on" "$tmp/stopped.err"

run run -m $MODEL --task gsm8k --data $SUMS --max_samples 1 --temp 0 --per-task-defaults --output "$tmp/paper" -n 4
[ "$code" -eq 0 ] && grep -q 'as the paper has it: --top-p 0.95$' "$tmp/err" && command_of "$tmp/paper" | grep -q -- '--top-p0.95' &&
    ! command_of "$tmp/paper" | grep -q 2048
ok $? "--per-task-defaults: what the paper has, where the command has nothing" "$tmp/err"

fails 2 'allow it with --allow-code' "code tasks are said up front" run -m $MODEL --task all --method all --output "$tmp/none"
[ ! -e "$tmp/none" ]
ok $? "and nothing is written"
fails 2 'or all, a comma between several, found "foo"' "an element of a list is named" run -m $MODEL --method baseline,foo
fails 2 '--task: expected' "no list ends in a comma" run -m $MODEL --task demo,
fails 2 'is named twice' "no value stands twice" run -m $MODEL --task demo --seeds 1,2,1
fails 2 'leave out --seed and --repeats' "--seeds and --repeats are one or the other" run -m $MODEL --task demo --seeds 1,2 --repeats 2
fails 2 'holds the questions of one task' "--data is of one task" run -m $MODEL --task demo,gsm8k --data $SUMS
fails 2 'holds runs with other flags' "a folder of other runs is refused" run $GRID --temp 0 --output "$tmp/whole"
fails 2 'holds a single run' "a folder of a run is no folder of several" run $GRID --output "$tmp/alone"
fails 2 'goes on with the runs that' "--resume has its runs" run --resume "$tmp/whole" --seeds 1,2
fails 2 '--temp with the --resume of several runs' "a flag that makes other runs does not join" run --resume "$tmp/whole" -np 2 --temp 0
fails 2 'found "all"' "ask takes no lists" ask -m $MODEL --method all x
mkdir -p "$tmp/bad" && echo '{"flags": [], "runs": [{"name": "../x", "task": "demo", "method": "baseline", "seed": 1, "command": []}]}' >"$tmp/bad/grid.json"
fails 1 'expected a name' "a plan that leads elsewhere is refused" run --resume "$tmp/bad"
echo '{' >"$tmp/bad/grid.json"
fails 1 'grid.json:' "a damaged plan is named" run --resume "$tmp/bad"
finish
