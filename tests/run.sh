#!/bin/sh
# run.sh TEST... - run test programs and scripts, show what failed, end with the totals.
#
# A test prints a TAP line per claim. One that ends badly without a "not ok" of its own (a
# crash, a sanitizer's report) counts as one failure.
B=${B:-build}
LATENTMAS=$(pwd)/$B/latentmas
CMOCKA_MESSAGE_OUTPUT=TAP
TMPDIR=$(mktemp -d)
chmod 755 "$TMPDIR" # some claims are about an ordinary user, who must be able to enter
export B LATENTMAS CMOCKA_MESSAGE_OUTPUT TMPDIR
trap 'rm -rf "$TMPDIR"' EXIT
passed=0 failed=0 skipped=0
log=$B/test.log
missed=$TMPDIR/missed
mkdir -p "$B"
: >"$missed"
: >"$log"

count() { grep -cE "$1" "$2" || true; }

for test; do
    out=$(mktemp)
    begin=$(date +%s)
    case $test in
    *.sh) sh "$test" >"$out" 2>&1 </dev/null ;;
    *) "$test" >"$out" 2>&1 </dev/null ;;
    esac
    code=$?
    cat "$out" >>"$log"
    skip=$(count '^ok .*# *SKIP' "$out")
    ok=$(($(count '^ok ' "$out") - skip))
    bad=$(count '^not ok ' "$out")
    if [ $code -ne 0 ] && [ "$bad" -eq 0 ]; then
        echo "not ok - $test ended with status $code" >>"$out"
        bad=1
    fi
    printf '%-44s %3d passed, %d failed%s  %ds\n' "${test#"$B"/}" "$ok" "$bad" \
        "$([ "$skip" -gt 0 ] && echo ", $skip skipped")" $(($(date +%s) - begin))
    [ "$skip" -gt 0 ] && grep -E '^ok .*# *SKIP' "$out" | sed 's/^/    /'
    if [ "$bad" -gt 0 ]; then
        sed 's/^/    | /' "$out" | tail -n 60
        grep '^not ok ' "$out" | sed "s|^|${test#"$B"/}: |" >>"$missed"
    fi
    passed=$((passed + ok)) failed=$((failed + bad)) skipped=$((skipped + skip))
    rm -f "$out"
done
cat "$missed" # once more, where a reader of the totals looks
if [ "$skipped" -gt 0 ]; then
    echo "$passed passed, $failed failed, $skipped skipped"
else
    echo "$passed passed, $failed failed"
fi
[ "$failed" -eq 0 ]
