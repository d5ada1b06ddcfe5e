#!/bin/sh
# Fetching data sets, from a server of our own that fails in every way that a server can.
# shellcheck source=tests/cli/common/claims.sh disable=SC2319,SC2086,SC2154
. tests/cli/common/claims.sh

if ! command -v python3 >/dev/null; then
    skip "data sets are fetched" "no python3 here"
    finish
fi

server=tests/data/server.py
log=$tmp/log
mkfifo "$tmp/alive"
: >"$log"
python3 $server "$log" <"$tmp/alive" >"$tmp/ports" 2>"$tmp/server.err" &
exec 8>"$tmp/alive" # the server ends with this script, however that ends
until [ -s "$tmp/ports" ]; do sleep 0.1; done
read -r port other <"$tmp/ports"

# Nothing of the caller's own set-up has a say here.
unset HF_TOKEN HF_TOKEN_PATH HUGGING_FACE_HUB_TOKEN HF_HUB_OFFLINE HF_DATASETS_OFFLINE
unset HF_DATASETS_CACHE HF_HOME http_proxy https_proxy all_proxy HTTPS_PROXY ALL_PROXY
HOME=$tmp/home
XDG_CACHE_HOME=$tmp/xdg
LATENTMAS_HTTP_BACKOFF_MS=10
export HOME XDG_CACHE_HOME LATENTMAS_HTTP_BACKOFF_MS
cache=$XDG_CACHE_HOME/latentmas/data
gsm8k='openai/gsm8k main test'
humaneval=/datasets/evalplus/humanevalplus/resolve/main/test.jsonl
medqa=/Gen-Verse/LatentMAS/main/data/medqa.json

# with FAULT: from now on the server has this fault; the log begins anew.
with() {
    HF_ENDPOINT=http://127.0.0.1:$port/$1
    HF_DATASETS_SERVER=$HF_ENDPOINT/
    LATENTMAS_RAW_ENDPOINT=$HF_ENDPOINT
    export HF_ENDPOINT HF_DATASETS_SERVER LATENTMAS_RAW_ENDPOINT
    : >"$log"
}

# clean FAULT: the same, with an empty cache.
clean() {
    rm -rf "$cache"
    with "$1"
}

# holds FILE NAME: the cache holds FILE as the server has NAME, and no part of it.
holds() {
    python3 $server --print "$2" | cmp -s - "$cache/$1" && [ ! -e "$cache/$1.part" ] &&
        [ ! -e "$cache/$1.part.of" ]
}

# gets FAULT TASK FILE NAME CLAIM
gets() {
    clean "$1"
    run data get "$2"
    [ "$code" -eq 0 ] && [ "$(cat "$tmp/out")" = "$cache/$3" ] && [ ! -s "$tmp/err" ] && holds "$3" "$4"
    ok $? "$5" "$tmp/err"
}

# refuses FAULT TASK TEXT CLAIM: one line with TEXT, and nothing in the cache.
refuses() {
    clean "$1"
    fails 1 "$3" "$4" data get "$2"
    [ ! -e "$cache/$2.jsonl" ] && [ ! -e "$cache/$2.json" ] || ok 1 "nothing is in the cache ($4)"
}

n_asked() { wc -l <"$log"; }

# ---- When all is well ----

clean ok
fails 1 'fetch it with: latentmas data get gsm8k' "an absent data set is named with the next step" data path gsm8k
gets ok gsm8k gsm8k.jsonl "$gsm8k" "a data set is fetched whole, byte for byte, and its path printed"
[ "$(n_asked)" -eq 14 ] && [ "$(sed 's/.*client=//' "$log" | sort -u | wc -l)" -eq 1 ]
ok $? "1319 rows take 14 pages over one connection" "$log"
with ok
run data get gsm8k
[ "$code" -eq 0 ] && [ "$(cat "$tmp/out")" = "$cache/gsm8k.jsonl" ] && [ "$(n_asked)" -eq 0 ]
ok $? "what is in the cache is not asked for again" "$log"
run data path gsm8k
[ "$code" -eq 0 ] && [ "$(cat "$tmp/out")" = "$cache/gsm8k.jsonl" ]
ok $? "data path prints where it is" "$tmp/err"
run data
[ "$code" -eq 0 ] && grep -qE '^gsm8k +1319 +yes +openai/gsm8k main test$' "$tmp/out" &&
    grep -qE '^medqa +300 +no ' "$tmp/out" && [ "$(wc -l <"$tmp/out")" -eq 16 ]
