#!/bin/sh
# Models by name: from a hub of our own that fails in every way that a hub can.
# shellcheck source=tests/hub/common.sh disable=SC2319,SC2086,SC2154,SC2034
. tests/hub/common.sh
gguf=Qwen/Qwen3-14B-GGUF
q4=Qwen3-14B-Q4_K_M.gguf

# gets FAULT NAME REPO FILE CLAIM: fetched into an empty cache, and its path printed.
gets() {
    clean "$1"
    run model get "$2"
    [ "$code" -eq 0 ] && [ "$(cat "$tmp/out")" = "$(at "$3" "$4")" ] && holds "$3" "$4"
    ok $? "$5" "$tmp/err"
}

# refuses FAULT NAME TEXT CLAIM: one line with TEXT, and no file of a model in the cache.
refuses() {
    clean "$1"
    fails 1 "$3" "$4" model get "$2"
    [ "$(find "$cache" -name '*.gguf' 2>/dev/null | wc -l)" -eq 0 ] || ok 1 "no file is in the cache ($4)"
}

# ---- When all is well ----

gets ok $gguf $gguf $q4 "a model is fetched whole, byte for byte, and its path printed"
[ "$(n_asked)" -eq 3 ] && [ ! -s "$tmp/err" ]
ok $? "with one request for the list, one for the file, one where that redirects" "$log"
sha=$(sha_of $q4)
folder=$cache/models--Qwen--Qwen3-14B-GGUF
[ "$(readlink "$folder/snapshots/$commit/$q4")" = "../../blobs/$sha" ] &&
    [ "$(cat "$folder/refs/main")" = $commit ] && [ "$(wc -c <"$folder/refs/main")" -eq 40 ] &&
    [ "$(find "$cache" -type f -o -type l | wc -l)" -eq 3 ]
ok $? "as a blob by its SHA-256, a relative link and a ref, and nothing else" "$tmp/out"
with ok
run ask -hf $gguf --method baseline --temp 0 -n 8 '1+1?'
[ "$code" -eq 0 ] && grep -q '1 + 1 = 2' "$tmp/out" && [ "$(n_asked)" -eq 0 ]
ok $? "-hf answers from the cache, without a word to the hub" "$tmp/err"
for c in "ask -m $gguf --method baseline -n 8 q" "model info $gguf" "model info -hf $gguf:q4_k_m" \
    "bench -hf $gguf -r 1 -p 8 -n 2 --latent_steps 1"; do
    run $c
    [ "$code" -eq 0 ] && [ "$(n_asked)" -eq 0 ]
    ok $? "latentmas ${c%% *} takes it: $c" "$tmp/err"
done
run model get $gguf
[ "$code" -eq 0 ] && [ "$(n_asked)" -eq 1 ]
ok $? "model get asks whether there is a newer one, and fetches no byte twice" "$log"
gets ok Qwen/Qwen3-14B $gguf $q4 "a repository without GGUF files stands for its sibling"
[ "$(cat "$tmp/err")" = "latentmas: Qwen/Qwen3-14B has no GGUF files: taking those of $gguf" ]
ok $? "which is said in a line" "$tmp/err"
gets only Qwen/Qwen3-14B $gguf $q4 "also one that the hub does not know itself"
gets hidden Qwen/Qwen3-14B $gguf $q4 "also where the hub says 401 of what it does not show"
gets ok $gguf:q8_0 $gguf Qwen3-14B-Q8_0.gguf "a quantisation is named in either case"
gets ok acme/eight acme/eight x-Q8_0.gguf "without Q4_K_M it is Q8_0, and never a projector"
gets ok acme/first acme/first b.gguf "without both it is the first file"
gets ok acme/floats:F16 acme/floats m-F16.gguf "F16 is not BF16"
gets ok acme/parts acme/parts Q4_K_M/big-Q4_K_M-00001-of-00003.gguf "of a split model the first part is printed"
holds acme/parts Q4_K_M/big-Q4_K_M-00002-of-00003.gguf && holds acme/parts Q4_K_M/big-Q4_K_M-00003-of-00003.gguf &&
    [ ! -e "$(at acme/parts small-Q2_K.gguf)" ]
ok $? "and all parts are there, and no other file"

# ---- Trouble that passes ----

