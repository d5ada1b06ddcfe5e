# shellcheck shell=sh source=tests/cli/common/claims.sh
# common.sh - what the scripts of this folder share: a hub of our own, and no set-up of the caller's.
# shellcheck disable=SC2034,SC2154,SC2086 # used by the scripts; words are meant
. tests/cli/common/claims.sh

if ! command -v python3 >/dev/null; then
    skip "models are fetched from a hub" "no python3 here"
    finish
fi

server=tests/hub/server.py
log=$tmp/log
mkfifo "$tmp/alive"
: >"$log"
python3 $server "$log" $MODEL <"$tmp/alive" >"$tmp/ports" 2>"$tmp/server.err" &
exec 8>"$tmp/alive" # the server ends with this script, however that ends
until [ -s "$tmp/ports" ]; do sleep 0.1; done
read -r port other <"$tmp/ports"

unset HF_TOKEN HF_TOKEN_PATH HUGGING_FACE_HUB_TOKEN HF_HUB_OFFLINE TRANSFORMERS_OFFLINE HF_HOME
unset LLAMA_CACHE HF_HUB_CACHE HUGGINGFACE_HUB_CACHE MODEL_ENDPOINT XDG_CACHE_HOME
unset http_proxy https_proxy all_proxy HTTPS_PROXY ALL_PROXY
HOME=$tmp/home
LATENTMAS_HTTP_BACKOFF_MS=10
HF_HUB_CACHE=$tmp/hub
export HOME LATENTMAS_HTTP_BACKOFF_MS HF_HUB_CACHE
cache=$HF_HUB_CACHE
commit=aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa
newer=bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb

# with FAULT: from now on the hub has this fault; the log begins anew.
with() {
    HF_ENDPOINT=http://127.0.0.1:$port/$1
    export HF_ENDPOINT
    : >"$log"
}

# clean FAULT: the same, with an empty cache.
clean() {
    rm -rf "$cache"
    with "$1"
}

sha_of() { python3 $server --sha "$1" $MODEL; }
n_asked() { wc -l <"$log"; }

# at REPO FILE: where the cache has a file of a repository.
at() { echo "$cache/models--$(echo "$1" | sed 's|/|--|')/snapshots/$commit/$2"; }

# holds REPO FILE: the cache has it, right to the last byte, and nothing half done.
holds() {
    [ "$(sha256sum <"$(at "$1" "$2")" | cut -d ' ' -f 1)" = "$(sha_of "$2")" ] &&
        [ "$(find "$cache" -name '*.part*' | wc -l)" -eq 0 ]
}
