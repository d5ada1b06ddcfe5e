#!/bin/sh
# chat: turn after turn in one working memory, from a pipe and from a terminal.
# shellcheck source=tests/cli/common/claims.sh disable=SC2319,SC2086
. tests/cli/common/claims.sh
first='Mia has 6 bags with 12 shells each. How many shells does Mia have?'
second='Tom has 12 apples. He buys 7 more. How many apples does he have?'

# say LINE...: a chat of these lines, greedy.
say() {
    printf '%s\n' "$@" | "$LATENTMAS" chat -m $MODEL --temp 0 -n 32 -t 1 $flags >"$tmp/out" 2>"$tmp/err"
    code=$?
}
flags=

run ask -m $MODEL --temp 0 -n 32 -t 1 "$first"
cp "$tmp/out" "$tmp/alone"
say "$first"
[ "$code" -eq 0 ] && [ ! -s "$tmp/err" ] && cmp -s "$tmp/out" "$tmp/alone"
ok $? "the first turn is answered as ask answers it, and stderr stays empty" "$tmp/err"

flags="--method latent_mas_hybrid --keep all"
say "$first"
[ "$code" -eq 0 ] && cmp -s "$tmp/out" "$tmp/alone"
ok $? "Hybrid-LatentMAS's name for the method says the same here" "$tmp/err"
flags=

say "$first" "/save $tmp/c.lmem" "$second" /agents
cp "$tmp/out" "$tmp/both"
n_pos=$(sed -n 's/.*: \([0-9]*\) positions saved$/\1/p' "$tmp/err")
[ "$code" -eq 0 ] && [ "$(wc -l <"$tmp/out")" -eq 2 ] && [ "$n_pos" -gt 300 ] &&
    grep -qE "^planner .* $n_pos-[0-9]+\$" "$tmp/err"
ok $? "the second turn's agents go on where the first one's ended" "$tmp/err"
run ask -m $MODEL --temp 0 -n 32 -t 1 --memory "$tmp/c.lmem" --kv unified "$second"
[ "$(tail -n 1 "$tmp/both")" = "$(cat "$tmp/out")" ]
ok $? "what /save kept is what the next turn went on from: ask --memory answers the same" "$tmp/out"
say "/load $tmp/c.lmem" "$second"
[ "$code" -eq 0 ] && [ "$(tail -n 1 "$tmp/both")" = "$(cat "$tmp/out")" ] &&
    grep -q ": $n_pos of [0-9]* positions" "$tmp/err"
ok $? "and /load goes on from there in another process" "$tmp/err"
flags="--memory $tmp/c.lmem"
say "$second"
[ "$(tail -n 1 "$tmp/both")" = "$(cat "$tmp/out")" ]
ok $? "as --memory does" "$tmp/err"
flags=

say "$first" /new /memory "$first"
[ "$code" -eq 0 ] && [ "$(sort -u "$tmp/out")" = "$(cat "$tmp/alone")" ] && grep -q ' 0 of [0-9]* positions' "$tmp/err"
ok $? "/new empties the memory" "$tmp/err"
say "$first" /thoughts
[ "$(grep -c '^ *says ' "$tmp/err")" -eq 30 ]
ok $? "/thoughts shows each thought of the last turn" "$tmp/err"
say '' '   ' "Mia has 6 bags with 12 shells each.\\" 'How many shells does Mia have?'
[ "$code" -eq 0 ] && [ "$(wc -l <"$tmp/out")" -eq 1 ]
ok $? "empty lines are no turns, and a line that ends in a backslash goes on" "$tmp/err"
say /help
[ "$(grep -c '^/' "$tmp/err")" -eq 8 ] && [ ! -s "$tmp/out" ]
ok $? "/help lists what there is, on stderr" "$tmp/err"
say "$first" /quit "$second"
[ "$code" -eq 0 ] && [ "$(wc -l <"$tmp/out")" -eq 1 ]
ok $? "/quit ends" "$tmp/err"

# What goes wrong is told, and the next line is taken.
told() { # told TEXT CLAIM LINE
    say "$3" "$first"
    [ "$code" -eq 1 ] && cmp -s "$tmp/out" "$tmp/alone" && [ "$(wc -l <"$tmp/err")" -eq 1 ] && grep -qF -- "$1" "$tmp/err"
    ok $? "$2" "$tmp/err"
}
told 'did you mean /save;' "an unknown command names the nearest" '/sve x'
told 'takes the name of a file, found ""' "/save wants a name" /save
told 'takes nothing, found "x"' "/agents wants none" '/agents x'
told 'nothing to save' "an empty memory is not saved" "/save $tmp/none.lmem"
told 'No such file' "a file that is not there is named" "/load $tmp/none.lmem"
told 'not valid UTF-8' "no text is refused" "$(printf 'a\377b')"
flags="-c 512"
say "$first" "$second" /memory
[ "$code" -eq 1 ] && [ "$(wc -l <"$tmp/out")" -eq 1 ] && grep -q '/new begins anew' "$tmp/err" &&
    [ "$(grep -c ' 3[0-9]* of 512 positions' "$tmp/err")" -eq 2 ]
