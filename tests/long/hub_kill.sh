#!/bin/sh
# hub_kill: downloads that are cut off at random places, killed, or left without room, again and again.
# None leaves a file under its name that is not right to the last byte, nor half of a split model; and
# whatever they leave, the next download that nobody disturbs ends right.
#     CUTS=1000 sh tests/long/hub_kill.sh     more of them than the few of an everyday test
# shellcheck source=tests/hub/common.sh disable=SC2319,SC2086,SC2154,SC3045,SC2209
if [ -z "${IN_NAMESPACE:-}" ] && unshare -m true 2>/dev/null; then
    IN_NAMESPACE=1 exec unshare -m sh "$0"
elif [ -z "${IN_NAMESPACE:-}" ] && unshare -rm true 2>/dev/null; then
    IN_NAMESPACE=1 exec unshare -rm sh "$0"
fi
. tests/hub/common.sh
CUTS=${CUTS:-60}
MOST=4 # attempts for one interruption: some are over before they are disturbed

mkdir -p "$tmp/small"
has_small=
if [ -n "${IN_NAMESPACE:-}" ] && mount -t tmpfs -o size=3600k tmpfs "$tmp/small" 2>/dev/null; then
    has_small=yes
    trap 'umount "$tmp/small" 2>/dev/null; rm -rf "$tmp"' EXIT
fi
parts='Q4_K_M/big-Q4_K_M-00001-of-00003.gguf Q4_K_M/big-Q4_K_M-00002-of-00003.gguf Q4_K_M/big-Q4_K_M-00003-of-00003.gguf'
for file in large-Q4_K_M.gguf $parts; do sha_of $file >"$tmp/sha.$(basename $file)"; done

# number FROM TO: a random one.
number() { awk -v n="$(od -An -N4 -tu4 /dev/urandom)" -v from="$1" -v to="$2" 'BEGIN { print from + n % (to - from + 1) }'; }

files_of() { if [ $1 = acme/large ]; then echo large-Q4_K_M.gguf; else echo $parts; fi; }

# is_right REPO: all files that the cache has names for are whole; and if it has a path for the model,
# all of them are there.
is_right() {
    path=$("$LATENTMAS" model path $1 2>/dev/null)
    for file in $(files_of $1); do
        name=$(at $1 $file)
        if [ ! -e "$name" ]; then
            [ -z "$path" ] || { echo "$path is there without $file" && return 1; }
        elif [ "$(sha256sum <"$name" | cut -d ' ' -f 1)" != "$(cat "$tmp/sha.$(basename $file)")" ]; then
            echo "$name is not what the hub has"
            return 1
        fi
    done
}

# disturb WAY REPO: one download with that trouble; its exit code.
disturb() {
    case $1 in
        cut) with crumbs.$n; LATENTMAS_HTTP_BACKOFF_MS=1 "$LATENTMAS" model get $2 ;;
        kill) with drip; timeout -s KILL "0.$(printf %03d "$(number 5 600)")" "$LATENTMAS" model get $2 ;;
        limit) with ok; sh -c "trap '' XFSZ; ulimit -f $(number 1 5800); exec \"\$@\"" sh "$LATENTMAS" model get $2 ;;
        signal) with ok; sh -c "ulimit -f $(number 1 5800); exec \"\$@\"" sh "$LATENTMAS" model get $2 ;;
        room)
            with drip
            (sleep "0.$(printf %03d "$(number 5 500)")"; head -c 4000000 /dev/zero >"$tmp/small/filler" 2>/dev/null) &
            "$LATENTMAS" model get $2
            status=$?
            wait $!
            rm -f "$tmp/small/filler"
            return $status
            ;;
    esac >"$tmp/out" 2>"$tmp/err" </dev/null
}

n=0 n_last=0 n_tries=0 n_idle=0
for way in cut kill limit signal room; do eval "n_$way=0"; done
while [ $n -lt $CUTS ] && [ $n_idle -lt 200 ]; do
    repo=acme/large way=cut
    case $(number 1 5) in 1 | 2) repo=acme/parts ;; esac
    case $(number 1 5) in 1) way=kill ;; 2) way=limit ;; 3) way=signal ;; 4) if [ -n "$has_small" ]; then way=room; fi ;; esac
    HF_HUB_CACHE=$tmp/hub
    if [ $way = room ]; then HF_HUB_CACHE=$tmp/small/hub; fi
    cache=$HF_HUB_CACHE
    n_tries=$((n_tries + 1))
    if disturb $way $repo; then
        n_idle=$((n_idle + 1))
    else
        n_idle=0 n=$((n + 1))
        eval "n_$way=\$((n_$way + 1))"
    fi
    is_right $repo >"$tmp/why" || ok 1 "$way: no name leads to a wrong file of $repo" "$tmp/why"
    # Now and then nobody disturbs; then it begins anew.
    if [ "$(number 1 $MOST)" -eq 1 ] || [ $way = room ]; then
        with ok
        run model get $repo
        n_last=$((n_last + 1))
        if [ "$code" -ne 0 ] || ! is_right $repo >"$tmp/why" || [ -z "$path" ]; then
            ok 1 "after $way the next download of $repo ends right" "$tmp/err"
        fi
        rm -rf "$cache"
    fi
done
[ $n -ge $CUTS ]
ok $? "$n downloads were interrupted of $n_tries begun: $n_cut cut off, $n_kill killed, $n_limit and $n_signal at a limit of size, $n_room without room"
ok $n_failed "none of them left a wrong file under its name; $n_last that went on after them all ended right"
[ -n "$has_small" ] || skip "downloads on a disk that fills up meanwhile" "no tmpfs can be mounted here"
finish
