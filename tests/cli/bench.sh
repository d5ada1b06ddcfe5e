#!/bin/sh
# bench: rows in every form, lists, models with random weights, and what is left when it is stopped.
# shellcheck source=tests/cli/common/claims.sh disable=SC2319,SC2086
. tests/cli/common/claims.sh
TINY=qwen3-tiny:q8_0
TMPDIR=$tmp/models
export TMPDIR
mkdir "$TMPDIR"

# Little work: what is measured here is the form, not the machine.
bench() { run bench --synthetic $TINY -t 1 -p 16 -n 4 -l 4 -r 2 "$@"; }
# nothing_left: no temporary model lies about.
nothing_left() { [ -z "$(ls "$TMPDIR")" ]; }
# Names of the tests of a table in the order they were made, with their lanes: "pp16/1 ...".
tests_of() { sed -n 's/^| qwen3.*| *\([0-9]*\) | *\([^|]*[^ |]\) *|[^|]*|$/\2\/\1/p' "$tmp/out" | tr '\n' ' '; }

bench -np 1,2 --e2e baseline,latent_mas --max_new_tokens 8
[ "$code" -eq 0 ] && [ "$(tests_of)" = "pp16/1 pp16/2 tg4/1 tg4/2 lat4/1 lat4/2 e2e baseline/1 e2e baseline/2 e2e latent_mas/1 e2e latent_mas/2 " ]
ok $? "a table has a row for each test at each number of lanes" "$tmp/out"
[ "$(grep -c '^|' "$tmp/out")" -eq 12 ] && [ "$(grep '^|' "$tmp/out" | tr -d '\302' | awk '{ print length }' | sort -u | wc -l)" -eq 1 ]
ok $? "its lines are equally long" "$tmp/out"
grep -q '^build: [0-9.]*, libllama [0-9][^ ,]*\(, .*\)\{0,1\}$' "$tmp/out"
ok $? "the versions stand behind it" "$tmp/out"
grep '^| qwen3' "$tmp/out" | grep -v ' [0-9]*\.[0-9]* ± [0-9]*\.[0-9]*\( q/s\)\{0,1\} |$' >"$tmp/odd"
[ ! -s "$tmp/odd" ] && [ "$(grep -c 'e2e.* q/s |$' "$tmp/out")" -eq 4 ]
ok $? "rates are a mean and a deviation, of questions where questions are asked" "$tmp/out"
grep -q '| max_new_tokens |' "$tmp/out" && ! grep -q '| ubatch |' "$tmp/out"
ok $? "a setting is shown when it is not the usual one" "$tmp/out"
[ "$(wc -l <"$tmp/err")" -eq 1 ] && grep -q "made $TINY with random weights: [0-9.]* MiB in $TMPDIR/" "$tmp/err"
ok $? "stderr says what was made and how large, and shows no progress off a terminal" "$tmp/err"
nothing_left
ok $? "the temporary model is gone afterwards"

bench -d 20 -ub 64 -ctk f32 --kv unified -np 2 -l 0 -n ''
[ "$code" -eq 0 ] && [ "$(tests_of)" = "pp16 @ d20/2 " ] && grep -q '| ubatch | type_k |  *kv | lanes |' "$tmp/out" &&
    grep -q '| *64 | *f32 | *unified | *2 |' "$tmp/out"
ok $? "depth, batch, cache and its layout are shown; 0 and an empty list switch a test off" "$tmp/out"
bench -p 1-8*2,3 -n 1-5+2 -l 2-3 -r 1 --no-warmup
[ "$code" -eq 0 ] && [ "$(tests_of)" = "pp1/1 pp2/1 pp4/1 pp8/1 pp3/1 tg1/1 tg3/1 tg5/1 lat2/1 lat3/1 " ]
ok $? "ranges stand for their numbers" "$tmp/out"
bench -p 0 -n 0 -l 0 --e2e latent_mas -np 2 --questions 3 --team hierarchical --latent_steps 2 --max_new_tokens 4
[ "$code" -eq 0 ] && [ "$(tests_of)" = "e2e latent_mas/2 " ] && grep -q '| latent_steps | max_new_tokens |' "$tmp/out"
ok $? "more questions than lanes, another team, other steps" "$tmp/err"

# The forms for programs: the fields, and what must be true of their values.
cat >"$tmp/check.py" <<'END'
import csv, json, re, sys
form, path, n_rows, n_samples = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
text = open(path, encoding="utf-8").read()
if form == "csv":
    rows = list(csv.DictReader(text.splitlines()))
elif form == "json":
    rows = json.loads(text)
else:
    rows = [json.loads(line) for line in text.splitlines()]
assert len(rows) == n_rows, len(rows)
texts = "build libllama model_file cpu_kernels model cpu backend type_k type_v flash_attn kv realignment test test_time"
numbers = ("size params threads threads_batch n_gpu_layers batch ubatch lanes depth n_prompt n_gen n_latent n_questions "
           "latent_steps max_new_tokens n_read n_thought n_spoken avg_ms stddev_ms avg_ts stddev_ts")
