#!/bin/sh
# report: runs side by side in four forms, shards, exports, and what is refused.
# shellcheck source=tests/cli/common/claims.sh disable=SC2319,SC2086
. tests/cli/common/claims.sh

run report --help
same help-report "$tmp/out" "latentmas report --help prints its flags, defaults, examples and exit codes"
if command -v mandoc >/dev/null; then
    run help --man report
    cp "$tmp/out" "$tmp/page.1"
    mandoc -T lint -W warning "$tmp/page.1" >"$tmp/lint" 2>&1
    ok $? "the manual page latentmas-report(1) has no flaw that mandoc finds" "$tmp/lint"
else
    skip "the manual page of report has no flaw that mandoc finds" "no mandoc here"
fi

# ---- Runs of the demo model, which cannot add ----
for method in baseline text_mas latent_mas; do
    run run -m $MODEL --data $SUMS --max_samples 3 -np 2 -n 8 -t 1 --latent_steps 2 \
        --method $method --output "$tmp/$method"
done
run report "$tmp/baseline" "$tmp/text_mas" "$tmp/latent_mas"
[ "$code" -eq 0 ] && grep -q '^gsm8k, 3 questions' "$tmp/out" && [ ! -s "$tmp/err" ] &&
    grep -qE '^A +3 +[0-9.]+ ' "$tmp/out" && grep -qE '^B, C +3 ' "$tmp/out"
ok $? "a report of three runs names them, counts their questions and pairs them" "$tmp/out"
head -n 1 "$tmp/baseline/samples.jsonl" >"$tmp/one"
printf '{"index":' >>"$tmp/one"
mkdir "$tmp/going" && cp "$tmp/one" "$tmp/going/samples.jsonl" && cp "$tmp/baseline/config.json" "$tmp/going"
cp -r "$tmp/going" "$tmp/before"
run report "$tmp/going"
[ "$code" -eq 0 ] && grep -q 'A: incomplete, 1 of 3 questions; the line of one more is half written' "$tmp/out" &&
    diff -r "$tmp/going" "$tmp/before" >"$tmp/diff"
ok $? "a run that still goes on is reported as far as it is, and not touched" "$tmp/out"

fails 2 'expected the folders of runs, found none' "a report of nothing is wrong usage" report
fails 2 'expected one of --markdown, --json, --csv, --latex and --html' "two forms at once are wrong usage" \
    report "$tmp/going" --json --html
fails 1 'there is no such folder' "a folder that is not there is a failure" report "$tmp/nowhere"
mkdir "$tmp/empty"
fails 1 'it has no config.json' "a folder without a run is a failure" report "$tmp/empty"
mkdir "$tmp/broken" && cp "$tmp/baseline/config.json" "$tmp/broken" && echo '{}' >"$tmp/broken/samples.jsonl"
fails 1 "broken/samples.jsonl:1: this is no line of a run" "a broken line is named" report "$tmp/broken"
fails 1 'was named twice' "a folder given twice is a failure" report "$tmp/going" "$tmp/going/"
fails 1 'expected the folder of a run or a method of one, found "tax"' \
    "a reference that is none is a failure" report "$tmp/going" --against tax

if ! command -v python3 >/dev/null; then
    skip "reports of made-up runs are as agreed, and exports are what other harnesses read" "no python3 here"
    finish
fi

# ---- Made-up runs: several tasks, shards, failures ----
mkdir "$tmp/runs"
python3 tests/cli/common/make_runs.py "$tmp/runs"
report() {
    (cd "$tmp/runs" && "$LATENTMAS" report "$@") >"$tmp/out" 2>"$tmp/err" </dev/null
    code=$?
}
shards='shard1 shard2 shard3 shard4'
all="baseline text latent latent80 $shards other-data arc arc-text code"

report $all
same report "$tmp/out" "the report of four tables a task is as agreed"
awk 'length > 100' "$tmp/out" >"$tmp/wide"
[ ! -s "$tmp/wide" ]
ok $? "its lines fit a hundred columns" "$tmp/wide"
report $all --markdown --against text_mas
same report-markdown "$tmp/out" "the tables for GitHub are as agreed"