gets cut acme/large acme/large large-Q4_K_M.gguf "a file that is cut off goes on where it was"
grep -q "^$other .*range=bytes=[1-9]" "$log"
ok $? "with a range" "$log"
gets weak acme/large acme/large large-Q4_K_M.gguf "also where the storage names no strong version"
gets norange acme/large acme/large large-Q4_K_M.gguf "a storage without ranges sends it anew"
clean crumbs
for i in 1 2 3 4 5 6 7 8 9 10 11 12; do run model get acme/large && [ "$code" -eq 0 ] && break; done
[ "$code" -eq 0 ] && holds acme/large large-Q4_K_M.gguf
ok $? "a connection that always breaks brings it in the end" "$tmp/err"

# What an earlier fetch left may be anything.
blob=$cache/models--acme--large/blobs/$(sha_of large-Q4_K_M.gguf)
for old in 'head -c 100000 /dev/zero' 'head -c 3000000 /dev/zero' 'head -c 3000001 /dev/zero' 'printf x'; do
    clean ok
    mkdir -p "$(dirname "$blob")"
    $old >"$blob.part"
    echo "3000000 $(basename "$blob")" >"$blob.part.of"
    run model get acme/large
    [ "$code" -eq 0 ] && holds acme/large large-Q4_K_M.gguf
    ok $? "a part of other bytes ($old) is found out, and comes anew" "$tmp/err"
done
clean ok
mkdir -p "$(dirname "$blob")"
: >"$blob"
run model get acme/large
[ "$code" -eq 0 ] && holds acme/large large-Q4_K_M.gguf
ok $? "a blob of another size is no blob" "$tmp/err"
mkdir -p "$cache/models--acme--eight/snapshots/$commit" "$cache/models--acme--eight/refs"
ln -s ../../blobs/nowhere "$(at acme/eight x-Q8_0.gguf)"
echo "../../../etc" >"$cache/models--acme--eight/refs/main"
run model get acme/eight
[ "$code" -eq 0 ] && holds acme/eight x-Q8_0.gguf && [ "$(cat "$cache/models--acme--eight/refs/main")" = $commit ]
ok $? "a link that leads nowhere and a ref that is none are replaced" "$tmp/err"

# ---- Trouble that does not ----

refuses nothing acme/large 'knows no model acme/large that is open to you: check the name, or set HF_TOKEN' "a model that is not there is named"
refuses ok acme/nosuch "http://127.0.0.1:$port/ok knows no model acme/nosuch" "with the hub that was asked"
refuses ok acme/alone 'acme/alone has no GGUF files, and http://127.0.0.1' "one without GGUF files and sibling says what to do"
grep -q "knows no acme/alone-GGUF: name one of http.*/models?library=gguf, or make a GGUF file of a copy: latentmas model convert" "$tmp/err"
ok $? "with what can be typed" "$tmp/err"
refuses ok acme/projector 'acme/projector has GGUF files, but none of a model' "a projector alone is no model"
refuses ok acme/eight:Q3_K 'acme/eight has no file for Q3_K; it has a-Q2_K.gguf, x-BF16.gguf, x-Q8_0.gguf' "a quantisation that is not there is named with those that are"
refuses ok acme/lacking 'acme/lacking: of a model in 3 parts, 1 are missing there' "a split model that lacks a part is refused"
refuses gated acme/large 'this model is gated: accept its terms there and set HF_TOKEN' "a gated model asks for HF_TOKEN"
! LC_ALL=C grep -q "$(printf '\033')" "$tmp/err"
ok $? "without the control characters of the hub's message" "$tmp/err"
refuses spoilt acme/large 'the hub names SHA-256' "bytes with another SHA-256 are refused"
[ "$(find "$cache" -name '*.part*' | wc -l)" -eq 0 ]
ok $? "and not kept to go on from"
refuses wrong acme/large 'the hub names SHA-256 000000000000' "also when the list is what is wrong"
refuses shorter acme/large '3000000 bytes expected, the server has 2999990' "a shorter file is refused"
refuses longer acme/large 'is longer than 3000000 bytes' "and so is a longer one"
refuses broken acme/large '(the server says: Internal Error)' "what the hub says of its failure is shown"
refuses empty acme/large 'cannot fetch http://127.0.0.1' "a connection that closes at once is a failure"
refuses html acme/large ':1:1: ' "a list that is no JSON is named"
refuses huge acme/large 'is longer than 16777216 bytes' "a list without an end is cut short"
for name in up absolute dot control backslash long double; do
    refuses $name acme/large '"rfilename" must lead to a file of the repository, by at most 512 bytes' "a file name that leads elsewhere is refused ($name)"
