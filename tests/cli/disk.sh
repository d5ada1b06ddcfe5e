#!/bin/sh
# Disks that are full or may not be written: one line, exit code 1, nothing half written.
# shellcheck disable=SC2319,SC2086

# The disks are small ones in memory, mounted where nobody else sees them.
if [ -z "${IN_NAMESPACE:-}" ]; then
    if unshare -m true 2>/dev/null; then
        IN_NAMESPACE=1 exec unshare -m sh "$0"
    elif unshare -rm true 2>/dev/null; then
        IN_NAMESPACE=1 exec unshare -rm sh "$0"
    fi
fi
# shellcheck source=tests/cli/common/claims.sh
. tests/cli/common/claims.sh

mkdir "$tmp/full"
if ! mount -t tmpfs -o size=96k tmpfs "$tmp/full" 2>/dev/null; then
    skip "a full disk stops a run without half a line" "no mount here"
    skip "a folder that may not be written is named" "no mount here"
    finish
fi
trap 'umount "$tmp/full" 2>/dev/null; rm -rf "$tmp"' EXIT

# evaluate ARG...
evaluate() { run run -m $MODEL --data $SUMS -t 1 -n 24 --latent_steps 2 --generate_bs 2 "$@"; }

evaluate --output "$tmp/full/run"
[ "$code" -eq 1 ] && grep -q "cannot write $tmp/full/run/samples.jsonl: No space left" "$tmp/err"
ok $? "a disk that fills up stops the run with its reason" "$tmp/err"
n=$(wc -l <"$tmp/full/run/samples.jsonl")
[ "$n" -gt 1 ] && [ -z "$(tail -c 1 "$tmp/full/run/samples.jsonl")" ] && [ ! -e "$tmp/full/run/summary.json" ]
ok $? "the lines before it are whole, and no summary pretends that the run ended"
grep -q "$n of 40 questions are done and kept; go on with: latentmas run --resume" "$tmp/err"
ok $? "a line says how to go on" "$tmp/err"
mount -o remount,size=8m "$tmp/full"
run run --resume "$tmp/full/run"
[ "$code" -eq 0 ] &&
    [ "$(sed 's/^{"index":\([0-9]*\),.*/\1/' "$tmp/full/run/samples.jsonl" | sort -n)" = "$(seq 0 39)" ]
ok $? "with room again it goes on, and every question stands there once" "$tmp/err"
rm -rf "$tmp/full/run"
fails 1 "cannot write $tmp/full/model.gguf, of 0.00892 GB: No space left" "a disk too small for a model of random weights is said so" \
    bench --synthetic qwen3-tiny:f32 -t 1 --keep "$tmp/full/model.gguf"
[ -z "$(ls "$tmp/full")" ]
ok $? "and nothing of it stays"

# Too little room even for the config.
umount "$tmp/full"
mount -t tmpfs -o size=64k tmpfs "$tmp/full"
head -c 100000 /dev/zero >"$tmp/full/filler" 2>/dev/null
fails 1 'No space left' "a disk too small for the config is named" \
    run -m $MODEL --data $SUMS --max_samples 1 -t 1 -n 4 --latent_steps 0 --output "$tmp/full/run"
[ "$(ls -A "$tmp/full")" = filler ]
ok $? "and nothing stays behind"

mount -o remount,ro "$tmp/full"
fails 1 'Read-only file system' "a folder that may not be written is named" \
    run -m $MODEL --data $SUMS --max_samples 1 -t 1 -n 4 --latent_steps 0 --output "$tmp/full/run"

# A finished run that has become read-only cannot be resumed, and says so.
umount "$tmp/full"
mount -t tmpfs -o size=8m tmpfs "$tmp/full"
evaluate --output "$tmp/full/run" --max_samples 2
mount -o remount,ro "$tmp/full"
fails 1 'Read-only file system' "a run on a read-only disk cannot be resumed" run --resume "$tmp/full/run"

finish