report $all --json
cp "$tmp/out" "$tmp/all.json"
python3 - "$tmp" <<'EOF' 2>"$tmp/err"
import json, math, sys
tmp = sys.argv[1]
report = json.load(open(tmp + "/all.json"))
runs = {r["folders"][0]: r for r in report["runs"]}
for name, folders in {"baseline": ["baseline"], "text": ["text"], "latent80": ["latent80"],
                      "shard1": ["shard1", "shard2", "shard3", "shard4"]}.items():
    lines = []
    for folder in folders:
        for line in open(f"{tmp}/runs/{folder}/samples.jsonl"):
            if line.endswith("\n"):
                lines.append(json.loads(line))
    r = runs[name]
    assert r["n"] == len(lines) and r["folders"] == folders
    assert r["exact"]["right"] == sum(s["correct"] for s in lines)
    assert r["compat"]["right"] == sum(s["compat"]["correct"] for s in lines)
    assert r["errors"] == sum(s["status"] != "ok" for s in lines)
    p, n, z = r["exact"]["accuracy"], len(lines), 1.959963984540054
    half = z / (1 + z*z/n) * math.sqrt(p*(1-p)/n + z*z/(4*n*n))
    assert abs((r["exact"]["high"] - r["exact"]["low"]) / 2 - half) < 1e-12
    assert abs(r["exact"]["stderr"] - math.sqrt(p * (1 - p) / (n - 1))) < 1e-12
    for key in ("n_read", "n_thought", "n_spoken"):
        assert r[key] == sum(s[key] for s in lines) == sum(a[key] for a in r["agents"])
    tokens = sum(s["n_read"] + s["n_spoken"] for s in lines) / n
    assert abs(r["per_question"]["tokens"] - tokens) < 1e-9
    assert abs(r["wall_ms"] - max(s["run_ms"] for s in lines)) < 1e-9
assert runs["shard1"]["exact"] == runs["latent"]["exact"]
assert abs(runs["text"]["speedup"] - runs["baseline"]["wall_ms"] / runs["text"]["wall_ms"]) < 1e-12

def right(name):
    return {s["index"]: s["correct"] for s in map(json.loads, open(f"{tmp}/runs/{name}/samples.jsonl"))}
a, b = right("baseline"), right("text")
pair = next(p for p in report["pairs"] if p["first"] == "A" and p["second"] == "B")
assert pair["only_first"] == sum(a[i] and not b[i] for i in a)
assert pair["only_second"] == sum(b[i] and not a[i] for i in a)
lost, won = pair["only_first"], pair["only_second"]
exact = min(1, 2 * sum(math.comb(lost + won, i) for i in range(min(lost, won) + 1)) / 2 ** (lost + won))
assert abs(pair["p"] - exact) < 1e-12 * exact
assert next(p for p in report["pairs"] if p["second"] == "F")["not_tested"]
assert len({(p["first"], p["second"]) for p in report["pairs"]}) == len(report["pairs"]) == 16
EOF
ok $? "the numbers of the JSON are those of the lines, worked out in Python" "$tmp/err"

report shard1 shard2 shard4
[ "$code" -eq 1 ] && grep -q 'missing shards of 4: 3; name their folders too' "$tmp/err"
ok $? "a missing shard is named" "$tmp/err"
report shard1 shard2 shard3-seed shard4
[ "$code" -eq 1 ] && grep -q 'shard3-seed is a shard of another run: .*params.seed 42, found 43$' "$tmp/err"
ok $? "a shard of another run is not merged: the first difference is named" "$tmp/err"
report shard1 shard2 shard4 --partial
[ "$code" -eq 0 ] && grep -q '150 of 200' "$tmp/out" && grep -q 'A: missing shards of 4: 3' "$tmp/out"
ok $? "--partial takes what is there, and says what is not" "$tmp/out"

