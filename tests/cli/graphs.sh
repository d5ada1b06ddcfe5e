#!/bin/sh
# teams graph: pictures of teams, in three languages; and the short form in list and check.
# shellcheck source=tests/cli/common/claims.sh disable=SC2319,SC2086
. tests/cli/common/claims.sh
here=$(pwd)
cd "$tmp" || exit 1
GOLDEN=$here/$GOLDEN

# team AGENTS MORE: mine.json, whose agents read all there is to read; MORE are members of JSON.
team() {
    {
        printf '{"name": "mine",\n "agents": ['
        gap=
        for name in $1; do
            printf '%s\n  {"name": "%s", "prompt": "{question} {outputs}"}' "$gap" "$name"
            gap=,
        done
        printf '\n ]%s}\n' "${2:+,$2}"
    } >mine.json
}

# draw CLAIM AGENTS MORE: adds to `all` what check and graph say.
: >all
draw() {
    team "$2" "${3:-}"
    {
        echo "== $1"
        "$LATENTMAS" teams check mine.json | head -n 1 | sed 's/.*good: //'
        echo
        "$LATENTMAS" teams graph mine.json
        echo
    } >>all 2>&1
}
draw "one agent" "solo"
draw "a chain" "planner critic judger"
draw "a chain that goes round" "planner judger" '"rounds": 3'
draw "a chain that speaks" "planner critic judger" '"edges": [{"from": "planner", "to": "critic", "carry": "text"}, {"from": "critic", "to": "judger"}]'
draw "experts and a summarizer" "mathematician scientist programmer summarizer" '"edges": [{"from": ["mathematician", "scientist", "programmer"], "to": "summarizer"}]'
draw "a fork and a join" "a left right d" '"edges": [{"from": "a", "to": ["left", "right"], "carry": "both"}, {"from": ["left", "right"], "to": "d"}, {"from": "a", "to": "d", "carry": "text"}]'
draw "a join in another order" "a b c" '"edges": [{"from": ["b", "a"], "to": "c"}]'
draw "two chains side by side" "a b c d e" '"edges": [{"from": "a", "to": "c"}, {"from": "b", "to": "d"}, {"from": ["c", "d"], "to": "e"}]'
draw "levels that are joined whole" "a b c d e" '"edges": [{"from": ["a", "b"], "to": ["c", "d"], "carry": "embeds"}, {"from": ["c", "d"], "to": "e", "carry": "none"}]'
draw "edges into the next round" "e d c" '"rounds": 2, "edges": [{"from": "c", "to": "d"}, {"from": "d", "to": "e"}, {"from": ["c", "e"], "to": "c", "next_round": true}, {"from": "e", "to": "d", "next_round": true, "carry": "text"}]'
draw "and none follows" "a b" '"edges": [{"from": "a", "to": "b"}, {"from": "b", "to": "a", "next_round": true}]'
same graphs all "each picture says what the team's edges are"

# Names that mean something to those languages.
cat >mine.json <<'JSON'
{"name": "mine", "rounds": 2, "agents": [
  {"name": "\"]; x{<b>&lt;\\N`|%%", "prompt": "{question}"},
  {"name": "größe 思考 -- end #35; \\", "prompt": "{question} {outputs}"},
  {"name": "\\\"", "prompt": "{question} {outputs}"},
  {"name": "end", "prompt": "{question} {outputs}"}],
 "edges": [{"from": "\"]; x{<b>&lt;\\N`|%%", "to": ["\\\"", "größe 思考 -- end #35; \\"], "carry": "text"},
  {"from": ["größe 思考 -- end #35; \\", "\\\""], "to": "end"},
  {"from": "end", "to": "\\\"", "next_round": true, "carry": "both"}]}
JSON
for how in --text --mermaid --dot; do
    run teams graph mine.json $how
    [ "$code" -eq 0 ]
    ok $? "teams graph $how draws names of any kind" err
    same "graph$how" out "with what they mean to it escaped"
done
if command -v dot >/dev/null; then
    dot -Tplain out >plain 2>err && [ "$(grep -c '^node' plain)" -eq 4 ] && [ "$(grep -c '^edge' plain)" -eq 5 ] && [ ! -s err ]
    ok $? "Graphviz reads it" err
else
    skip "Graphviz reads it" "no dot here"
fi

# 64 agents, each of which hands to all behind it.
python3 - >mine.json <<'PY'
import json
names = [f"agent {i}" for i in range(64)]
edges = [{"from": names[i], "to": names[i + 1:]} for i in range(63)]
print(json.dumps({"name": "dense", "rounds": 16, "agents": [{"name": n, "prompt": "{question}"} for n in names],
                  "edges": edges}))
PY
run teams graph mine.json
[ "$code" -eq 0 ] && [ "$(grep -c ': memory$' out)" -eq 62 ] && [ "$(tail -n 1 out)" = "16 rounds; agent 63 speaks last" ]
ok $? "a dense graph of 64 agents is drawn" out
run teams graph mine.json --mermaid
[ "$(grep -c -e '-->' out)" -eq 2016 ]
ok $? "with all its edges" err

run teams graph sequential
[ "$code" -eq 0 ] && [ "$(head -n 1 out)" = 'planner > critic > refiner > judger' ]
ok $? "a built-in team goes by its name" err
fails 2 'neither a file nor one of' "no team and no file: wrong usage" teams graph nobody
fails 2 'found several' "two languages at once: wrong usage" teams graph sequential --dot --mermaid
fails 1 'mine.json:1:2: ' "a file that is no team" teams graph "$(printf '{]' >mine.json && echo mine.json)"
printf '{"name": "x", "agents": []}' >other.json
run teams check other.json "$here/teams/sequential.json" mine.json
[ "$code" -eq 1 ] && [ "$(wc -l <err)" -eq 2 ] && [ "$(wc -l <out)" -eq 1 ]
ok $? "check takes several files, and fails where one is bad" err

finish