done
refuses noname acme/large 'missing key "rfilename"' "a file without a name is refused"
refuses nosha acme/large 'missing key "sha" in the model' "a list without a commit is refused"
refuses badsha acme/large '"sha" must be 40 hex digits' "a commit that is none is refused"
refuses nolist acme/large 'expected an object with an array "siblings"' "a list without files is refused"
refuses listobject acme/large 'expected an object with an array "siblings"' "files that are no array are refused"
refuses nohash acme/large 'the hub names no SHA-256 of large-Q4_K_M.gguf' "a file without a SHA-256 is refused"
refuses badhash acme/large '"sha256" of large-Q4_K_M.gguf must be 64 hex digits' "a SHA-256 that is none is refused"
for name in nosize minus vast; do
    refuses $name acme/large '"size" of large-Q4_K_M.gguf must be from 1 to 17592186044416 bytes' "a size that is none is refused ($name)"
done
refuses room acme/large 'the disk is too full: 8192.00 GiB more are to come' "a file that has no room is not begun"
refuses many acme/large 'more than 10000 GGUF files in one repository' "a list of too many files is refused"
LATENTMAS_HTTP_STALL_S=1
export LATENTMAS_HTTP_STALL_S
refuses silent acme/large 'cannot fetch http://127.0.0.1' "a hub that says nothing is given up"
unset LATENTMAS_HTTP_STALL_S

# ---- Names ----

clean ok
for name in Qwen Qwen/ /x a/b/c ../x x/.. a/../b 'a b/c' a/b.git a--b/c a/b..c .a/b a/b- 'a/é' \
    "a/$(printf '%0200d' 0)"; do
    fails 2 'expected the name of a model, ORG/NAME or ORG/NAME:QUANT, found' "no name: $(echo "$name" | cut -c 1-20)" model get "$name"
done
for quant in '' 'a/b' '..x/' "$(printf '%040d' 0)" 'q 4' ; do
    fails 2 'expected a quantisation such as Q8_0 behind the colon' "no quantisation: $quant" model get "a/b:$quant"
done
fails 2 'expected the name of a model' "a slip in the last name shows before anything is fetched" model get $gguf nothing
fails 2 'expected info FILE, get NAME..., list, path NAME, rm NAME' "get without a name is wrong usage" model get
fails 2 '-m a/b and -hf c/d are both given, one expected' "-m and -hf together are wrong usage" ask -m a/b -hf c/d q
[ "$(n_asked)" -eq 0 ]
ok $? "nothing of that is asked of the hub" "$log"
run ask -m nosuch/model q
[ "$code" -eq 1 ] && grep -q "nosuch/model is no file here: asking http://127.0.0.1:$port/ok for it" "$tmp/err"
ok $? "of a name that may be a path it is said that there is no such file" "$tmp/err"
fails 1 'No such file' "a path to a GGUF file is never a name of the hub" ask -m nosuch/model.gguf q

# ---- Offline, and when the hub is away ----

clean ok
for how in '--offline:--offline is given' HF_HUB_OFFLINE=1 TRANSFORMERS_OFFLINE=yes; do
    case $how in
        --*) fails 1 "${how#*:}" "${how%%:*}: nothing is fetched" ask -hf $gguf --offline q ;;
        *) eval "export $how"; fails 1 "${how%=*} is set" "$how: nothing is fetched" ask -hf $gguf q; unset ${how%=*} ;;
    esac
done
fails 1 'fetch it with: latentmas model get' "a path that is not in the cache says how to get it" model path $gguf
[ "$(n_asked)" -eq 0 ]
ok $? "and nothing is asked" "$log"
run model get $gguf:Q8_0 Qwen/Qwen3-4B-GGUF
with broken
run model path $gguf
[ "$code" -eq 0 ] && [ "$(cat "$tmp/out")" = "$(at $gguf Qwen3-14B-Q8_0.gguf)" ]
ok $? "offline, the cache's word is taken for what it is" "$tmp/err"
run model get $gguf
[ "$code" -eq 0 ] && [ "$(cat "$tmp/out")" = "$(at $gguf Qwen3-14B-Q8_0.gguf)" ] && grep -q "the cache's copy is taken: HTTP 500" "$tmp/err"
ok $? "so it is when the hub has failed, and that is said" "$tmp/err"
run ask -m Qwen/Qwen3-4B --offline --method baseline -n 8 '1+1?'
[ "$code" -eq 0 ] && grep -q 'taking those of Qwen/Qwen3-4B-GGUF' "$tmp/err" && [ -s "$tmp/out" ]
ok $? "the sibling is found offline as well" "$tmp/err"
run model get Qwen/Qwen3-4B-GGUF
with newer
run model get $gguf:Q8_0
[ "$code" -eq 0 ] && [ "$(cat "$cache/models--Qwen--Qwen3-14B-GGUF/refs/main")" = $newer ] &&
    grep -q "/snapshots/$newer/" "$tmp/out" && [ "$(find "$cache/models--Qwen--Qwen3-14B-GGUF/blobs" -type f | wc -l)" -eq 2 ]
