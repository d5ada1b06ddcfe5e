#!/bin/sh
# memory: what a model read in one process, another goes on from; what is no such file is refused.
# shellcheck source=tests/cli/common/claims.sh disable=SC2319,SC2086
. tests/cli/common/claims.sh
question='Lena carries 24 eggs in a bag. Later she hands 14 to Tom. How many is that?'
file=$tmp/a.lmem

# What the baseline agent reads, as its chat template has it, and what it answers.
run ask -m $MODEL --method baseline --temp 0 -n 64 -t 1 "$question"
cp "$tmp/out" "$tmp/answer"
printf '<|im_start|>system\n%s<|im_end|>\n<|im_start|>user\nQuestion: %s\n\n%s<|im_end|>\n<|im_start|>assistant\n' \
    'You are a careful assistant who solves problems together with other agents.' "$question" \
    'Reason step by step. Put the final answer in \boxed{}.' >"$tmp/turn"

run memory save -m $MODEL -t 1 "$file" --read "$tmp/turn"
[ "$code" -eq 0 ] && [ ! -s "$tmp/err" ] && grep -qE '^.*/a\.lmem: [0-9]+ positions saved$' "$tmp/out"
ok $? "save says how much it saved" "$tmp/err"
run memory load -m $MODEL -t 1 "$file" --speak 64
[ "$code" -eq 0 ] && [ ! -s "$tmp/err" ] && diff "$tmp/answer" "$tmp/out" >"$tmp/diff"
ok $? "what was read in one process is answered in another, as ask answers it" "$tmp/diff"
run memory load -m $MODEL -t 1 "$file" --speak 3
[ "$code" -eq 0 ] && [ "$(wc -c <"$tmp/out")" -lt 10 ]
ok $? "--speak says how much at most"

cp "$file" "$tmp/before"
run memory save -m $MODEL -t 1 "$file" --read "$tmp/turn"
cmp -s "$file" "$tmp/before"
ok $? "the same text makes the same file"

# Info.
run memory save -m $MODEL -t 1 "$tmp/b.lmem" --read "$tmp/turn" --latent_steps 7
run memory info "$tmp/b.lmem"
[ "$code" -eq 0 ] && grep -qE '^memory .* tokens, 7 thoughts$' "$tmp/out" && grep -q '^model *qwen3, 6 layers' "$tmp/out" &&
    grep -qE '^segments *prompt +0 to ' "$tmp/out" && grep -qE '^ +thought .* reader$' "$tmp/out" &&
    grep -q '^seal *none$' "$tmp/out"
ok $? "info shows segments, model and seal" "$tmp/out"
run memory info "$tmp/b.lmem" --json
grep -q '"n_thoughts": 7,' "$tmp/out" && grep -q '"can_rebuild": true,' "$tmp/out"
ok $? "info --json says the same to programs" "$tmp/out"
if command -v python3 >/dev/null; then
    python3 -m json.tool <"$tmp/out" >/dev/null 2>"$tmp/err"
    ok $? "and it is JSON" "$tmp/err"
else
    skip "and it is JSON" "no python3 here"
fi

# Teams begin with a memory, and keep one.
printf 'Mia has 6 bags with 12 shells each.' >"$tmp/document"
run memory save -m $MODEL -t 1 "$tmp/document.lmem" --read "$tmp/document"
team() { run ask -m $MODEL --temp 0 -n 24 -t 1 "$@" 'How many shells has Mia?'; }
team --trace --memory "$tmp/document.lmem" --save_memory "$tmp/after.lmem"
cp "$tmp/out" "$tmp/after"
[ "$code" -eq 0 ] && grep -qE '^planner .* 15-[0-9]+$' "$tmp/err"
ok $? "ask --memory has the team begin behind what was read" "$tmp/err"
team --memory "$tmp/document.lmem"
cmp -s "$tmp/out" "$tmp/after"
ok $? "keeping the memory leaves the answer as it is"
team --memory "$tmp/document.lmem" --kv lane
cmp -s "$tmp/out" "$tmp/after"
ok $? "and so does a cache in parts"
run memory info "$tmp/after.lmem"
grep -qE '^segments *prompt +0 to 14 +reader$' "$tmp/out" && grep -qE 'text .* judger$' "$tmp/out" &&
    ! grep -q '^rebuilt' "$tmp/out"
