#!/bin/sh
# What the three shells offer after Tab: the words of the tables, wherever they stand.
# shellcheck source=tests/cli/common/claims.sh disable=SC2154,SC2319
. tests/cli/common/claims.sh
# shellcheck source=tests/cli/common/offers.sh
. tests/cli/common/offers.sh

for shell in bash zsh fish; do
    "$LATENTMAS" completion $shell >"$tmp/completion.$shell"
    command -v $shell >/dev/null || continue
    $shell -n "$tmp/completion.$shell" 2>"$tmp/err"
    ok $? "$shell can read its completion" "$tmp/err"
done
fails 2 'expected bash, zsh or fish, found "csh"' 'a shell that is not known is refused' completion csh

# What must be offered comes from the program, and the order is sort's.
line() { sort -u | paste -sd ' '; }
tasks=$("$LATENTMAS" tasks | sed '1d; s/ .*//' | line)
sets=$("$LATENTMAS" data | sed '1d; s/ .*//' | line)
teams=$("$LATENTMAS" teams | sed 's/ .*//' | line)
commands=$("$LATENTMAS" --help | sed -n 's/^  \([a-z][a-z]*\)  .*/\1/p' | line)

# "LINE|WORDS|CLAIM": every shell offers WORDS at the end of LINE.
cat >"$tmp/cases" <<EOF
latentmas |$commands|the commands
latentmas te|teams|a command that has begun
latentmas help |$commands|commands behind help
latentmas help r|regrade report run|commands behind help that have begun
latentmas completion |bash fish zsh|shells behind completion
latentmas teams |check graph list show|sub-commands of teams
latentmas teams show |$teams|built-in teams behind show
latentmas teams --verbose show |$teams|built-in teams behind a flag and show
latentmas model |convert get info list path rm|sub-commands of model
latentmas model info models/demo.gg|demo.gguf|files behind model info
latentmas memory |export import info keygen load pull push save search verify|sub-commands of memory
latentmas memory verify models/demo.gg|demo.gguf|files behind memory verify
latentmas data |check get list path|sub-commands of data
latentmas data --data x.json c|check|a sub-command behind a flag with a value
latentmas data get a|$(echo "$sets all" | tr ' ' '\n' | grep '^a' | line)|data sets behind data get, and all
latentmas data get tasks/gsm|gsm8k.json|task files behind data get
latentmas data get gsm8k med|medqa|one more data set behind the first
latentmas data path win|winogrande|data sets behind data path
latentmas data check --sandbox none g|gpqa gsm8k|data sets behind a word and a flag with a value
latentmas report tests/cli/gold|golden|folders of runs
latentmas report tests/cli/golden tests/cli/com|common|more folders of runs
latentmas show tests/cli/gold|golden|folders behind show
latentmas inspect tests/cli/golden tests/cli/com|common|a second folder behind inspect
latentmas tasks |check list show|sub-commands of tasks
latentmas tasks show |$tasks|tasks behind show
latentmas tasks check tasks/gsm|gsm8k.json|task files behind check
latentmas run --task demo|demo demo_secret demo_split|tasks
latentmas run --task tasks/gsm|gsm8k.json|task files
latentmas run -m models/demo.gguf --temp 0 --max_samples 3 --task arc|arc_challenge arc_easy|tasks behind other flags
latentmas run --task=gs|gsm8k|a task behind =
latentmas ask --method=|baseline latent_mas latent_mas_hybrid text_mas|methods behind =
latentmas ask --method t|text_mas|a method
latentmas ask -m models/demo.g|demo.gguf|files behind -m
latentmas ask --trace -n 64 -m models/demo.g|demo.gguf|files behind -m and other flags
latentmas ask --model=models/demo.g|demo.gguf|files behind --model=
latentmas run --team seq|sequential|built-in teams behind --team
latentmas run --team models/secret_t|secret_team.json|files behind --team
latentmas bench --team h|hierarchical hierarchical-chain|built-in teams behind --team of another command
latentmas run --output tests/cli/gold|golden|folders behind --output
latentmas ask -ngl a|all auto|words that a number may also be
latentmas ask --latent_s|--latent_space_realign --latent_steps --latent_steps_max|flags
latentmas teams show --vers|--version|flags behind words
EOF
cut -d '|' -f 1 "$tmp/cases" >"$tmp/lines"

# Of files and of --flag=WORD the shells name different parts.
names() { tr ' ' '\n' | sed 's|/$||; s|.*/||; s/^--[^=]*=//; s/^\(--.*\)=$/\1/' | line; }

for shell in bash zsh fish; do
    if ! command -v $shell >/dev/null; then
        skip "$shell offers what stands in the tables" "no $shell here"
        continue
    fi
    offered $shell <"$tmp/lines" >"$tmp/offered" 2>"$tmp/err"
    [ ! -s "$tmp/err" ] && [ "$(wc -l <"$tmp/offered")" -eq "$(wc -l <"$tmp/lines")" ]
    ok $? "$shell offers without a complaint" "$tmp/err"
    paste -d '|' "$tmp/cases" "$tmp/offered" >"$tmp/both"
    while IFS='|' read -r at want claim found; do
        { echo "behind: $at"; echo "expected: $want"; echo "found: $found"; } >"$tmp/why"
        [ "$(echo "$found" | names)" = "$want" ]
        ok $? "$shell offers $claim" "$tmp/why"
    done <"$tmp/both"
done

# Each flag whose help names its words, "--kv auto|unified|lane", has them offered.
if command -v bash >/dev/null; then
    for c in $commands; do
        "$LATENTMAS" "$c" --help |
            sed -nE "s/^  (-[^ ]+, )*(--[^ ]+) ([a-z0-9_]+(\|[a-z0-9_]+)+)( .*)?$/$c \2 \3/p"
    done >"$tmp/flags"
    sed 's/^\([^ ]* [^ ]*\) .*/latentmas \1 /' "$tmp/flags" | offered bash >"$tmp/offered"
    sed 's/.* //' "$tmp/flags" | while read -r words; do echo "$words" | tr '|' '\n' | line; done >"$tmp/want"
    [ "$(wc -l <"$tmp/flags")" -ge 15 ] && diff "$tmp/want" "$tmp/offered" >"$tmp/diff"
    ok $? "bash offers the words of each flag that has some" "$tmp/diff"

    while IFS='|' read -r at want claim; do
        echo "$at" | offered bash >"$tmp/offered"
        [ "$(cat "$tmp/offered")" = "$want" ]
        ok $? "bash offers $claim" "$tmp/offered"
    done <<EOF
latentmas ask --latent-st|--latent-steps --latent-steps-max|a flag as it is being spelt
latentmas ask --model-name models/demo.g|models/demo.gguf|a value behind a flag spelt with -
latentmas run --tem|--temp --temperature|flags where no word is expected
latentmas teams check teams/seq|teams/sequential.json|files behind teams check
latentmas data list --fo|--force|flags where all words are given
latentmas ask -- --met||nothing that looks like a flag behind --
latentmas bench --synthetic qwen3-0|qwen3-0.6b|shapes of models
latentmas bench --synthetic qwen3-0.6b:q8_0 --team seq|sequential|what stands behind a value with a colon
latentmas nonsense ||nothing behind a command that is not known
EOF
    (cd "$tmp" && : >'a:b.json' && : >'two words.json' && echo 'latentmas teams check a:b' | offered bash)  >"$tmp/offered"
    [ "$(cat "$tmp/offered")" = b.json ]
    ok $? "bash offers what stands behind the colon of a file's name" "$tmp/offered"
fi

finish