# ---- The page ----
python3 - "$tmp/runs" <<'EOF'
import json, shutil, sys
runs = sys.argv[1]
shutil.copytree(runs + "/code", runs + "/evil")
bad = "<script>alert(1)</script> | `x` \" ' & \x1b[2J \u202e ]]> --> {{7*7}} https://example.com/a.js"
config = json.load(open(runs + "/evil/config.json"))
config["team"]["name"] = config["method"] = config["model"]["name"] = config["paths"]["data"] = bad
config["params"]["seed"] = bad
json.dump(config, open(runs + "/evil/config.json", "w"))
lines = open(runs + "/evil/samples.jsonl").read().replace('"planner"', json.dumps(bad))
open(runs + "/evil/samples.jsonl", "w").write(lines)
EOF
report $all evil --html --output "$tmp/page.html"
[ "$code" -eq 0 ] && [ ! -s "$tmp/out" ]
ok $? "--output writes the page to a file" "$tmp/err"
cat >"$tmp/page.py" <<'EOF'
import hashlib, json, re, sys
import xml.etree.ElementTree as tree
from html.parser import HTMLParser
text = open(sys.argv[1], encoding="utf-8").read()
root = tree.fromstring(text.removeprefix("<!DOCTYPE html>\n"))
assert {e.tag for e in root.iter()}.isdisjoint({"link", "iframe", "img", "object", "use", "base", "form"})
data, script = root.iter("script")
assert data.attrib == {"type": "application/json", "id": "data"} and list(script.attrib) == ["nonce"]
nonce = hashlib.sha256(data.text.lstrip("\n").encode()).hexdigest()
policy = next(e.get("content") for e in root.iter("meta") if e.get("http-equiv"))
assert script.get("nonce") == nonce and "default-src 'none'" in policy and f"script-src 'nonce-{nonce}'" in policy
assert not re.search(r"innerHTML|outerHTML|insertAdjacent|document\.write|\beval\(|new Function|https?://(?!www\.w3\.org/2000/svg)", script.text)
assert not re.search(r"[<>&\u2028\u2029]", data.text), "markup in the data"
ids = [e.get("id") for e in root.iter() if e.get("id")]
assert len(ids) == len(set(ids))
for e in root.iter():
    for name, value in e.attrib.items():
        assert name not in ("src", "style") and not name.startswith("on"), (e.tag, name)
        assert "//" not in value and "url(" not in value, (e.tag, name, value)
        assert name != "href" or (e.tag == "a" and value.startswith("#") and value[1:] in ids), value
for e in root.iter("svg"):
    if e.get("aria-hidden"):
        continue
    assert e.get("role") == "img" and [c.tag for c in e][:2] == ["title", "desc"] and e[1].text
    assert all(i in ids for i in e.get("aria-labelledby").split())
    # Nothing is drawn outside its picture.
    width, height = map(float, e.get("viewBox").split()[2:])
    for c in e.iter():
        for key, most in (("x", width), ("x1", width), ("x2", width), ("y", height), ("y1", height), ("y2", height)):
            assert -1 <= float(c.get(key, 0)) <= most + 1, (c.tag, c.attrib)
style = "".join(e.text for e in root.iter("style"))
assert "url(" not in style and "@import" not in style and "prefers-color-scheme: dark" in style


class Balance(HTMLParser):
    void = {"meta", "br", "path", "rect", "line", "circle"}
    unclosed = []

    def handle_starttag(self, tag, attrs):
        self.unclosed.append(tag)

    def handle_startendtag(self, tag, attrs):
        assert tag in self.void, tag

    def handle_endtag(self, tag):
        assert self.unclosed.pop() == tag


