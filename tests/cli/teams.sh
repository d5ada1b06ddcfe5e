#!/bin/sh
# teams check: what is wrong with a file, what may be, and what it has no format for.
# shellcheck source=tests/cli/common/claims.sh disable=SC2319,SC2086
. tests/cli/common/claims.sh
here=$(pwd)
cd "$tmp" || exit 1 # so that messages name mine.json and no folder
GOLDEN=$here/$GOLDEN
MODEL=$here/$MODEL

# A team with two slots misspelt, two in the wrong place, and braces that are nobody's business.
cat >mine.json <<'JSON'
{
  "name": "mine",
  "system": "You answer {question}.",
  "context": {"latent": "Your memory holds {outputs}.", "text": "They wrote:\n\n{outputs}"},
  "agents": [
    {"name": "planner", "prompt": "Plan. {qestion} {question} as {\"plan\": 1}, \\frac{a}{b}, {x}"},
    {"name": "judger", "prompt": "{Context}\n\n{question}\n\n{outputs}\n\n{format}"}
  ],
  "formats": {"number": "End with \\boxed{number}."}
}
JSON
run teams check mine.json
[ "$code" -eq 1 ] && [ ! -s out ]
ok $? "a file with words that look like slots does not pass" err
same teams-remarks err "each is named with its line and what would be filled"
run ask -m "$MODEL" --team ./mine.json --temp 0 -n 4 -t 1 --method baseline q
[ "$code" -eq 1 ] && [ "$(head -n 4 err | sed 's|\./||')" = "$(cat "$GOLDEN/teams-remarks.txt")" ]
ok $? "ask says the same before it asks" err

sed -i 's/{question}\.", *$/it.",/; s/You answer {question}/You answer/; s/{qestion}/ /; s/{Context}/{context}/; s/holds {outputs}/holds it/' mine.json
run teams check mine.json
[ "$code" -eq 0 ] && [ ! -s err ]
ok $? "mended it passes" err
same teams-gaps out "and says what it has no format for"
sed -i 's/"name": "mine",/&\n  "baseline": "{question}",/' mine.json
run teams check mine.json
[ "$(grep -c 'so the agents cannot run' out)" -eq 3 ]
ok $? "a baseline that needs no format is excepted" out
sed -i 's/\\n\\n{format}//; /"baseline"/d' mine.json
run teams check mine.json
[ "$(grep -c 'so --method baseline cannot run' out)" -eq 3 ]
ok $? "and so are agents that need none" out

# refused CLAIM TEXT: mine.json is no team, and the line speaks of the file.
refused() {
    fails 1 "$2" "$1" teams check mine.json
    grep -qiE 'parser|input|document|token|yyjson|the text|this run' err
    [ $? -eq 1 ]
    ok $? "in words for people: $1" err
}
: >mine.json
refused "an empty file" 'mine.json:1:1: empty, JSON expected'
printf '  \n\n' >mine.json
refused "a file of white space" 'empty, JSON expected'
printf '\177ELF\0\1' >mine.json
refused "a program" "mine.json:1:1: expected a JSON value, found byte 0x7f"
printf '\0\0' >mine.json
refused "a file of zeros" "mine.json:1:1: expected a JSON value, found byte 0x00"
printf '{"name": "x",\n "agents": [' >mine.json
refused "half a file" 'mine.json:2:13: ends before its JSON is complete'
printf '{"name": "x"}\n}\n' >mine.json
refused "a brace too many" "mine.json:2:1: more follows where the JSON is complete, found '}'"
printf '{"name" "x"}' >mine.json
refused "a colon too few" "mine.json:1:9: expected ':' after key, found '\"'"
printf 'name: x\n' >mine.json
refused "another format" "mine.json:1:1: "
head -c 1100000 /dev/zero | tr '\0' ' ' >mine.json
refused "a file of more than 1 MiB" 'mine.json is longer than 1048576 bytes'
printf '\357\273\277' >mine.json && cat "$here/teams/sequential.json" >>mine.json
run teams check mine.json
[ "$code" -eq 0 ]
ok $? "a byte order mark at the start is passed over" err
rm mine.json
refused "a file that is not there" 'cannot open mine.json: No such file or directory'
mkdir mine.json
refused "a folder" 'cannot read mine.json: Is a directory'

finish
