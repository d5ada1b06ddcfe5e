#!/bin/sh
# Wrong flags and wrong values: one line that says what was expected and found, exit code 2.
# shellcheck source=tests/cli/common/claims.sh disable=SC2319,SC2086
. tests/cli/common/claims.sh

fails 2 'did you mean --latent_steps?' "an unknown flag is answered with the nearest known one" \
    ask -m $MODEL --latnt_steps 3 q
fails 2 'did you mean --max_samples?' "run does that too" run -m $MODEL --max-sample 3
fails 2 'did you mean ask?' "an unknown command is answered with the nearest one" aks
fails 2 'latentmas --help lists all' "a command that is like none leads to the list" quux
fails 2 'latentmas ask --help lists all' "a flag that is like none leads to the list" \
    ask -m $MODEL --xyzzyxyzzy q

# value TEXT FLAG VALUE
value() { fails 2 "$1" "$2 \"$3\" is refused with the range" ask -m $MODEL "$2" "$3" q; }
whole='expected a whole number from'
value "--latent_steps: $whole 0 to 100000 or auto, found \"-3\"" --latent_steps -3
value "--latent-steps: $whole 0 to 100000 or auto, found \"12abc\"" --latent-steps 12abc
value "--latent_steps: $whole 0 to 100000 or auto, found \"99999999999\"" --latent_steps 99999999999
value "--latent_steps: $whole 0 to 100000 or auto, found \"999999999999999999999\"" \
    --latent_steps 999999999999999999999
value "--latent_steps: $whole 0 to 100000 or auto, found \"\"" --latent_steps ''
value "--latent_steps: $whole 0 to 100000 or auto, found \"1.5\"" --latent_steps 1.5
value "--latent_steps: $whole 0 to 100000 or auto, found \" 1\"" --latent_steps ' 1'
value "-n: $whole 1 to 10000000, found \"0\"" -n 0
value "-t: $whole 0 to 1024, found \"-1\"" -t -1
value "--seed: $whole 0 to 9007199254740991, found \"-1\"" --seed -1
value '--temp: expected a number from 0 to 100, found "nan"' --temp nan
value '--temperature: expected a number from 0 to 100, found "inf"' --temperature inf
value '--temp: expected a number from 0 to 100, found "0x1p3"' --temp 0x1p3
value '--temp: expected a number from 0 to 100, found "1e999"' --temp 1e999
value '--temp: expected a number from 0 to 100, found "0,6"' --temp 0,6
value '--top_p: expected a number from 0.0001 to 1, found "7"' --top_p 7
value '--top-p: expected a number from 0.0001 to 1, found "0"' --top-p 0
value '--method: expected baseline, text_mas, latent_mas or latent_mas_hybrid, found "magic"' --method magic
value '-fa: expected on, off or auto, found "maybe"' -fa maybe
value '-ctk: expected f32, f16, bf16, q8_0, q4_0, q4_1, q5_0, q5_1 or iq4_nl, found "q9"' -ctk q9
value '--kv: expected auto, unified or lane, found "pool"' --kv pool

fails 2 '--max_samples: expected -1 or' "--max_samples 0 asks nothing and is refused" \
    run -m $MODEL --data $SUMS --max_samples 0
fails 2 '--method needs a value: baseline, text_mas, latent_mas or latent_mas_hybrid' \
    "a flag at the end without its value is refused" ask -m $MODEL q --method
fails 2 '-m needs a value: FILE' "a flag is not taken for the value of the one before" \
    ask -m --trace q
fails 2 '--compat takes no value, found "yes"' "a value for a flag that takes none is refused" \
    ask -m $MODEL --compat=yes q
fails 2 '--trace: expected agents or thoughts, found "yes"' "a flag that may stand alone takes its words behind = only" \
    ask -m $MODEL --trace=yes q
fails 2 'one question expected, found 3 words' "a question without quotes is explained" \
    ask -m $MODEL what is this
fails 2 'one question expected, found 0 words' "a missing question is explained" ask -m $MODEL
fails 2 'no model: name a GGUF file with -m FILE' "a missing model flag is explained" ask q
HF_HUB_OFFLINE=1 HF_DATASETS_CACHE=$tmp
export HF_HUB_OFFLINE HF_DATASETS_CACHE
fails 1 'name a file with --data FILE' "rows that are nowhere and cannot be fetched are explained" run -m $MODEL
fails 2 'only the split test is fetched' "another split needs a file" run -m $MODEL --split train
fails 2 'no word without a flag expected' "run takes no words" run -m $MODEL --data $SUMS extra
fails 2 'one expected' "two chat templates are one too many" \
    ask -m $MODEL --chat-template chatml --chat-template-file Makefile q
fails 2 'expected list, show NAME, graph FILE or check FILE...' "teams explains its words" teams frobnicate
printf '{"name": "x", "agents": [{"nam": "a"}]}' >"$tmp/keys.json"
fails 1 'expected one of: name, prompt, system, think, latent_steps' "keys of a file are no flags" teams check "$tmp/keys.json"
fails 2 'no built-in team "nope"' "teams show names what there is" teams show nope
fails 2 'expected info FILE, get NAME..., list, path NAME, rm NAME... or convert DIR, found nothing' "model explains its words" model
fails 2 'expected bash, zsh or fish' "completion names the shells" completion ksh

# greedy ARG...: a short greedy answer, to compare ways of writing the same flags.
greedy() { run ask -m $MODEL --temp 0 -n 6 -t 1 "$@" 'Tom has 12 apples.'; }
greedy --latent_steps 2
cp "$tmp/out" "$tmp/first"
greedy --latent-steps=2
[ "$code" -eq 0 ] && cmp -s "$tmp/out" "$tmp/first"
ok $? "_ and - are the same in a long flag, and = may stand before the value" "$tmp/err"
greedy --latent_steps 7 --latent_steps 2
[ "$code" -eq 0 ] && cmp -s "$tmp/out" "$tmp/first"
ok $? "a flag given twice counts as given last" "$tmp/err"
run ask -m $MODEL --temp 0 -n 6 -t 1 --latent_steps 2 -- '-- Tom has 12 apples.'
ok "$code" "-- ends the flags: the question may start with a dash" "$tmp/err"
run ask -m $MODEL --temp 0 -n 6 -t 1 '-3 + 5?'
ok "$code" "a question may start with a negative number" "$tmp/err"
run ask -m $MODEL -t 1 -tb 1 -b 64 -ub 32 -ngl all -fa off -ctk f32 -ctv f32 --kv unified -c 2048 --no-mmap \
    --temperature 0.1 --top_k 5 --top_p 0.5 --min_p 0.01 -s 7 --predict 4 -dev none --think \
    --latent_space_realign --text_mas_context_length -1 --prompt hierarchical 'Hello?'
ok "$code" "llama.cpp's letters and the reference's names work together" "$tmp/err"
run ask -m $MODEL --device cuda:0 --temp 0 -n 4 -t 1 'Hello?'
[ "$code" -eq 0 ] && grep -q 'libllama chooses' "$tmp/err"
ok $? "--device cuda:0 of the reference is accepted with a word" "$tmp/err"
run ask --list-devices
[ "$code" -eq 0 ] && grep -q '^CPU' "$tmp/out"
ok $? "--list-devices needs no model" "$tmp/out"

finish
