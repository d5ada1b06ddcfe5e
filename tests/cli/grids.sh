#!/bin/sh
# grids: many runs as a table, seeds pooled, and each number worked out a second time.
# shellcheck source=tests/cli/common/claims.sh disable=SC2319,SC2086
. tests/cli/common/claims.sh

if ! command -v python3 >/dev/null; then
    skip "the table of a grid holds what its lines say, worked out in Python" "no python3 here"
    finish
fi
(cd tests/cli/common && python3 make_grid.py "$tmp/grid")
echo "{}" >"$tmp/grid/grid.json" # what else is in the folder is no run
report() {
    (cd "$tmp" && "$LATENTMAS" report "$@") >"$tmp/out" 2>"$tmp/err" </dev/null
    code=$?
}

report grid
same report-grid "$tmp/out" "the report of three tasks, four ways to answer and three seeds is as agreed"
python3 -c 'import sys; assert all(len(line) <= 101 for line in open(sys.argv[1], encoding="utf-8"))' "$tmp/out" 2>"$tmp/wide"
ok $? "its lines fit a hundred columns" "$tmp/wide"
report grid --latex --reference qwen3-8b
same report-grid-latex "$tmp/out" "the table for LaTeX is as agreed"
report grid --csv
cp "$tmp/out" "$tmp/grid.csv"
report grid --json
cp "$tmp/out" "$tmp/grid.json"
python3 tests/cli/common/recompute.py "$tmp/grid" "$tmp/grid.csv" "$tmp/grid.json" >"$tmp/n" 2>"$tmp/err" &&
    [ "$(cat "$tmp/n")" -gt 400 ]
ok $? "$(cat "$tmp/n") numbers of CSV and JSON are those of the lines to the last digit, worked out in Python" "$tmp/err"

# A number that is off must be noticed: the check can fail.
sed 's/"correct":true/"correct":false/' "$tmp/grid/gsm8k-baseline-seed42/samples.jsonl" >"$tmp/other"
cp -r "$tmp/grid" "$tmp/off"
sed '1!b' "$tmp/other" >"$tmp/off/gsm8k-baseline-seed42/samples.jsonl"
! python3 tests/cli/common/recompute.py "$tmp/off" "$tmp/grid.csv" "$tmp/grid.json" >"$tmp/n" 2>&1 &&
    grep -q AssertionError "$tmp/n"
ok $? "the check notices a verdict that changed" "$tmp/n"

report grid
grep -q 'time of L: 4 threads in place of 16, so it is not compared with A' "$tmp/out"
ok $? "a run with other threads is named, and its seconds are set beside nobody's" "$tmp/out"
grep -q 'P and 2 more seeds: told of the 53 questions that all have graded' "$tmp/out"
ok $? "seeds of which one is not over are told of the questions that all have" "$tmp/out"
[ "$(grep -cE 'questions? failed, counted as wrong' "$tmp/out")" -eq 12 ] &&
    grep -q '^A and 2 more seeds: 1 question failed, counted as wrong' "$tmp/out"
ok $? "seeds have one note together of what failed" "$tmp/out"
report "$tmp"/grid/gsm8k-*
[ "$code" -eq 0 ] && grep -q '^exact %' "$tmp/out" && ! grep -q '^average' "$tmp/out"
ok $? "one task with seeds begins with the table, without an average" "$tmp/out"
report "$tmp"/grid/gsm8k-*-seed42
[ "$code" -eq 0 ] && head -n 1 "$tmp/out" | grep -q '^gsm8k, 60 questions' && ! grep -q '^exact %' "$tmp/out"
ok $? "one task without seeds is the report it was" "$tmp/out"
rm -r "$tmp/off/arc_challenge-baseline"*
report off
[ "$code" -eq 0 ] && grep -q '^no averages over tasks: not every method has answered all' "$tmp/out" && ! grep -q '^average' "$tmp/out"
ok $? "where a method lacks a task there is no average, and a note says so" "$tmp/out"
cp -r "$tmp/grid/gsm8k-baseline-seed42" "$tmp/again"
report again grid/gsm8k-baseline-seed42 --json
python3 -c 'import json, sys; assert [p["runs"] for p in json.load(open(sys.argv[1]))["pools"]] == [["A"], ["B"]]' "$tmp/out" 2>"$tmp/err"
ok $? "a run made twice under one seed is no pool" "$tmp/err"

n=0
for form in --latex --markdown ''; do
    report "$tmp"/grid/humanevalplus-* $form
    ! grep -q 'of a part of' "$tmp/out" && n=$((n + 1))
    report "$tmp"/grid/gsm8k-* $form
    grep -q '\*.*: .*of a part of' "$tmp/out" && n=$((n + 1))
done
[ "$n" -eq 6 ]
ok $? "the star is explained where there is one" "$tmp/out"
report grid --latex --against text_mas
grep -q '^% speed-up: against text_mas$' "$tmp/out" && report grid --latex --against grid/gsm8k-text_mas-seed42 &&
    grep -q '^% speed-up of gsm8k: against text_mas$' "$tmp/out" &&
    grep -q '^% speed-up of arc_challenge: against baseline$' "$tmp/out"