ok $? "ask --save_memory keeps all of it, and could rebuild it" "$tmp/out"
n_pos=$(awk '$1 == "memory" { print $2 }' "$tmp/out")
team --trace --memory "$tmp/after.lmem"
[ "$code" -eq 0 ] && grep -qE "^planner .* $n_pos-[0-9]+\$" "$tmp/err"
ok $? "and the next question goes on from there" "$tmp/err"
team --memory "$tmp/document.lmem" --save_memory "$tmp/sealed.lmem" --key "$tmp/turn"
[ "$code" -eq 1 ] && grep -q 'not sealed' "$tmp/err" && [ ! -e "$tmp/sealed.lmem" ]
ok $? "--key takes no memory that it has not sealed" "$tmp/err"
fails 1 'No such file' "a folder that is not there is named before anybody waits" \
    ask -m $MODEL --save_memory "$tmp/none/a.lmem" 'How many?'
fails 1 'it is a folder' "and so is one in the file's place" \
    ask -m $MODEL --save_memory "$tmp" 'How many?'
fails 1 'may drop positions cannot be saved' "and a rule under which nothing can be saved" \
    ask -m $MODEL --save_memory "$tmp/thin.lmem" --keep knn:0.5 'How many?'
fails 1 'control thoughts drops positions' "and such a control" \
    ask -m $MODEL --save_memory "$tmp/thin.lmem" --control thoughts 'How many?'
team --control zero --save_memory "$tmp/zero.lmem"
run memory load -m $MODEL -t 1 "$tmp/zero.lmem" -ctk f32 --speak 4
[ "$code" -eq 1 ] && grep -q 'rebuil' "$tmp/err"
ok $? "a memory that a control overwrote is not rebuilt as what it was before" "$tmp/err"
for _ in $(seq 60); do cat "$tmp/document"; done >"$tmp/long"
run memory save -m $MODEL -t 1 "$tmp/long.lmem" --read "$tmp/long"
team --memory "$tmp/long.lmem" --keep knn:0.5:restart
[ "$code" -eq 0 ] && [ -s "$tmp/out" ]
ok $? "there is room for a long memory, of which each restart takes a copy" "$tmp/err"
fails 1 'is no memory file' "--memory of another file is refused" \
    ask -m $MODEL --memory "$tmp/document" 'How many?'
run memory keygen "$tmp/ask.key"
team --save_memory "$tmp/signed.lmem" --sign "$tmp/ask.key"
team --memory "$tmp/signed.lmem" --signed_by "$tmp/ask.key.pub"
[ "$code" -eq 0 ]
ok $? "ask takes a memory that the right person signed" "$tmp/err"
team --memory "$tmp/document.lmem" --signed_by "$tmp/ask.key.pub"
[ "$code" -eq 1 ] && [ ! -s "$tmp/out" ]
ok $? "and no other" "$tmp/err"
fails 1 'No such file' "a key that is not there is named before anybody waits" \
    ask -m $MODEL --save_memory "$tmp/x.lmem" --sign "$tmp/nothere" 'How many?'
fails 1 'the secret one' "and a public key that is to sign" \
    ask -m $MODEL --save_memory "$tmp/x.lmem" --sign "$tmp/ask.key.pub" 'How many?'
fails 1 'No such file' "chat says so at its start" chat -m $MODEL --sign "$tmp/nothere"
fails 2 'changes nothing without' "--key alone is a mistake" ask -m $MODEL --key "$tmp/turn" 'How many?'
fails 2 'one seal' "and so are a key and a signature" \
    ask -m $MODEL --save_memory "$tmp/a.lmem" --key "$tmp/turn" --sign "$tmp/ask.key" 'How many?'
fails 1 'control zero overwrites' "an experiment that overwrites memories has none to begin with" \
    ask -m $MODEL --memory "$tmp/document.lmem" --control zero 'How many?'

# Another cache.
run memory load -m $MODEL -t 1 -ctk f32 -ctv f32 "$file" --speak 64
[ "$code" -eq 0 ] && cmp -s "$tmp/answer" "$tmp/out" && [ "$(wc -l <"$tmp/err")" -eq 1 ] &&
    grep -q 'K cache is f16 there and f32 here: rebuilt' "$tmp/err"
ok $? "with other types of the cache it is rebuilt, says so, and answers the same" "$tmp/err"
fails 1 'rebuilt, which was not wanted' "--must_be_same refuses that" \
    memory load -m $MODEL -t 1 -ctk f32 "$file" --must_be_same
