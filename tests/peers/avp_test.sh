#!/bin/sh
# AVP frames: the real avp reads what we write, and we read what it writes. Both go on alike.
# shellcheck source=tests/peers/peers.sh disable=SC2319,SC2086
. tests/peers/peers.sh
need "the real avp and we read each other's frames" $PYTHON
hash=0123456789abcdef
text='Mia counts 39 shells. Finn gives Mia 24 more. Then she packs them into 7 equal bags.'
printf '%s' "$text" >"$tmp/text"

# ---- The frame ----

run memory save -m $MODEL -t 1 -ctk f32 -ctv f32 "$tmp/a.lmem" --read "$tmp/text" --latent_steps 3
for dtype in f32 f16 bf16; do
    run memory export -m $MODEL -t 1 "$tmp/a.lmem" --avp "$tmp/$dtype.avp" --avp_dtype $dtype --avp_model_hash $hash --agent planner
    run memory export -m $MODEL -t 1 "$tmp/a.lmem" --avp "$tmp/$dtype.zstd.avp" --avp_dtype $dtype --avp_zstd
done
run memory export -m $MODEL -t 1 "$tmp/a.lmem" --avp "$tmp/thoughts.avp" --avp_dtype f32 --avp_payload thoughts
run memory export -m $MODEL -t 1 "$tmp/a.lmem" --avp "$tmp/last.avp" --avp_dtype f32 --avp_payload last
[ "$code" -eq 0 ] && $PYTHON tests/peers/avp_reads.py reads "$tmp" $hash >"$tmp/diff" 2>&1
ok $? "avp decodes our frames, plain and packed: metadata, sum, shape and every number" "$tmp/diff"
$PYTHON tests/peers/avp_reads.py writes "$tmp" >"$tmp/diff" 2>&1 &&
    for level in none fast balanced max; do
        run memory import -m $MODEL -t 1 -ctk f32 -ctv f32 "$tmp/by-$level.avp" "$tmp/by.lmem" --avp_model_hash $hash
        [ "$code" -eq 0 ] || break
        run memory export -m $MODEL -t 1 "$tmp/by.lmem" --avp "$tmp/again-$level.avp" --avp_dtype f32
        [ "$code" -eq 0 ] || break
    done && [ "$code" -eq 0 ] && $PYTHON tests/peers/avp_reads.py same "$tmp" >"$tmp/diff" 2>&1
ok $? "what avp encodes, at each of its levels, comes in and goes out again bit for bit" "$tmp/diff"

# ---- Over HTTP ----

$PYTHON tests/peers/avp_http.py "$tmp" >"$tmp/diff" 2>&1
ok $? "avp's own client at our server: handshake, frames, texts ($(grep -c '^ok' "$tmp/diff") claims)" "$tmp/diff"

# ---- Going on ----

claim="transformers goes on from our frames as we do, and we from its as it does: 32 greedy tokens"
if ! python3 -c 'import torch, transformers, gguf' 2>/dev/null; then
    skip "$claim" "no torch and transformers here: ./dev --reference brings them"
    finish
fi
mkdir "$tmp/lib"
for name in gguf accelerate avp google zstandard; do
    for path in "$PEERS"/venv/lib/python*/site-packages/"$name"*; do ln -s "$(realpath "$path")" "$tmp/lib"; done
done

# torch ARG...: avp on transformers, in the reference tree's Python.
torch() {
    OMP_WAIT_POLICY=passive HF_HUB_OFFLINE=1 AVP_CACHE_DIR=$tmp/cache PYTHONPATH=$tmp/lib python3 tests/peers/avp_continues.py "$@" 2>"$tmp/err"
}

if [ -e $SMOLLM2 ]; then
    PYTHONPATH=$tmp/lib python3 tests/peers/dequantise.py $SMOLLM2 "$tmp/smollm2.gguf" 2>"$tmp/err"
    ok $? "SmolLM2's weights as transformers has them, 540 MB" "$tmp/err"
else
    skip "smollm2: $claim" "no $SMOLLM2: make peers brings it"
fi
for model in $MODEL "$tmp/smollm2.gguf"; do
    [ -e "$model" ] || continue
    name=$(basename "$model" .gguf)
    case $name in # neither answers it within 32 tokens
        demo) then=' She sells 4 bags for 3 dollars each and pays 5 dollars for a drink. How many dollars has she left?' ;;
        *) then=' How many shells are in each bag? First we add the shells,' ;;
    esac
    printf '%s' "$then" >"$tmp/then"
    run memory save -m "$model" -ctk f32 -ctv f32 "$tmp/ours.lmem" --read "$tmp/text" --latent_steps 3
    run memory export -m "$model" "$tmp/ours.lmem" --avp "$tmp/ours.avp" --avp_dtype f32
    run memory load -m "$model" -ctk f32 -ctv f32 "$tmp/ours.lmem" --read "$tmp/then" --speak 32
    [ "$code" -eq 0 ] && torch ours "$model" "$tmp/ours.avp" "$tmp/then" >"$tmp/theirs" && diff "$tmp/out" "$tmp/theirs" >"$tmp/diff"
    ok $? "$name: transformers goes on from our frame as we do, 32 greedy tokens" "$tmp/diff"
    torch theirs "$model" "$tmp/text" "$tmp/then" "$tmp/theirs.avp" >"$tmp/theirs" &&
        run memory import -m "$model" -ctk f32 -ctv f32 "$tmp/theirs.avp" "$tmp/theirs.lmem" && [ "$code" -eq 0 ] &&
        run memory load -m "$model" -ctk f32 -ctv f32 "$tmp/theirs.lmem" --read "$tmp/then" --speak 32 && [ "$code" -eq 0 ] &&
        diff "$tmp/theirs" "$tmp/out" >"$tmp/diff"
    ok $? "$name: we go on from its frame, of a prompt and three of its thoughts, as it does" "$tmp/diff"
done
finish
