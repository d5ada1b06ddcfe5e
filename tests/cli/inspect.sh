#!/bin/sh
# show and inspect: the questions of a run as a list, in full, as JSON and as one page.
# shellcheck source=tests/cli/common/claims.sh disable=SC2319,SC2086
. tests/cli/common/claims.sh

ask='-m models/demo.gguf --task demo --max_samples 4 --temp 0 --max_new_tokens 64 -np 4 -t 1'
run run $ask --keep_thoughts 3 --latent_steps 4 --probe 8 --output "$tmp/latent"
ok "$code" "a run of four questions keeps three tokens of each thought" "$tmp/err"
run run $ask --method text_mas --output "$tmp/text"
ok "$code" "another one speaks" "$tmp/err"
grep -qE '"cell_size": [1-9]' "$tmp/latent/config.json"
ok $? "config.json says how many bytes a cell takes" "$tmp/latent/config.json"

# ---- show ----
run show "$tmp/latent"
[ "$code" -eq 0 ] && [ ! -s "$tmp/err" ] && [ "$(wc -l <"$tmp/out")" -eq 6 ] &&
    grep -q "^$tmp/latent: demo, latent_mas, team sequential, 4 of 4 asked, . right" "$tmp/out" &&
    [ "$(grep -cE '^    [0-3]  (right|wrong) +[0-9]+ ' "$tmp/out")" -eq 4 ]
ok $? "show lists a line a question: verdict, prediction, gold, spoken tokens" "$tmp/out"
grep -q "$(printf '\033')" "$tmp/out"
[ $? -eq 1 ]
ok $? "a pipe gets no colours"
run show "$tmp/latent" 2
[ "$code" -eq 0 ] && grep -q '^=== question 2$' "$tmp/out" &&
    grep -q '^--- answer: read [0-9]*, thought 12, spoke [0-9]*, ' "$tmp/out" &&
    [ "$(grep -cE '^--- (planner|critic|refiner): read [0-9]+, thought 4, positions [0-9]+-[0-9]+$' "$tmp/out")" -eq 3 ] &&
    grep -q '^--- judger says\|^--- judger: says' "$tmp/out" && grep -q 'The answer is' "$tmp/out"
ok $? "show INDEX prints what each agent read and said" "$tmp/out"
grep -qE '^(right|wrong) by exact: prediction .*, gold [0-9]+, from a box$' "$tmp/out" &&
    grep -qE '^(right|wrong) by compat: prediction .*, gold [0-9]+, from a box$' "$tmp/out"
ok $? "both verdicts, and which part of the text they are from" "$tmp/out"
[ "$(grep -cE '^--- (planner|critic|refiner): would have said$' "$tmp/out")" -eq 3 ]
ok $? "and what those who only thought would have said" "$tmp/out"
run show "$tmp/latent" --against "$tmp/text" 1
[ "$code" -eq 0 ] && grep -q "^A  $tmp/latent: " "$tmp/out" && grep -q "^B  $tmp/text: " "$tmp/out" &&
    [ "$(grep -c '^--- A answer' "$tmp/out")" -eq 1 ] && [ "$(grep -c '^--- B answer' "$tmp/out")" -eq 1 ]
ok $? "--against shows both runs" "$tmp/out"

# A run like it in which question 1 was answered wrong, and question 2 by one rule.
cp -r "$tmp/latent" "$tmp/wrong"
sed -i '/^{"index":1,/s/"correct":true/"correct":false/; /^{"index":2,/s/"correct":true/"correct":false/2' "$tmp/wrong/samples.jsonl"
# titles WORD...: the questions that show prints in full.
titles() { run show "$@" && sed -n 's/^=== question //p' "$tmp/out" | paste -sd ' '; }
[ "$(titles "$tmp/wrong" wrong)" = 1 ]
ok $? "show wrong prints the wrong ones" "$tmp/out"
[ "$(titles "$tmp/wrong" differ)" = "1 2" ]
ok $? "show differ prints those on which the two rules differ" "$tmp/out"
[ "$(titles "$tmp/latent" differ --against "$tmp/wrong")" = 1 ]
ok $? "with --against those on which two runs differ" "$tmp/out"
[ "$(titles "$tmp/latent" differ "$tmp/wrong")" = 1 ]
ok $? "or the second one behind the word" "$tmp/out"
cp -r "$tmp/latent" "$tmp/ended"
sed -i '/^{"index":0,/s/\(.*\)"is_cut":[a-z]*/\1"is_cut":true/; /^{"index":3,/s/"status":"ok"/"status":"context full","error":"too small"/' \
    "$tmp/ended/samples.jsonl"