i=0
while [ $((i += 1)) -le 20 ]; do cat "$tmp/turn"; done >"$tmp/long"
run memory save -m $MODEL -t 1 "$tmp/long.lmem" --read "$tmp/long"
fails 1 'a lane 256; give more with -c' "a context that is too small is named" \
    memory load -m $MODEL -t 1 -c 16 "$tmp/long.lmem"

# What goes wrong with files.
head -c 20000 "$file" >"$tmp/cut.lmem"
sed 's/qwen3/qwen4/' "$file" >"$tmp/forged.lmem"
: >"$tmp/empty"
printf 'a\0b' >"$tmp/binary"
for c in 'info' 'verify' "load -m $MODEL"; do
    fails 1 'No such file or directory' "$c: a file that is not there is named" memory $c "$tmp/nothere"
    fails 1 'is no memory file' "$c: another file is told from one" memory $c Makefile
    fails 1 'is no memory file' "$c: an empty file too" memory $c "$tmp/empty"
    fails 1 'bytes, its manifest says' "$c: a file cut short says so" memory $c "$tmp/cut.lmem"
    fails 1 'is damaged' "$c: a changed one is refused" memory $c "$tmp/forged.lmem"
done
fails 1 'is empty: there is nothing to read' "an empty text is refused" memory save -m $MODEL "$tmp/x" --read "$tmp/empty"
fails 1 'is no text in UTF-8' "what is no text is refused" memory save -m $MODEL "$tmp/x" --read "$tmp/binary"
fails 1 'No such file' "a text that is not there is named" memory save -m $MODEL "$tmp/x" --read "$tmp/nothere"
[ ! -e "$tmp/x" ]
ok $? "and none of these left a file"
fails 1 'cannot write' "a folder that is not there is named" memory save -m $MODEL -t 1 "$tmp/no/x" --read "$tmp/turn"
fails 1 'is of another model' "a memory of another model is refused" \
    memory load -m tests/parity/fixtures/untied.gguf -t 1 "$file"

# Keys.
printf 'sixteen bytes of' >"$tmp/key"
printf 'sixteen byte  of' >"$tmp/otherkey"
printf 'short' >"$tmp/short"
run memory save -m $MODEL -t 1 "$tmp/sealed.lmem" --read "$tmp/turn" --key "$tmp/key"
grep -q 'saved, sealed$' "$tmp/out"
ok $? "save seals with a key" "$tmp/err"
run memory verify "$tmp/sealed.lmem" --key "$tmp/key"
[ "$code" -eq 0 ] && grep -q "whole, seal: this key's$" "$tmp/out"
ok $? "verify knows its key" "$tmp/err"
run memory load -m $MODEL -t 1 "$tmp/sealed.lmem" --key "$tmp/key"
cmp -s "$tmp/answer" "$tmp/out"
ok $? "load with the key goes on" "$tmp/err"
run memory verify "$tmp/sealed.lmem"
grep -q "whole, seal: a key's" "$tmp/out"
ok $? "verify without the key says that there is a seal" "$tmp/err"
fails 1 'its key is needed' "load without it is refused" memory load -m $MODEL -t 1 "$tmp/sealed.lmem"
fails 1 'sealed with another key' "another key is refused" memory verify "$tmp/sealed.lmem" --key "$tmp/otherkey"
fails 1 'is not sealed' "a file without a seal is refused where a key is given" memory verify "$file" --key "$tmp/key"
fails 1 'fewer bytes, from 16 to 4096 expected' "a short key is refused" memory verify "$file" --key "$tmp/short"
fails 1 'No such file' "a key that is not there is named" memory verify "$file" --key "$tmp/nothere"

# Pairs of keys.
run memory keygen "$tmp/mine"
[ "$code" -eq 0 ] && [ ! -s "$tmp/err" ] && grep -q '/mine: the secret key' "$tmp/out" && grep -q '/mine.pub: the public key' "$tmp/out" &&
    [ "$(stat -c %a "$tmp/mine")" = 600 ] && grep -qE '^latentmas-ed25519-public [0-9a-f]{64}$' "$tmp/mine.pub"
