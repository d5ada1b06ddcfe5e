#!/bin/sh
# regrade: the answers of a run graded again, all of them or none, and without a model.
# shellcheck source=tests/cli/common/claims.sh disable=SC2319,SC2086
. tests/cli/common/claims.sh

cp $SUMS "$tmp/sums.jsonl"
run run -m $MODEL --data "$tmp/sums.jsonl" -t 1 -n 24 --latent_steps 2 --temp 0 -np 4 --max_samples 6 --output "$tmp/run"
ok "$code" "a run ends" "$tmp/err"

# damaged NAME: a run like it in which two verdicts are not those of the rules.
damaged() {
    rm -rf "${tmp:?}/$1"
    cp -r "$tmp/run" "$tmp/$1"
    sed -i '2s/"prediction":"[^"]*","correct":[a-z]*/"prediction":"0.5","correct":false/
            4s/"prediction":"[^"]*","correct":[a-z]*/"prediction":"0.5","correct":false/' "$tmp/$1/samples.jsonl"
    sed -i 's/"correct": [0-9]*/"correct": 77/' "$tmp/$1/summary.json"
}
# leftovers NAME: whether drafts lie there.
leftovers() { [ -e "$tmp/$1/samples.jsonl.new" ] || [ -e "$tmp/$1/config.json.new" ] || [ -e "$tmp/$1/summary.json.new" ]; }

run regrade "$tmp/run"
[ "$code" -eq 0 ] && grep -q "run: gsm8k, 6 answers, graded by [0-9.]* before, by [0-9.]* now" "$tmp/out" &&
    grep -qF 'no verdict changes: nothing is written' "$tmp/err"
ok $? "a run graded by this version has the verdicts of this version" "$tmp/out"

damaged dry
run regrade "$tmp/dry" --dry-run --list
[ "$code" -eq 0 ] && [ "$(grep -c '^ *[0-9]*  exact   wrong 0.5 -> ' "$tmp/out")" -eq 2 ] && grep -qF 'nothing is written' "$tmp/err" &&
    ! grep -q graded_b "$tmp/dry/samples.jsonl" "$tmp/dry/config.json"
ok $? "--dry-run --list names the verdicts that would change, and writes nothing" "$tmp/out"

damaged again
run regrade "$tmp/again"
[ "$code" -eq 0 ] && [ "$(grep -c '"graded_before":\[{"version":"[0-9.]*","gold":"[0-9]*","prediction":"0.5","correct":false' "$tmp/again/samples.jsonl")" -eq 2 ] &&
    grep -q '"graded_by": {' "$tmp/again/config.json" && ! leftovers again
ok $? "a regrade writes them, and keeps the old ones" "$tmp/out"
cmp -s "$tmp/run/summary.json" "$tmp/again/summary.json"
ok $? "the summary is that of the run"
run report "$tmp/run" "$tmp/again" --json
[ "$code" -eq 0 ] && [ "$(grep -c '"right": ' "$tmp/out")" -gt 0 ]
ok $? "a report reads both" "$tmp/err"
run run --resume "$tmp/again"
[ "$code" -eq 0 ] && grep -qF '"n":6' "$tmp/out"
ok $? "and the run can go on" "$tmp/err"

damaged json
run regrade "$tmp/json" --json --list
[ "$code" -eq 0 ] && [ "$(wc -l <"$tmp/out")" -eq 1 ] && grep -qF '"n_changed":2,' "$tmp/out" && grep -qF '"is_written":true,"changes":[{"index":' "$tmp/out"
ok $? "--json says it in a line" "$tmp/out"

# ---- An unfinished run, shards, questions of the command line ----
damaged half
sed -i 6d "$tmp/half/samples.jsonl"
printf '{"index":9' >>"$tmp/half/samples.jsonl"
rm "$tmp/half/summary.json"
run regrade "$tmp/half"
[ "$code" -eq 0 ] && [ "$(wc -l <"$tmp/half/samples.jsonl")" -eq 5 ] && [ ! -e "$tmp/half/summary.json" ] && ! grep -q '"index":9' "$tmp/half/samples.jsonl"
ok $? "of an unfinished run what is there is graded" "$tmp/err"
run run --resume "$tmp/half"
[ "$code" -eq 0 ] && [ "$(wc -l <"$tmp/half/samples.jsonl")" -eq 6 ]
ok $? "and it goes on to its end" "$tmp/err"
for part in 1 2; do
    run run -m $MODEL --data "$tmp/sums.jsonl" -t 1 -n 24 --latent_steps 2 --temp 0 --max_samples 4 --shard $part/2 --output "$tmp/part-$part"
