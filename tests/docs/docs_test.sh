#!/bin/sh
# docs_test.sh - every command in a fenced "sh" block of README.md and docs/ runs, in order, from
# the repository's root, and then once more: people paste twice. `build/latentmas` stands for the
# program under test, and so does the library that Python loads (the sanitizers' runtime must come
# first there); `./dev make test` is this run itself and is not started again.
B=${B:-build}
program=${LATENTMAS:-$(pwd)/build/latentmas}
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
n=0 failed=0
library=$(pwd)/$B/liblatentmas.so
runtime=$(ldd "$library" | awk '$1 ~ /^lib(clang_rt\.)?asan/ {print $3}')
python="LD_PRELOAD=$runtime ASAN_OPTIONS=detect_leaks=0 python3"

# paste WHAT: run the commands, one claim each; WHAT names the doc and the time.
paste() {
    while IFS= read -r command; do
        n=$((n + 1))
        case $command in "./dev make test") continue ;; esac
        # Each doc may use fixed paths under /tmp: start from nothing.
        run=$(printf '%s\n' "$command" | sed "s#/tmp/#$scratch/#g; s#build/latentmas#$program#g; s#^\./dev make #make B=$B #; s#^PYTHONPATH=bindings/#LATENTMAS_LIBRARY=$library &#; s#\bpython3 -c#$python -c#")
        if sh -c "$run" >"$scratch/out" 2>&1 </dev/null; then
            echo "ok $n - $1: $command"
        else
            echo "not ok $n - $1: $command"
            sed 's/^/# /' "$scratch/out" | tail -n 20
            failed=1
        fi
    done <"$scratch/commands"
}

for doc in README.md docs/*.md models/README.md; do
    awk '/^```sh$/ {on = 1; next} /^```/ {on = 0} on && NF && !/^#/' "$doc" >"$scratch/commands"
    [ -s "$scratch/commands" ] || continue
    paste "$doc"
    paste "$doc again"
done

# The teams and tasks that the docs show are the files that they name.
fence='```'
shows() {
    for file in "$1"/*.json; do
        n=$((n + 1))
        case $(cat "$2") in
            *"$(printf '%sjson\n%s\n%s' "$fence" "$(cat "$file")" "$fence")"*) echo "ok $n - $2 shows $file" ;;
            *) echo "not ok $n - $2 shows $file" && failed=1 ;;
        esac
    done
}
shows examples/teams docs/teams.md
shows examples/tasks docs/evaluation.md
exit $failed