want = set((texts + " " + numbers + " gpu method team").split()) | (set() if form == "csv" else {"samples_ms"})
for row in rows:
    assert set(row) == want, set(row) ^ want
    for key in texts.split():
        assert isinstance(row[key], str) and row[key], key
    assert bool(row["gpu"]) == (row["backend"] != "CPU"), (row["gpu"], row["backend"])
    for key in numbers.split():
        assert form == "csv" or isinstance(row[key], (int, float)), key
        row[key] = float(row[key])
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", row["test_time"]), row["test_time"]
    assert row["model_file"] == "qwen3-tiny-q8_0.gguf" and row["threads"] == 1, row
    units = row["n_questions"] or row["lanes"] * (row["n_prompt"] + row["n_gen"] + row["n_latent"])
    assert units > 0 and row["avg_ms"] > 0 and row["avg_ts"] > 0
    if form != "csv":
        samples = row["samples_ms"]
        assert len(samples) == n_samples and abs(sum(samples) / len(samples) - row["avg_ms"]) < 1e-3
        assert abs(sum(units / s * 1e3 for s in samples) / len(samples) / row["avg_ts"] - 1) < 1e-3
    q, said, thought = row["n_questions"], row["n_spoken"], row["n_thought"]
    if not q:
        assert not row["method"] and said == thought == row["n_read"] == 0
        continue
    # Random weights go on until they are stopped; one of four agents speaks, or all do.
    assert row["n_read"] > 0 and row["team"] == "sequential"
    assert said == q * 8 * (4 if row["method"] == "text_mas" else 1), said
    assert thought == (q * 3 * row["latent_steps"] if row["method"] == "latent_mas" else 0), thought
END
for form in csv json jsonl; do
    bench -np 1,2 --e2e baseline,text_mas,latent_mas --max_new_tokens 8 --latent_steps 2 -r 3 -o $form
    if command -v python3 >/dev/null; then
        [ "$code" -eq 0 ] && python3 "$tmp/check.py" $form "$tmp/out" 12 3 2>"$tmp/err"
        ok $? "$form has every field of every row, samples that give the mean, and the tokens spoken" "$tmp/err"
    else
        skip "$form has every field of every row" "no python3 here"
    fi
done

run bench -m $MODEL -t 1 -p 8 -n 2 -l 2 -r 1 -o jsonl
[ "$code" -eq 0 ] && [ ! -s "$tmp/err" ] && [ "$(wc -l <"$tmp/out")" -eq 3 ] && grep -q '"model_file":"demo.gguf"' "$tmp/out"
ok $? "a model of one's own is measured the same way" "$tmp/err"

# Kept models.
bench -n 0 -l 0 -r 1 --keep "$tmp/kept.gguf"
[ "$code" -eq 0 ] && grep -q "made $TINY .* in $tmp/kept.gguf\$" "$tmp/err" && [ -s "$tmp/kept.gguf" ]
ok $? "--keep leaves the model where it is told to" "$tmp/err"
cp -p "$tmp/kept.gguf" "$tmp/copy.gguf"
bench -n 0 -l 0 -r 1 --keep "$tmp/kept.gguf"
[ "$code" -eq 0 ] && [ ! -s "$tmp/err" ] && [ ! "$tmp/kept.gguf" -nt "$tmp/copy.gguf" ]
ok $? "and the next measurement uses it again" "$tmp/err"
run bench --synthetic QWEN3-tiny:Q8_0 -t 1 -p 16 -n 0 -l 0 -r 1 --keep "$tmp/kept.gguf"
[ "$code" -eq 0 ] && [ ! -s "$tmp/err" ]
ok $? "whatever the size of the letters it is asked for in" "$tmp/err"
(
    ulimit -f 2048
    "$LATENTMAS" bench --synthetic qwen3-tiny:f32 -t 1 --keep "$tmp/killed.gguf" >/dev/null 2>&1
)
code=$?
[ $code -gt 128 ] && [ -s "$(echo "$tmp"/killed.gguf.*)" ] && [ ! -e "$tmp/killed.gguf" ]
ok $? "one that is killed while it writes leaves no half of a model under its name"
rm -f "$tmp"/killed.gguf.*
fails 1 'holds another model, "latentmas demo", expected "synthetic qwen3-tiny:q8_0"' \
    "a kept file that is another model is refused" bench --synthetic $TINY --keep $MODEL
fails 1 'expected "synthetic qwen3-tiny:f16"' "one of another type too" \
    bench --synthetic qwen3-tiny:f16 --keep "$tmp/kept.gguf"
fails 1 'Makefile is not a GGUF file' "a kept file that is no model is refused" \
    bench --synthetic $TINY --keep Makefile