sed -i '/^{"index":[123],/s/\(.*\)"is_cut":[a-z]*/\1"is_cut":false/' "$tmp/ended/samples.jsonl"
[ "$(titles "$tmp/ended" cut)" = 0 ]
ok $? "show cut prints the answers that --max_new_tokens ended" "$tmp/out"
[ "$(titles "$tmp/ended" failed)" = 3 ] && grep -q 'context full: too small' "$tmp/out"
ok $? "show failed prints those that failed, and why" "$tmp/out"
run show "$tmp/ended"
grep -qE "^$tmp/ended: .*, 4 of 4 asked, 1 failed, . right" "$tmp/out" && grep -qE '^    3  failed  ' "$tmp/out" &&
    [ "$(grep -cE '^    [0-3]  .* [0-9]+ cut  ' "$tmp/out")" -eq 1 ] && grep -qE '^    0  .* [0-9]+ cut  ' "$tmp/out" && ! grep -qE '^index .*(compat|grader)' "$tmp/out"
ok $? "the list marks what failed and what was cut" "$tmp/out"
cp -r "$tmp/latent" "$tmp/none"
sed -i 's/"status":"ok"/"status":"context full","error":"too small"/; s/"correct":true/"correct":false/g' "$tmp/none/samples.jsonl"
run show "$tmp/none"
grep -q ', 4 of 4 asked, 4 failed$' "$tmp/out" && [ "$(grep -cE '^    [0-3]  failed  ' "$tmp/out")" -eq 4 ] && ! grep -q wrong "$tmp/out"
ok $? "where all failed none is wrong" "$tmp/out"
run show "$tmp/wrong"
grep -qE '^index  exact    compat    prediction ' "$tmp/out" && grep -qE '^    2  right    wrong  ' "$tmp/out"
ok $? "the compat rule has a column where it says other things" "$tmp/out"
cp -r "$tmp/latent" "$tmp/judged"
sed -i 's/,"run_ms"/,"grader":{"correct":false,"prediction":null,"why":null}&/' "$tmp/judged/samples.jsonl"
run show "$tmp/judged"
grep -qE '^index  exact    grader    prediction ' "$tmp/out" && [ "$(grep -cE '^    [0-3]  (right|wrong)    wrong  ' "$tmp/out")" -eq 4 ] && grep -q ', grader 0)$' "$tmp/out"
ok $? "and so has a grader" "$tmp/out"
run inspect "$tmp/ended" cut --json
[ "$code" -eq 0 ] && [ "$(wc -l <"$tmp/out")" -eq 1 ] && grep -q '^{"index":0,' "$tmp/out"
ok $? "inspect takes the same words" "$tmp/out"
run show "$tmp/latent" differ --against "$tmp/latent"
[ "$code" -eq 0 ] && [ "$(wc -l <"$tmp/out")" -eq 2 ] && grep -qF "no question of $tmp/latent differs between the two runs" "$tmp/err"
ok $? "where there is none a line says so" "$tmp/err"
cp -r "$tmp/latent" "$tmp/right"
sed -i 's/"correct":false/"correct":true/g; s/"is_cut":true/"is_cut":false/g' "$tmp/right/samples.jsonl"
for word in 'wrong was answered wrong' 'cut was cut at --max_new_tokens' 'failed failed' 'differ differs between the exact and the compat rule'; do
    for command in show inspect; do
        run $command "$tmp/right" "${word%% *}"
        [ "$code" -eq 0 ] && grep -qxF "latentmas: no question of $tmp/right ${word#* }" "$tmp/err"
        ok $? "$command of questions that there are none of is no failure: ${word%% *}" "$tmp/err"
    done
done
cp -r "$tmp/latent" "$tmp/named"
sed -i 's/^{"index":1,/&"id":"x-2",/; s/^{"index":2,/&"id":"HumanEval\/3",/; s/^{"index":3,/&"id":"1",/' "$tmp/named/samples.jsonl"
[ "$(titles "$tmp/named" HumanEval/3)" = "2, HumanEval/3" ] && [ "$(titles "$tmp/named" x-2)" = "1, x-2" ]
ok $? "a question is shown by the data set's own id" "$tmp/out"
[ "$(titles "$tmp/named" 1)" = "1, x-2" ]
ok $? "digits are an index" "$tmp/out"
run show "$tmp/named" x-2 "$tmp/latent" --json
[ "$code" -eq 0 ] && [ "$(wc -l <"$tmp/out")" -eq 1 ] && grep -q '^{"index":1,' "$tmp/out"
ok $? "beside another run too" "$tmp/out"
fails 1 'no such question: ' "an id that is not there is a failure" show "$tmp/named" x-3
fails 1 'no such question: ' "and so is an index" show "$tmp/named" 99