ok $? "data lists every data set, and which are in the cache" "$tmp/out"
run tasks
[ "$code" -eq 0 ] && grep -qE '^gsm8k +number +1319 +grade-school word problems$' "$tmp/out"
ok $? "tasks lists what can be asked" "$tmp/out"
run tasks --json
python3 -c 'import json, sys
task, = [t for t in json.load(sys.stdin) if t["task"] == "gsm8k"]
assert task["path"] == sys.argv[1] and task["n_rows"] == 1319' "$cache/gsm8k.jsonl" <"$tmp/out"
ok $? "tasks --json is JSON, with the path" "$tmp/out"
echo spoilt >"$cache/gsm8k.jsonl"
run data get gsm8k --force
[ "$code" -eq 0 ] && [ "$(n_asked)" -eq 14 ] && holds gsm8k.jsonl "$gsm8k"
ok $? "--force fetches it again" "$tmp/err"
with broken
run data get gsm8k --force
[ "$code" -eq 1 ] && holds gsm8k.jsonl "$gsm8k"
ok $? "--force that fails leaves what is there" "$tmp/err"
clean ok
run data get all
[ "$code" -eq 0 ] && [ "$(wc -l <"$tmp/out")" -eq 15 ] && xargs ls <"$tmp/out" >/dev/null &&
    [ "$(find "$cache" -type f | wc -l)" -eq 15 ]
ok $? "get all fetches all twelve, and writes our three" "$tmp/err"
gets ok humanevalplus humanevalplus.jsonl $humaneval "a file is fetched through its redirect"
gets ok medqa medqa.json $medqa "a file of a GitHub repository is fetched"
gets gzip gsm8k gsm8k.jsonl "$gsm8k" "compressed pages are read"
gets norevision gsm8k gsm8k.jsonl "$gsm8k" "a server that names no revision will do"
clean ok
run data get aime2024 gpqa
[ "$code" -eq 0 ] && [ "$(cat "$tmp/out")" = "$cache/aime2024.jsonl
$cache/gpqa.jsonl" ]
ok $? "several tasks give a path each, in their order" "$tmp/out"

# ---- Task files ----

cat >"$tmp/mine.json" <<'END'
{"name": "gsm8k", "answer": "choice", "question": "question", "options": "choices.text",
 "gold": {"field": "answerKey", "as": "label", "labels": "choices.label"},
 "data": {"hf": "allenai/ai2_arc", "config": "ARC-Challenge"}}
END
clean ok
run data get "$tmp/mine.json"
path=$(cat "$tmp/out")
[ "$code" -eq 0 ] && [ "$(n_asked)" -eq 12 ] && python3 $server --print 'allenai/ai2_arc ARC-Challenge test' | cmp -s - "$path"
ok $? "the rows of a task file are fetched, also where it does not say how many they are" "$tmp/err"
case $path in "$cache"/gsm8k-????????????.jsonl) true ;; *) false ;; esac
ok $? "and lie apart from those of another task of its name" "$tmp/out"
run data path "$tmp/mine.json"
[ "$code" -eq 0 ] && [ "$(cat "$tmp/out")" = "$path" ]
ok $? "data path says where" "$tmp/err"
run data check "$tmp/mine.json"
[ "$code" -eq 0 ] && [ "$(cat "$tmp/out")" = 'gsm8k: 1172 of 1172 golds are graded as right (compat: 1172)' ]
ok $? "and data check grades their own answers" "$tmp/out"
run data get tasks/gsm8k.json
[ "$code" -eq 0 ] && [ "$(cat "$tmp/out")" = "$cache/gsm8k.jsonl" ] && holds gsm8k.jsonl "$gsm8k"
ok $? "a copy of a built-in task's file has that one's rows" "$tmp/err"
sed 's/"ARC-Challenge"/"ARC-Challenge", "rows": 7/' "$tmp/mine.json" >"$tmp/few.json"
fails 1 'allenai/ai2_arc holds 1172 rows, 7 expected' "rows that are not as many as the file says are refused" data get --force "$tmp/few.json"
# ---- Trouble that passes ----

