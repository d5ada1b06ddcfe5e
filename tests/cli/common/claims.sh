# shellcheck shell=sh
# claims.sh - what the scripts of this folder share. Sourced from the repository's root.
#
# Each claim prints a TAP line. ACCEPT=1 rewrites the golden files instead of comparing:
#     ACCEPT=1 sh tests/cli/help.sh
# shellcheck disable=SC2034 # used by the scripts
LATENTMAS=${LATENTMAS:-$(pwd)/build/latentmas}
MODEL=models/demo.gguf
SUMS=tests/cli/sums.jsonl
STORIES=../shared/models/stories260K.gguf # not part of the project: may be absent
GOLDEN=tests/cli/golden
n_failed=0
tmp=$(mktemp -d "${TMP_DIR:-${TMPDIR:-/tmp}}/latentmas.XXXXXX") || exit 1
trap 'rm -rf "$tmp"' EXIT
trap 'exit 1' INT TERM
export LC_ALL=C

# ok CODE CLAIM [DETAIL-FILE]
ok() {
    if [ "$1" -eq 0 ]; then
        echo "ok - $2"
    else
        echo "not ok - $2"
        if [ -n "${3:-}" ] && [ -f "$3" ]; then head -n 20 "$3" | cut -c 1-200 | sed 's/^/# /'; fi
        n_failed=$((n_failed + 1))
    fi
}

skip() { echo "ok - $1 # SKIP $2"; }

finish() {
    [ "$n_failed" -eq 0 ]
    exit
}

# run ARG...: the program's output in $tmp/out and $tmp/err, its exit code in $code.
run() {
    "$LATENTMAS" "$@" >"$tmp/out" 2>"$tmp/err" </dev/null
    code=$?
}

# worked PID: until that child has computed for a second, whatever else the machine does, or has
# ended. A test that meets a process in the middle leaves it ten times as much to do.
worked() {
    until [ "$(cut -d ' ' -f 14 "/proc/$1/stat")" -ge "$(getconf CLK_TCK)" ] || grep -q ') Z' "/proc/$1/stat"; do sleep 0.01; done
}

# same NAME FILE CLAIM: FILE is what golden/NAME.txt holds.
same() {
    if [ -n "${ACCEPT:-}" ]; then cp "$2" "$GOLDEN/$1.txt"; fi
    diff "$GOLDEN/$1.txt" "$2" >"$tmp/diff" 2>&1
    ok $? "$3" "$tmp/diff"
}

# fails CODE TEXT CLAIM ARG...: exit code, one line on stderr that contains TEXT, no output. (What
# is said of a machine that others keep busy has nothing to do with the failure.)
fails() {
    want=$1 text=$2 claim=$3
    shift 3
    run "$@"
    sed -i '/others keep the machine busy/d' "$tmp/err"
    [ "$code" -eq "$want" ] && [ ! -s "$tmp/out" ] && [ "$(wc -l <"$tmp/err")" -eq 1 ] &&
        grep -qF -- "$text" "$tmp/err"
    ok $? "$claim" "$tmp/err"
}

# field NAME FILE: a number or a string of the JSON lines in FILE, which must hold it once each.
field() { sed -n "s/^\(.*,\|\){\{0,1\}\"$1\":\"\{0,1\}\([^,\"}]*\).*/\2/p" "$2"; }
