#!/bin/sh
# Awareness: its SDK publishes memories at our server, finds and takes them.
# shellcheck source=tests/peers/peers.sh disable=SC2319,SC2086
. tests/peers/peers.sh
need "the real awareness-sdk at our server" $PYTHON
printf 'Mia counts 39 shells. Finn gives Mia 24 more. Then she packs them into 7 equal bags.' >"$tmp/text"
run memory save -m $MODEL -t 1 -ctk f32 -ctv f32 "$tmp/a.lmem" --read "$tmp/text"
run memory export -m $MODEL -t 1 "$tmp/a.lmem" --avp "$tmp/a.memorypkg"
$PYTHON tests/peers/awareness_sdk_asks.py "$tmp/a.memorypkg" >"$tmp/diff" 2>&1
ok $? "awareness-sdk publishes, browses, takes and asks ($(grep -c '^ok' "$tmp/diff") claims)" "$tmp/diff"
finish