begin=$(date +%s%N)
gets busy aime2024 aime2024.jsonl 'HuggingFaceH4/aime_2024 default train' "429 is tried again"
[ $((($(date +%s%N) - begin) / 1000000)) -ge 1000 ]
ok $? "after the pause that Retry-After asks for"
gets flaky gsm8k gsm8k.jsonl "$gsm8k" "500 and 503 are tried again"
gets cut gsm8k gsm8k.jsonl "$gsm8k" "a page that is cut off is asked for again"
gets cut.2 humanevalplus humanevalplus.jsonl $humaneval "a file that is cut off goes on where it was"
[ "$(grep -c 'range=bytes=[0-9]*- if-range="one"' "$log")" -eq 2 ]
ok $? "with Range and If-Range" "$log" # at the hub, and where that redirects to
gets weak medqa medqa.json $medqa "a file without a strong ETag comes anew"
! grep -q 'range=bytes' "$log"
ok $? "and no range of it is asked for" "$log"
gets norange medqa medqa.json $medqa "a server without ranges sends the file anew"
gets otherrange medqa medqa.json $medqa "a range that was not asked for is not taken"
gets ok mbppplus mbppplus.jsonl 'evalplus/mbppplus default test' "rows that a long page cuts are fetched in shorter ones"
grep -q 'offset=57&length=1 ' "$log" && grep -q 'offset=0&length=100 ' "$log"
ok $? "down to a page of one row" "$log"
gets changes gsm8k gsm8k.jsonl "$gsm8k" "a data set that changes meanwhile is fetched anew"
[ "$(grep -c 'offset=0&' "$log")" -eq 2 ] && [ "$(n_asked)" -eq 17 ]
ok $? "from its first row" "$log"

# ---- Trouble that does not ----

refuses always429 gsm8k 'HTTP 429 from http://127.0.0.1' "a server that stays busy is named"
[ "$(n_asked)" -eq 5 ]
ok $? "after five tries" "$log"
refuses broken gsm8k '(the server says: The dataset viewer is not ready)' "what the server says of its failure is shown"
refuses empty gsm8k 'cannot fetch http://127.0.0.1' "a connection that closes at once is a failure"
refuses gated gsm8k 'this data set is gated: accept its terms there and set HF_TOKEN' "a gated data set asks for HF_TOKEN"
[ "$(n_asked)" -eq 1 ] && ! LC_ALL=C grep -q "$(printf '\033')" "$tmp/err"
ok $? "at once, and without the control characters of the server's message" "$tmp/err"
refuses nothing gsm8k 'HTTP 404 from http://127.0.0.1' "a missing data set is named by its address"
refuses nothing medqa "/nothing/Gen-Verse/LatentMAS/main/data/medqa.json" "and so is a missing file"
refuses teapot gsm8k 'HTTP 418 from' "any other refusal is named by its number"
! grep -q html "$tmp/err"
ok $? "without the HTML that came with it" "$tmp/err"
refuses loop gsm8k 'redirects' "redirects in a circle end"
refuses ftp humanevalplus 'rotocol "ftp"' "a redirect to another protocol is refused"
refuses file humanevalplus 'rotocol "file"' "a redirect to a file is refused"
refuses html gsm8k ':1:1: ' "a page that is no JSON is named"
refuses huge gsm8k 'is longer than 67108864 bytes' "a page without an end is cut short"
refuses bomb gsm8k 'is longer than 67108864 bytes' "so is one that unpacks to more than it should"
refuses huge medqa 'is longer than 1073741824 bytes' "a file that is too long is not begun"
refuses fewer gsm8k 'openai/gsm8k holds 1300 rows, 1319 expected' "fewer rows than published are refused"
refuses fewer humanevalplus 'test.jsonl of evalplus/humanevalplus holds 163 rows, 164 expected' "of a file, too"
refuses badline humanevalplus 'humanevalplus.jsonl.part:8:' "a file with a broken line is refused"
[ "$(find "$cache" -type f | wc -l)" -eq 0 ]
ok $? "and not kept to go on from" "$tmp/err"
refuses cutalways mbppplus 'row 57 of evalplus/mbppplus is longer than the server gives out' "a row that is cut even alone is named"
grep -q -- '--data FILE' "$tmp/err" && [ "$(wc -l <"$cache/mbppplus.jsonl.part")" -eq 57 ]
ok $? "with a way out, and the rows before it are kept" "$tmp/err"
refuses gap gsm8k 'row 203 expected, found row 204' "rows out of sequence are refused"
refuses total gsm8k 'holds 1320 rows, 1319 expected' "a total that changes to a wrong one is refused"
refuses unstable gsm8k 'openai/gsm8k changes while it is fetched' "a data set that keeps changing is given up"
refuses norows gsm8k 'from 1 to 100 rows expected, found 0' "a page without rows is refused"
refuses toomany gsm8k 'from 1 to 100 rows expected, found 200' "a page with too many rows is refused"
refuses notrow gsm8k '"row" must be an object, found a string' "a row that is no object is refused"
refuses nocells gsm8k '"truncated_cells" must be an array, found nothing' "a page that hides whether it is cut is refused"
refuses nototal gsm8k '"num_rows_total" must be a number of rows, found nothing' "a page without a total is refused"
with ok
run data get gsm8k
[ "$code" -eq 0 ] && holds gsm8k.jsonl "$gsm8k" && ! grep -q 'offset=0&' "$log"
ok $? "what came before such a page is kept to go on from" "$log"
LATENTMAS_HTTP_STALL_S=1
export LATENTMAS_HTTP_STALL_S
refuses silent aime2024 'cannot fetch http://127.0.0.1' "a server that says nothing is given up"
unset LATENTMAS_HTTP_STALL_S
clean nothing
run data get all
[ "$code" -eq 1 ] && [ "$(wc -l <"$tmp/err")" -eq 12 ]
ok $? "one data set that fails does not keep the others from being fetched" "$tmp/err"

