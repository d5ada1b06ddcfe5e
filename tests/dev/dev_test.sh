#!/usr/bin/env bash
# Tests ./dev with a mirror of its own: a folder with a few tiny packages, the first of
# which holds this host's own sh, env and the like, so that commands can run inside.
# Needs apt-get and what ./dev itself needs; nothing is fetched from the network.
#
# shellcheck disable=SC2016,SC2329 # words for a shell inside; functions that claim calls
[ -n "${BASH_VERSION-}" ] || exec bash "$0"  # ./dev is bash, and so is its test
set -u
export LC_ALL=C
PATH+=:/usr/sbin:/sbin

repo=$(cd "$(dirname "$0")/../.." && pwd)
work=$(mktemp -d "${TMPDIR:-/tmp}/dev test.XXXXXX")  # a space in the path, on purpose
chmod 755 "$work"
trap 'rm -rf --one-file-system "$work"' EXIT
failures=0

for tool in apt-get dpkg-deb flock unshare setsid; do
    command -v "$tool" >/dev/null || { echo "ok - ./dev # SKIP this host has no $tool"; exit 0; }
done

# claim TEXT FUNCTION: runs FUNCTION in a shell that stops at its first failing command.
claim() {
    local status
    (set -euo pipefail; "$2") >"$work/output" 2>&1
    status=$?  # and not "if (...)", within which nothing would stop
    find "$work/stubs" -type f ! -name pkg-config -delete
    if ((status == 0)); then echo "ok - $1"; return; fi
    echo "not ok - $1"
    sed 's/^/#   /' "$work/output"
    failures=$((failures + 1))
}

# ---- A tiny mirror ---------------------------------------------------------------

mirror=$work/mirror
index=$mirror/dists/forky/main/binary-$(dpkg --print-architecture)

# package NAME VERSION [FILE...]: builds a .deb of NAME from the folder $work/NAME, in
# which each FILE is made first.
package() {
    local name=$1 version=$2 dir=$work/$1 file
    shift 2
    mkdir -p "$dir/DEBIAN" "$mirror/pool" "$index"
    printf 'Package: %s\nVersion: %s\nArchitecture: all\nMaintainer: nobody\nDescription: for a test\n' \
        "$name" "$version" >"$dir/DEBIAN/control"
    for file; do mkdir -p "$dir/${file%/*}"; echo "$name $version" >"$dir/$file"; done
    dpkg-deb -Znone --root-owner-group --build "$dir" "$mirror/pool" >/dev/null
    rm -rf "$dir"
}

publish() {
    local deb
    cd "$mirror"
    for deb in pool/*.deb; do
        dpkg-deb -f "$deb"
        printf 'Filename: %s\nSize: %s\nSHA256: %s\n\n' "$deb" "$(stat -c %s "$deb")" "$(sha256sum <"$deb" | cut -c 1-64)"
    done >"$index/Packages"
    cd dists/forky
    deb=main/${index##*/main/}/Packages
    printf 'Suite: forky\nCodename: forky\nComponents: main\nArchitectures: %s\nDate: %s\nSHA256:\n %s %s %s\n' \
        "$(dpkg --print-architecture)" "$(date -Ru)" "$(sha256sum <"$deb" | cut -c 1-64)" "$(stat -c %s "$deb")" "$deb" >Release
    cd "$work"
}

