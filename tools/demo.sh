#!/bin/sh
# demo.sh PROGRAM - three questions to the demo model, answered by a latent team, with the trace.
set -eu
program=$1
ask() {
    printf '\n\033[1m%s\033[0m\n' "$1" | if [ -t 1 ] && [ -z "${NO_COLOR:-}" ]; then cat; else sed 's/\x1b\[[0-9]*m//g'; fi
    "$program" ask -m models/demo.gguf --method latent_mas --temp 0 -n 128 --trace "$1"
}
ask 'Tom has 12 apples. He buys 7 more. How many apples does he have?'
ask 'A box holds 6 eggs. How many eggs are in 4 boxes?'
ask 'Mia had 30 stickers. She gave 8 to Sam and 5 to Ann. How many stickers does she have left?'
