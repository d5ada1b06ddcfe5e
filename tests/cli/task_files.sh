#!/bin/sh
# Task files: a copy of a built-in task's file is that task, one's own is checked, run, resumed and
# reported, and whatever is wrong with one, a single line says where.
# shellcheck source=tests/cli/common/claims.sh disable=SC2319,SC2086
. tests/cli/common/claims.sh

# ask FOLDER ARG...: a run of few tokens.
ask() {
    folder=$1
    shift
    run run -m $MODEL -t 1 -n 12 --latent_steps 1 --temp 0 --output "$tmp/$folder" "$@"
}

# ---- Copies of built-in files ----
cat >"$tmp/gsm8k.rows" <<'END'
{"question": "Tom has 3 eggs and finds 4. How many are there?", "answer": "3+4=7\n#### 7", "note": "n"}
{"question": "A town of 1,400 grows by 30. How many live there?", "answer": "Add.\n#### 1,430"}
END
cat >"$tmp/arc_easy.rows" <<'END'
{"id": "x1", "question": "What do we breathe?", "choices": {"text": ["air", "mud", "tin"], "label": ["1", "2", "3"]}, "answerKey": "1"}
{"id": "x2", "question": "Which is warm?", "choices": {"text": ["ice", "fire", "snow", "hail", "wind"], "label": ["A", "B", "C", "D", "E"]}, "answerKey": "B"}
END
cp "$tmp/arc_easy.rows" "$tmp/arc_challenge.rows"
cat >"$tmp/medqa.rows" <<'END'
[{"idx": 7, "query": "Which one?\nA. influenza\nB. flu\nChoose the correct option.", "options": ["A. influenza", "B. flu"], "answer": "flu"},
 {"query": "And now?\nA. cough\nB. dry cold\nChoose the correct option.", "options": ["A. cough", "B. dry cold"], "answer": "cold"}]
END
cat >"$tmp/winogrande.rows" <<'END'
{"sentence": "The cup did not fit the box as the _ was big.", "option1": "cup", "option2": "box", "answer": "1"}
END
cat >"$tmp/aime2024.rows" <<'END'
{"id": 60, "problem": "What is 12 + 13?", "answer": "025"}
END
cat >"$tmp/gpqa.rows" <<'END'
{"question": "Which colour?\n\nA) red\nB) blue\nC) green\nD) grey", "answer": "C"}
END
cat >"$tmp/custom.rows" <<'END'
{"question": "Which town?", "gold": "Paris", "note": {"first": "a", "second": "b"}}
{"question": "And which number?", "gold": null}
END
# bare FILE: without times and paths.
bare() { sed 's/"[a-z_]*_\(ms\|sec\)":[0-9.e+-]*,\{0,1\}//g; s/"run":"[^"]*"//' "$1"; }
mkdir "$tmp/copies"
for task in gsm8k arc_easy arc_challenge medqa winogrande aime2024 gpqa custom; do
    "$LATENTMAS" tasks show $task >"$tmp/copies/$task.json"
    cmp -s "$tmp/copies/$task.json" tasks/$task.json
    ok $? "tasks show prints the file of $task"
    ask "own-$task" --task $task --data "$tmp/$task.rows"
    bare "$tmp/out" >"$tmp/own.out"
    ask "copy-$task" --task "$tmp/copies/$task.json" --data "$tmp/$task.rows"
    bare "$tmp/out" >"$tmp/copy.out"
    [ "$code" -eq 0 ] && [ -s "$tmp/own.out" ] && cmp -s "$tmp/own.out" "$tmp/copy.out"
    ok $? "a copy of it has the same summary" "$tmp/err"
    bare "$tmp/own-$task/samples.jsonl" >"$tmp/own.samples"
    bare "$tmp/copy-$task/samples.jsonl" | cmp -s - "$tmp/own.samples" &&
        [ "$(grep -c '"status":"ok"' "$tmp/own.samples")" -eq "$(wc -l <"$tmp/own.samples")" ]
    ok $? "and the same samples" "$tmp/own.samples"