fails 1 'No such file or directory' "a place that cannot be written is named" \
    bench --synthetic $TINY --keep "$tmp/no/such.gguf"

# Wrong usage.
refused() { fails 2 "$@"; }
refused 'one expected' "a model and random weights are one too many" bench -m $MODEL --synthetic $TINY
refused 'with -m FILE, or have one with random weights made with --synthetic' \
    "neither is explained with both ways" bench
refused 'nothing to keep without --synthetic' "--keep goes with --synthetic" bench -m $MODEL --keep x
refused 'the shape one of qwen3-0.6b, qwen3-1.7b, ' "an unknown shape is answered with the known ones" \
    bench --synthetic qwen3-9b:q8_0
refused 'expected :TYPE after the shape, one of f32' "so is an unknown type" bench --synthetic qwen3-tiny:q9
refused 'nothing to measure' "no test at all is refused" bench -m $MODEL -p 0 -n 0 -l ''
refused 'at most 3 of baseline, text_mas and latent_mas' "an unknown method is refused" \
    bench -m $MODEL --e2e magic
refused '-b 4 is too small for 8 lanes' "more lanes than a batch has rows are refused" \
    bench -m $MODEL -np 8 -b 4
refused 'no word without a flag expected' "bench takes no words" bench -m $MODEL pp512
range='expected numbers from 0 to 1048576 with commas between'
for list in x 1,x -1 1.5 ' 1' 1-x 4-1 1-8+0 1-8*1 0-8*2 1-8-9 ,1 1,,2 1048577 99999999999999999999; do
    refused "-p: $range" "the list \"$list\" is refused" bench -m $MODEL -p "$list"
done
refused 'after the last comma' "a list that ends in a comma is refused" bench -m $MODEL -l 1,
refused '-n: expected at most 64 numbers' "a list that is too long is refused" bench -m $MODEL -n 1-65
refused '-np: expected numbers from 1 to 256' "no lanes are refused" bench -m $MODEL -np 0
refused '-np: expected numbers from 1 to 256' "an empty list of lanes is refused" bench -m $MODEL -np ''
nothing_left
ok $? "no failure leaves a model behind"

TMPDIR=$tmp/nowhere "$LATENTMAS" bench --synthetic $TINY >"$tmp/out" 2>"$tmp/err"
[ $? -eq 1 ] && grep -q "cannot make a folder for the model under $tmp/nowhere: No such file" "$tmp/err"
ok $? "a TMPDIR that is not there is named" "$tmp/err"

# stop SIGNAL ARG...: start, wait for the first row, send the signal.
stop() {
    signal=$1
    shift
    "$LATENTMAS" bench --synthetic $TINY -t 1 -p 16 -n 0 -r 2 "$@" >"$tmp/out" 2>"$tmp/err" </dev/null &
    pid=$!
    n=0
    while ! grep -q pp16 "$tmp/out" && [ $n -lt 600 ]; do sleep 0.1 && n=$((n + 1)); done
    ls "$TMPDIR" >"$tmp/during"
    kill -"$signal" $pid
    wait $pid
    code=$?
}
# Thousands of thoughts follow the first test.
stop INT -l 4000 -r 900 -o json
[ "$code" -eq 130 ] && [ "$(tail -n 1 "$tmp/err")" = 'latentmas: interrupted' ]
ok $? "Ctrl-C ends it with exit code 130" "$tmp/err"
if command -v python3 >/dev/null; then
    python3 -c 'import json, sys; assert [r["test"] for r in json.load(sys.stdin)] == ["pp16"]' <"$tmp/out" 2>"$tmp/diff"
    ok $? "the rows so far are JSON" "$tmp/diff"
else
    skip "the rows so far are JSON" "no python3 here"
fi
[ ! -s "$tmp/during" ] && nothing_left
ok $? "the model was gone as soon as it was loaded"
stop TERM -l 4000 -r 900 --latent_space_realign
[ "$code" -eq 130 ] && [ "$(tests_of)" = "pp16/1 " ] && grep -q '^build: ' "$tmp/out"
ok $? "SIGTERM does the same to a table" "$tmp/out"
[ -s "$tmp/during" ] && nothing_left
ok $? "and removes a model that was still needed" "$tmp/during"

"$LATENTMAS" bench --synthetic $TINY -t 1 -p 16 -n 4 -l 4000 -r 2 -o jsonl --latent_space_realign 2>"$tmp/err" |
    head -c 20 >"$tmp/out"
! grep -qv '^latentmas: made ' "$tmp/err" && nothing_left
ok $? "a reader that goes away ends it without a word" "$tmp/err"
"$LATENTMAS" bench --synthetic $TINY -t 1 -p 16 -n 4 -l 4 -r 1 >/dev/full 2>"$tmp/err"
[ $? -eq 1 ] && grep -q 'cannot write the rows: No space left' "$tmp/err" && nothing_left
ok $? "rows that cannot be written are a failure" "$tmp/err"

finish