done
sed -i '1s/"prediction":"[^"]*","correct":[a-z]*/"prediction":"0.5","correct":false/' "$tmp/part-1/samples.jsonl"
run regrade "$tmp/part-1" "$tmp/part-2"
[ "$code" -eq 0 ] && [ "$(grep -c ': gsm8k, 2 answers' "$tmp/out")" -eq 2 ]
ok $? "shards are graded each by itself" "$tmp/out"
run report "$tmp/part-1" "$tmp/part-2"
ok "$code" "and joined afterwards" "$tmp/err"
cp -r "$tmp/part-1" "$tmp/part-3"
sed -i '/"graded_by"/,/}/s/"latentmas": "[0-9.]*"/"latentmas": "9.9.9"/' "$tmp/part-3/config.json"
fails 1 'the other by 9.9.9: regrade both' "but not where two versions graded them" report "$tmp/part-2" "$tmp/part-3"
cp -r "$tmp/run" "$tmp/newer"
sed -i 's/"task": /"graded_by": {"latentmas": "9.9.9"}, &/' "$tmp/newer/config.json"
run report "$tmp/run" "$tmp/newer"
[ "$code" -eq 0 ] && grep -q '^B: graded by version 9.9.9, A by [0-9.]*: latentmas regrade makes them' "$tmp/out"
ok $? "a report says where two versions graded its runs" "$tmp/out"
run run -m $MODEL --task custom --custom_question 'What is 2 plus 3?' --custom_gold 5 -n 16 --latent_steps 2 --temp 0 --output "$tmp/custom"
sed -i 's/"prediction":[^,]*,"correct":[a-z]*/"prediction":"zzz","correct":true/' "$tmp/custom/samples.jsonl"
run regrade "$tmp/custom"
[ "$code" -eq 0 ] && grep -q graded_before "$tmp/custom/samples.jsonl"
ok $? "a question of the command line needs no file" "$tmp/err"
run run -m $MODEL --task demo -n 16 --latent_steps 2 --temp 0 --max_samples 1 --output "$tmp/own"
run regrade "$tmp/own"
ok "$code" "nor do the rows of the program" "$tmp/err"

cp -r "$tmp/run" "$tmp/evil"
sed -i 's/"latentmas": "[0-9.]*"/"latentmas": "\\u001b[2J9"/' "$tmp/evil/config.json"
sed -i 's/"prediction":"[^"]*"/"prediction":"\\u001b[31m7"/g' "$tmp/evil/samples.jsonl"
for form in "regrade $tmp/evil --list --dry-run" "regrade $tmp/evil --list --dry-run --json" "report $tmp/run $tmp/evil"; do
    run $form
    [ "$code" -eq 0 ] && ! grep -q "$(printf '\033')" "$tmp/out" "$tmp/err" && grep -qiE 'x1b|u001b|2J9' "$tmp/out"
    ok $? "what a folder says is nothing that a terminal obeys: ${form%% *}" "$tmp/out"
done

# ---- A grid ----
mkdir "$tmp/grid"
echo '{}' >"$tmp/grid/grid.json"
damaged grid/demo-a
cp -r "$tmp/run" "$tmp/grid/demo-b"
run regrade "$tmp/grid"
[ "$code" -eq 0 ] && [ "$(grep -c ': gsm8k, 6 answers' "$tmp/out")" -eq 2 ] && [ "$(grep -c graded_before "$tmp/grid/demo-a/samples.jsonl")" -eq 2 ] &&
    cmp -s "$tmp/run/summary.json" "$tmp/grid/demo-a/summary.json"
ok $? "a folder of runs stands for all of them" "$tmp/err"
for command in show inspect; do
    fails 1 "it holds 2 runs: name one of them, such as $tmp/grid/demo-a" "$command asks which one is meant" $command "$tmp/grid"
done

# ---- Killed on the way: the folder is as it was, or as it is to be ----
damaged killed
cp "$tmp/killed/samples.jsonl" "$tmp/before"
n_mixed=0
for delay in 0.005 0.01 0.02 0.03 0.05 0.1; do
    "$LATENTMAS" regrade "$tmp/killed" >/dev/null 2>&1 </dev/null &
    pid=$!
    sleep $delay
    kill -9 $pid 2>/dev/null
    wait $pid 2>/dev/null
    cmp -s "$tmp/before" "$tmp/killed/samples.jsonl" || [ "$(grep -c graded_before "$tmp/killed/samples.jsonl")" -eq 2 ] ||
        n_mixed=$((n_mixed + 1))