ok $? "LaTeX says which method speed-ups are against" "$tmp/out"

# ---- Against a method ----
report grid --against text_mas --json
cp "$tmp/out" "$tmp/against.json"
report grid --against text_mas
python3 - "$tmp/against.json" "$tmp/out" <<'PY' 2>"$tmp/err"
import json, re, sys
report = json.load(open(sys.argv[1]))
runs = {run["key"]: run for run in report["runs"]}
pairs = [(p["first"], p["second"]) for p in report["pairs"]]
assert len(pairs) == 27, len(pairs)
for a, b in pairs:
    assert runs[a]["method"] == "text_mas" != runs[b]["method"] and runs[a]["seed"] == runs[b]["seed"], (a, b)
text = open(sys.argv[2], encoding="utf-8").read()
assert sorted(re.findall(r"^([A-Z]+), ([A-Z]+) ", text, re.M)) == sorted(pairs)
PY
ok $? "--against text_mas pairs each of its seeds with the same seed of the others, in text and JSON" "$tmp/err"
report grid --against text_mas --html
[ "$(grep -c '<summary>9 pairs of runs</summary>' "$tmp/out")" -eq 3 ]
ok $? "and on the page" "$tmp/err"
report grid --against grid/gsm8k-text_mas-seed43 --json
python3 -c 'import json, sys
report = json.load(open(sys.argv[1]))
seed = {run["key"]: run["seed"] for run in report["runs"]}
assert [seed[p["first"]] for p in report["pairs"]].count(43) == 11' "$tmp/out" 2>"$tmp/err"
ok $? "--against a run pairs it with all others of its task" "$tmp/err"
for n in 4 6; do
    for m in baseline latent_mas; do
        run run -m $MODEL --data $SUMS --max_samples $n --method $m -n 4 -t 1 --latent_steps 2 --output "$tmp/rows/$m-$n"
    done
done
rm -r "$tmp/rows/latent_mas-6"
run run -m $MODEL --data $SUMS --max_samples 5 -n 4 -t 1 --latent_steps 2 --output "$tmp/rows/latent_mas-5"
report rows --json
python3 -c 'import json, sys
report = json.load(open(sys.argv[1]))
pools = {(p["column"], p["n_questions"]): p for p in report["pools"]}
seconds = {key: p["per_question"]["wall_sec"] for key, p in pools.items()}
want = seconds["baseline", 4] / seconds["latent_mas", 4]
assert abs(pools["latent_mas", 4]["speedup"] / want - 1) < 1e-9
assert pools["baseline", 4]["speedup"] == pools["baseline", 6]["speedup"] == 1
assert pools["latent_mas", 5]["speedup"] is None' "$tmp/out" 2>"$tmp/err"
ok $? "a row of other questions has its own reference, or no speed-up" "$tmp/err"

# ---- A judge of the user's ----
for s in 42 43; do
    run run -m $MODEL --data $SUMS --max_samples 3 -n 4 -t 1 --latent_steps 2 --seed $s --output "$tmp/judged/$s" \
        --grader 'sed "s/.*/{\"correct\":true}/"'
done
head -n 2 "$tmp/judged/43/samples.jsonl" >"$tmp/two" && cp "$tmp/two" "$tmp/judged/43/samples.jsonl"
n=0
for form in --markdown --html --latex ''; do
    report judged $form
    grep -qE 'grader,? \\?%' "$tmp/out" && grep -q '100\.0\(\\\*\|\*\|\$^\*\$\)' "$tmp/out" && n=$((n + 1))
    report grid $form
    ! grep -qE 'grader,? \\?%' "$tmp/out" && n=$((n + 1))
done
report judged --csv
python3 -c 'import csv, sys
row = next(csv.DictReader(open(sys.argv[1], newline="")))
assert (row["grader_n"], row["grader_mean"]) == ("5", "1.000000"), row
assert None not in row and None not in row.values()' "$tmp/out" 2>"$tmp/err" && [ "$n" -eq 8 ]
ok $? "what a grader says is a block of the table and columns of CSV, where runs have one" "$tmp/err"

# ---- Published numbers ----
run report --reference list
[ "$code" -eq 0 ] && grep -q '^qwen3-14b$' "$tmp/out" && grep -q 'Table 3, hierarchical .*gpqa' "$tmp/out"
ok $? "--reference list prints whose numbers there are, and of whom" "$tmp/out"
report grid --reference qwen3-8b
grep -q 'NOT measured here' "$tmp/out" && grep -q '^the paper of LatentMAS (arXiv 2511.20639 v3), Table 1' "$tmp/out" &&
    grep -qE '^gsm8k +latent_mas +93\.8 +860 +543 +84\.3' "$tmp/out" && ! grep -q medqa "$tmp/out"
