#!/bin/sh
# --control: what each leaves of the memory, on a task that only the memory solves; the other
# question of those that swap memories; the table that report makes of them.
# shellcheck source=tests/cli/common/claims.sh disable=SC2319,SC2086
. tests/cli/common/claims.sh
SECRET="--team models/secret_team.json --task demo_secret"
export XDG_CACHE_HOME="$tmp/cache"
unset HF_DATASETS_CACHE HF_HOME

# evaluate FOLDER ARG...: a greedy run on the secrets. The f32 cache keeps what questions do to each
# other (rounding, docs/method.md) too small to flip a token.
evaluate() {
    folder=$1
    shift
    run run -m $MODEL $SECRET --temp 0 -n 128 -np 8 -ctk f32 -ctv f32 --output "$tmp/$folder" "$@"
}
# answers FOLDER...: what was read and answered, by question.
answers() {
    for folder in "$@"; do sed 's/"[a-z]*_ms":[0-9.]*,\{0,1\}//g' "$tmp/$folder/samples.jsonl"; done | sort
}

# Of ten: all but a few that the model gets wrong anyway, or none but what chance gives.
for expected in off:-ge:8 none:-le:1 prompts:-ge:8 thoughts:-le:1 random:-le:1 zero:-le:1 \
    text:-ge:8 shuffled:-le:1 wrong-task:-le:1; do
    control=${expected%%:*} bound=${expected##*:} relation=${expected#*:}
    relation=${relation%:*}
    evaluate "$control" --max_samples 10 --control "$control"
    right=$(field correct "$tmp/out")
    [ "$code" -eq 0 ] && test "${right:-none}" "$relation" "$bound" 2>/dev/null
    ok $? "with --control $control ${right:-none} of 10 secrets are known, $relation $bound expected" "$tmp/err"
    [ "$(field control "$tmp/out")" = "$control" ] && grep -q "\"control\": \"$control\"" "$tmp/$control/config.json" &&
        grep -q "\"control\": \"$control\"" "$tmp/$control/summary.json"
    ok $? "its folder says so"
done
evaluate text_mas --max_samples 10 --method text_mas
[ "$(answers text | sed 's/"pos_[a-z]*":[0-9]*,//g')" = "$(answers text_mas | sed 's/"pos_[a-z]*":[0-9]*,//g')" ]
ok $? "--control text is text_mas, word for word" "$tmp/err"

# ---- The other question ----
evaluate part1 --max_samples 10 --control shuffled --shard 1/2 -np 3
evaluate part2 --max_samples 10 --control shuffled --shard 2/2 -np 3
[ "$(answers part1 part2)" = "$(answers shuffled)" ]
ok $? "two shards of a shuffled run read and answer what the whole does" "$tmp/err"
mkdir "$tmp/stopped" && cp "$tmp/shuffled/config.json" "$tmp/stopped" &&
    grep -E '^\{"index":(0|3|4|9),' "$tmp/shuffled/samples.jsonl" >"$tmp/stopped/samples.jsonl"
run run --resume "$tmp/stopped"
[ "$code" -eq 0 ] && [ "$(answers stopped)" = "$(answers shuffled)" ]
ok $? "so does one that was stopped and goes on" "$tmp/err"
run run --resume "$tmp/stopped" --control wrong-task
[ "$code" -eq 1 ] && grep -q 'it was started with params.control "shuffled", found "wrong-task"' "$tmp/err"
ok $? "but not under another control" "$tmp/err"
if command -v python3 >/dev/null; then
    python3 - "$tmp" <<'PYTHON' 2>"$tmp/err"
import json, sys
tmp = sys.argv[1]
rows = [json.loads(line) for line in open("src/data/demo_secret.jsonl")][:10]
for control in "shuffled", "wrong-task":
    for s in map(json.loads, open(f"{tmp}/{control}/samples.jsonl")):
        other, mine = rows[(s["index"] + 1) % 10], rows[s["index"]]
        first, last = s["agents"][0]["input"], s["agents"][-1]["input"]
        assert (other["note"] in first and other["question"] in first) == (control == "shuffled"), first
        assert mine["note"] not in first and mine["question"] in last, first
PYTHON
    ok $? "shuffled agents are asked the next question, around the end; the last its own" "$tmp/err"
else
    skip "shuffled agents are asked the next question" "no python3 here"
fi

fails 1 'this run has no two: ask more, or take --control wrong-task' "a run of one question has none to swap with" \
    run -m nowhere.gguf $SECRET --max_samples 1 --control shuffled --output "$tmp/one"
fails 2 'ask has one: use latentmas run, or --control wrong-task' "nor has ask, which says so before it loads a model" \
    ask -m nowhere.gguf --control shuffled 'How many?'
run ask -m $MODEL --temp 0 -n 64 --control wrong-task 'Tom has 12 apples and buys 7 more. How many?'
[ "$code" -eq 0 ] && [ -s "$tmp/out" ]
ok $? "ask has a question of another task" "$tmp/err"
for method in baseline text_mas; do
    fails 2 "--method $method has none: leave out one of the two" "a control is refused with $method: it has no memory" \
        run -m nowhere.gguf $SECRET --method $method --control none
done
fails 2 "--method baseline has none" "by ask too" ask -m nowhere.gguf --method baseline --control zero 'How many?'

# ---- The report ----
cd "$tmp" || exit 1
run report off none prompts thoughts random zero text shuffled wrong-task
[ "$code" -eq 0 ] && [ "$(sed -n '/^    memory/,/^$/p' out | awk 'NF && !/memory/ { printf "%s ", $2 }')" = \
    "off none prompts thoughts random zero text shuffled wrong-task " ]
ok $? "the report makes one table of nine controls" out
grep -qE '^B, none: [01] of 10 right in place of ([89]|10): (the memory is all there is|what is lost is what the memory carries)$' out &&
    grep -qE '^C, prompts: ([89]|10) of 10 right .*: what thoughts add to the cells of prompts does not show$' out
ok $? "and reads from it that the memory carries the answer, in the cells of prompts" out
awk 'length > 100' out >wide
[ ! -s wide ]
ok $? "its lines fit a hundred columns" wide
cd - >/dev/null || exit 1

finish
