#!/bin/sh
# install_test.sh - `make install` puts everything where a user's build finds it.
# shellcheck disable=SC2329 # the claims' functions are called through claim
B=${B:-build}
root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT
n=0 failed=0

claim() {
    n=$((n + 1))
    what=$1
    shift
    if ("$@") >"$root/log" 2>&1; then
        echo "ok $n - $what"
    else
        echo "not ok $n - $what"
        sed 's/^/# /' "$root/log" | tail -n 20
        failed=1
    fi
}

pc() { PKG_CONFIG_PATH=$root/p/lib/pkgconfig pkg-config "$@"; }
installs() { make -s B="$B" PREFIX="$root/p" install; }
# The sanitizers' runtime must come first in a program that loads a sanitized library.
flags() { make -s B="$B" print-flags | tr ' ' '\n' | grep '^-fsanitize=' | tr '\n' ' '; }

builds_shared() {
    # shellcheck disable=SC2046
    cc $(flags) examples/01_ask.c $(pc --cflags --libs latentmas) -Wl,-rpath,"$root/p/lib" -o "$root/ask"
}
answers() { "$root/ask" models/demo.gguf 'A box holds 6 eggs. How many eggs are in 4 boxes?'; }
builds_static() {
    # shellcheck disable=SC2046
    cc $(flags) examples/01_ask.c $(pc --cflags latentmas) "$root/p/lib/liblatentmas.a" \
        $(pc --libs --static latentmas | sed 's/-llatentmas//') -o "$root/ask_static"
}
# Also the pages that pages refer to.
has_manual() {
    cd "$root/p/share/man/man1" && test -s latentmas.1 && test -s latentmas-run.1 || return 1
    grep -oh 'latentmas[a-z\\-]* (1)' -- *.1 | sed 's/\\//g; s/ .*//' | sort -u |
        while read -r page; do test -s "$page.1" || { echo "no $page.1"; exit 1; }; done
}
# A dev whose tree is $root/tree. The program lies in it if the tree's file of that path is the same.
says_how_to_run() {
    printf '#!/bin/sh\necho "%s/tree"\n' "$root" >"$root/dev"
    chmod 755 "$root/dev"
    LATENTMAS_DEV=$root/dev installs >"$root/out" && [ "$(wc -l <"$root/out")" -eq 1 ] &&
        grep -qx "this host has no libllama >= 0.7: run it through dev, as $root/dev $root/p/bin/latentmas" "$root/out" &&
        mkdir -p "$root/tree$root/p/bin" && ln "$root/p/bin/latentmas" "$root/tree$root/p/bin/latentmas" &&
        LATENTMAS_DEV=$root/dev sh tools/installed.sh "$root/p/bin/latentmas" >"$root/out" &&
        grep -qx "it lies in $root/tree, which this host does not see: run it through dev, as $root/dev $root/p/bin/latentmas" "$root/out"
}
says_nothing() { (unset LATENTMAS_DEV && installs) >"$root/out" && [ ! -s "$root/out" ]; }
# From its folder alone: the library is the one beside it. The sanitizers' runtime as above.
python_finds() {
    runtime=$(ldd "$root/p/lib/liblatentmas.so" | awk '$1 ~ /^lib(clang_rt\.)?asan/ {print $3}')
    cd "$root" && (unset LATENTMAS_LIBRARY &&
        LD_PRELOAD=$runtime ASAN_OPTIONS=detect_leaks=0 PYTHONPATH=$root/p/share/latentmas/python \
            python3 -c 'import latentmas; print(latentmas.load(), latentmas.team_names())') >"$root/out" 2>&1
    cat "$root/out" && grep -qF "$root/p/lib/liblatentmas.so.0 ['debate'," "$root/out"
}
only_lmas() { ! nm -D --defined-only "$root/p/lib/liblatentmas.so" | awk '$2 ~ /[A-Z]/ {print $3}' | grep -vE '^(lmas_|__odr_asan|_*asan)'; }

claim 'make install succeeds' installs
claim 'from within dev, one line says how to run what was installed' says_how_to_run
claim 'elsewhere nothing is said' says_nothing
claim 'pkg-config finds latentmas' pc --exists 'latentmas >= 0.1.0'
claim 'a program builds against the installed shared library' builds_shared
claim 'and answers a question' answers
claim 'a program builds against the installed static library' builds_static
claim "Python's binding is installed, and finds the library beside it" python_finds
claim 'the manual is installed, with every page that it refers to' has_manual
claim 'the installed library exports lmas_ symbols only' only_lmas
exit $failed