# ---- What a run says to a terminal ----
cp -r "$tmp/latent" "$tmp/evil"
evil='<\/script><img src=x onerror=alert(1)>\\u001b[2J\\u202e\\u2028\&amp;'
sed -i "s/\"output\":\"[^\"]*\"/\"output\":\"$evil\"/g; s/\"name\":\"planner\"/\"name\":\"$evil\"/; s/\"prediction\":\"[^\"]*\"/\"prediction\":\"$evil\"/g; s/\"head\":\[\[\"[^\"]*\"/\"head\":[[\"$evil\"/g" \
    "$tmp/evil/samples.jsonl"
run show "$tmp/evil"
! grep -q "$(printf '\033')" "$tmp/out"
ok $? "the list of a run has nothing that a terminal would obey" "$tmp/out"
for form in "show $tmp/evil 1" "show $tmp/evil 1 --json" "inspect $tmp/evil 1" "inspect $tmp/evil --json"; do
    run $form
    ! grep -q "$(printf '\033')" "$tmp/out" && grep -qiE 'x1b|u001b' "$tmp/out" && [ "$code" -eq 0 ]
    ok $? "${form%% *} shows it: ${form#*evil}" "$tmp/out"
done

# ---- inspect ----
run inspect "$tmp/latent" 0
[ "$code" -eq 0 ] && [ ! -s "$tmp/err" ] && [ "$(grep -c ' norm .*, entropy .*, cosine to prompt ' "$tmp/out")" -eq 12 ] &&
    [ "$(grep -c '^ * says   "' "$tmp/out")" -eq 12 ] && [ "$(grep -c '^ * is     "' "$tmp/out")" -eq 12 ] &&
    [ "$(grep -cE '^  thoughts +positions +[0-9]+ to +[0-9]+ +4 cells +[0-9.]+ [KM]iB$' "$tmp/out")" -eq 3 ] &&
    [ "$(grep -c '^  inherited ' "$tmp/out")" -eq 3 ]
ok $? "inspect prints thoughts, and where they lie in the working memory" "$tmp/out"
run inspect "$tmp/text" 0
[ "$code" -eq 0 ] && grep -q 'no thoughts were kept' "$tmp/err" && grep -q '^--- planner: says' "$tmp/out"
ok $? "of a run that kept none it prints the texts, and says so" "$tmp/err"
run inspect "$tmp/latent" --html "$tmp/page.html"
[ "$code" -eq 0 ] && [ ! -s "$tmp/out" ] && [ ! -s "$tmp/err" ]
ok $? "--html writes a page" "$tmp/err"
fails 1 'page.html is there already' "which is not written over" inspect "$tmp/text" --html "$tmp/page.html"
run inspect "$tmp/evil" "$tmp/text" --html "$tmp/page.html" --force
ok "$code" "but by --force" "$tmp/err"
run inspect "$tmp/latent" --html "$tmp/again.html" && run inspect "$tmp/latent" --html "$tmp/once.html"
cmp -s "$tmp/again.html" "$tmp/once.html"
ok $? "the same run makes the same page"

# ---- Bad input ----
fails 2 'expected the folder of a run' "show of nothing is wrong usage" show
fails 1 'no such question: expected an index, wrong, differ, cut or failed, or an id of the data set, found "worng"' \
    "a word that is none is no id either" show "$tmp/latent" worng
fails 2 'behind --against and behind the word' "two other runs are wrong usage" show "$tmp/latent" differ "$tmp/wrong" --against "$tmp/text"
fails 2 'expected the folder of a run' "four words are wrong usage" show "$tmp/latent" differ "$tmp/wrong" 3
fails 2 'expected one run or two' "three runs are wrong usage" inspect "$tmp/latent" "$tmp/text" "$tmp/wrong" --json
fails 2 'expected one of --html and --json' "two forms at once are wrong usage" inspect "$tmp/latent" --json --html "$tmp/x"
mkdir "$tmp/empty"
for command in show inspect; do
    fails 1 'expected a question from 0 to 3, found 4' "$command refuses an index past the end" $command "$tmp/latent" 4
    fails 1 'there is no such folder' "$command refuses a folder that is not there" $command "$tmp/nowhere"
    fails 1 'it has no config.json' "$command refuses a folder without a run" $command "$tmp/empty"
