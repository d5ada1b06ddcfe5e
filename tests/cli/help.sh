#!/bin/sh
# Help and manual pages: all from the option tables, all as agreed.
# shellcheck source=tests/cli/common/claims.sh disable=SC2319,SC2086
. tests/cli/common/claims.sh

commands='ask chat serve run report show inspect regrade bench tasks data model memory teams completion help'

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

# Manual pages: $tmp/man holds what `make` installs.
mkdir "$tmp/man"
"$LATENTMAS" help --man >"$tmp/man/latentmas.1"
for c in $commands; do "$LATENTMAS" help --man "$c" >"$tmp/man/latentmas-$c.1"; done

for page in "$tmp"/man/*; do
    name=$(basename "$page" .1)
    if command -v mandoc >/dev/null; then
        mandoc -T lint "$page" >"$tmp/lint" 2>&1
        ok $? "the manual page $name(1) has no flaw that mandoc finds" "$tmp/lint"
    else
        skip "the manual page $name(1) has no flaw that mandoc finds" "no mandoc here"
    fi
    for part in NAME SYNOPSIS DESCRIPTION OPTIONS 'EXIT STATUS' EXAMPLES 'SEE ALSO'; do
        [ "$(grep -cx ".SH $part" "$page")" -eq 1 ] || echo "$part"
    done >"$tmp/lacking"
    [ ! -s "$tmp/lacking" ]
    ok $? "$name(1) has the usual sections" "$tmp/lacking"
    grep -oE 'latentmas[a-z\-]* ?\([1-8]\)' "$page" | sed 's/\\//g; s/ *(.*//' | sort -u |
        while read -r other; do [ -f "$tmp/man/$other.1" ] || echo "$other"; done >"$tmp/lacking"
    [ ! -s "$tmp/lacking" ] && grep -q 'latentmas.*(1)' "$page"
    ok $? "$name(1) refers to pages that exist" "$tmp/lacking"
    ! sed 's/latentmas[a-z\\-]* *([1-8])//g' "$page" | grep -E '[a-z] ?\([1-8]\)' >"$tmp/others"
    ok $? "and to no others" "$tmp/others"
done
(cd "$tmp/man" && printf '%s\n' *) >"$tmp/pages"
(cd "${B:-build}/man" && printf '%s\n' *) | diff "$tmp/pages" - >"$tmp/diff"
ok $? "make builds exactly these pages" "$tmp/diff"

# section TITLE PAGE: the names of a section's entries.
section() { sed -n "/^\.SH $1/,/^\.SH [^$(printf %.1s "$1")]/{s/^\.B //p}" "$2" | sed 's/, /\n/g' | sort -u; }
for part in ENVIRONMENT FILES; do
    section $part "$tmp/man/latentmas.1" >"$tmp/all"
    for c in $commands; do section $part "$tmp/man/latentmas-$c.1"; done | sort -u >"$tmp/each"
    [ -s "$tmp/all" ] && diff "$tmp/all" "$tmp/each" >"$tmp/diff"
    ok $? "what commands have under $part, latentmas(1) has as well, and no more" "$tmp/diff"
done
# HOME is where ~ leads.
grep -rhoE '(getenv|env|is_on|read_number|append_base)\([^"()]*"[A-Z_]+"|"(HF|HUGGING)_[A-Z_]+"' src --include='*.c' |
    grep -o '"[A-Z_]*"' | tr -d '"' | grep -vx HOME | sort -u >"$tmp/read"
section ENVIRONMENT "$tmp/man/latentmas.1" >"$tmp/all"
[ "$(wc -l <"$tmp/read")" -ge 15 ] && comm -23 "$tmp/read" "$tmp/all" >"$tmp/lacking" && [ ! -s "$tmp/lacking" ]
ok $? "every variable that the sources read is in latentmas(1)" "$tmp/lacking"

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
