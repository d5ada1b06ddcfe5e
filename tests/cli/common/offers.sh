# shellcheck shell=sh
# offers.sh - what a shell offers after Tab, for completion.sh.
#
# offered SHELL: for each line of stdin, a command line with the cursor at its end, what SHELL
# offers there, sorted, on a line of its own. Bash has its function called with the words as its
# readline would split them; zsh is typed to on a terminal; fish can be asked.
# shellcheck disable=SC2154 # $tmp is claims.sh's

# shellcheck disable=SC2016 # for the other shells to expand
offered_bash() {
    bash -c '
        source "$1"
        while IFS= read -r line; do
            read -ra COMP_WORDS < <(sed "s/[=:]/ & /g" <<<"$line")
            [[ $line == *[=:] || $line != *" " ]] || COMP_WORDS+=("")
            COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
            _latentmas
            printf "%s\n" "${COMPREPLY[@]}" | sort -u | paste -sd " "
        done' bash "$tmp/completion.bash"
}

offered_zsh() {
    mkdir -p "$tmp/functions"
    cp "$tmp/completion.zsh" "$tmp/functions/_latentmas"
    zsh -f tests/cli/common/offers.zsh "$tmp"
}

# shellcheck disable=SC2016
offered_fish() {
    HOME=$tmp fish --no-config -c '
        source $argv[1]
        while read -l line
            complete -C "$line" | string replace -r "\t.*" "" | sort -u | paste -sd " "
        end' "$tmp/completion.fish"
}

offered() { "offered_$1"; }