ok $? "keygen makes a pair, and only its owner reads the secret one" "$tmp/out"
cp "$tmp/mine" "$tmp/kept"
fails 1 'is there already, and a key is not written over' "keygen writes over no key" memory keygen "$tmp/mine"
cmp -s "$tmp/mine" "$tmp/kept"
ok $? "and leaves it as it was"
fails 1 'cannot make the file' "a folder that is not there is named" memory keygen "$tmp/no/mine"
run memory keygen "$tmp/other"
run memory save -m $MODEL -t 1 "$tmp/signed.lmem" --read "$tmp/turn" --sign "$tmp/mine"
grep -q 'saved, signed$' "$tmp/out"
ok $? "save signs with the secret key" "$tmp/err"
public=$(cut -d ' ' -f 2 "$tmp/mine.pub")
run memory info "$tmp/signed.lmem"
grep -q "^seal *signed by $public (--signed_by FILE" "$tmp/out"
ok $? "info says by whom" "$tmp/out"
run memory info "$tmp/signed.lmem" --json
grep -q "\"signed_by\": \"$public\"," "$tmp/out"
ok $? "and to programs, too" "$tmp/out"
run memory verify "$tmp/signed.lmem" --signed_by "$tmp/mine.pub"
[ "$code" -eq 0 ] && grep -q "whole, seal: signed by $public, the key given$" "$tmp/out"
ok $? "verify knows the key" "$tmp/err"
run memory load -m $MODEL -t 1 "$tmp/signed.lmem" --signed_by "$tmp/mine.pub"
cmp -s "$tmp/answer" "$tmp/out"
ok $? "load with the public key goes on" "$tmp/err"
fails 1 'to load it say with --signed_by who' "load without it is refused" memory load -m $MODEL -t 1 "$tmp/signed.lmem"
for c in 'info' 'verify' "load -m $MODEL"; do
    fails 1 "is signed by $(echo "$public" | cut -c 1-16)" "$c: one that another signed is refused" \
        memory $c "$tmp/signed.lmem" --signed_by "$tmp/other.pub"
    fails 1 'is not signed, and a public key was given' "$c: one that nobody signed is refused" \
        memory $c "$file" --signed_by "$tmp/mine.pub"
    fails 1 'is sealed with a key, not signed' "$c: one that is sealed is refused" \
        memory $c "$tmp/sealed.lmem" --signed_by "$tmp/mine.pub"
    fails 1 'is signed, not sealed with a key' "$c: a shared key does not do" memory $c "$tmp/signed.lmem" --key "$tmp/key"
    fails 1 'is a secret key, the public one' "$c: nor the secret one" memory $c "$tmp/signed.lmem" --signed_by "$tmp/mine"
    fails 1 'give --key or --signed_by, not both' "$c: nor both" memory $c "$tmp/signed.lmem" --key "$tmp/key" --signed_by "$tmp/mine.pub"
done
sed 's/reader/dealer/' "$tmp/signed.lmem" >"$tmp/forged.lmem"
fails 1 "does not carry the key's signature" "a changed one is refused" memory verify "$tmp/forged.lmem" --signed_by "$tmp/mine.pub"
fails 1 'is a public key, the secret one' "the public key does not sign" \
    memory save -m $MODEL -t 1 "$tmp/x" --read "$tmp/turn" --sign "$tmp/mine.pub"
fails 1 'is no key: "latentmas-ed25519-secret " and 64 hex digits' "nor does another file" \
    memory save -m $MODEL -t 1 "$tmp/x" --read "$tmp/turn" --sign "$tmp/key"
fails 1 'give --key or --sign, not both' "a file has one seal" \
    memory save -m $MODEL -t 1 "$tmp/x" --read "$tmp/turn" --sign "$tmp/mine" --key "$tmp/key"
[ ! -e "$tmp/x" ]
ok $? "and none of these left a file"