done
cp -r "$tmp/latent" "$tmp/damaged"
sed -i '3s/"question":"/"question":7,"was":"/' "$tmp/damaged/samples.jsonl"
damaged=$(sed -n '3s/^{"index":\([0-9]*\),.*/\1/p' "$tmp/damaged/samples.jsonl")
fails 1 'damaged/samples.jsonl:3: this is no line of a run: what must be a text is none' "a damaged line is named" \
    show "$tmp/damaged" "$damaged"
fails 1 'damaged/samples.jsonl:3: this is no line of a run' "and makes no page" inspect "$tmp/damaged" --html "$tmp/damaged.html"
[ ! -e "$tmp/damaged.html" ] && ! ls "$tmp"/damaged.html* >/dev/null 2>&1
ok $? "not half of one either"
sed -i '2s/"index"/"index/' "$tmp/damaged/samples.jsonl"
fails 1 'damaged/samples.jsonl:2:' "a line that is no JSON is named" show "$tmp/damaged"
sed 's/"sha256": "../"sha256": "xx/' "$tmp/text/config.json" >"$tmp/config" && cp -r "$tmp/text" "$tmp/other" &&
    cp "$tmp/config" "$tmp/other/config.json"
fails 1 'are runs over other data' "runs over other data are not put side by side" inspect "$tmp/latent" "$tmp/other"
fails 1 'no question is taken' "a page of no question is not written" inspect "$tmp/latent" "$tmp/latent" differ --html "$tmp/none.html"
fails 1 'cannot ' "a page that cannot be written is a failure" inspect "$tmp/latent" --html "$tmp/no/where/page.html"

if ! command -v python3 >/dev/null; then
    skip "what JSON and pages hold is what the lines hold" "no python3 here"
    finish
fi
run inspect "$tmp/latent" --json
python3 - "$tmp" <<'END' 2>"$tmp/err"
import json, sys
tmp = sys.argv[1]
lines = {s["index"]: s for s in map(json.loads, open(tmp + "/latent/samples.jsonl"))}
shown = list(map(json.loads, open(tmp + "/out")))
cell = json.load(open(tmp + "/latent/config.json"))["engine"]["cell_size"]
assert [q["index"] for q in shown] == [0, 1, 2, 3]
for q in shown:
    s, run = lines[q["index"]], q["runs"][0]
    assert q["question"] == s["question"] and q["gold"] == s["gold"] and run["text"] == s["text"]
    assert run["correct"] == s["correct"] and run["compat"]["correct"] == s["compat"]["correct"]
    for ours, theirs in zip(run["agents"], s["agents"], strict=True):
        assert all(ours[key] == theirs[key] for key in ("name", "input", "output", "n_read", "pos_begin", "pos_end"))
        assert ours["segments"][-1]["pos_end"] == theirs["pos_end"]
        assert ours["segments"][0]["pos_begin"] == 0
        assert all(a["pos_end"] == b["pos_begin"] for a, b in zip(ours["segments"], ours["segments"][1:]))
        assert all(x["n_cells"] == x["pos_end"] - x["pos_begin"] and x["size"] == x["n_cells"] * cell for x in ours["segments"])
        for key in ("norm", "entropy", "cosine_prompt", "head", "input"):
            assert [t[key] for t in ours.get("thoughts", [])] == [t[key] for t in theirs.get("thoughts", [])]
        if theirs["n_thought"]:
            thoughts = next(x for x in ours["segments"] if x["what"] == "thoughts")
            assert [t["pos"] for t in ours["thoughts"]] == list(range(thoughts["pos_begin"], thoughts["pos_end"]))
END
ok $? "inspect --json holds what samples.jsonl holds, and the stretches of the memory" "$tmp/err"

# page FILE: that it stands alone, runs its own script only, and that no text is markup.
cat >"$tmp/page.py" <<'END'
import hashlib, json, re, sys
from html.parser import HTMLParser


class Page(HTMLParser):
    void = {"meta"}

    def __init__(self):
        super().__init__(convert_charrefs=False)
        self.tags, self.unclosed, self.texts = [], [], []

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if tag not in self.void:
            self.unclosed.append(tag)
        self.texts.append("")

    def handle_endtag(self, tag):
        assert self.unclosed.pop() == tag, tag

    def handle_data(self, data):
        if self.unclosed[-1:] == ["script"]:
            self.texts[-1] += data


