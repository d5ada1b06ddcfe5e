#!/bin/sh
# --grader: a judge of one's own, beside the rules and never in their place.
# shellcheck source=tests/cli/common/claims.sh disable=SC2319,SC2086
. tests/cli/common/claims.sh

# judged FOLDER TEXT: how many lines have TEXT in their grader's verdict.
judged() { grep -o '"grader":{[^}]*}' "$tmp/$1/samples.jsonl" | grep -cF -- "$2"; }
# ask FOLDER ARG...: six sums into FOLDER.
ask() {
    folder=$1
    shift
    run run -m $MODEL --data $SUMS -t 1 -n 24 --latent_steps 2 --temp 0 -np 4 --max_samples 6 --output "$tmp/$folder" "$@"
}
cat >"$tmp/judge" <<'END'
#!/bin/sh
# What it gets is kept; an answer to the third question ends it.
tee -a "$0.seen" | sed -e '/"index":2,/q3' -e 's/.*/{"correct":true,"prediction":"p","why":"all are right"}/'
END
chmod +x "$tmp/judge"
right='{"correct":true,"prediction":"p","why":"all are right"}'

ask run --grader "$tmp/judge"
[ "$code" -eq 3 ] && [ "$(judged run "$right")" -eq 5 ] && [ "$(judged run 'exit status 3')" -eq 1 ]
ok $? "a run shows its answers to the grader; one on which it fails costs no other its verdict, and the exit code says so" "$tmp/err"
grep -q 'the grader failed 1 of 6 answers, the first: ".*exit status 3' "$tmp/err"
ok $? "and why is said" "$tmp/err"
grep -q '"accuracy_grader":1.0,.*"correct_grader":5,"n_grader":5,"grader_failed":1,' "$tmp/out" &&
    grep -q '"accuracy_grader": 1.0' "$tmp/run/summary.json" && grep -q '^  grader   5 of 5, ' "$tmp/err" && grep -q '^  grader   failed 1 ' "$tmp/err"
ok $? "the summary counts its verdicts beside those of the rules" "$tmp/out"
head -n 1 "$tmp/judge.seen" | grep -q '^{"index":[0-9]*,"id":null,"question":".*","gold":"[0-9]*","options":\[\],"text":".*","prediction":'
ok $? "it is told index, question, gold, options, text and prediction" "$tmp/judge.seen"
ask plain
[ "$(field correct "$tmp/out")" = "$(sed -n 's/.*"correct": \([0-9]*\).*/\1/p' "$tmp/run/summary.json")" ] && ! grep -q grader "$tmp/out" "$tmp/plain/samples.jsonl"
ok $? "what the rules say is what they say without one" "$tmp/out"
run show "$tmp/run" 0
[ "$code" -eq 0 ] && grep -q '^right by grader: prediction p$' "$tmp/out" && grep -q '^all are right$' "$tmp/out" && grep -q ' by exact: ' "$tmp/out" && grep -q ' by compat: ' "$tmp/out"
ok $? "show has all three verdicts, and the reason" "$tmp/out"
run show "$tmp/run" 2
grep -q '^the grader failed: .*exit status 3' "$tmp/out"
ok $? "or why there is none" "$tmp/out"
run report "$tmp/plain" "$tmp/run"
[ "$code" -eq 0 ] && grep -q '^B  *5  *100.0 .* 5  *1$' "$tmp/out" && grep -q '^B: 1 answer that the grader failed' "$tmp/out"
ok $? "report has a table of it" "$tmp/out"
for form in --markdown --html --json; do
    run report "$tmp/plain" "$tmp/run" $form
    [ "$code" -eq 0 ] && grep -q 'grader' "$tmp/out"
    ok $? "and $form too" "$tmp/err"
done
run inspect "$tmp/run" 0 --json
grep -qF '"grader":{"correct":true,"prediction":"p","why":"all are right"}' "$tmp/out"
ok $? "inspect --json has it" "$tmp/out"

# ---- Again ----
rm "$tmp/judge.seen"
run run --resume "$tmp/run"
[ "$code" -eq 3 ] && [ "$(wc -l <"$tmp/judge.seen")" -eq 1 ]
ok $? "a run that goes on shows it what it has not judged, and nothing else" "$tmp/judge.seen"
fails 1 'params.grader' "it does not go on with another grader" run --resume "$tmp/run" --grader true
sed -i 's/"index":2,/"index":99,/' "$tmp/judge"
run regrade "$tmp/run" --grader "$tmp/judge"
[ "$code" -eq 0 ] && [ "$(judged run "$right")" -eq 6 ] && grep -q '^grader  *5  *6  *1  *0  *0  *0$' "$tmp/out"
ok $? "regrade with the same command tries again where it failed" "$tmp/out"
grep -q '"correct_grader": 6,' "$tmp/run/summary.json" && grep -q '"grader_failed": 0,' "$tmp/run/summary.json"
ok $? "and the summary follows" "$tmp/run/summary.json"
rm "$tmp/judge.seen"
run regrade "$tmp/run" --grader "$tmp/judge" --grader_again
[ "$code" -eq 0 ] && [ "$(wc -l <"$tmp/judge.seen")" -eq 6 ] && grep -qF 'nothing is written' "$tmp/err"
ok $? "--grader_again shows it all of them; where it says the same nothing is written" "$tmp/err"
wrong="sed 's/.*/{\"correct\":false,\"why\":\"none is\"}/'"
run regrade "$tmp/run" --grader "$wrong" --json --list
[ "$code" -eq 0 ] && grep -qF '"grader":{"before":6,"now":0,"to_right":0,"to_wrong":6,"other":0,"no_verdict":0}' "$tmp/out" &&
    [ "$(grep -c '"graded_before":\[{"version":"[0-9.]*","grader":{"correct":true' "$tmp/run/samples.jsonl")" -eq 6 ]
