#!/bin/sh
# make.sh FOLDER - the two models of relay_team.json from nothing: train, write, check, evaluate.
# FOLDER keeps the training's state: stopped, the same command goes on.
set -eu
[ $# -eq 1 ] || {
    sed -n '2,3s/^# //p' "$0" >&2
    exit 2
}
folder=$1
here=$(dirname "$0")
test=${B:-build}/tests/parity/parity_test
[ -x "$test" ] || {
    echo "make.sh: run ./dev make test-build first: the models are held against libllama at the end" >&2
    exit 1
}
python3 "$here/train.py" --folder "$folder"
python3 "$here/write.py" --folder "$folder" "$folder"
python3 "$here/write.py" --folder "$folder" --type f32 "$folder/f32"
python3 "$here/check.py" --folder "$folder"
for name in relay_a relay_b; do
    python3 "$here/../../tests/parity/make_vectors.py" --describe "$folder/f32/$name.gguf"
    "$test" "$folder/f32/$name"
done
python3 "$here/evaluate.py" "$folder/relay_a.gguf" "$folder/relay_b.gguf"
sha256sum "$folder/relay_a.gguf" "$folder/relay_b.gguf"
