#!/bin/sh
# damaged: report shows what can be read of many folders, and names what cannot.
# shellcheck source=tests/cli/common/claims.sh disable=SC2319
. tests/cli/common/claims.sh

if ! command -v python3 >/dev/null; then
    skip "a report of damaged folders names them and shows the others" "no python3 here"
    finish
fi
mkdir "$tmp/made" "$tmp/runs"
python3 tests/cli/common/make_runs.py "$tmp/made"
for i in $(seq 35); do
    cp -r "$tmp/made/baseline" "$tmp/runs/whole-$i"
done
python3 tests/cli/common/damage_runs.py "$tmp/made/baseline" "$tmp/runs" >"$tmp/names"
n=$(wc -l <"$tmp/names")

# named FILE: each damaged folder is named in one line of FILE, and no whole one.
named() {
    while read -r name; do
        [ "$(grep -c "/${name}[/ :]" "$1")" -eq 1 ] || { echo "$name" && return 1; }
    done <"$tmp/names" && ! grep 'left out.*/whole-' "$1"
}

timeout 60 "$LATENTMAS" report "$tmp/runs"/* --json >"$tmp/out" 2>"$tmp/err" </dev/null
code=$?
[ "$n" -ge 20 ] && [ "$code" -eq 0 ] && [ "$(wc -l <"$tmp/err")" -eq "$n" ] && named "$tmp/err" >"$tmp/which"
ok $? "of $((n + 35)) folders the $n damaged ones are named on stderr, a line each" "$tmp/which"
python3 -c 'import json, sys
report = json.load(open(sys.argv[1]))
assert len(report["runs"]) == 35 and all(r["n"] == 200 for r in report["runs"])
assert sum(note.startswith("left out: ") for note in report["notes"]) == int(sys.argv[2])' "$tmp/out" "$n" 2>"$tmp/err"
ok $? "the 35 others are all there, and the notes hold the same lines" "$tmp/err"
for form in "" --markdown --csv --latex --html; do
    run report "$tmp/runs"/whole-1 "$tmp/runs"/[!w]* $form
    [ "$code" -eq 0 ] && [ "$(sed '/<script/,$d' "$tmp/out" | grep -o 'left out: ' | wc -l)" -eq "$n" ]
    ok $? "report ${form:-as text} tells of each folder left out" "$tmp/err"
done

run report "$tmp/runs"/[!w]*
[ "$code" -eq 1 ] && [ ! -s "$tmp/out" ] && [ "$(wc -l <"$tmp/err")" -eq $((n + 1)) ] &&
    grep -q "none of $n folders holds a run that can be read" "$tmp/err"
ok $? "damaged folders alone are a failure" "$tmp/err"
fails 1 'runs/broken-line/samples.jsonl:3' "one damaged folder alone is one line" report "$tmp/runs/broken-line"
fails 1 'runs/broken-line/samples.jsonl:3' "--strict fails over the first damaged folder" \
    report "$tmp/runs/whole-1" "$tmp/runs/broken-line" "$tmp/runs/nan" --strict
echo page >"$tmp/page.html"
run report "$tmp/runs/whole-1" "$tmp/page.html" "$tmp/nowhere"
[ "$code" -eq 0 ] && grep -q 'left out: .*page.html holds no run: it is no folder' "$tmp/err" &&
    grep -q 'left out: .*nowhere holds no run: there is no such folder' "$tmp/err"
ok $? "a file among the folders and a name without one are left out, too" "$tmp/err"

# ---- A grid: a folder of folders ----
run report "$tmp/runs" --json
mv "$tmp/out" "$tmp/grid"
run report "$tmp/runs"/* --json
cmp -s "$tmp/grid" "$tmp/out"
ok $? "the folder that holds the folders of runs stands for them, in the order of their names" "$tmp/err"
cp -r "$tmp/made" "$tmp/again"
rm -r "$tmp/again"/*/config.json
fails 1 'holds no run: it has no config.json' "a folder of folders without a run is none" report "$tmp/again"

finish