done
ok $n_mixed "killed at any moment samples.jsonl is the old one or the new one"
cp "$tmp/before" "$tmp/killed/samples.jsonl.new"
echo '{}' >"$tmp/killed/config.json.new"
run regrade "$tmp/killed"
[ "$code" -eq 0 ] && ! leftovers killed && [ "$(grep -c graded_before "$tmp/killed/samples.jsonl")" -eq 2 ] && grep -q '"task"' "$tmp/killed/config.json"
ok $? "the next regrade throws away what was begun" "$tmp/err"

# ---- Bad input ----
fails 2 'expected the folders of runs, found none' "regrade of nothing is wrong usage" regrade
mkdir "$tmp/empty"
fails 1 'it has no config.json' "a folder without a run is refused" regrade "$tmp/empty"
fails 1 'there is no such folder' "and one that is not there" regrade "$tmp/nowhere"
run regrade "$tmp/nowhere" "$tmp/run"
[ "$code" -eq 1 ] && grep -q ': gsm8k, 6 answers' "$tmp/out"
ok $? "the others have their turn" "$tmp/err"
damaged bad
echo '{"question":"One and one?","answer":"#### 2"}' >"$tmp/other.jsonl"
fails 1 'holds other data than the run was asked' "other data are refused" regrade "$tmp/bad" --data "$tmp/other.jsonl"
mv "$tmp/sums.jsonl" "$tmp/moved.jsonl"
fails 1 "name their file with --data" "data that are gone are asked for" regrade "$tmp/bad" --dry-run
run regrade "$tmp/bad" --data "$tmp/moved.jsonl"
ok "$code" "and found where --data says" "$tmp/err"
mv "$tmp/moved.jsonl" "$tmp/sums.jsonl"
damaged bad
sed -i '3s/"index":/"index":1/' "$tmp/bad/samples.jsonl"
fails 1 'samples.jsonl:3: question 1' "an index beyond the data is refused" regrade "$tmp/bad"
damaged bad
sed -i '3s/"text":/"text:/' "$tmp/bad/samples.jsonl"
fails 1 'samples.jsonl:3:' "a damaged line is named" regrade "$tmp/bad"
[ "$(grep -c graded_before "$tmp/bad/samples.jsonl")" -eq 0 ] && ! leftovers bad
ok $? "and nothing is written"
damaged bad
sed -i '/"task_source":/d; s/"task": "[a-z0-9]*"/"task": "nonsense"/' "$tmp/bad/config.json"
fails 1 'which this latentmas does not know' "a task that is unknown is refused" regrade "$tmp/bad"
damaged bad
{
    sed -n 1,2p "$tmp/run/samples.jsonl"
    sed -n '3s/"text":".*/"text":"/p' "$tmp/run/samples.jsonl" | tr -d '\n'
    head -c 2000000 /dev/zero | tr '\0' ' '
    sed -n '3s/.*"text":"//p' "$tmp/run/samples.jsonl"
    sed -n '4,$p' "$tmp/run/samples.jsonl"
} >"$tmp/bad/samples.jsonl"
run regrade "$tmp/bad"
[ "$code" -eq 0 ] && [ "$(wc -c <"$tmp/bad/samples.jsonl")" -gt 2000000 ]
ok $? "a line of two million blanks is one of many" "$tmp/err"
damaged bad
flock "$tmp/bad/samples.jsonl" "$LATENTMAS" regrade "$tmp/bad" >"$tmp/out" 2>"$tmp/err" </dev/null
[ $? -eq 1 ] && grep -qF 'is in use: another latentmas works on this run' "$tmp/err" && ! grep -q graded_before "$tmp/bad/samples.jsonl"
ok $? "a folder in use is refused" "$tmp/err"
if [ "$(id -u)" -eq 0 ]; then
    skip "a folder that cannot be written is refused" "root writes everywhere"
else
    chmod a-w "$tmp/bad"
    fails 1 'cannot make the file' "a folder that cannot be written is refused" regrade "$tmp/bad"
    run regrade "$tmp/bad" --dry-run
    ok "$code" "but for --dry-run" "$tmp/err"
    chmod u+w "$tmp/bad"
fi
sed -i '/"graded_by"/,/}/s/"latentmas": "[0-9.]*"/"latentmas": "9.9.9"/' "$tmp/again/config.json"
fails 1 'graded by the rules of latentmas 9.9.9' "a run that another version graded does not go on" run --resume "$tmp/again"
run regrade "$tmp/again"
[ "$code" -eq 0 ] && grep -qF 'config.json says who graded last' "$tmp/err" && ! grep -qF 9.9.9 "$tmp/again/config.json"
ok $? "before it is graded again, where nothing but that is written" "$tmp/err"
run run --resume "$tmp/again"
ok "$code" "then it does" "$tmp/err"
finish