ok $? "model get brings the newer version beside the old one" "$tmp/err"

# ---- Stopped in the middle ----

clean slow
"$LATENTMAS" model get acme/large >"$tmp/out" 2>"$tmp/err" </dev/null &
child=$!
n=0
until [ -s "$blob.part" ] || [ $n -ge 100 ]; do n=$((n + 1)) && sleep 0.1; done
sleep 0.5
kill -9 $child
wait $child 2>/dev/null
[ -s "$blob.part" ] && [ "$(find "$cache" -name '*.gguf' | wc -l)" -eq 0 ] && [ ! -e "$cache/models--acme--large/refs" ]
ok $? "a killed fetch leaves a part, and no name that leads to it" "$tmp/err"
with ok
run model get acme/large
[ "$code" -eq 0 ] && holds acme/large large-Q4_K_M.gguf && grep -q "^$other .*range=bytes=[1-9]" "$log"
ok $? "the next one goes on behind it" "$log"
clean calm.2
"$LATENTMAS" model get acme/large >"$tmp/out1" 2>"$tmp/err1" </dev/null &
first=$!
"$LATENTMAS" model get acme/large >"$tmp/out2" 2>"$tmp/err2" </dev/null &
second=$!
wait $first && wait $second && cmp -s "$tmp/out1" "$tmp/out2" && [ "$(grep -c "^$other" "$log")" -eq 1 ] &&
    holds acme/large large-Q4_K_M.gguf
ok $? "of two at once one fetches, and the other waits for it" "$log"
if env --default-signal=INT true 2>/dev/null; then
    clean slow.3
    env --default-signal=INT "$LATENTMAS" ask -hf acme/large q >"$tmp/out" 2>"$tmp/err" </dev/null &
    child=$!
    n=0
    until [ -s "$blob.part" ] || [ $n -ge 100 ]; do n=$((n + 1)) && sleep 0.1; done
    kill -INT $child
    wait $child
    [ $? -eq 130 ] && [ -s "$blob.part" ] && grep -q 'what was fetched is kept' "$tmp/err"
    ok $? "Ctrl-C ends a fetch, and says that what is there is kept" "$tmp/err"
else
    skip "Ctrl-C ends a fetch" "no env --default-signal here"
fi
clean ok
sh -c 'trap "" XFSZ; ulimit -f 1000; exec "$@"' sh "$LATENTMAS" model get acme/large >"$tmp/out" 2>"$tmp/err" </dev/null
[ $? -eq 1 ] && grep -q 'cannot write .*part: File too large' "$tmp/err" && [ "$(find "$cache" -name '*.gguf' | wc -l)" -eq 0 ]
ok $? "a disk that is full is named" "$tmp/err"
run model get acme/large
[ "$code" -eq 0 ] && holds acme/large large-Q4_K_M.gguf
ok $? "with room again, it goes on" "$tmp/err"
clean calm.4
NO_COLOR=1 COLUMNS=90 python3 -c 'import os, pty, sys
pty.spawn(sys.argv[1:], lambda fd: os.read(fd, 4096))' "$LATENTMAS" model get acme/large >"$tmp/out" </dev/null
grep -q 'large-Q4_K_M.gguf  [0-9.]* [KM]iB of 2.9 MiB  [0-9.]* [KM]iB/s  [0-9.]* s left' "$tmp/out"
ok $? "on a terminal one line shows how far it is, how fast, and how long it takes" "$tmp/out"

# ---- The environment ----

