#!/bin/sh
# Agents that are programs: plan-solve-check, what its program says of calculations, --allow-tools.
# shellcheck source=tests/cli/common/claims.sh disable=SC2319,SC2086,SC2154
. tests/cli/common/claims.sh
question='Mia has 6 bags with 12 shells each. Later she gives 15 of them to Finn. How many shells does Mia have now?'

fails 1 'team plan-solve-check runs a program, check (python3): look at it, then allow it with --allow-tools' \
    "a team that runs a program is refused, and named with it" ask -m $MODEL --team plan-solve-check "$question"
fails 1 'allow it with --allow-tools' "whatever the method" run -m $MODEL --team plan-solve-check --task demo --method baseline
run teams check teams/plan-solve-check.json
[ "$code" -eq 0 ]
ok $? "to check its file nothing needs to be allowed" "$tmp/err"
if ! command -v python3 >/dev/null; then
    skip "what the program says" "no python3 here"
    finish
fi

run ask -m $MODEL --team plan-solve-check --allow-tools --temp 0 -n 64 -t 1 "$question"
[ "$code" -eq 0 ] && grep -q '57' "$tmp/out"
ok $? "with --allow-tools it answers" "$tmp/err"

# said METHOD: what the check said, and what of it the answerer was told, of the first question.
said() {
    rm -rf "$tmp/run"
    run run -m $MODEL --team plan-solve-check --allow-tools --method "$1" --task demo --max_samples 2 --temp 0 -n 64 -t 1 --output "$tmp/run"
    python3 - "$tmp/run/samples.jsonl" <<'PYTHON'
import json, sys
for sample in map(json.loads, open(sys.argv[1])):
    planner, solver, check, answerer = sample["agents"]
    heard = json.loads(check["input"])["texts"]
    assert heard[-1]["agent"] == "solver" and heard[-1]["text"] == solver["output"], heard
    assert "calculation" in check["output"] or check["output"].startswith("Wrong: "), check
    assert "[check]:\n" + check["output"] in answerer["input"], answerer
    assert (answerer["pos_begin"] == 0) == (len(heard) == 2), answerer
PYTHON
}
for method in latent_mas text_mas; do
    said $method 2>"$tmp/why"
    ok $? "$method: the check reads the solver's text, the answerer the check's" "$tmp/why"
done

# ---- What the program makes of a text ----
"$LATENTMAS" teams show plan-solve-check | python3 -c 'import json, sys
sys.stdout.write(json.load(sys.stdin)["agents"][2]["command"][2])' >"$tmp/check.py"
while IFS='|' read -r text want; do
    printf '%b' "$text" | python3 -c 'import json, sys
print(json.dumps({"texts": [{"text": "1 + 1 = 3"}, {"text": sys.stdin.read()}]}))' | python3 "$tmp/check.py" >"$tmp/out" 2>"$tmp/err"
    [ "$(cat "$tmp/out")" = "$want" ]
    ok $? "of \"$text\" the check says: $want" "$tmp/out"
done <<'EOF'
6 * 12 = 72. 72 - 15 = 57.|All 2 calculations are right.
72 - 15 = 58|Wrong: 72 - 15 = 58 (it is 57).
6 x 12 = 72 and \\(1,234 \\times 2 = 2,468\\)|All 2 calculations are right.
\0303\0227: 2 \0303\0227 3 = 7, 7 \0303\0267 2 = 3.5|Wrong: 2 * 3 = 7 (it is 6).
$5 + $3 = $9|Wrong: 5 + 3 = 9 (it is 8).
2 + 3 * 4 = 14|The calculation is right.
Total = 6 * 12 = 72 - 15 = 57|All 2 calculations are right.
10 / 3 = 3.33, 7 / 2 = 4|Wrong: 7 / 2 = 4 (it is 3.5).
0.1 + 0.2 = 0.3|The calculation is right.
5 / 0 = 0|Wrong: 5 / 0 = 0 (it is no number).
- 2 + 2 = 5|Wrong: 2 + 2 = 5 (it is 4).
x + 3 + 2 = 10, 2 + 3 = 5x, 100 - 20% = 80|There is no calculation to check.
(2 + 3) * 4 = 21, 2 * (3 + 4) = 15|There is no calculation to check.
6 bags (6 * 12 = 70)|Wrong: 6 * 12 = 70 (it is 72).
The answer is 57.|There is no calculation to check.
EOF

# ---- In the sandbox ----
# The program sees its file's folder and nothing else of ours, and cannot write there.
mkdir "$tmp/team" && chmod 755 "$tmp" "$tmp/team" # the sandbox has another user where root asks
echo 'a secret' >"$tmp/secret"
cat >"$tmp/team/look.py" <<PYTHON
import os, sys
sys.stdin.read()
try:
    open("written", "w")
    written = "written"
except OSError:
    written = "not written"
print("secret" if os.path.exists("$tmp/secret") else "no secret", os.path.exists("look.py"), written)
PYTHON
team() { # team SANDBOX
    cat >"$tmp/team/team.json" <<JSON
{"name": "t", "context": {"latent": "", "text": "{outputs}"},
 "agents": [{"name": "a", "prompt": "{question}"},
  {"name": "look", "command": ["python3", "look.py"], "sandbox": $1},
  {"name": "s", "prompt": "{question} {context}"}],
 "edges": [{"from": "a", "to": "look", "carry": "text"}, {"from": "look", "to": "s", "carry": "text"}]}
JSON
    rm -rf "$tmp/run" "$tmp/team/written"
    run run -m $MODEL --team "$tmp/team/team.json" --allow-tools --task demo --max_samples 1 --temp 0 -n 8 -t 1 --output "$tmp/run"
}
team false
grep -q '"output":"secret True written"' "$tmp/run/samples.jsonl" && [ -e "$tmp/team/written" ]
ok $? "a program has the user's rights where the file says nothing else" "$tmp/err"
if bwrap --version >/dev/null 2>&1; then
    team true
    grep -q '"output":"no secret True not written"' "$tmp/run/samples.jsonl" && [ ! -e "$tmp/team/written" ]
    ok $? "with \"sandbox\": true it sees the file's folder alone, and writes nothing there" "$tmp/err"
else
    skip "a program in the sandbox" "bwrap is not installed"
fi
finish
