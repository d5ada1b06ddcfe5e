#!/bin/sh
# run: what is in the folder, what is counted, what does not change answers.
# shellcheck source=tests/cli/common/claims.sh disable=SC2319,SC2086
. tests/cli/common/claims.sh

# evaluate FOLDER ARG...: a short run of six questions into $tmp/FOLDER. The f32 cache keeps what
# questions do to each other (rounding, docs/method.md) too small to flip a token.
evaluate() {
    folder=$1
    shift
    run run -m $MODEL --data $SUMS --max_samples 6 -t 1 -n 24 --latent_steps 2 \
        -ctk f32 -ctv f32 --output "$tmp/$folder" "$@"
}
# answers FOLDER: what was answered, by question, without seconds.
answers() { sed 's/"[a-z]*_ms":[0-9.]*,\{0,1\}//g' "$tmp/$1/samples.jsonl" | sort; }

evaluate first --generate_bs 2
ok "$code" "a run ends well" "$tmp/err"
[ "$(ls "$tmp/first")" = "$(printf 'config.json\nsamples.jsonl\nsummary.json')" ]
ok $? "its folder holds config.json, samples.jsonl and summary.json"
[ "$(sed 's/^{"index":\([0-9]*\),.*/\1/' "$tmp/first/samples.jsonl" | sort)" = "$(seq 0 5)" ]
ok $? "samples.jsonl has a line for every question, once"

[ "$(wc -l <"$tmp/out")" -eq 1 ]
ok $? "stdout holds one line"
for key in method model split seed max_samples accuracy correct total_time_sec time_per_sample_sec; do
    grep -q "\"$key\":" "$tmp/out" || break
done
ok $? "it is the reference's summary, with all its keys" "$tmp/out"
for key in task team n errors tokens_read thoughts tokens_spoken read_sec think_sec speak_sec run; do
    grep -q "\"$key\":" "$tmp/out" || break
done
ok $? "and ours: counts, seconds per phase, the folder" "$tmp/out"
[ "$(tr -d ' \n' <"$tmp/first/summary.json")" = "$(tr -d ' \n' <"$tmp/out")" ]
ok $? "summary.json says the same"
[ "$(field n "$tmp/out")" = 6 ] && [ "$(field max_samples "$tmp/out")" = 6 ] &&
    [ "$(field correct "$tmp/out")" -eq "$(grep -c '"correct":true' "$tmp/first/samples.jsonl")" ] &&
    [ "$(field thoughts "$tmp/out")" -eq 36 ]
ok $? "what it counts is what the lines hold" "$tmp/out"
sed 's/"agents":.*//' "$tmp/first/samples.jsonl" >"$tmp/heads"
[ "$(sed 's/.*"n_read":\([0-9]*\).*/\1/' "$tmp/heads" | awk '{ n += $1 } END { print n }')" -eq \
    "$(field tokens_read "$tmp/out")" ]
ok $? "the tokens read add up"
grep -q 'right .* of 6' "$tmp/err" && grep -q "folder *$tmp/first" "$tmp/err"
ok $? "stderr ends with a summary for people" "$tmp/err"

if command -v python3 >/dev/null; then
    python3 - "$tmp/first" <<'EOF' 2>"$tmp/err"
import hashlib, json, sys
folder = sys.argv[1]
config = json.load(open(folder + "/config.json"))
data = open("tests/cli/sums.jsonl", "rb").read()
assert config["data"]["sha256"] == hashlib.sha256(data).hexdigest()
assert config["data"]["size"] == len(data) and config["data"]["rows"] == 40
assert config["data"]["questions"] == 6
assert config["team"]["source"] == open("teams/sequential.json").read()
assert config["model"]["fingerprint"] and config["versions"]["libllama"]
assert config["params"]["latent_steps"] == 2 and config["params"]["temperature"] == 0.6
assert config["engine"]["n_lanes"] == 2
rows = [json.loads(line) for line in data.decode().splitlines()]
for line in open(folder + "/samples.jsonl"):
    s = json.loads(line)
    assert s["question"] == rows[s["index"]]["question"] and s["status"] == "ok"
    assert [a["name"] for a in s["agents"]] == ["planner", "critic", "refiner", "judger"]
    assert s["text"] == s["agents"][-1]["output"] and s["question"] in s["agents"][0]["input"]
    assert s["n_read"] == sum(a["n_read"] for a in s["agents"])
    assert all(a["n_thought"] == 2 for a in s["agents"][:-1])
    assert s["agents"][1]["pos_begin"] == s["agents"][0]["pos_end"]
    assert s["elapsed_ms"] > 0 and s["run_ms"] > 0
EOF
    ok $? "config.json and samples.jsonl hold what shaped the run and what came of it" "$tmp/err"
else
    skip "config.json and samples.jsonl hold what they should" "no python3 here"
fi

evaluate second --generate_bs 2
[ "$(field accuracy "$tmp/out")" = "$(sed -n 's/ *"accuracy": \([^,]*\),/\1/p' "$tmp/first/summary.json")" ]
ok $? "the same run again has the same accuracy"
[ "$(answers first)" = "$(answers second)" ]
ok $? "and the same answers"
evaluate alone --generate_bs 1
[ "$(answers first)" = "$(answers alone)" ]
ok $? "one question at a time gives the answers of two at a time"
evaluate method --method baseline
grep -q '"thoughts":0,' "$tmp/out" && grep -q '"method":"baseline"' "$tmp/out"
ok $? "baseline does not think" "$tmp/out"
evaluate text --method text_mas --prompt hierarchical --temp 0
[ "$code" -eq 0 ] && [ "$(grep -c '"name":"summarizer"' "$tmp/text/samples.jsonl")" -eq 6 ]
ok $? "text_mas runs the hierarchical team" "$tmp/err"