ok $? "a full memory is told, with the way out, and stays as it was" "$tmp/err"
flags="-c 700"
say "$first" "/save $tmp/c.lmem" "/load $tmp/c.lmem" "$second" /memory
[ "$code" -eq 0 ] && [ "$(wc -l <"$tmp/out")" -eq 2 ] && grep -q ' 7[0-9]* of 768 positions' "$tmp/err"
ok $? "what was there before /load takes no room from the turns after it" "$tmp/err"
flags="-c 700 --kv lane"
say /memory
grep -q ' 0 of 256 positions' "$tmp/err"
ok $? "of a cache in parts /memory names the part" "$tmp/err"
flags=
printf '%s\n' "$first" | "$LATENTMAS" chat -m $MODEL --temp 0 -n 8 -t 1 >/dev/full 2>"$tmp/err"
[ $? -eq 1 ] && [ "$(grep -v 'is cut' "$tmp/err")" = 'latentmas: cannot write the answer: No space left on device' ]
ok $? "a full disk is a failure and no interrupt" "$tmp/err"
"$LATENTMAS" chat -m $MODEL -t 1 </ >"$tmp/out" 2>"$tmp/err"
[ $? -eq 1 ] && grep -q 'cannot read from stdin: Is a directory' "$tmp/err"
ok $? "a stdin that cannot be read is a failure and no end" "$tmp/err"
head -c 1100000 /dev/zero | tr '\0' a >"$tmp/long"
printf '\n%s\n' "$first" >>"$tmp/long"
"$LATENTMAS" chat -m $MODEL --temp 0 -n 32 -t 1 <"$tmp/long" >"$tmp/out" 2>"$tmp/err"
[ $? -eq 1 ] && cmp -s "$tmp/out" "$tmp/alone" && grep -q 'longer than 1048576 bytes' "$tmp/err"
ok $? "a line that is too long is refused, and the next one taken" "$tmp/err"
fails 2 'nothing expected beside flags' "a question on the command line is a mistake" chat -m $MODEL "$first"
fails 2 'is for experiments' "--control is for ask and run" chat -m $MODEL --control none
fails 1 'is no memory file' "--memory of another file is refused" chat -m $MODEL --memory README.md
fails 2 'no model' "a model is needed" chat

# On a terminal.
if ! command -v python3 >/dev/null; then
    skip "on a terminal" "no python3 here"
    finish
fi
typed() { python3 tests/cli/common/typed.py "$tmp/out" "$tmp/steps" "$LATENTMAS" chat -m $MODEL --temp 0 -t 1 "$@" >"$tmp/shown" 2>&1; }
printf '%s\t%s\n' 'ends\.\r\n> ' 'Mia has 6 bags with 12 shells each. How many?\n' \
    'many\?\s+> ' '/new\n' '/new\s+> ' '\x1b[A\x1b[A\n' 'many\?\s+> ' '\x04' >"$tmp/steps"
typed -n 32 && grep -q 'exit code 0' "$tmp/shown" && [ "$(wc -l <"$tmp/out")" -eq 2 ] && [ "$(sort -u "$tmp/out" | wc -l)" -eq 1 ]
ok $? "lines come back with the arrow keys, and Ctrl-D ends" "$tmp/shown"
printf '%s\t%s\n' 'ends\.\r\n> ' 'Mia has 6 bags.\n' 'speaks|thinks|reads' '\x03' \
    'interrupted\s+> ' '/memory\n' ' 0 of[^>]*> ' '\x04' >"$tmp/steps"
typed --latent_steps 1000 -c 4096 && grep -q 'interrupted' "$tmp/shown" && grep -q 'exit code 0' "$tmp/shown"
ok $? "Ctrl-C stops an answer, the memory stays as it was, and the chat goes on" "$tmp/shown"
printf '%s\t%s\n' 'ends\.\r\n> ' '\x03' >"$tmp/steps"
typed -n 32 && grep -q 'exit code 130' "$tmp/shown"
ok $? "Ctrl-C where nothing runs ends it" "$tmp/shown"
finish