# The libraries go under /usr, as /lib is a link into it on every Debian of today.
base_package() {
    local tool file
    mkdir -p "$work"/base/{etc,var/lib,usr/{bin,sbin,share/base-passwd}}
    for tool in sh env unshare cat id true sleep; do
        file=$(type -P "$tool")
        cp -L "$file" "$work/base/usr/bin/$tool"
        for file in $(ldd "$file" | grep -o '/[^ ]*'); do
            mkdir -p "$work/base/usr/$(dirname "${file#/usr}")"
            cp -L "$file" "$work/base/usr/${file#/usr}"
        done
    done
    printf '#!/bin/sh\n' >"$work/base/usr/sbin/ldconfig"
    chmod 755 "$work/base/usr/sbin/ldconfig"
    echo 'root:*:0:0:root:/root:/bin/sh' >"$work/base/usr/share/base-passwd/passwd.master"
    echo 'root:*:0:' >"$work/base/usr/share/base-passwd/group.master"
    package base 1 etc/base
}

# ---- A host without libllama --------------------------------------------------------

# The address is a link because an apt source has no way to say a space.
link=$(mktemp -u "${TMPDIR:-/tmp}/dev-test-mirror.XXXXXX")
ln -s "$mirror" "$link"
trap 'rm -rf --one-file-system "$work" "$link"' EXIT

mkdir "$work/stubs"
stub() { printf '#!/bin/sh\n%s\n' "$2" >"$work/stubs/$1"; chmod 755 "$work/stubs/$1"; }
unstub() { (cd "$work/stubs" && rm -f "$@"); }
stub pkg-config 'exit 1'

become_dev() {
    exec env PATH="$work/stubs:$PATH" LATENTMAS_TREE="$tree" LATENTMAS_MIRROR="${address-file:$link}" \
        LATENTMAS_PACKAGES="${packages-base small}" LATENTMAS_REFERENCE_PACKAGES="big" "$repo/dev" "$@"
}
dev() { (become_dev "$@"); }

new_tree() { tree="$work/tree $1"; state=$tree/.latentmas; }
complete() { [[ -e $state/complete ]]; }
incomplete() { [[ ! -e $state/complete ]]; }  # "! complete" would stop no test: set -e ignores a "!"
has_line() { grep -q -- "$1" "$work/err"; }
lacks_line() { [[ $(grep -c -- "$1" "$work/err") = 0 ]]; }
one_line() { [[ $(wc -l <"$work/err") = 1 ]]; }
fails_with() { local want=$1 got=0; shift; "$@" >"$work/out" 2>"$work/err" || got=$?; cat "$work/err"; [[ $got = "$want" ]]; }

wait_for() { until [[ -e $1 ]]; do sleep 0.1; done; }

# ---- Arguments ---------------------------------------------------------------------

no_command() { fails_with 2 dev; [[ ! -s $work/out ]]; has_line '^usage: ./dev'; }
unknown_option() { fails_with 2 dev --frobnicate; one_line; has_line 'unknown option --frobnicate'; }
help() {
    fails_with 0 dev --help
    [[ ! -s $work/err ]]
    local word
    for word in --reference --where --remove LATENTMAS_TREE LATENTMAS_MIRROR LATENTMAS_PACKAGES; do grep -q -- "$word" "$work/out"; done
}
where() {
    [[ $(dev --where) = "$tree" ]]
    [[ $(env -u LATENTMAS_TREE XDG_CACHE_HOME=/x "$repo/dev" --where) = /x/latentmas/debian14 ]]
    [[ $(env -u LATENTMAS_TREE -u XDG_CACHE_HOME HOME=/h "$repo/dev" --where) = /h/.cache/latentmas/debian14 ]]
    [[ ! -e $tree ]]
}
host_has_llama() {
    stub pkg-config '[ "$*" = "--exists llama >= 0.7.0" ]'
    [[ $(FOO=kept dev sh -c 'echo "$FOO $1"' sh 'a b') = 'kept a b' ]]
    [[ $(dev FOO=set sh -c 'echo "$FOO"') = set ]]
    fails_with 7 dev sh -c 'exit 7'
    stub pkg-config 'exit 1'
    [[ ! -e $tree ]]
}

# ---- What can be missing -------------------------------------------------------------

no_apt() {
    mkdir "$work/few"
    local tool
    for tool in bash env realpath mkdir ls; do ln -s "$(command -v "$tool")" "$work/few"; done
    fails_with 1 env PATH="$work/few" LATENTMAS_TREE="$tree" "$repo/dev" true
    one_line
    has_line 'apt-get is missing.*package apt.*LATENTMAS_MIRROR'
}
no_debian_mirror() {
    stub apt-get 'exit 0'
    address='' fails_with 1 dev true
    unstub apt-get
    has_line 'no Debian mirror: set LATENTMAS_MIRROR'
}
offline() { address=file:/nowhere fails_with 1 dev true; has_line 'cannot read the package list of file:/nowhere'; incomplete; }
unknown_package() { packages='base nonesuch' fails_with 1 dev true; has_line 'cannot put together: base nonesuch'; incomplete; }
foreign_folder() {
    mkdir "$tree"
    : >"$tree/precious"
    fails_with 1 dev true
    one_line
    has_line "neither empty nor a tree of dev's"
    fails_with 1 dev --remove
    one_line
    [[ -e $tree/precious ]]
}
no_namespace() {
    stub unshare 'echo "unshare: Operation not permitted" >&2; exit 1'
    fails_with 1 dev true
    unstub unshare
    has_line 'no mount namespace (unshare: Operation not permitted): run ./dev as root'
}

# ---- Life of a tree ------------------------------------------------------------------

first_run() {
    fails_with 0 dev cat /usr/share/small/version
    [[ $(<"$work/out") = 'small 1' ]]
    has_line "downloading 2 packages, .* into $tree"
    complete
}
second_run() {
    stub apt-get 'echo touched >&2; exit 1'
    fails_with 0 dev true
    unstub apt-get
    [[ ! -s $work/err ]]
}
passes_through() {
    fails_with 7 dev sh -c 'exit 7'
    fails_with 127 dev no-such-command
    [[ $(echo in | dev sh -c 'cat; echo "$1"' sh 'a  b') = $'in\na  b' ]]
    local child got=0
    dev sh -c 'kill -TERM $$' || got=$?
    [[ $got = 143 ]]
    become_dev sh -c ': >"$1"; exec sleep 60' sh "$work/inside" &
    child=$!
    wait_for "$work/inside"
    kill -TERM "$child"
    got=0
    wait "$child" || got=$?
    [[ $got = 143 ]]
}
same_place_clean_room() {
    mkdir -p "$work/a b"
    cd "$work/a b"
    [[ $(dev sh -c 'echo "$PWD"; echo "$HOME"') = "$PWD"$'\n'"$HOME" ]]
    [[ $(SECRET=1 LATENTMAS_X=2 HF_HOME=3 V=4 dev env | grep -E '^(SECRET|LATENTMAS_X|HF_HOME|V)=' | sort | tr '\n' ' ') = 'HF_HOME=3 LATENTMAS_X=2 V=4 ' ]]
    [[ $(dev id -u) = "$EUID" ]]
    [[ ! -e /usr/share/small && ! -e /etc/base ]]
    dev cat /etc/base
    [[ $(grep -cF "$tree" /proc/self/mountinfo) = 0 ]]
}
inside() { dev env | grep -E "^($1)=" | sort | tr '\n' ' '; }
install_place() { [[ $(PREFIX=/a DESTDIR='/b c' inside 'PREFIX|DESTDIR') = 'DESTDIR=/b c PREFIX=/a ' ]]; }
locale() {
    local set=(env -u LC_ALL -u LANG)
    export -f inside dev become_dev
    export repo work tree link
    [[ $("${set[@]}" bash -c 'inside "LANG|LC_.*"') = 'LANG=C.UTF-8 ' ]]
    [[ $("${set[@]}" LANG=C LC_ALL=C LC_TIME=POSIX bash -c 'inside "LANG|LC_.*"') = 'LANG=C LC_ALL=C LC_TIME=POSIX ' ]]
    [[ $("${set[@]}" LC_ALL=C.UTF-8 bash -c 'inside "LANG|LC_.*"') = 'LANG=C.UTF-8 LC_ALL=C.UTF-8 ' ]]
    [[ $("${set[@]}" LANG=xx_YY.UTF-8 LC_ALL=xx_YY LC_TIME=xx_YY bash -c 'inside "LANG|LC_.*"' 2>/dev/null) = 'LANG=C.UTF-8 ' ]]
}
way_back() {
    [[ $(inside LATENTMAS_DEV) = "LATENTMAS_DEV=$repo/dev " ]]
    cd /
    [[ $(LATENTMAS_DEV=/else inside LATENTMAS_DEV) = "LATENTMAS_DEV=$repo/dev " ]]
    stub pkg-config 'exit 0'  # a host that has libllama needs no way back
    [[ $(unset LATENTMAS_DEV; inside LATENTMAS_DEV) = '' ]]
    stub pkg-config 'exit 1'
}
no_home() {
    local home
    home=$(getent passwd "$EUID" | cut -d : -f 6)
    [[ $home ]] || return 0
    unset HOME
    [[ $(dev sh -c 'echo "$HOME"') = "$home" ]]
    [[ $(HOME='' dev sh -c 'echo "$HOME"') = "$home" ]]
    [[ $(env -u LATENTMAS_TREE -u XDG_CACHE_HOME "$repo/dev" --where) = "$(realpath -m "$home/.cache/latentmas/debian14")" ]]
}
nobodys_home() {
    ((EUID == 0)) || return 0
    mkdir -p "$work/nobody"
    cp "$repo/dev" "$work/nobody"
    fails_with 1 setpriv --reuid=12345 --regid=12345 --clear-groups env -u HOME -u XDG_CACHE_HOME -u LATENTMAS_TREE \
        "PATH=$work/stubs:$PATH" "$work/nobody/dev" true
    one_line
    has_line 'cannot make /.cache/latentmas (.*): set HOME or LATENTMAS_TREE to a folder of yours'
}
network() {
    local file before
    before=$(cat /etc/resolv.conf /etc/hosts 2>/dev/null | sha256sum)
    for file in /etc/resolv.conf /etc/hosts /etc/ssl/certs/ca-certificates.crt; do
        [[ ! -e $file ]] || dev cat "$file" | cmp - "$file"
    done
    [[ $(cat /etc/resolv.conf /etc/hosts 2>/dev/null | sha256sum) = "$before" ]]
    [[ ! -s $tree/etc/hosts && -z $(ls "$tree/etc/ssl/certs" 2>/dev/null) ]]  # nothing was copied
    [[ $(https_proxy=http://proxy:1 dev env | grep proxy) = https_proxy=http://proxy:1 ]]
}
covered_folder() {
    local dir=/var/tmp/dev-test.$$
    mkdir "$dir"
    (cd "$dir"; dev sh -c 'echo here >file')
    local got
    got=$(<"$dir/file")
    rm -r "$dir"
    [[ $got = here ]]
}
ordinary_user() {
    ((EUID == 0)) || return 0
    local as=(setpriv --reuid=12345 --regid=12345 --clear-groups env "HOME=$work/home")
    mkdir -p "$work/home"
    cp "$repo/dev" "$work/home"
    chown -R 12345:12345 "$work/home"
    "${as[@]}" unshare -rm true || { echo 'no user namespaces here'; return 0; }
    cd "$work/home"
    tree=$work/home/tree
    [[ $("${as[@]}" env PATH="$work/stubs:$PATH" LATENTMAS_TREE="$tree" LATENTMAS_MIRROR="file:$link" \
        LATENTMAS_PACKAGES='base small' ./dev sh -c 'id -u; : >made; cat /usr/share/small/version') = $'12345\nsmall 1' ]]
    [[ $(stat -c %u made) = 12345 ]]
}
growth() {
    packages='base small extra' fails_with 0 dev cat /usr/share/extra/version
    has_line 'downloading 1 packages'
    fails_with 0 dev --reference cat /usr/share/big/version
    has_line 'downloading 1 packages'
    packages='base small extra' fails_with 0 dev true  # the reference set stays once asked for
    [[ -e $tree/usr/share/big/version ]]
}
growth_killed() {
    stub tar 'kill -9 0'
    packages='base small late' fails_with 137 start_alone
    unstub tar
    incomplete
    packages='base small late' fails_with 0 dev cat /usr/share/late/version
    lacks_line downloading
    [[ $(<"$work/out") = 'late 1' ]]
}
new_version() {
    package small 2:2 usr/share/small/version usr/share/small/new
    package extra 2 usr/share/extra/version usr/share/small/moved
    rm "$mirror"/pool/{small,extra}_1_all.deb
    publish
    packages='base small' fails_with 0 dev cat /usr/share/small/version
    [[ $(<"$work/out") = 'small 2:2' ]]
    has_line 'downloading 1 packages'
    [[ -e $tree/usr/share/small/new && ! -e $tree/usr/share/small/old ]]
    [[ ! -e $tree/usr/share/extra/version ]]  # no longer in the list
}
moved_file() {
    packages='base small extra' fails_with 0 dev cat /usr/share/small/moved
    [[ $(<"$work/out") = 'extra 2' ]]
}

# ---- What can go wrong -----------------------------------------------------------------

# The second run could not fetch "base" again: the mirror no longer has it.
failed_download() {
    mv "$mirror/pool/small_1_all.deb" "$work/aside"
    fails_with 1 dev true
    has_line 'the download failed (what is whole is kept); the end of '
    incomplete
    [[ -e $state/debs/base_1_all.deb ]]
    mv "$mirror/pool/base_1_all.deb" "$work/base_1_all.deb"
    mv "$work/aside" "$mirror/pool/small_1_all.deb"
    fails_with 0 dev true || { mv "$work/base_1_all.deb" "$mirror/pool"; false; }
    mv "$work/base_1_all.deb" "$mirror/pool"
    complete
}

damaged_deb() {
    mkdir -p "$state/debs"
    head -c "$(stat -c %s "$mirror/pool/small_1_all.deb")" /dev/zero >"$state/debs/small_1_all.deb"
    head -c 1000 "$mirror/pool/base_1_all.deb" >"$state/debs/base_1_all.deb"
    fails_with 0 dev cat /usr/share/small/version || fails_with 0 dev cat /usr/share/small/version
    [[ $(<"$work/out") = 'small 1' ]]
}

# Kills run after run, each one command later than the one before, until one gets through.
killed_anywhere() {
    local tool got=137 kill_at=0
    for tool in apt-get tar mv rm cp; do
        stub "$tool" "
            echo . >>'$work/count'
            [ \$(grep -c . '$work/count') != \$KILL_AT ] || kill -9 0
            exec $(command -v "$tool") \"\$@\""
    done
    while [[ $got = 137 ]] && ! complete; do
        : >"$work/count"
        got=0
        KILL_AT=$((++kill_at)) start_alone || got=$?
    done
    unstub apt-get tar mv rm cp
    echo "status $got after $kill_at runs"
    [[ $got = 0 && $kill_at -gt 6 ]]
    same_as_clean
}

# In a process group of its own, which can be killed with all that it has started. It hears
# Ctrl-C even where the tests run in the background, whose processes a shell makes deaf to it.
start_alone() { export KILL_AT; export -f become_dev dev; export repo work tree link packages="${packages-base small}"; env --default-signal=INT setsid -w bash -c 'become_dev true'; }

killed_half_way() {
    stub tar "head -c 5000 | $(command -v tar) \"\$@\"; kill -9 0"
    fails_with 137 start_alone
    unstub tar
    incomplete
    dev true
    same_as_clean
}

# What an interrupted tree ends up as is what one made in one go is.
same_as_clean() {
    local made=$tree
    tree=$work/clean dev true
    diff -r --no-dereference --exclude=.latentmas "$made" "$work/clean"
    diff <(ls "$state/unpacked") <(ls "$work/clean/.latentmas/unpacked")
    cmp "$state/complete" "$work/clean/.latentmas/complete"
}

interrupted() {
    local tool
    for tool in apt-get tar; do
        stub "$tool" 'kill -INT 0; sleep 1; exit 1'
        fails_with 130 start_alone
        unstub "$tool"
        has_line 'interrupted; the same command goes on from here'
        incomplete
    done
}

two_at_once() {
    stub apt-get ": >'$work/started'; sleep 1; exec $(command -v apt-get) \"\$@\""
    dev --reference cat /usr/share/big/version >"$work/one" 2>&1 &
    wait_for "$work/started"
    fails_with 0 dev cat /usr/share/small/version
    wait $!
    unstub apt-get
    cat "$work/one"
    grep -q 'big 1' "$work/one"
    grep -q 'small 1' "$work/out"
    has_line 'another ./dev is at work on .*; waiting for it'
    lacks_line 'reading the package list'  # nothing was left to do, nor undone: "big" is none of its own
    dev cat /usr/share/big/version
}

disk_full() {
    mkdir -p "$tree"
    export -f become_dev dev fails_with has_line complete incomplete
    export repo work tree state link
    packages='base big' unshare "$([[ $EUID = 0 ]] && echo -m || echo -rm)" bash -euc '
        mount -t tmpfs -o size=40m none "$tree"
        mkdir "$state"
        head -c 26m /dev/zero >"$state/filler"
        fails_with 1 dev true
        has_line "the disk that holds .* is full"
        incomplete
        rm "$state/filler"
        fails_with 0 dev true
        complete'
}

remove() {
    dev true
    become_dev sh -c ': >"$1"; exec sleep 60' sh "$work/under way" &
    local child=$!
    wait_for "$work/under way"
    fails_with 1 dev --remove
    kill "$child"
    has_line 'a command still runs in'
    complete
    fails_with 0 dev --remove
    [[ ! -e $tree ]]
    fails_with 0 dev --remove
    has_line 'there is no tree at'
}

remove_spares_mounts() {
    dev true
    mkdir "$work/precious" "$tree/mnt"
    : >"$work/precious/file"
    export -f become_dev dev fails_with has_line
    export repo work tree link
    unshare "$([[ $EUID = 0 ]] && echo -m || echo -rm)" bash -euc '
        mount --bind "$work/precious" "$tree/mnt"
        fails_with 1 dev --remove
        has_line "something is mounted in"'
    [[ -e $work/precious/file && -e $state/complete ]]
}

# ---- All of it -----------------------------------------------------------------------

base_package
package small 1 usr/share/small/version usr/share/small/old usr/share/small/moved
package extra 1 usr/share/extra/version
package late 1 usr/share/late/version
mkdir -p "$work/big"
head -c 8000000 /dev/urandom >"$work/big/blob"
package big 1 usr/share/big/version
publish

new_tree arguments
claim 'no command: the usage, status 2' no_command
claim 'an unknown option: one line, status 2' unknown_option
claim '--help names every option and variable' help
claim '--where prints where the tree is or would be' where
claim 'a host with libllama runs the command as it is' host_has_llama

new_tree missing
claim 'no apt: one line that names the package' no_apt
claim 'no Debian mirror known: one line that names LATENTMAS_MIRROR' no_debian_mirror
claim 'no network: one line, and the log' offline
claim 'an unknown package is named' unknown_package
new_tree foreign
claim 'a folder that is not its own is neither used nor removed' foreign_folder

new_tree killed
claim 'killed at any command, it goes on where it was' killed_anywhere
new_tree half
claim 'killed half way through a package, it unpacks that again' killed_half_way
new_tree interrupted
claim 'Ctrl-C says how to go on' interrupted
new_tree failed
claim 'a failed download keeps what is whole' failed_download
new_tree damaged
claim 'damaged downloads are fetched anew' damaged_deb
new_tree twice
claim 'of two first runs at once, the second waits' two_at_once
new_tree full
claim 'a full disk: one line, and no complete tree' disk_full

new_tree main
claim 'the first run makes the tree and runs the command' first_run
claim 'the second run fetches nothing and says nothing' second_run
claim 'no mount namespace: one line that names the way out' no_namespace
claim 'arguments, streams, exit status and signals pass through' passes_through
claim 'same folder, home and user; chosen variables; no mount on the host' same_place_clean_room
claim 'PREFIX and DESTDIR pass, blanks included' install_place
claim 'a locale passes that the tree has; in place of any other stands C.UTF-8' locale
claim 'inside, LATENTMAS_DEV leads back to dev' way_back
claim 'without HOME, it is what the user database says' no_home
claim 'without any home: one line that names HOME and LATENTMAS_TREE' nobodys_home
claim 'names resolve, certificates are trusted and proxies are asked as on the host' network
claim 'a current folder under /var is visible inside' covered_folder
claim 'an ordinary user makes a tree and stays who they are' ordinary_user
claim 'a longer list fetches only what is new' growth
claim 'a growth that was cut off leaves no complete tree' growth_killed
claim 'a new version takes the place of the old, file by file' new_version
claim 'a file that moved to another package stays' moved_file
claim '--remove deletes the tree, but not under a running command' remove
new_tree mounted
claim '--remove leaves what is mounted in the tree alone' remove_spares_mounts

exit $((failures > 0))
