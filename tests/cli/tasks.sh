#!/bin/sh
# tasks: what each kind of task writes down; questions of one's own; code; shards.
# shellcheck source=tests/cli/common/claims.sh disable=SC2319,SC2086
. tests/cli/common/claims.sh

# ask FOLDER ARG...: a run of few tokens.
ask() {
    folder=$1
    shift
    run run -m $MODEL -t 1 -n 16 --latent_steps 1 --temp 0 --output "$tmp/$folder" "$@"
}

# ---- One row of every kind ----
cat >"$tmp/aime.json" <<'EOF'
[{"problem": "What is 12 + 13?", "answer": "025"}]
EOF
cat >"$tmp/arc.jsonl" <<'EOF'
{"id": "x", "question": "What do we breathe?", "choices": {"text": ["air", "mud", "tin"], "label": ["1", "2", "3"]}, "answerKey": "1"}
EOF
gzip -k "$tmp/arc.jsonl"
ask aime --task aime2025 --data "$tmp/aime.json"
[ "$code" -eq 0 ] && grep -q '"gold":"025".*"compat":{"gold":"025"' "$tmp/aime/samples.jsonl"
ok $? "an AIME row from a JSON array is asked" "$tmp/err"
ask arc --task arc_easy --data "$tmp/arc.jsonl.gz"
[ "$code" -eq 0 ] && grep -q '"id":"x","question":"What do we breathe?\\nA. air\\nB. mud\\nC. tin","gold":"A"' "$tmp/arc/samples.jsonl"
ok $? "an ARC row from gzipped lines is asked with its options lettered" "$tmp/err"
grep -q 'one letter' "$tmp/arc/samples.jsonl"
ok $? "and the team is asked for a letter"

# ---- Questions of one's own ----
ask custom --task custom --custom_question 'What is 2 + 3?' --custom_gold 5
[ "$code" -eq 0 ] && [ "$(field n "$tmp/out")" = 1 ] && grep -q '"question":"What is 2 + 3?","gold":"5"' "$tmp/custom/samples.jsonl"
ok $? "a question of the command line is asked and graded" "$tmp/err"
run run --resume "$tmp/custom"
ok "$code" "and its run can be resumed" "$tmp/err"
printf 'From a file\n' >"$tmp/question"
ask free --task custom --custom_question_file "$tmp/question" --custom_question 'not this'
[ "$code" -eq 0 ] && grep -q '"accuracy":null' "$tmp/out" && grep -q '"question":"From a file\\n","gold":null' "$tmp/free/samples.jsonl" && ! grep -q right "$tmp/err"
ok $? "one without a gold, from a file, is asked and not graded" "$tmp/out"
printf 'caf\351\n' >"$tmp/latin"
fails 1 '--custom_question_file: ' "a file that is no UTF-8 is named by its flag" \
    run -m $MODEL --task custom --custom_question_file "$tmp/latin" --output "$tmp/none-latin"
grep -q 'not valid UTF-8' "$tmp/err"
ok $? "with what is wrong" "$tmp/err"
fails 1 '--custom_question: ' "so is such a text" run -m $MODEL --task custom --custom_question "$(cat "$tmp/latin")"
fails 1 '--custom_gold: ' "and such a gold" run -m $MODEL --task custom --custom_question x --custom_gold "$(cat "$tmp/latin")"
printf 'one\000two\n' >"$tmp/nul"
fails 1 '--custom_question_file: ' "a file with a NUL byte is not cut there, but refused" \
    run -m $MODEL --task custom --custom_question_file "$tmp/nul" --output "$tmp/none-nul"
grep -q 'NUL' "$tmp/err"
ok $? "by name" "$tmp/err"
: >"$tmp/nothing"
fails 1 '--custom_question_file' "so is an empty one" run -m $MODEL --task custom --custom_question_file "$tmp/nothing" --output "$tmp/none-nothing"
fails 2 '--task custom' "custom flags need the task" run -m $MODEL --custom_question x
fails 2 'no question' "the task needs a question" run -m $MODEL --task custom
fails 2 'both given' "a question and a file of them are too many" run -m $MODEL --task custom --custom_question x --data $SUMS

# ---- Code ----
cat >"$tmp/code.jsonl" <<'EOF'
{"task_id": 7, "prompt": "Add one.", "code": "def f(x):\n    return x + 1", "test_list": ["assert f(1) == 2"], "test": "assert f(1) == 2"}
EOF
fails 2 '--allow-code' "model-written code needs to be allowed" \
    run -m $MODEL --task mbppplus --data "$tmp/code.jsonl"