b = Balance()
b.feed(text)
b.close()
assert not b.unclosed
assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f\u202e]|\bnan\b|\binf\b", re.sub(r"<script.*?</script>", "", text, flags=re.S))
loaded = json.loads(data.text)
EOF
python3 "$tmp/page.py" "$tmp/page.html" 2>"$tmp/err"
ok $? "it is well-formed, balanced, runs its own script alone, and names no address, whatever names hold" "$tmp/err"
cat "$tmp/page.py" - >"$tmp/questions.py" <<'EOF'
# What each run made of each question is what its line says.
head, runs_of = loaded["head"], {}
lines = lambda folder: {s["index"]: s for s in map(json.loads, filter(lambda l: l.endswith("\n"), open(f"{sys.argv[2]}/{folder}/samples.jsonl")))}
n = 0
for q in loaded["questions"]:
    task = head["tasks"][q["s"]]
    assert len(q["r"]) == len(task["runs"])
    for run, answer in zip(task["runs"], q["r"]):
        run = head["runs"][run]
        if run["path"].startswith("shard"):
            continue # its lines lie in four folders
        s = runs_of.setdefault(run["path"], lines(run["path"])).get(q["i"])
        assert (answer is None) == (s is None)
        if s is None:
            continue
        n += 1
        assert q["q"] == s["question"] and answer.get("p") == s["prediction"] and answer["c"] == s["correct"]
        assert answer["k"] == s["compat"]["correct"] and (answer.get("x") == s.get("code", {}).get("ending"))
        assert [a.get("o", "") for a in answer["a"]] == [a["output"] for a in s["agents"]]
assert n == 3 * 200 + 150 + 50 + 60 + 60 + 20 + 20, n
assert sorted(t["shown"] for t in head["tasks"]) == [20, 50, 60, 200] and not any(t["left"] or t["brief"] for t in head["tasks"])
EOF
python3 "$tmp/questions.py" "$tmp/page.html" "$tmp/runs" 2>"$tmp/err"
ok $? "its questions hold every answer of every run, texts of agents too" "$tmp/err"
report $all evil --html --output "$tmp/again.html" && cmp -s "$tmp/page.html" "$tmp/again.html"
ok $? "the same runs make the same page" "$tmp/err"

# An answer that no page can show costs the others nothing.
cp -r "$tmp/runs/arc" "$tmp/runs/odd"
sed -i '2s/"input":"[^"]*"/"input":7/' "$tmp/runs/odd/samples.jsonl"
report odd arc-text --html --output "$tmp/odd.html"
cat "$tmp/page.py" - >"$tmp/odd.py" <<'EOF'
task, = loaded["head"]["tasks"]
assert task["unread"] == 1 and task["answers"] == 119 and "odd/samples.jsonl:2: this is no line of a run" in task["why"], task
assert [q["i"] for q in loaded["questions"] if q["r"][1] is None or q["r"][0] is None] == [1]
EOF
[ "$code" -eq 0 ] && python3 "$tmp/odd.py" "$tmp/odd.html" 2>"$tmp/err"
ok $? "an answer that cannot be shown is told, and the others are" "$tmp/err"

# A page has its limits: 1500 questions a task, 24 MiB of texts.
python3 - "$tmp/runs" <<'EOF'
import json, sys
sys.path.insert(0, "tests/cli/common")
sys.dont_write_bytecode = True
import make_runs
make_runs.write(sys.argv[1], "many", "gsm8k", "baseline", 1503, 0.5)
make_runs.write(sys.argv[1], "long", "custom", "baseline", 4, 0.5)
for n in range(26):
    make_runs.write(sys.argv[1] + "/steps", f"{n:02}", "gsm8k", "latent_mas", 2, 0.5, params__latent_steps=n)
name = sys.argv[1] + "/long/samples.jsonl"
samples = list(map(json.loads, open(name)))
for s in samples:
    s["agents"][0]["output"] = "ab" * (5 << 20)