ok $? "another grader sees all answers, and the verdicts of the first are kept" "$tmp/out"
grep -A4 '"graded_by"' "$tmp/run/config.json" | grep -q '"grader": "sed '
ok $? "config.json says who judged last" "$tmp/run/config.json"
fails 1 'its answers were shown to the grader' "a run whose grader judged before another does not go on" run --resume "$tmp/run"
run regrade "$tmp/plain" --grader "$wrong" --grader_batch 2
[ "$code" -eq 0 ] && [ "$(judged plain '"correct":false')" -eq 6 ] && run run --resume "$tmp/plain" && [ "$code" -eq 0 ]
ok $? "a run without one can be judged later, and goes on" "$tmp/err"

# ---- Graders that fail ----
echo 'echo "no key for the judge model" >&2; exit 1' >"$tmp/bad"
cp "$tmp/plain/samples.jsonl" "$tmp/before"
cp "$tmp/plain/config.json" "$tmp/config"
run regrade "$tmp/plain" --grader "sh $tmp/bad" --grader_batch 2
[ "$code" -eq 3 ] && cmp -s "$tmp/before" "$tmp/plain/samples.jsonl" && cmp -s "$tmp/config" "$tmp/plain/config.json" &&
    grep -q '^grader  *0  *0  *0  *0  *0  *0$' "$tmp/out" && grep -qF 'as it judged none, the earlier verdicts on 6 answers stay' "$tmp/err"
ok $? "a grader that fails on all answers takes no verdict of an earlier one away" "$tmp/err"
grep -q 'the grader failed 6 of 6 answers, the first: ".*no key for the judge model"$' "$tmp/err"
ok $? "and why the first failed is said" "$tmp/err"
run regrade "$tmp/run" --grader "sed -e '/\"index\":[012],/d' -e 's/.*/{\"correct\":false}/'" --grader_batch 1
[ "$code" -eq 3 ] && grep -q '^grader  *0  *0  *0  *0  *0  *3$' "$tmp/out" && [ "$(judged run '"error":"')" -eq 3 ] &&
    grep -q 'the grader failed 3 of 6 answers, the first: ' "$tmp/err"
ok $? "of one that fails on some, these have no verdict: none became wrong" "$tmp/out"
run regrade "$tmp/run" --grader "$tmp/judge"
run regrade "$tmp/run" --grader "sed -e '/\"index\":[012],/d' -e 's/.*/{\"correct\":true}/'" --json
[ "$code" -eq 3 ] && grep -qF '"grader":{"before":6,"now":3,"to_right":0,"to_wrong":0,"other":3,"no_verdict":3}' "$tmp/out"
ok $? "nor where they were right before" "$tmp/out"
ask bare
for bad in false 'echo garbage' 'cat' 'no-such-command' 'yes'; do
    rm -rf "$tmp/plain" && cp -r "$tmp/bare" "$tmp/plain"
    run regrade "$tmp/plain" --grader "$bad" --grader_timeout 2
    [ "$code" -eq 3 ] && [ "$(judged plain '"error":"')" -eq 6 ] && [ "$(judged plain '"correct":null')" -eq 6 ] && grep -qF 'the grader failed 6 of 6 answers' "$tmp/err"
    ok $? "where it only fails ($bad) and none judged before each answer has the reason in place of a verdict" "$tmp/err"
done
run regrade "$tmp/plain" --grader 'sleep 20' --grader_timeout 0.1
[ "$code" -eq 3 ] && [ "$(judged plain 'took longer than its limit')" -eq 6 ]
ok $? "a grader that is late is ended" "$tmp/err"
fails 2 '--grader_batch' "a batch of none is wrong usage" regrade "$tmp/plain" --grader cat --grader_batch 0
cp "$tmp/plain/samples.jsonl" "$tmp/before"
run regrade "$tmp/plain" --grader "$wrong" --dry-run
[ "$code" -eq 0 ] && cmp -s "$tmp/before" "$tmp/plain/samples.jsonl" && grep -q '^grader ' "$tmp/out"
ok $? "--dry-run asks it, and writes nothing" "$tmp/out"

# ---- Killed while the grader works ----
cat >"$tmp/slow" <<'END'
#!/bin/sh
[ -e "$0.go" ] || { touch "$0.asked"; sleep 60; }
sed 's/.*/{"correct":true}/'
END
chmod +x "$tmp/slow"
"$LATENTMAS" run -m $MODEL --data $SUMS -t 1 -n 24 --latent_steps 2 --temp 0 -np 4 --max_samples 6 --grader "$tmp/slow" \
    --output "$tmp/killed" >"$tmp/out" 2>"$tmp/err" </dev/null &
pid=$!
n=0
while [ ! -e "$tmp/slow.asked" ] && [ $n -lt 600 ]; do
    sleep 0.1
    n=$((n + 1))
done
kill -9 $pid
wait $pid 2>/dev/null
[ "$(wc -l <"$tmp/killed/samples.jsonl")" -eq 6 ] && ! grep -q '"grader"' "$tmp/killed/samples.jsonl"
ok $? "killed while its grader works, a run has all its answers" "$tmp/err"
touch "$tmp/slow.go"
run run --resume "$tmp/killed"
[ "$code" -eq 0 ] && [ "$(judged killed '"correct":true')" -eq 6 ] && [ ! -e "$tmp/killed/samples.jsonl.new" ]
ok $? "and shows them to it when it goes on" "$tmp/err"
finish
