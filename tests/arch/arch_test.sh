#!/bin/sh
# arch_test.sh [NAME...] - every model of the matrix, or those named, through arch_test: each in a
# process of its own, which libllama may abort. Two at a time.
B=${B:-build}
here=tests/arch
tmp=$(mktemp -d "${TMPDIR:-/tmp}/latentmas.XXXXXX") || exit 1
trap 'rm -rf "$tmp"' EXIT
trap 'exit 1' INT TERM
CMOCKA_MESSAGE_OUTPUT=TAP
OMP_WAIT_POLICY=${OMP_WAIT_POLICY:-passive}
export CMOCKA_MESSAGE_OUTPUT OMP_WAIT_POLICY

# unpack NAME...: their files, in $tmp.
unpack() {
    python3 - "$here/models" "$tmp" "$@" <<'END'
import lzma, shutil, sys
source, target, *names = sys.argv[1:]
for name in names:
    for end in "json", "gguf":
        with lzma.open(f"{source}/{name}.{end}.xz") as packed, open(f"{target}/{name}.{end}", "wb") as out:
            shutil.copyfileobj(packed, out)
END
}

# try NAME: its claims, each with the name in front.
try() {
    out=$tmp/$1.out
    "$B/tests/arch/arch_test" "$tmp/$1" >"$out" 2>&1
    code=$?
    {
        grep -E '^(not )?ok |^# ' "$out" | grep -v '^# \(not \)\{0,1\}ok ' |
            sed 's/^\(not \)\{0,1\}ok [0-9]* - /\1ok - /'
        if [ "$code" -ne 0 ]; then
            grep -q '^not ok ' "$out" || echo "not ok - $1: the process ended with status $code"
            grep -vE '^(not )?ok |^# ' "$out" | tail -n 8 | cut -c 1-200 | sed 's/^/# /'
        fi
    } >"$tmp/$1.said"
    cat "$tmp/$1.said"
    return "$code"
}

# half PARITY NAME...: every other one of them.
half() {
    k=$1 n_failed=0
    shift
    for name; do
        k=$((1 - k))
        [ "$k" -eq 1 ] || try "$name" || n_failed=$((n_failed + 1))
    done
    [ "$n_failed" -eq 0 ]
}

if ! command -v python3 >/dev/null; then
    echo "ok - the matrix of architectures # SKIP no python3 here, which unpacks the models"
    exit 0
fi
# shellcheck disable=SC2046 # words are meant
[ $# -gt 0 ] || set -- $(find $here/models -name '*.gguf.xz' | sed 's|.*/||; s/\.gguf\.xz$//' | sort)
unpack "$@" || exit 1
half 0 "$@" &
half 1 "$@"
code=$?
wait $! && [ "$code" -eq 0 ]
code=$?
for name; do
    row=$(echo "$name" | sed 's/-\(un\)\{0,1\}tied$//')
    grep -qF "| \`$row\` " docs/models.md || echo "# $name is not there"
done >"$tmp/missing"
if [ -s "$tmp/missing" ]; then
    echo "not ok - docs/models.md names every model that is here"
    code=1
else
    echo "ok - docs/models.md names every model that is here"
fi
cat "$tmp/missing"
exit "$code"