# ---- Stopped in the middle ----

# start TASK [NAME]: fetch in the background, until a part (of that name) of at least two pages is there.
start() {
    "$LATENTMAS" data get "$1" >"$tmp/out" 2>"$tmp/err" </dev/null &
    child=$!
    n=0
    while [ $n -lt 100 ] && [ "$(cat "$cache/${2:-$1}".*.part 2>/dev/null | wc -c)" -lt 20000 ]; do
        n=$((n + 1))
        sleep 0.1
    done
}
clean slow
start gsm8k
kill -9 $child
wait $child 2>/dev/null
[ ! -e "$cache/gsm8k.jsonl" ] && [ -s "$cache/gsm8k.jsonl.part" ]
ok $? "a killed fetch leaves a part, and nothing in the cache" "$tmp/err"
n_lines=$(wc -l <"$cache/gsm8k.jsonl.part")
printf '{"question":"half a li' >>"$cache/gsm8k.jsonl.part"
with ok
run data get gsm8k
[ "$code" -eq 0 ] && holds gsm8k.jsonl "$gsm8k" && head -n 1 "$log" | grep -q "offset=$n_lines&"
ok $? "the next one goes on behind the last whole line" "$log"
clean slow
start "$tmp/mine.json" "$(basename "$path" .jsonl)"
kill -9 $child
wait $child 2>/dev/null
n_lines=$(wc -l <"$path.part")
with ok
run data get "$tmp/mine.json"
[ "$code" -eq 0 ] && [ "$n_lines" -gt 0 ] && head -n 1 "$log" | grep -q "offset=$n_lines&" &&
    python3 $server --print 'allenai/ai2_arc ARC-Challenge test' | cmp -s - "$path"
ok $? "also where nobody said how many rows there are" "$log"

clean slow
start gsm8k
kill -9 $child
wait $child 2>/dev/null
with changed
run data get gsm8k
[ "$code" -eq 0 ] && holds gsm8k.jsonl "$gsm8k" && grep -q 'offset=0&' "$log"
ok $? "a part of an older revision is not mixed with the new one" "$log"

