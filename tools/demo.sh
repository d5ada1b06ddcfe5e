#!/bin/sh
# demo.sh PROGRAM - one problem, solved by the demo model in the three methods, side by side.
set -eu
program=$1
question='Mia counts 39 shells. Finn gives Mia 24 more. Then she packs them into 7 equal bags. How many shells are in each bag?'
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
bold='' plain=''
if [ -t 1 ] && [ -z "${NO_COLOR:-}" ]; then
    bold=$(printf '\033[1m') plain=$(printf '\033[0m')
fi

# What is counted stands in the last line of the trace.
solve() {
    answer=$("$program" ask -m models/demo.gguf --method "$1" --temp 0 -n 128 --trace "$question" 2>"$scratch/trace") || {
        cat "$scratch/trace" >&2
        exit 1
    }
    # Through the environment: awk would read a backslash of -v as the start of an escape.
    answer=$answer awk -v method="$1" '$1 == "total" {
        printf "%-11s %6s %9s %7s %8s  %s\n", method, $2, $3, $4, $8, ENVIRON["answer"] }' "$scratch/trace"
}

printf '%s%s%s\n\n' "$bold" "$question" "$plain"
printf '%-11s %6s %9s %7s %8s  %s\n' method read thoughts spoken seconds answer
for method in baseline text_mas latent_mas; do
    solve "$method"
done
