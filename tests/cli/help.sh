#!/bin/sh
# Help and manual pages: all from the option tables, all as agreed.
# shellcheck source=tests/cli/common/claims.sh disable=SC2319,SC2086
. tests/cli/common/claims.sh

commands='ask run report bench tasks data model teams completion help'

run
same overview "$tmp/out" "latentmas alone prints a short help"
ok "$code" "and that is no failure"

for c in $commands; do
    run "$c" --help
    same "help-$c" "$tmp/out" "latentmas $c --help prints its flags, defaults, examples and exit codes"
    cp "$tmp/out" "$tmp/help"
    run help "$c"
    cmp -s "$tmp/out" "$tmp/help"
    ok $? "latentmas help $c prints the same"
done

run --help
cmp -s "$tmp/out" $GOLDEN/overview.txt
ok $? "latentmas --help is the short help"

if command -v mandoc >/dev/null; then
    for c in '' $commands; do
        # shellcheck disable=SC2086 # no word for the program's own page
        run help --man $c
        cp "$tmp/out" "$tmp/page.1"
        mandoc -T lint -W warning "$tmp/page.1" >"$tmp/lint" 2>&1
        ok $? "the manual page latentmas${c:+-$c}(1) has no flaw that mandoc finds" "$tmp/lint"
    done
else
    skip "manual pages have no flaw that mandoc finds" "no mandoc here"
fi

run --version
grep -qE '^latentmas [0-9]+\.[0-9]+\.[0-9]+ \(libllama [0-9]+\.[0-9]+\.[0-9]+' "$tmp/out"
ok $? "--version names latentmas and libllama" "$tmp/out"

run teams
same teams "$tmp/out" "latentmas teams lists the built-in teams and their agents"
cp "$tmp/out" "$tmp/teams"
run teams list
cmp -s "$tmp/out" "$tmp/teams"
ok $? "so does latentmas teams list"
run teams show sequential
cmp -s "$tmp/out" teams/sequential.json
ok $? "latentmas teams show prints the file a team comes from"

"$LATENTMAS" --help >/dev/full 2>"$tmp/err"
[ $? -eq 1 ] && grep -q 'cannot write to stdout' "$tmp/err"
ok $? "help that cannot be written is a failure" "$tmp/err"

finish