HF_TOKEN=hf_good
export HF_TOKEN
gets gated acme/large acme/large large-Q4_K_M.gguf "HF_TOKEN opens a gated model"
grep -q "^$port .*auth=Bearer hf_good" "$log" && grep -q "^$other .*auth=- " "$log" && ! grep -q "^$other .*hf_good" "$log"
ok $? "the token goes to the hub, and not on to where that redirects" "$log"
HF_TOKEN=hf_bad
refuses gated acme/large 'this model is gated, and your HF_TOKEN does not open it' "a token that does not help is told from none"
unset HF_TOKEN
mkdir -p "$HOME/.cache/huggingface"
echo hf_good >"$HOME/.cache/huggingface/token"
gets gated acme/large acme/large large-Q4_K_M.gguf "the token that hf auth login has stored is found"
rm -r "$HOME/.cache"
MODEL_ENDPOINT=http://127.0.0.1:$port/ok
export MODEL_ENDPOINT
gets broken acme/first acme/first b.gguf "MODEL_ENDPOINT goes before HF_ENDPOINT"
MODEL_ENDPOINT=ftp://127.0.0.1
refuses ok acme/first 'MODEL_ENDPOINT: expected an http or https address, found "ftp://127.0.0.1"' "an address of another protocol is refused"
unset MODEL_ENDPOINT

# The folder is the first one that is named, as llama.cpp and huggingface_hub have it.
unset HF_HUB_CACHE
with ok
while read -r name value where; do
    eval "$name=\$tmp/$value; export $name"
    run model get acme/first
    [ "$(cat "$tmp/out")" = "$tmp/$where/models--acme--first/snapshots/$commit/b.gguf" ]
    ok $? "$name names the folder" "$tmp/out"
done <<EOT
HOME h0 h0/.cache/huggingface/hub
XDG_CACHE_HOME h1 h1/huggingface/hub
HF_HOME h2 h2/hub
HUGGINGFACE_HUB_CACHE h3 h3
HF_HUB_CACHE h4 h4
LLAMA_CACHE h5 h5
EOT
unset LLAMA_CACHE HUGGINGFACE_HUB_CACHE HF_HOME XDG_CACHE_HOME
HF_HUB_CACHE=$cache
: >"$tmp/nofolder"
HF_HUB_CACHE=$tmp/nofolder
fails 1 'cannot make the folder' "a cache folder that cannot be is named" model get acme/first
HF_HUB_CACHE=$cache

# ---- list, path, rm ----

clean ok
run model list
[ "$code" -eq 0 ] && [ ! -s "$tmp/out" ]
ok $? "an empty cache is an empty list" "$tmp/err"
run model get $gguf $gguf:Q8_0 acme/parts
run model list
[ "$code" -eq 0 ] && [ "$(wc -l <"$tmp/out")" -eq 5 ] && grep -qE "^5\.2 MiB +$gguf  $q4$" "$tmp/out"
ok $? "model list names every file, its size and its model" "$tmp/out"
run model list --json
python3 -c 'import json, sys
models = json.load(sys.stdin)["models"]
assert len(models) == 5 and models[0]["path"] == sys.argv[1], models[0]' "$(at $gguf $q4)" <"$tmp/out" 2>"$tmp/err"
ok $? "model list --json is JSON, with the paths" "$tmp/err"
run model path Qwen/Qwen3-14B
[ "$code" -eq 0 ] && [ "$(cat "$tmp/out")" = "$(at $gguf $q4)" ]
ok $? "model path finds the sibling" "$tmp/err"
printf 'weights' >"$folder/blobs/other"
ln -s ../../blobs/other "$folder/snapshots/$commit/model.safetensors"
run model rm $gguf:q8_0
[ "$code" -eq 0 ] && grep -q '29.3 KiB are free again' "$tmp/err" && holds $gguf $q4 && [ ! -e "$(at $gguf Qwen3-14B-Q8_0.gguf)" ]
ok $? "model rm NAME:QUANT removes one file of several" "$tmp/err"
run model rm $gguf acme/parts
[ "$code" -eq 0 ] && [ "$(cat "$folder/snapshots/$commit/model.safetensors")" = weights ] &&
    [ ! -e "$folder/blobs/$sha" ] && [ ! -e "$cache/models--acme--parts" ]
ok $? "model rm removes GGUF files, and leaves what is another program's" "$tmp/err"
fails 1 'is not in the cache: nothing is removed' "what is not there cannot be removed" model rm $gguf
mkdir -p "$tmp/precious" "$cache/models--acme--evil/snapshots/$commit" "$cache/models--acme--evil/blobs"
echo keep >"$tmp/precious/x.gguf"
ln -s "$tmp/precious" "$cache/models--acme--evil/snapshots/$commit/sub"
ln -s "$tmp/precious/x.gguf" "$cache/models--acme--evil/snapshots/$commit/x.gguf"
run model rm acme/evil
[ -s "$tmp/precious/x.gguf" ]
ok $? "what links lead to elsewhere stays" "$tmp/err"
finish