ok $? "the paper's numbers stand beside ours, with their source, of the same tasks" "$tmp/out"
(cd tests/cli/common && python3 -c 'import sys, make_runs
for n in 163, 164:
    make_runs.write(sys.argv[1], f"code-{n}", "humanevalplus", "latent_mas", n, 0.5)' "$tmp")
report code-163 --reference qwen3-8b
grep -q '^\*: of a part of the published questions' "$tmp/out" &&
    grep -qE '^humanevalplus +latent_mas .* [0-9.]+\* +[0-9.]+ +- +163$' "$tmp/out"
ok $? "what was asked a part of the published questions has a star, and no seconds of all of them" "$tmp/out"
report code-164 --reference qwen3-8b
! grep -q 'of a part' "$tmp/out" && grep -qE '^humanevalplus +latent_mas .* [0-9.]+ +[0-9.]+ +[0-9.]+ +164$' "$tmp/out"
ok $? "what was asked all of them has its seconds, and no star" "$tmp/out"
n=0
for form in --html --latex --markdown; do
    report code-163 --reference qwen3-8b $form
    grep -q '\*.*: of a part of' "$tmp/out" && n=$((n + 1))
    report code-164 --reference qwen3-8b $form
    ! grep -q 'not measured here.*\*.*: of a part of' "$tmp/out" && n=$((n + 1))
done
[ "$n" -eq 6 ]
ok $? "and so it is in the other forms" "$tmp/out"
report grid --latex --reference qwen3-8b
[ "$(grep -c 'Table 1' "$tmp/out")" -eq 1 ] && grep -qF '\multicolumn{6}{l}{the paper of LatentMAS' "$tmp/out"
ok $? "in LaTeX a source is told once, over its numbers" "$tmp/out"
report grid --reference qwen3-4b --csv
python3 -c 'import csv, sys
rows = list(csv.DictReader(open(sys.argv[1], newline="")))
assert all(None not in row and None not in row.values() for row in rows)
told = [r for r in rows if r["kind"] == "reported" and r["task"] == "gsm8k" and "Table 1" in r["note"]]
assert [(r["method"], r["exact_mean"], r["spoken"], r["total_sec"]) for r in told] == [
    ("baseline", "0.824000", "1136.0000", "469.000"), ("text_mas", "0.898000", "3172.0000", "1970.000"),
    ("latent_mas", "0.882000", "607.0000", "375.000")], told
assert {r["kind"] for r in rows} == {"measured", "reported", "note"}' "$tmp/out" 2>"$tmp/err"
ok $? "in CSV each line says of which kind it is, and all have as many fields as the first" "$tmp/err"
report grid --reference llama-3.2-3b --json
python3 -c 'import json, sys
r = json.load(open(sys.argv[1]))["reference"]
assert {n["is_of_all_questions"] for n in r["numbers"] if "pool" in n} == {False}
assert not r["is_measured_here"] and len(r["numbers"]) == 5 and {n["task"] for n in r["numbers"]} == {"humanevalplus"}' "$tmp/out" 2>"$tmp/err"
ok $? "in JSON they are apart from what was measured" "$tmp/err"
none='none of these tasks (gsm8k, arc_challenge) has published numbers of llama-3.2-3b: they are of arc_easy, medqa, humanevalplus'
n=0
for form in --json --csv --latex --html --markdown ''; do
    report grid/gsm8k-baseline-seed42 grid/gsm8k-baseline-seed43 grid/arc_challenge-baseline-seed42 --reference llama-3.2-3b $form
    [ "$(tr '\n' ' ' <"$tmp/out" | sed 's/  */ /g' | grep -o "$none" | wc -l)" -eq 1 ] &&
        ! grep -qi 'as others report it\|& reported' "$tmp/out" && n=$((n + 1))
done
[ "$n" -eq 6 ]
ok $? "where none of the tasks has published numbers each form says so in one line, and of which there are" "$tmp/out"
fails 1 'expected list or one of qwen3-4b, qwen3-8b' "a reference that is none is refused with the names" \
    report "$tmp/grid" --reference gpt

# ---- The machine of a run ----
run run -m $MODEL --data $SUMS --max_samples 2 -n 4 -t 1 --output "$tmp/mine"
python3 - "$tmp/mine/config.json" <<'PY' 2>"$tmp/err"
import json, os, socket, sys
machine = json.load(open(sys.argv[1]))["machine"]
assert machine["processor"] and machine["cores"] >= 1 and machine["memory"] > 1 << 20
assert machine["system"].startswith(os.uname().sysname) and os.uname().machine in machine["system"]
assert {"name": "CPU", "kind": "cpu"}.items() <= machine["devices"][0].items()
text = json.dumps(machine)
assert socket.gethostname() not in text
PY
ok $? "config.json records the machine, and no host name" "$tmp/err"
sed -i 's/"cores": [0-9]*/"cores": 999/' "$tmp/mine/config.json"
run run --resume "$tmp/mine"
[ "$code" -eq 0 ] && run report "$tmp/mine" && grep -q ', 999 cores' "$tmp/out"
ok $? "another machine does not stop a resume" "$tmp/err"

finish