clean slow
start humanevalplus
kill -9 $child
wait $child 2>/dev/null
with ok
run data get humanevalplus
[ "$code" -eq 0 ] && holds humanevalplus.jsonl $humaneval && grep -q 'range=bytes=' "$log"
ok $? "a file goes on where it was killed" "$log"
clean slow.2
start humanevalplus
kill -9 $child
wait $child 2>/dev/null
with newer
run data get humanevalplus
[ "$code" -eq 0 ] && [ "$(grep -c 'def g' "$cache/humanevalplus.jsonl")" -eq 164 ]
ok $? "a file of which there is a newer version comes anew" "$log"

# A shell has its background jobs ignore SIGINT; env --default-signal undoes that.
if env --default-signal=INT true 2>/dev/null; then
    clean slow.3
    env --default-signal=INT "$LATENTMAS" data get gsm8k >"$tmp/out" 2>"$tmp/err" </dev/null &
    child=$!
    n=0
    until [ -s "$cache/gsm8k.jsonl.part" ] || [ $n -ge 100 ]; do n=$((n + 1)) && sleep 0.1; done
    begin=$(date +%s%N)
    kill -INT $child
    wait $child
    [ $? -eq 130 ] && [ $((($(date +%s%N) - begin) / 1000000)) -lt 3000 ] &&
        [ -s "$cache/gsm8k.jsonl.part" ] && grep -q 'what was fetched is kept' "$tmp/err"
    ok $? "Ctrl-C ends a fetch soon, and says that what is there is kept" "$tmp/err"
else
    skip "Ctrl-C ends a fetch soon" "no env --default-signal here"
fi

clean slow.4
"$LATENTMAS" data get gsm8k >"$tmp/out1" 2>"$tmp/err1" </dev/null &
first=$!
"$LATENTMAS" data get gsm8k >"$tmp/out2" 2>"$tmp/err2" </dev/null &
second=$!
wait $first && wait $second && cmp -s "$tmp/out1" "$tmp/out2" && [ "$(n_asked)" -eq 14 ] &&
    holds gsm8k.jsonl "$gsm8k"
ok $? "of two at once one fetches, and the other waits for it" "$log"

clean ok
sh -c 'trap "" XFSZ; ulimit -f 150; exec "$@"' sh "$LATENTMAS" data get arc_easy >"$tmp/out" 2>"$tmp/err" </dev/null
[ $? -eq 1 ] && grep -q 'cannot write .*arc_easy.jsonl.part: File too large' "$tmp/err" && [ ! -e "$cache/arc_easy.jsonl" ]
ok $? "a disk that is full is named" "$tmp/err"
run data get arc_easy
[ "$code" -eq 0 ] && holds arc_easy.jsonl 'allenai/ai2_arc ARC-Easy test'
ok $? "with room again, it goes on" "$tmp/err"

# ---- The environment ----

HF_TOKEN=hf_good
export HF_TOKEN
gets gated gsm8k gsm8k.jsonl "$gsm8k" "HF_TOKEN opens a gated data set"
gets ok humanevalplus humanevalplus.jsonl $humaneval "with HF_TOKEN, files are fetched as well"
grep -q "^$port .*auth=Bearer hf_good" "$log" && grep -q "^$other .*auth=- " "$log"
ok $? "the token goes to the hub, and not on to where that redirects" "$log"
gets ok medqa medqa.json $medqa "files of GitHub are fetched"
grep -q 'auth=- ' "$log" && ! grep -q 'hf_good' "$log"
ok $? "without the token" "$log"
HF_TOKEN=hf_bad
refuses gated gsm8k 'your HF_TOKEN does not open it' "a token that does not help is told from none"
grep -q hf_bad "$tmp/err"
[ $? -eq 1 ]
ok $? "and not shown" "$tmp/err"
HF_TOKEN='hf_good
X-Other: header'
refuses gated gsm8k 'HF_TOKEN: a token is one word' "a token cannot bring a header of its own"
[ "$(n_asked)" -eq 0 ]
ok $? "and nothing is sent" "$log"
unset HF_TOKEN
mkdir -p "$XDG_CACHE_HOME/huggingface"
echo hf_good >"$XDG_CACHE_HOME/huggingface/token"
gets gated gsm8k gsm8k.jsonl "$gsm8k" "the token that huggingface-cli has stored is found"
rm "$XDG_CACHE_HOME/huggingface/token"