if bwrap --version >/dev/null 2>&1; then
    ask code --task mbppplus --data "$tmp/code.jsonl" --allow-code
    [ "$code" -eq 0 ] && grep -q '"id":"7".*"gold":null.*"code":{"sandbox":"bwrap","ending":"' "$tmp/code/samples.jsonl"
    ok $? "a program is tried in the sandbox" "$tmp/err"
    grep -q '"sandbox": {' "$tmp/code/config.json" && grep -q '"kind": "bwrap"' "$tmp/code/config.json"
    ok $? "config.json says in which"
    version=$(python3 -c 'import sys; print("%d.%d.%d" % sys.version_info[:3])')
    grep -q "\"python\": \"$version\"" "$tmp/code/config.json" &&
        grep -q '"python": "/usr/.*python3"' "$tmp/code/config.json"
    ok $? "and on which Python, by version and path"
    fails 1 'expected a program, found /no/such/python3' "another Python is looked for before the run starts" \
        run --resume "$tmp/code" --python /no/such/python3
    sed "s/\"$version\"/\"3.1.0\"/" "$tmp/code/config.json" >"$tmp/config.json"
    mkdir "$tmp/other" && cp "$tmp/code/samples.jsonl" "$tmp/other" && cp "$tmp/config.json" "$tmp/other"
    run run --resume "$tmp/other"
    [ "$code" -eq 1 ] && grep -q "sandbox.python \"3.1.0\", found \"$version\"" "$tmp/err"
    ok $? "another version of it is another run" "$tmp/err"
    ask named --task mbppplus --data "$tmp/code.jsonl" --allow-code --python python3
    [ "$code" -eq 0 ] && grep -q '"--python"' "$tmp/named/config.json"
    ok $? "--python names it" "$tmp/err"
    run run --resume "$tmp/code" --sandbox none
    [ "$code" -eq 1 ] && grep -q 'sandbox.kind "bwrap", found "none"' "$tmp/err"
    ok $? "another sandbox is another run" "$tmp/err"
    HF_ALLOW_CODE_EVAL=1 "$LATENTMAS" run -m $MODEL -t 1 -n 16 --task mbppplus --method baseline \
        --data "$tmp/code.jsonl" --output "$tmp/hf" >"$tmp/out" 2>"$tmp/err"
    ok $? "HF_ALLOW_CODE_EVAL=1 allows it too" "$tmp/err"
    fails 2 '--allow-code' "data check does not run a file's programs unasked" data check mbppplus --data "$tmp/code.jsonl"
    printf '{"name": "mbppplus", "answer": "code", "reader": "mbppplus", "data": {"file": "code.jsonl"}}' >"$tmp/mine.json"
    fails 2 '--allow-code' "nor those beside a task file" data check "$tmp/mine.json"
    fails 2 '--allow-code' "nor does run" run -m $MODEL --task "$tmp/mine.json"
    run data check "$tmp/mine.json" --allow-code
    [ "$code" -eq 0 ] && grep -q '1 of 1' "$tmp/out"
    ok $? "but with leave" "$tmp/err"
    run data check mbppplus --allow-code --data "$tmp/code.jsonl"
    [ "$code" -eq 0 ] && grep -q '1 of 1' "$tmp/out"
    ok $? "data check runs the solutions and their mutants" "$tmp/err"
    sed 's/x + 1"/x"/' "$tmp/code.jsonl" >"$tmp/wrong.jsonl"
    run data check mbppplus --allow-code --data "$tmp/wrong.jsonl"
    [ "$code" -eq 1 ] && grep -q '0 of 1' "$tmp/out" && grep -q 'AssertionError' "$tmp/err"
    ok $? "and fails where one does not pass" "$tmp/err"
    env --ignore-signal=CHLD "$LATENTMAS" data check mbppplus --allow-code --data "$tmp/wrong.jsonl" >"$tmp/out" 2>"$tmp/err"
    [ $? -eq 1 ] && grep -q '0 of 1' "$tmp/out" && grep -q 'AssertionError' "$tmp/err"
    ok $? "in the same words where the parent ignores SIGCHLD" "$tmp/err"
    sed 's/"assert f(1) == 2"}/"import time; time.sleep(25)"}/' "$tmp/code.jsonl" >"$tmp/slow.jsonl"
    "$LATENTMAS" data check mbppplus --allow-code --data "$tmp/slow.jsonl" >"$tmp/out" 2>"$tmp/err" &
    pid=$!
    sleep 2
    begin=$(date +%s)
    kill -INT $pid
    wait $pid
    code=$?
    [ "$code" -eq 130 ] && [ $(($(date +%s) - begin)) -le 5 ]
    ok $? "Ctrl-C ends it while a program runs" "$tmp/err"
