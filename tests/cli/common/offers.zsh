# offers.zsh FOLDER - what zsh offers after Tab: for each line of stdin, typed on a terminal, a line of
# words. FOLDER/functions holds _latentmas, and FOLDER gets the rest.
#
# What zsh is about to offer goes through compadd. With -O, -A or -D, compadd only looks.
zmodload zsh/zpty
cat >$1/start.zsh <<EOF
fpath=($1/functions \$fpath)
autoload -Uz compinit && compinit -u -d $1/dump
compadd() {
    local -a hits
    if ((\${@[(I)-[OAD]]})); then builtin compadd "\$@"; return; fi
    builtin compadd -O hits "\$@"
    ((\$#hits)) && print -rl -- \$hits >>$1/hits
    builtin compadd "\$@"
}
tab() { : >$1/hits; zle complete-word; print -r -- end >>$1/hits; zle .kill-buffer }
zle -N tab
bindkey '^I' tab
PS1= RPS1= PS2=
setopt no_beep no_auto_list
print -r -- end >$1/hits
EOF

# wait_for_end: the terminal must be read, or who writes there stands still.
wait_for_end() {
    local junk
    repeat 100; do
        zpty -rt z junk && continue
        [[ -s $1 && $(tail -n 1 $1) == end ]] && return
        sleep 0.05
    done
    print -u2 "zsh did not answer"
}

zpty -b z "TERM=xterm ${(q)ZSH_NAME} -fi"
: >$1/hits
zpty -w z "source $1/start.zsh"
wait_for_end $1/hits
while IFS= read -r line; do
    : >$1/hits
    zpty -wn z "$line"$'\t'
    wait_for_end $1/hits
    sed '$d' $1/hits | sort -u | paste -sd ' '
done
zpty -d z