text = open(sys.argv[1], encoding="utf-8").read()
page = Page()
page.feed(text)
page.close()
assert not page.unclosed
tags = [tag for tag, _ in page.tags]
assert tags.count("script") == 2 and tags.count("style") == 1, tags
assert not {"img", "link", "iframe", "object", "base", "form"} & set(tags)
for tag, attrs in page.tags:
    assert not any(name.startswith("on") or name in ("src", "style") for name in attrs), attrs
    assert attrs.get("href", "#").startswith("#")
data, script = (t for (tag, _), t in zip(page.tags, page.texts) if tag == "script")
policy = next(a["content"] for _, a in page.tags if a.get("http-equiv"))
nonce = hashlib.sha256(data.lstrip("\n").encode()).hexdigest()
assert f"script-src 'nonce-{nonce}'" in policy and "default-src 'none'" in policy
assert [a.get("nonce") for tag, a in page.tags if tag in ("script", "style")] == [nonce, None, nonce]
assert not re.search(r"innerHTML|outerHTML|insertAdjacent|document\.write|\beval\(|new Function|https?://(?!www\.w3\.org/2000/svg)", script)
assert not re.search(r"[<>&\u2028\u2029]", data), "markup in the data"
loaded = json.loads(data)
head = loaded["head"]
for n, folder in enumerate(sys.argv[2:]):
    lines = {s["index"]: s for s in map(json.loads, open(folder + "/samples.jsonl"))}
    assert head["runs"][n]["path"] == folder and head["runs"][n]["cell"] > 0
    for q in loaded["questions"]:
        s, answer = lines[q["i"]], q["r"][n]
        assert q["q"] == s["question"] and answer.get("p") == s["prediction"]
        assert answer["c"] == s["correct"] and answer["m"] == [s["n_read"], s["n_thought"], s["n_spoken"]]
        for turn, agent in zip(answer["a"], s["agents"], strict=True):
            prompt = head["texts"][turn["i"] // 2]
            assert (prompt.replace("\1", q["q"]) if turn["i"] % 2 else prompt) == agent["input"]
            assert head["words"][turn["n"]] == agent["name"] and turn.get("o", "") == agent["output"]
            assert turn.get("b") == agent.get("probe")
            assert turn["m"][6:8] == [agent["pos_begin"], agent["pos_end"]]
            for short, long in zip(turn.get("h", []), agent.get("thoughts", []), strict=True):
                assert abs(short[0] - long["norm"]) <= 1e-3 * long["norm"]
                assert abs(short[3] / 1e4 - long["cosine_prompt"]) < 1e-4
                for k, key in ((4, "head"), (5, "input")):
                    assert [head["words"][w] for w in short[k][::2]] == [t for t, _ in long[key]]
                    assert all(abs(x / 1e4 - y) < 1e-4 for x, (_, y) in zip(short[k][1::2], long[key]))
END
python3 "$tmp/page.py" "$tmp/once.html" "$tmp/latent" 2>"$tmp/err"
ok $? "the page stands alone and holds what the lines hold" "$tmp/err"
python3 "$tmp/page.py" "$tmp/page.html" "$tmp/evil" "$tmp/text" 2>"$tmp/err"
ok $? "whatever a model said, none of it becomes markup" "$tmp/err"

# ---- On a terminal ----
# shown ARG...: what the program prints on a terminal.
cat >"$tmp/terminal.py" <<'END'
import os, pty, sys
os.environ.update(TERM="xterm", COLUMNS="100")
pty.spawn(sys.argv[1:], lambda fd: os.read(fd, 4096))
END
python3 "$tmp/terminal.py" "$LATENTMAS" show "$tmp/wrong" >"$tmp/shown" </dev/null
grep -q "$(printf '\033\\[32mright')" "$tmp/shown" && grep -q "$(printf '\033\\[31mwrong')" "$tmp/shown" &&
    [ "$(sed 's/\x1b\[[0-9;]*m//g' "$tmp/shown" | grep -cE '^    [0-3] .{91}\.\.\.')" -eq 4 ]
ok $? "a terminal gets colours, and lines that fit it" "$tmp/shown"
NO_COLOR=1 python3 "$tmp/terminal.py" "$LATENTMAS" show "$tmp/wrong" 1 >"$tmp/shown" </dev/null
! grep -q "$(printf '\033')" "$tmp/shown" && grep -q '=== question 1' "$tmp/shown"
ok $? "NO_COLOR is heeded there" "$tmp/shown"
finish
