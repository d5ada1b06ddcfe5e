#!/bin/sh
# Data files: whatever is wrong with one, a single line says where, and nothing is written.
# shellcheck source=tests/cli/common/claims.sh disable=SC2319,SC2086
. tests/cli/common/claims.sh

# bad NAME TEXT CLAIM: the data file $tmp/NAME fails with TEXT.
bad() {
    fails 1 "$2" "$3" run -m $MODEL --data "$tmp/$1" --output "$tmp/run"
    [ ! -e "$tmp/run" ] || ok 1 "nothing is written ($3)"
}
good='{"question":"q","answer":"#### 1"}'

printf '%s\n{"question": broken\n' "$good" >"$tmp/broken"
bad broken 'broken:2:14:' "broken JSON is named by file, line and column"
printf '%s\n{"question":"q","answer":"#### 1"' "$good" >"$tmp/cut"
bad cut 'cut:2:' "a last line that is cut off is named"
: >"$tmp/empty"
bad empty 'holds no questions' "an empty file is named"
printf '\n  \n\r\n' >"$tmp/blank"
bad blank 'holds no questions' "a file of blank lines is an empty one"
printf '{"question":"q"}\n' >"$tmp/missing"
bad missing 'missing:1: missing key "answer"' "a missing field is named"
printf '%s\n{"question":3,"answer":"#### 1"}\n' "$good" >"$tmp/type"
bad type 'type:2: "question" in a row must be a string, found a number' "a wrong type is named"
printf '{"question":"","answer":"#### 1"}\n' >"$tmp/noquestion"
bad noquestion 'question of 0 bytes' "an empty question is refused"
printf '{"question":"q","answer":"it is 12"}\n' >"$tmp/nogold"
bad nogold '"answer" must end in "#### NUMBER", found "it is 12"' "an answer without #### is named"
printf '{"question":"q","answer":"x #### many"}\n' >"$tmp/badgold"
bad badgold 'must end in "#### NUMBER"' "an answer whose #### is no number is named"
printf '[1,2]\n' >"$tmp/array"
bad array 'a row must be an object, found a number' "a row that is no object is named"
printf '{"question":"q","question":"r","answer":"#### 1"}\n' >"$tmp/twice"
bad twice 'stands twice' "a key that stands twice is refused"
printf '{"question":"a\377b","answer":"#### 1"}\n' >"$tmp/utf8"
bad utf8 'utf8:1:15: invalid UTF-8' "invalid UTF-8 is named"
printf '{"question":"a\\u0000b","answer":"#### 1"}\n' >"$tmp/nul"
bad nul 'contains a NUL character' "a NUL in a question is refused"
head -c 1100000 /dev/zero | tr '\0' a >"$tmp/a"
printf '{"question":"%s","answer":"#### 1"}\n' "$(cat "$tmp/a")" >"$tmp/longquestion"
bad longquestion 'from 1 to 1048576 expected' "a question of more than 1 MiB is refused"
{ printf '{"question":"' && head -c 17000000 /dev/zero | tr '\0' a; } >"$tmp/longline"
bad longline 'line longer than 16777216 bytes' "a line of more than 16 MiB is refused"
mkdir "$tmp/folder"
bad folder 'Is a directory' "a folder is no data file"
bad nothere 'No such file' "a file that is not there is named"
cp $MODEL "$tmp/model"
bad model 'model:1:1:' "a model is no data file"

# A byte order mark, blank lines, Windows line ends and a last line without newline are fine.
{ printf '\357\273\277%s\r\n\r\n' "$good" && printf '%s' "$good"; } >"$tmp/windows"
run run -m $MODEL --data "$tmp/windows" --output "$tmp/run" -t 1 -n 4 --latent_steps 1
[ "$code" -eq 0 ] && [ "$(field n "$tmp/out")" = 2 ]
ok $? "BOM, blank lines, CRLF and a missing last newline are read" "$tmp/err"
mkfifo "$tmp/pipe"
timeout 60 sh -c "cat $SUMS >$tmp/pipe" &
run run -m $MODEL --data "$tmp/pipe" --output "$tmp/piped" -t 1 -n 4 --latent_steps 1 --max_samples 2
[ "$code" -eq 0 ] && grep -q "$(sha256sum <$SUMS | cut -d ' ' -f 1)" "$tmp/piped/config.json"
ok $? "a pipe is a data file too, and its SHA-256 is recorded" "$tmp/err"

finish
