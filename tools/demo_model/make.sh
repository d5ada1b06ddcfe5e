#!/bin/sh
# make.sh FOLDER [FLAG...] - the demo model from nothing: train, export, check, draw the loss.
# FOLDER keeps the training's state: stopped, the same command goes on. FLAGs are train.py's.
set -eu
[ $# -ge 1 ] || {
    sed -n '2,3s/^# //p' "$0" >&2
    exit 2
}
folder=$1
shift
here=$(dirname "$0")
[ -x "${B:-build}/tests/parity/parity_test" ] || {
    echo "make.sh: run ./dev make test-build first: the export is held against libllama at the end" >&2
    exit 1
}
python3 "$here/train.py" --folder "$folder" "$@"
python3 "$here/export.py" --folder "$folder" "$folder/demo.gguf"
python3 "$here/check.py" --folder "$folder"
python3 "$here/curve.py" --folder "$folder" "$folder/loss.svg"
sha256sum "$folder/demo.gguf"
