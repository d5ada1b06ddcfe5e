#!/bin/sh
# arch_test.sh [NAME...] - every model of the matrix, or those named, through arch_test: each in a
# process of its own, which libllama may abort.
B=${B:-build}
here=tests/arch
tmp=$(mktemp -d "${TMPDIR:-/tmp}/latentmas.XXXXXX") || exit 1
trap 'rm -rf "$tmp"' EXIT
trap 'exit 1' INT TERM
CMOCKA_MESSAGE_OUTPUT=TAP
export CMOCKA_MESSAGE_OUTPUT
n_failed=0

# unpack NAME: its two files, in $tmp.
unpack() {
    python3 -c 'import lzma, shutil, sys
shutil.copyfileobj(lzma.open(sys.argv[1]), open(sys.argv[2], "wb"))' "$here/models/$1.gguf.xz" "$tmp/$1.gguf" &&
        cp "$here/models/$1.json" "$tmp"
}

if ! command -v python3 >/dev/null; then
    echo "ok - the matrix of architectures # SKIP no python3 here, which unpacks the models"
    exit 0
fi
[ $# -gt 0 ] || set -- $(ls $here/models | sed -n 's/\.gguf\.xz$//p')
for name; do
    unpack "$name" && "$B/tests/arch/arch_test" "$tmp/$name" >"$tmp/out" 2>&1
    code=$?
    grep -E '^(not )?ok |^ *# ' "$tmp/out" | sed 's/^\(not \)\{0,1\}ok [0-9]* - /\1ok - /'
    if [ "$code" -ne 0 ]; then
        n_failed=$((n_failed + 1))
        grep -q '^not ok ' "$tmp/out" || echo "not ok - $name: the process ended with status $code"
        grep -vE '^(not )?ok |^ *# ' "$tmp/out" | tail -n 5 | cut -c 1-200 | sed 's/^/# /'
    fi
    rm -f "$tmp/$name".*
done
[ "$n_failed" -eq 0 ]