else
    skip "programs are tried in the sandbox" "bwrap is not installed"
fi
# Without bubblewrap in PATH: an honest refusal, and nothing is written.
chmod 755 "$tmp" && mkdir "$tmp/bin" # programs run as another user, who must get there
ln -s "$(command -v python3)" "$tmp/bin/python3"
PATH=$tmp/bin "$LATENTMAS" run -m $MODEL --task mbppplus --data "$tmp/code.jsonl" --allow-code \
    --output "$tmp/refused" >"$tmp/out" 2>"$tmp/err"
code=$?
[ "$code" -eq 1 ] && grep -q 'bubblewrap' "$tmp/err" && grep -q -- '--sandbox none' "$tmp/err" && [ ! -e "$tmp/refused" ]
ok $? "without bubblewrap the run is refused before it starts, with the ways out" "$tmp/err"
PATH=$tmp/bin "$LATENTMAS" run -m $MODEL -t 1 -n 16 --method baseline --task mbppplus --data "$tmp/code.jsonl" \
    --allow-code --sandbox none --output "$tmp/none" >"$tmp/out" 2>"$tmp/err"
code=$?
[ "$code" -eq 0 ] && grep -q '"sandbox":"none"' "$tmp/none/samples.jsonl"
ok $? "--sandbox none runs without it, and the line says so" "$tmp/err"

# ---- Shards ----
indices() { sed 's/^{"index":\([0-9]*\),.*/\1/' "$tmp/$1/samples.jsonl" | sort -n | tr '\n' ' '; }
ask whole --data $SUMS --max_samples 5
for i in 1 2; do
    ask "part-$i" --data $SUMS --max_samples 5 --shard "$i/2"
    ok "$code" "shard $i of 2 is asked" "$tmp/err"
done
[ "$(indices part-1)" = '0 2 4 ' ] && [ "$(indices part-2)" = '1 3 ' ]
ok $? "every question is in one shard"
bare() { sed 's/"[a-z]*_ms":[0-9.]*,\{0,1\}//g' "$@" | sort; }
bare "$tmp/part-1/samples.jsonl" "$tmp/part-2/samples.jsonl" >"$tmp/parts"
bare "$tmp/whole/samples.jsonl" | cmp -s - "$tmp/parts"
ok $? "and answered as in a run that is not cut"
run run --resume "$tmp/part-1" --shard 2/2
[ "$code" -eq 1 ] && grep -q 'shard.index 1, found 2' "$tmp/err"
ok $? "a shard cannot be resumed as another" "$tmp/err"
run report "$tmp/part-1" "$tmp/part-2"
[ "$code" -eq 0 ] && grep -q '5' "$tmp/out"
ok $? "report joins the shards" "$tmp/err"
for bad in 0/2 3/2 1/0 1 /2 1/ -1/2 1/2/3 x/y 1/999999999; do
    fails 2 'expected I/N' "--shard $bad is refused" run -m $MODEL --data $SUMS --shard "$bad"
done
fails 1 'is empty' "a shard without questions is refused" \
    run -m $MODEL --data $SUMS --max_samples 2 --shard 3/3 --output "$tmp/empty"
[ ! -e "$tmp/empty" ]
ok $? "before anything is written"
PATH=$(dirname "$LATENTMAS"):$PATH SLURM_ARRAY_TASK_ID=2 SLURM_ARRAY_TASK_COUNT=4 HF_DATASETS_CACHE=$tmp/hf HF_HUB_OFFLINE=1 \
    sh -c 'mkdir -p "$4/latentmas" && head -n 6 tests/cli/sums.jsonl >"$4/latentmas/gsm8k.jsonl" &&
        sh examples/shards/slurm.sh "$1" "$2" "$3" && sh examples/shards/slurm.sh "$1" "$2" "$3"' \
    sh $MODEL gsm8k "$tmp/slurm" "$tmp/hf" >"$tmp/out" 2>"$tmp/err"
code=$?
[ "$code" -eq 0 ] && [ "$(indices slurm/part-2)" = '1 5 ' ]
ok $? "the Slurm script asks its shard, and goes on when it is started again" "$tmp/err"

finish