done
grep -q '"gold":"1430".*"compat":{"gold":"1",' "$tmp/copy-gsm8k/samples.jsonl" &&
    grep -q '"gold":"B".*"compat":{"gold":"a",' "$tmp/copy-medqa/samples.jsonl"
ok $? "golds of both rules among them"

# Real rows, where this machine has them: they are no part of the project.
for set in gsm8k/test.jsonl arc_easy/test.jsonl arc_challenge/test.jsonl medqa/medqa.json; do
    task=${set%%/*}
    if [ ! -f "../shared/data/$set" ]; then
        skip "published rows of $task become the same by its file" "no rows here"
        continue
    fi
    ask "real-$task" --task $task --data "../shared/data/$set" --max_samples 4
    ask "real-copy-$task" --task "$tmp/copies/$task.json" --data "../shared/data/$set" --max_samples 4
    bare "$tmp/real-$task/samples.jsonl" >"$tmp/own.samples"
    [ "$code" -eq 0 ] && bare "$tmp/real-copy-$task/samples.jsonl" | cmp -s - "$tmp/own.samples"
    ok $? "published rows of $task become the same by its file" "$tmp/err"
done

# ---- A task of one's own ----
mkdir "$tmp/mine"
cat >"$tmp/mine/colours.json" <<'END'
{
  "name": "colours",
  "answer": "choice",
  "data": {"file": "rows.jsonl"},
  "id": "meta.number",
  "question": "Mix {first} and {second}. What comes out?",
  "options": "choices",
  "gold": {"field": "right", "as": "index"}
}
END
cat >"$tmp/mine/rows.jsonl" <<'END'
{"meta": {"number": 1}, "first": "blue", "second": "yellow", "choices": ["green", "red"], "right": 0}
{"meta": {"number": 2}, "first": "red", "second": "white", "choices": ["black", "pink"], "right": 1}
END
MINE=$tmp/mine/colours.json
run tasks check "$MINE"
[ "$code" -eq 0 ] && grep -q 'colours.json: task colours, answer choice, of a row "first", "second", "choices", "right" (from 0)$' "$tmp/out" &&
    grep -q '^2 rows in .*/mine/rows.jsonl, all read$' "$tmp/out" && grep -q '^--- row 1, 2$' "$tmp/out" &&
    grep -q '^Mix red and white. What comes out?$' "$tmp/out" && grep -q '^  gold     B$' "$tmp/out"
ok $? "tasks check says what a file is and shows what its rows become" "$tmp/out"
run data check "$MINE"
[ "$code" -eq 0 ] && [ "$(cat "$tmp/out")" = 'colours: 2 of 2 golds are graded as right (compat: 2)' ]
ok $? "data check grades its own answers" "$tmp/out"
ask colours --task "$MINE"
[ "$code" -eq 0 ] && grep -q '^{"index":0,"id":"1","question":"Mix blue and yellow. What comes out?\\nA. green\\nB. red","gold":"A"' "$tmp/colours/samples.jsonl"
ok $? "the rows beside it are asked" "$tmp/err"
grep -q '"task": "colours",' "$tmp/colours/config.json" && grep -qF '"task_source": "{\n  \"name\": \"colours\",' "$tmp/colours/config.json"
ok $? "config.json has its name and the whole file"
(cd "$tmp" && "$LATENTMAS" run -m "$OLDPWD/$MODEL" -t 1 -n 4 --method baseline --task mine/colours.json --max_samples 1 >out 2>err)
[ "$(find "$tmp/runs" -maxdepth 1 -name '*Z-colours-baseline' | wc -l)" -eq 1 ]
ok $? "a folder that nobody named has the task's name" "$tmp/err"

# ---- Going on ----
head -n 1 "$tmp/colours/samples.jsonl" >"$tmp/half" && cp "$tmp/half" "$tmp/colours/samples.jsonl"
run run --resume "$tmp/colours"
[ "$code" -eq 0 ] && [ "$(wc -l <"$tmp/colours/samples.jsonl")" -eq 2 ]
ok $? "a run of it goes on" "$tmp/err"
cp "$MINE" "$tmp/kept.json"
sed -i 's/What comes out/What is that/' "$MINE"
fails 1 'it was started with another task_source' "not when the file has changed" run --resume "$tmp/colours"
run report "$tmp/colours"
[ "$code" -eq 0 ] && grep -q '^colours, 2 questions' "$tmp/out"
ok $? "which report does not need" "$tmp/err"
run show "$tmp/colours" 1
[ "$code" -eq 0 ] && grep -q 'Mix red and white. What comes out?' "$tmp/out"
ok $? "nor does show" "$tmp/err"
ask others --task "$MINE"
run report "$tmp/colours" "$tmp/others"
[ "$code" -eq 0 ] && grep -q 'another task file of that name' "$tmp/out"
ok $? "runs of two files of one name are not paired" "$tmp/out"
mv "$MINE" "$tmp/gone.json"
fails 1 'cannot open ' "a file that is gone is named" run --resume "$tmp/colours"
mv "$tmp/kept.json" "$MINE"
run run --resume "$tmp/colours"
ok "$code" "and with it the run goes on" "$tmp/err"
sed '/"task_source"/d' "$tmp/own-gsm8k/config.json" >"$tmp/old.json"
mkdir "$tmp/old" && cp "$tmp/own-gsm8k/samples.jsonl" "$tmp/old" && cp "$tmp/old.json" "$tmp/old/config.json"
run run --resume "$tmp/old"
[ "$code" -eq 0 ] && ! grep -q task_source "$tmp/old/config.json"
ok $? "a run of an earlier version, whose config has no file, goes on too" "$tmp/err"
run report "$tmp/old" "$tmp/own-gsm8k"
[ "$code" -eq 0 ] && ! grep -q 'another task file' "$tmp/out"
ok $? "and is compared with one of today" "$tmp/err"

# ---- What is none ----
fails 2 '--task: expected a task (aime2024, ' "a name that is no task's is refused" run -m $MODEL --task gsm9k
grep -q 'or a task file FILE.json, found "gsm9k"' "$tmp/err"
ok $? "with both that could be meant" "$tmp/err"
fails 1 'cannot open no-such.json' "a file that is not there is named" run -m $MODEL --task no-such.json
fails 1 "$tmp/mine" "a folder is no task file" tasks check "$tmp/mine"
for command in "run -m $MODEL --task" "tasks check" "tasks show" "data get" "data path" "data check"; do
    printf '{"name": "mine",\n "answer": "text",\n "questions": "q"}\n' >"$tmp/bad.json"
    fails 1 "bad.json:3: unknown key \"questions\" in a task of answer text" "$command names file and line of what is wrong" $command "$tmp/bad.json"
done
fails 2 'no data set is known for task' "a task without rows has none to get" data get tasks/custom.json
rm "$tmp/mine/rows.jsonl"
fails 1 'mine/rows.jsonl' "rows that are not beside their file are named" run -m $MODEL --task "$MINE" --output "$tmp/none"
[ ! -e "$tmp/none" ]
ok $? "before anything is written"
printf '{"meta": {"number": 1}, "first": "blue", "choices": ["green", "red"], "right": 0}\n' >"$tmp/mine/rows.jsonl"
fails 1 'rows.jsonl:1: "second" in a row must be a text without NUL or a number, found nothing' "a row without a field is named" run -m $MODEL --task "$MINE"
printf '{"first": "blue", "second": "red", "choices": ["green", "red"], "right": 2}\n' >"$tmp/mine/rows.jsonl"
fails 1 'rows.jsonl:1: "right" must be "0" or "1", found "2"' "so is an index that is no option's" run -m $MODEL --task "$MINE"
seq -s '","' 27 | sed 's/.*/{"first": "a", "second": "b", "choices": ["&"], "right": 0}/' >"$tmp/mine/rows.jsonl"
fails 1 'rows.jsonl:1: more than 26 options' "and more options than letters" run -m $MODEL --task "$MINE"

finish