cp -r "$tmp/first" "$tmp/kept"
# unchanged FOLDER: what it holds is what was kept of it.
unchanged() { diff -r "$tmp/kept" "$tmp/$1" >"$tmp/diff"; }
evaluate first --seed 7
[ "$code" -eq 1 ] && [ "$(wc -l <"$tmp/err")" -eq 1 ] && unchanged first &&
    grep -q 'first holds another run already (it was started with params.seed 42, found 7): name another folder' "$tmp/err"
ok $? "a folder that holds another run is not written over" "$tmp/err"
evaluate first --max_samples 5
[ "$code" -eq 1 ] && grep -q 'holds another run already (it was started with data.questions 6, found 5)' "$tmp/err" &&
    unchanged first
ok $? "neither is one with more questions" "$tmp/err"
evaluate first --shard 1/2
[ "$code" -eq 1 ] && grep -q 'shard' "$tmp/err" && unchanged first
ok $? "nor one that is no shard by a shard" "$tmp/err"
evaluate first
[ "$code" -eq 0 ] && grep -q "first holds this run already: nothing is asked again" "$tmp/err" && unchanged first &&
    [ "$(field n "$tmp/out")" = 6 ]
ok $? "the same command again says that the run is there, and prints its summary" "$tmp/err"
cp -r "$tmp/first" "$tmp/part"
head -n 4 "$tmp/first/samples.jsonl" >"$tmp/part/samples.jsonl"
sed -n 5p "$tmp/first/samples.jsonl" | head -c 300 >>"$tmp/part/samples.jsonl"
evaluate part
[ "$code" -eq 0 ] && grep -q "part holds this run already, 4 of 6 questions done: it goes on" "$tmp/err" &&
    [ "$(answers first)" = "$(answers part)" ]
ok $? "a run that was stopped goes on under its own command" "$tmp/err"
mkdir "$tmp/foreign" && echo 'no run' >"$tmp/foreign/config.json"
evaluate foreign
[ "$code" -eq 1 ] && grep -q 'foreign/' "$tmp/err" && [ "$(cat "$tmp/foreign"/*)" = 'no run' ]
ok $? "a folder with a config.json of something else is left alone" "$tmp/err"

here=$(pwd)
(cd "$tmp" && "$LATENTMAS" run -m "$here/$MODEL" --data "$here/$SUMS" --max_samples 1 -t 1 -n 4 \
    --latent_steps 0 >"$tmp/out" 2>"$tmp/err")
[ "$(find "$tmp/runs" -name summary.json | grep -cE 'runs/[0-9]{8}T[0-9]{6}Z-gsm8k-latent_mas/')" -eq 1 ]
ok $? "without --output the folder is runs/<time>-<task>-<method>" "$tmp/err"

evaluate moot --use_vllm --device2 cuda:1 --split test --gpu_memory_utilization 0.9 \
    --enable_prefix_caching --use_second_HF_model --tensor_parallel_size 1 --max_samples 1
[ "$code" -eq 0 ] && [ "$(grep -c 'has no effect' "$tmp/err")" -eq 6 ]
ok $? "the reference's flags without meaning here are accepted, each with a line" "$tmp/err"

# One question among four is too long for the context.
{
    head -n 2 $SUMS
    printf '{"question":"%s How many?","answer":"#### 1"}\n' "$(yes 'Tom has 12 apples.' | head -n 120 | tr '\n' ' ')"
    sed -n 3p $SUMS
} >"$tmp/long.jsonl"
run run -m $MODEL --data "$tmp/long.jsonl" -t 1 -n 16 --latent_steps 2 -c 1024 --generate_bs 2 --output "$tmp/ctx"
[ "$code" -eq 3 ] && [ "$(field errors "$tmp/out")" = 1 ] && [ "$(field n "$tmp/out")" = 4 ] &&
    [ "$(grep -c '"status":"ok"' "$tmp/ctx/samples.jsonl")" -eq 3 ] &&
    grep '"index":2,' "$tmp/ctx/samples.jsonl" | grep -q '"status":"context full","error":".*too small'
ok $? "a question too long for the context fails alone, with its reason" "$tmp/err"
grep -q 'failed *1, counted as wrong' "$tmp/err"
ok $? "and the summary says so" "$tmp/err"

# Someone who only looks at stdout sees nothing but the summary, also through a pipe.
"$LATENTMAS" run -m $MODEL --data $SUMS --max_samples 1 -t 1 -n 4 --latent_steps 0 --output "$tmp/piped" \
    2>/dev/null | grep -qE '^\{.*\}$'
ok $? "the summary arrives through a pipe"

"$LATENTMAS" run -m $MODEL --data $SUMS --max_samples 1 -t 1 -n 4 --latent_steps 0 --output "$tmp/closed" \
    >&- 2>"$tmp/err"
[ $? -eq 1 ] && grep -q 'cannot write to stdout' "$tmp/err" && [ "$(wc -l <"$tmp/closed/samples.jsonl")" -eq 1 ]
ok $? "a closed stdout is a failure, and the summary does not end up in the samples" "$tmp/err"

finish
