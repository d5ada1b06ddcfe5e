#!/bin/sh
# run.sh TEST... - run test programs and scripts, say what goes on, end with the totals.
#
# A test prints a TAP line per claim. One that ends badly without a "not ok" of its own (a crash,
# a sanitizer's report, a hang) counts as one failure.
#
# Tests run beside each other, one for each core: each writes into a TMPDIR of its own, and takes
# whatever port is free. The longest start first. Each is named before it runs, with the seconds
# it usually takes: those of its last run here (build/test.times), else those of tests/times.
# After a change of what takes long, on a machine with two quiet cores:
#     make test test-long && sort -rn build/test.times >tests/times
#
#     JOBS=1 make test     one at a time
B=${B:-build}
JOBS=${JOBS:-$(nproc)}
[ "$JOBS" -le 4 ] || JOBS=4 # more would only wait for the longest
limit=1800                  # seconds: a test that takes more hangs
LATENTMAS=$(pwd)/$B/latentmas
CMOCKA_MESSAGE_OUTPUT=TAP
OMP_WAIT_POLICY=${OMP_WAIT_POLICY:-passive} # threads that spin while they wait slow the others down
home=$(mktemp -d)                           # a folder NUMBER for each test
chmod 755 "$home"                           # some claims are about an ordinary user, who must enter
export B LATENTMAS CMOCKA_MESSAGE_OUTPUT OMP_WAIT_POLICY
log=$B/test.log
passed=0 failed=0 skipped=0 n_open=0 is_quiet=

count() { grep -scE "$1" "$2" || true; }
about() { cat "$home/$1/$2"; } # about NUMBER name|test|usual|begin
age() { echo $(($(date +%s) - $(about "$1" begin))); }
hear=
if env --default-signal=INT true 2>/dev/null; then hear='env --default-signal=INT,QUIT'; fi

# note NUMBER TEST: what is known of a test before it runs.
note() {
    mkdir -p "$home/$1/tmp"
    chmod 755 "$home/$1" "$home/$1/tmp"
    name=${2#"$B"/}
    name=${name#tests/}
    echo "$name" >"$home/$1/name"
    echo "$2" >"$home/$1/test"
    cat "$B/test.times" tests/times 2>/dev/null |
        awk -v name="$name" '$2 == name { print $1; exit }' >"$home/$1/usual"
    [ -s "$home/$1/usual" ] || echo '?' >"$home/$1/usual"
}

# start NUMBER: in the background, where a shell would have it ignore Ctrl-C. When it is over, a
# line "NUMBER STATUS" comes through the pipe. `timeout` makes it a process group, which ends whole.
start() {
    test=$(about "$1" test)
    runner=
    case $test in *.sh) runner='sh' ;; esac
    echo "  start $(about "$1" name), usually $(about "$1" usual) s"
    date +%s >"$home/$1/begin"
    (
        # shellcheck disable=SC2086 # words are meant
        TMPDIR=$home/$1/tmp $hear timeout -k 10 $limit $runner "$test" >"$home/$1/out" 2>&1 </dev/null 3>&- &
        echo $! >"$home/$1/pid"
        wait $!
        echo "$1 $?" >&3
    ) &
    n_open=$((n_open + 1))
}

# end NUMBER STATUS: what came of it.
end() {
    name=$(about "$1" name) out=$home/$1/out took=$(age "$1")
    cat "$out" >>"$log"
    skip=$(count '^ok .*# *SKIP' "$out")
    ok=$(($(count '^ok ' "$out") - skip))
    bad=$(count '^not ok ' "$out")
    if [ "$2" -ne 0 ] && [ "$bad" -eq 0 ]; then
        echo "not ok - $name ended with status $2$([ "$2" -ne 124 ] || echo ": it hung")" >>"$out"
        bad=1
    fi
    printf '%-34s %3d passed, %d failed%s, %d s\n' "$name" "$ok" "$bad" \
        "$([ "$skip" -gt 0 ] && echo ", $skip skipped")" "$took"
    [ "$skip" -gt 0 ] && grep -E '^ok .*# *SKIP' "$out" | sed 's/^/    /'
    if [ "$bad" -gt 0 ]; then
        sed 's/^/    | /' "$out" | tail -n 60
        grep '^not ok ' "$out" | sed "s|^|$name: |" >>"$home/missed"
    else
        echo "$took $name" >>"$home/times"
    fi
    passed=$((passed + ok)) failed=$((failed + bad)) skipped=$((skipped + skip))
    rm -rf "${home:?}/$1"
    n_open=$((n_open - 1))
}

# listen: until a test is over; meanwhile, a word on those that run when nothing else was said.
listen() {
    while read -r what status <&3; do
        [ "$what" = tick ] || break
        [ -z "$is_quiet" ] || for begun in "$home"/*/begin; do
            k=$(basename "$(dirname "$begun")")
            echo "  ... $(about "$k" name): $(count '^(not )?ok ' "$home/$k/out") claims in" \
                "$(age "$k") s, usually $(about "$k" usual)"
        done
        is_quiet=yes
    done
    is_quiet=
    end "$what" "$status"
}

stop() {
    trap '' INT TERM
    kill "$ticker"
    for pid in "$home"/*/pid; do kill "$(cat "$pid")" 2>/dev/null; done
    wait
    exit "$1"
}
trap 'kill "$ticker" 2>/dev/null; rm -rf "$home"' EXIT
trap 'stop 130' INT
trap 'stop 143' TERM

mkdir -p "$B"
: >"$log"
: >"$home/missed"
: >"$home/times"
mkfifo "$home/pipe"
exec 3<>"$home/pipe"
while sleep 8; do echo tick; done >&3 2>&3 &
ticker=$!
n=0
for test; do
    n=$((n + 1))
    note $n "$test"
done
# A test without a usual time is taken for a long one.
order=$(for i in $(seq $n); do echo "$(about "$i" usual) $i"; done | sed 's/^?/9999/' | sort -k 1,1rn -k 2,2n)
echo "$order" | awk -v jobs="$JOBS" '
    $1 < 9999 { sum += $1; if ($1 > most) most = $1 }
    END { if (sum / jobs > most) most = sum / jobs
          printf "%d tests, %d at a time, usually %d s in all\n", NR, jobs, most }'
for i in $(echo "$order" | cut -d ' ' -f 2); do
    [ $n_open -lt "$JOBS" ] || listen
    start "$i"
done
while [ $n_open -gt 0 ]; do listen; done

cat "$B/test.times" >>"$home/times" 2>/dev/null
awk '!seen[$2]++' "$home/times" >"$B/test.times"
cat "$home/missed" # once more, where a reader of the totals looks
if [ "$skipped" -gt 0 ]; then
    echo "$passed passed, $failed failed, $skipped skipped"
else
    echo "$passed passed, $failed failed"
fi
[ "$failed" -eq 0 ]
