#!/bin/sh
# Which questions a run asks: --ids, --shuffle.
# shellcheck source=tests/cli/common/claims.sh disable=SC2319,SC2086
. tests/cli/common/claims.sh

# ask FOLDER ARG...: on the demo model's problems.
ask() {
    folder=$1
    shift
    run run -m $MODEL --task demo -t 1 -n 16 --latent_steps 1 --temp 0.5 -ctk f32 -ctv f32 -np 3 --output "$tmp/$folder" "$@"
}
# indexes FOLDER: the questions in the order of their lines; lines FOLDER: what was said about them.
indexes() { sed 's/^{"index":\([0-9]*\),.*/\1/' "$tmp/$1/samples.jsonl"; }
lines() { sed 's/"[a-z]*_ms":[0-9.]*,\{0,1\}//g' "$tmp/$1/samples.jsonl" | sort; }

ask whole --max_samples 13
ask some --ids 11,2,7-8,2
[ "$code" -eq 0 ] && [ "$(indexes some | sort -n | tr '\n' ' ')" = "2 7 8 11 " ] && grep -q '"max_samples":4,' "$tmp/out"
ok $? "--ids asks the rows it names, each once" "$tmp/err"
lines some | while read -r line; do lines whole | grep -qxF -- "$line" || exit 1; done
ok $? "their lines are those of a run of all: who else is asked changes nothing"
run report "$tmp/whole" "$tmp/some"
[ "$code" -eq 0 ] && grep -Eq 'A, B +4 ' "$tmp/out"
ok $? "a report pairs the two by row" "$tmp/out"
run show "$tmp/some" 11
[ "$code" -eq 0 ] && grep -q '^=== question 11' "$tmp/out"
ok $? "show finds such a row" "$tmp/err"

ask five --shuffle 3 --max_samples 5 -np 1
[ "$code" -eq 0 ] && [ "$(indexes five | wc -l)" -eq 5 ] && [ "$(indexes five)" != "$(indexes five | sort -n)" ]
ok $? "--shuffle takes questions from all of the data" "$tmp/err"
ask again --shuffle 3 --max_samples 5 -np 1
[ "$(indexes again)" = "$(indexes five)" ]
ok $? "the same seed takes the same ones in the same order"
ask other --shuffle 4 --max_samples 5 -np 1
[ "$(indexes other)" != "$(indexes five)" ]
ok $? "another seed takes others"
run run --resume "$tmp/five" --max_samples 7
[ "$code" -eq 0 ] && [ "$(indexes five | head -n 5)" = "$(indexes again)" ] && [ "$(indexes five | sort -u | wc -l)" -eq 7 ]
ok $? "more of them begin with the same ones, so that such a run can go on" "$tmp/err"
run run --resume "$tmp/five" --shuffle 4
[ "$code" -eq 1 ] && grep -q 'data.shuffle 3, found 4' "$tmp/err"
ok $? "a run goes on with its own choice alone" "$tmp/err"
ask both --ids 20-29 --shuffle 1 --max_samples 3
[ "$code" -eq 0 ] && [ "$(indexes both | wc -l)" -eq 3 ] && ! indexes both | grep -qv '^2[0-9]$'
ok $? "--ids, --shuffle and --max_samples work together" "$tmp/err"
for part in 1 2; do ask part-$part --ids 1-6 --shard $part/2; done
run report "$tmp/part-1" "$tmp/part-2"
[ "$code" -eq 0 ] && [ "$(indexes part-1 part-2 | wc -l)" -eq 3 ] && grep -q 'demo, 6 questions' "$tmp/out"
ok $? "such a run can be sharded, and its shards joined" "$tmp/err"

# refused TEXT CLAIM LIST
refused() { fails 1 "$1" "$2" run -m $MODEL --task demo --output "$tmp/refused" --ids "$3"; }
refused 'row 400 of src/data/demo.jsonl, which has rows 0 to 399' "a row beyond the data is named" 1,400
refused 'found "7-3"' "a range the wrong way round is none" 7-3
refused 'found "-1"' "a negative number is none" -1
refused 'found "1.5"' "nor is a fraction" 1.5
refused 'found "HumanEval/0"' "nor an id that the data has not" HumanEval/0
refused 'found ""' "nor nothing" 1,,2
refused 'found "99999999999"' "nor a number that is no row anywhere" 99999999999
[ ! -e "$tmp/refused" ]
ok $? "and nothing is left behind"

finish