# What a fuzzer starts from (tests/store) are files as they are written today.
for seed in tests/store/seeds/*; do
    run memory verify "$seed"
    [ "$code" -eq 0 ]
    ok $? "$(basename "$seed") is a memory file" "$tmp/err"
done

# Frames of AVP.
printf ' And with 3 more?' >"$tmp/more"
run memory export -m $MODEL -t 1 "$file" --avp "$tmp/a.avp" --agent planner
[ "$code" -eq 0 ] && [ ! -s "$tmp/err" ] && grep -qE '^.*/a\.avp: cells of [0-9]+ positions written in f16$' "$tmp/out"
ok $? "export says what it wrote" "$tmp/err"
run memory import -m $MODEL -t 1 "$tmp/a.avp" "$tmp/back.lmem"
[ "$code" -eq 0 ] && [ ! -s "$tmp/err" ] && grep -qE '^.*/back\.lmem: [0-9]+ positions saved$' "$tmp/out"
ok $? "import saves it" "$tmp/err"
run memory load -m $MODEL -t 1 "$file" --read "$tmp/more" --speak 32
cp "$tmp/out" "$tmp/want"
run memory load -m $MODEL -t 1 "$tmp/back.lmem" --read "$tmp/more" --speak 32
[ "$code" -eq 0 ] && cmp -s "$tmp/want" "$tmp/out"
ok $? "what came back goes on as what went out" "$tmp/err"
fails 1 'read a prompt before speaking' "it must read before it speaks" memory load -m $MODEL -t 1 "$tmp/back.lmem"
fails 1 'and it cannot be rebuilt' "it is not rebuilt" memory load -m $MODEL -t 1 -ctk f32 "$tmp/back.lmem" --read "$tmp/more"
run memory info "$tmp/back.lmem"
grep -q '^rebuilt *no: .* out of an AVP frame$' "$tmp/out"
ok $? "and info says so" "$tmp/out"
run memory export -m $MODEL -t 1 "$tmp/b.lmem" --avp "$tmp/t.avp" --avp_payload thoughts --avp_dtype f32 --avp_zstd --agent planner
grep -q 'thoughts of .* written in f32$' "$tmp/out" && run memory import -m $MODEL -t 1 "$tmp/t.avp" "$tmp/t.lmem" --key "$tmp/turn" &&
    run memory info "$tmp/t.lmem"
grep -qE '^memory +7 positions: 0 tokens, 7 thoughts$' "$tmp/out" && grep -qE '^segments +thought +0 to 6 +planner$' "$tmp/out" &&
    grep -q "^seal *a key's" "$tmp/out"
ok $? "thoughts go out and come in, a position each, by their agent's name" "$tmp/out"
run memory export -m $MODEL -t 1 "$tmp/b.lmem" --avp "$tmp/l.avp" --avp_payload last --avp_dtype bf16 --avp_model_hash 0123
run memory import -m $MODEL -t 1 "$tmp/l.avp" "$tmp/l.lmem" --avp_model_hash 0123 && run memory load -m $MODEL -t 1 "$tmp/l.lmem" --speak 3
[ "$code" -eq 0 ]
ok $? "a last hidden state comes in as a thought, which may be spoken from" "$tmp/err"
fails 1 'its model_hash is "0123", 4567 wanted' "a frame of another model's hash is refused" \
    memory import -m $MODEL "$tmp/l.avp" "$tmp/no.lmem" --avp_model_hash 4567
fails 1 'is of another model' "a frame of other sizes is refused" memory import -m tests/parity/fixtures/untied.gguf "$tmp/a.avp" "$tmp/no.lmem"
fails 1 'is no AVP frame' "another file is told from one" memory import -m $MODEL "$file" "$tmp/no.lmem"
head -c 3000 "$tmp/a.avp" >"$tmp/cut.avp"
fails 1 'is damaged or cut short' "a frame cut short says so" memory import -m $MODEL "$tmp/cut.avp" "$tmp/no.lmem"
fails 1 'No such file' "a frame that is not there is named" memory import -m $MODEL "$tmp/nothere" "$tmp/no.lmem"
fails 1 'holds no thoughts' "what is not there is not written" memory export -m $MODEL -t 1 "$file" --avp "$tmp/no.avp" --avp_payload thoughts
fails 2 '--avp_dtype' "an unknown type is named" memory export -m $MODEL "$file" --avp "$tmp/no.avp" --avp_dtype f8
fails 2 'with --avp FRAME' "a frame is asked for" memory export -m $MODEL "$file"
[ ! -e "$tmp/no.lmem" ] && [ ! -e "$tmp/no.avp" ]
ok $? "and none of these left a file"

# Wrong usage.
fails 2 'memory load: --sign is for save, import' "a flag that means nothing is refused" memory load -m $MODEL "$file" --sign "$tmp/mine"
fails 2 'memory save: --signed_by is for load' "here too" memory save -m $MODEL "$tmp/x" --read "$tmp/turn" --signed_by "$tmp/mine.pub"
fails 2 'memory load: --latent_steps is for save' "and here" memory load -m $MODEL "$file" --latent_steps 3
fails 2 'keygen FILE, export FILE, import FRAME FILE' "keygen is one of them" memory keygen
fails 2 'expected save FILE, load FILE' "without a word it says which there are" memory
fails 2 'found "keep"' "an unknown word is named" memory keep x
fails 2 'no model' "a model is asked for" memory load x
fails 2 'with --read DOCUMENT' "a text is asked for" memory save -m $MODEL x
fails 2 '--speak' "nothing cannot be spoken" memory load -m $MODEL x --speak 0

finish