open(name, "w").write("".join(json.dumps(s) + "\n" for s in samples))
EOF
report many long --html --output "$tmp/large.html"
cat "$tmp/page.py" - >"$tmp/large.py" <<'EOF'
many, long = loaded["head"]["tasks"]
assert (many["shown"], many["left"], many["brief"]) == (1500, 3, 0), many
assert (long["shown"], long["left"], long["answers"], long["brief"]) == (4, 0, 4, 2), long
assert ["a" in q["r"][0] for q in loaded["questions"] if q["s"] == 1] == [True, True, False, False]
assert len(text) < 26 << 20
EOF
[ "$code" -eq 0 ] && python3 "$tmp/large.py" "$tmp/large.html" 2>"$tmp/err"
ok $? "questions and texts beyond its limits are left out, and counted" "$tmp/err"
report steps --html --output "$tmp/steps.html"
python3 "$tmp/page.py" "$tmp/steps.html" 2>"$tmp/err" && grep -q '>325 pairs of runs<' "$tmp/steps.html" &&
    [ "$(grep -c 'data-h="both right"' "$tmp/steps.html")" -eq 25 ] && grep -q 'Those with run A; the others are not here' "$tmp/steps.html"
ok $? "of very many pairs the page has those with the reference, and says so" "$tmp/err"
report latent --html --output "$tmp/page.html"
[ "$code" -eq 1 ] && grep -q 'page.html is there already' "$tmp/err"
ok $? "a file is not written over" "$tmp/err"
report latent --html --output "$tmp/page.html" --force
ok "$code" "but by --force" "$tmp/err"

# ---- Files of other harnesses ----
report text $shards --lm-eval "$tmp/lm"
cp "$tmp/out" "$tmp/written"
[ "$code" -eq 0 ] && [ "$(wc -l <"$tmp/written")" -eq 4 ] && xargs -d '\n' ls <"$tmp/written" >/dev/null
ok $? "--lm-eval prints the four files that it wrote for two runs" "$tmp/err"
python3 - "$tmp" <<'EOF' 2>"$tmp/err"
import hashlib, json, os, re, sys
tmp = sys.argv[1]
sha = lambda text: hashlib.sha256(text.encode()).hexdigest()
written = open(tmp + "/written").read().split("\n")[:-1]
for results, samples, folders in ((written[0], written[1], ["text"]),
                                  (written[2], written[3], [f"shard{i}" for i in (1, 2, 3, 4)])):
    assert re.fullmatch(r"results_\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d\.\d{6}\.json", os.path.basename(results))
    assert os.path.basename(os.path.dirname(results)) == "Qwen3 4B"
    ours = sorted((s for f in folders for s in map(json.loads, open(f"{tmp}/runs/{f}/samples.jsonl"))),
                  key=lambda s: s["index"])
    lines = list(map(json.loads, open(samples)))
    assert [(l["filter"], l["doc_id"]) for l in lines] == [(f, i) for f in ("exact", "compat") for i in range(200)]
    hashes = ""
    for l, s in zip(lines, ours * 2):
        graded = s if l["filter"] == "exact" else s["compat"]
        assert l["exact_match"] == float(graded["correct"]) and l["metrics"] == ["exact_match"]
        assert l["target"] == graded["gold"] and l["resps"] == [[s["text"]]]
        assert l["filtered_resps"] == [graded["prediction"] or "[invalid]"]
        prompt = s["agents"][-1]["input"] if s["agents"] else s["question"]
        assert l["arguments"]["gen_args_0"]["arg_0"] == prompt
        assert l["doc"]["question"] == s["question"]
        assert l["doc_hash"] == sha(json.dumps(l["doc"], indent=2, ensure_ascii=False))
        assert l["prompt_hash"] == sha(prompt) and l["target_hash"] == sha(l["target"])
        hashes += l["doc_hash"] + l["prompt_hash"] + l["target_hash"]
    r = json.load(open(results))
    assert r["task_hashes"] == {"gsm8k": sha(hashes)}
    for f in ("exact", "compat"):
        scores = [l["exact_match"] for l in lines if l["filter"] == f]
        mean = sum(scores) / 200
        assert abs(r["results"]["gsm8k"]["exact_match," + f] - mean) < 1e-12
        error = (sum((s - mean) ** 2 for s in scores) / 199 / 200) ** 0.5
        assert abs(r["results"]["gsm8k"]["exact_match_stderr," + f] - error) < 1e-12
    assert r["n-samples"] == {"gsm8k": {"original": 200, "effective": 200}} and r["date"] == 1795506954