for name in HF_HUB_OFFLINE HF_DATASETS_OFFLINE; do
    clean ok
    eval "$name=1; export $name"
    fails 1 "$name is set" "with $name nothing is fetched" data get gsm8k
    [ "$(n_asked)" -eq 0 ] || ok 1 "nothing is asked" "$log"
    unset $name
done
run data get gsm8k
HF_HUB_OFFLINE=1
export HF_HUB_OFFLINE
run data get gsm8k
[ "$code" -eq 0 ] && [ "$(cat "$tmp/out")" = "$cache/gsm8k.jsonl" ]
ok $? "what is in the cache is there offline" "$tmp/err"
unset HF_HUB_OFFLINE

HF_HOME=$tmp/hf
export HF_HOME
run data get aime2024
[ "$(cat "$tmp/out")" = "$tmp/hf/datasets/latentmas/aime2024.jsonl" ] && [ -s "$(cat "$tmp/out")" ]
ok $? "HF_HOME moves the cache" "$tmp/out"
HF_DATASETS_CACHE=$tmp/sets
export HF_DATASETS_CACHE
run data get aime2024
[ "$(cat "$tmp/out")" = "$tmp/sets/latentmas/aime2024.jsonl" ] && [ -s "$(cat "$tmp/out")" ]
ok $? "HF_DATASETS_CACHE moves it before that" "$tmp/out"
: >"$tmp/nofolder"
HF_DATASETS_CACHE=$tmp/nofolder
fails 1 'cannot make the folder' "a cache folder that cannot be is named" data get gsm8k
unset HF_HOME HF_DATASETS_CACHE

rm -rf "$cache"
HF_DATASETS_SERVER=ftp://127.0.0.1
fails 1 'HF_DATASETS_SERVER: expected an http or https address, found "ftp://127.0.0.1"' "an address of another protocol is refused" data get gsm8k
HF_DATASETS_SERVER=http://127.0.0.1:1
fails 1 'cannot fetch http://127.0.0.1:1/rows' "a server that is not there is named" data get gsm8k
LATENTMAS_HTTP_BACKOFF_MS=soon
fails 1 'LATENTMAS_HTTP_BACKOFF_MS: expected a number' "a pause that is no number is refused" data get gsm8k
LATENTMAS_HTTP_BACKOFF_MS=10
clean ok
HF_DATASETS_SERVER=http://127.0.0.1:1
http_proxy=http://127.0.0.1:$port/
export http_proxy
run data get aime2024
grep -q 'http://127.0.0.1:1/rows?dataset=HuggingFaceH4%2Faime_2024' "$log"
ok $? "a proxy is asked where one is set" "$log"
unset http_proxy

# ---- Words and progress ----

clean ok
fails 2 'no data set is known for task gsm9k, did you mean gsm8k?' "an unknown task is refused with the nearest" data get gpqa gsm9k
[ "$(n_asked)" -eq 0 ]
ok $? "before anything is fetched" "$log"
fails 2 'data: expected list, get TASK..., path TASK or check TASK, found "get"' "get without a task is wrong usage" data get
fails 2 'found "put" and more' "an unknown word is wrong usage" data put gsm8k
fails 2 'tasks: expected list, show NAME or check FILE, found "x" alone' "an unknown word after tasks is wrong usage" tasks x

clean slow.5
NO_COLOR=1 COLUMNS=60 python3 -c 'import os, pty, sys
pty.spawn(sys.argv[1:], lambda fd: os.read(fd, 4096))' "$LATENTMAS" data get gsm8k >"$tmp/out" </dev/null
grep -q 'gsm8k  [0-9]*/1319 rows  [0-9.]*/s  [0-9.]* s left' "$tmp/out" && [ "$(wc -l <"$tmp/out")" -eq 1 ] &&
    ! grep -q "$(printf '\033\\[[0-9;]*m')" "$tmp/out"
ok $? "on a terminal one line shows how far it is, without colours" "$tmp/out"

finish
