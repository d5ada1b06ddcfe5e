#!/bin/sh
# make.sh FOLDER - the demo model from nothing: train in two stages, export, check, draw the losses.
# FOLDER keeps the training's state: stopped, the same command goes on.
set -eu
[ $# -eq 1 ] || {
    sed -n '2,3s/^# //p' "$0" >&2
    exit 2
}
folder=$1
here=$(dirname "$0")
[ -x "${B:-build}/tests/parity/parity_test" ] || {
    echo "make.sh: run ./dev make test-build first: the export is held against libllama at the end" >&2
    exit 1
}
python3 "$here/train.py" --folder "$folder/alone"
python3 "$here/export.py" --folder "$folder/alone" "$folder/alone.gguf"
python3 "$here/train.py" --folder "$folder" --start "$folder/alone.gguf" --steps 500 --rate 1e-3
python3 "$here/export.py" --folder "$folder" "$folder/demo.gguf"
python3 "$here/check.py" --folder "$folder"
python3 "$here/curve.py" --folder "$folder/alone" "$folder/loss.svg"
python3 "$here/curve.py" --folder "$folder" "$folder/loss_joined.svg"
sha256sum "$folder/demo.gguf"