EOF
ok $? "they have lm-eval's names, keys, order, scores and hashes" "$tmp/err"
report text --lm-eval "$tmp/lm"
[ "$code" -eq 1 ] && grep -q 'is there already: name another place, or add --force' "$tmp/err"
ok $? "an export is not written over" "$tmp/err"
report code evil --lm-eval "$tmp/lm" && find "$tmp/lm" -name 'samples_humaneval_plus_*' | grep -q Qwen3 &&
    [ "$(find "$tmp/lm" -mindepth 1 -type d | wc -l)" -eq 2 ]
ok $? "tasks have lm-eval's names, and a hostile model's name stays one folder" "$tmp/err"

report code --evalplus "$tmp/solutions.jsonl"
[ "$code" -eq 0 ] && python3 - "$tmp" <<'EOF' 2>"$tmp/err"
import json, sys
tmp = sys.argv[1]
ours = list(map(json.loads, open(tmp + "/runs/code/samples.jsonl")))
assert list(map(json.loads, open(tmp + "/solutions.jsonl"))) == [
    {"task_id": s["id"], "solution": s["prediction"] or ""} for s in ours]
EOF
ok $? "--evalplus writes a solution for every program, empty where there is none" "$tmp/err"
report text --evalplus "$tmp/no.jsonl"
[ "$code" -eq 1 ] && grep -q 'the answers of gsm8k are no programs' "$tmp/err" && [ ! -e "$tmp/no.jsonl" ]
ok $? "a run without programs has none to export" "$tmp/err"
report code text --evalplus "$tmp/no.jsonl"
[ "$code" -eq 1 ] && grep -q 'expected one run, found 2' "$tmp/err" && [ ! -e "$tmp/no.jsonl" ]
ok $? "nor do two runs go into one file" "$tmp/err"
report text $shards --inspect "$tmp/logs"
[ "$code" -eq 0 ] && [ "$(wc -l <"$tmp/out")" -eq 2 ] && python3 - "$tmp" <<'EOF' 2>"$tmp/err"
import json, re, sys
tmp = sys.argv[1]
for path, folders in zip(open(tmp + "/out").read().split("\n"),
                         (["text"], [f"shard{i}" for i in (1, 2, 3, 4)])):
    assert re.search(r"/logs/\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d\+00-00_gsm8k_[0-9a-f]{21}\.json$", path), path
    ours = sorted((s for f in folders for s in map(json.loads, open(f"{tmp}/runs/{f}/samples.jsonl"))),
                  key=lambda s: s["index"])
    log = json.load(open(path))
    assert [s["id"] for s in log["samples"]] == list(range(200)) and log["status"] == "success"
    for l, s in zip(log["samples"], ours):
        assert (l["input"], l["target"], l["output"]["completion"]) == (s["question"], s["gold"], s["text"])
        assert l["scores"]["exact"]["value"] == "IC"[s["correct"]]
        assert l["scores"]["compat"]["value"] == "IC"[s["compat"]["correct"]]
        assert [m["content"] for m in l["messages"]] == [
            t for a in s["agents"] for t in (a["input"], a["output"]) if t]
        assert bool(l.get("error")) == (s["status"] != "ok")
EOF
ok $? "--inspect writes a log for each run, every sample as it was" "$tmp/err"
report text --inspect "$tmp/logs"
[ "$code" -eq 1 ] && grep -q 'is there already: name another place, or add --force' "$tmp/err"
ok $? "a log is not written over" "$tmp/err"
report text --inspect "$tmp/logs" --json
[ "$code" -eq 2 ] && grep -q 'write no report: leave out --markdown' "$tmp/err"
ok $? "a log is no form of the report" "$tmp/err"
report code --lm-eval "$tmp/runs/code/config.json"
[ "$code" -eq 1 ] && [ "$(wc -l <"$tmp/err")" -eq 1 ]
ok $? "a folder that cannot be made is a failure" "$tmp/err"

finish
