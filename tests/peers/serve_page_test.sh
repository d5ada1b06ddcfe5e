#!/bin/sh
# The page of serve as people use it, in a real browser: tests/peers/page/serve.js says what they do.
# shellcheck source=tests/cli/common/claims.sh disable=SC2154,SC2319,SC2329
. tests/cli/common/claims.sh
# shellcheck source=tests/peers/page/browser.sh
. tests/peers/page/browser.sh
need_browser "people can use the page of serve"
need_modules "people can use the page of serve"

# A team whose names are markup, long, and of other letters.
cat >"$tmp/bad.json" <<'EOT'
{"name": "<img src=x onerror=document.title=1><b>bad</b>", "rounds": 2,
 "baseline": "Question: {question}",
 "agents": [
  {"name": "<img src=x onerror=document.title=1><b>bad</b>", "prompt": "Question: {question} {outputs}", "speaks": true},
  {"name": "\u6f22\u5b57\u6f22\u5b57\u6f22\u5b57", "prompt": "Question: {question}"},
  {"name": "an agent with a long name that goes on and on and on", "prompt": "Question: {question}\n{outputs}"},
  {"name": "Donaudampfschifffahrtsgesellschaftskapitaen", "prompt": "Question: {question}\n{outputs}"}],
 "edges": [
  {"from": ["<img src=x onerror=document.title=1><b>bad</b>", "\u6f22\u5b57\u6f22\u5b57\u6f22\u5b57"], "to": "an agent with a long name that goes on and on and on", "carry": "both"},
  {"from": "<img src=x onerror=document.title=1><b>bad</b>", "to": "Donaudampfschifffahrtsgesellschaftskapitaen", "carry": "text"},
  {"from": "an agent with a long name that goes on and on and on", "to": "Donaudampfschifffahrtsgesellschaftskapitaen"},
  {"from": "Donaudampfschifffahrtsgesellschaftskapitaen", "to": "<img src=x onerror=document.title=1><b>bad</b>", "carry": "text", "next_round": true}]}
EOT
printf 'a-key-of-mine\n' >"$tmp/keys"

# serve NAME FLAG...: a server; its process in $pid, its address in $address.
pids=
trap 'for pid in $pids; do kill -9 "$pid" 2>/dev/null; done; rm -rf "$tmp"' EXIT
serve() {
    name=$1
    shift
    : >"$tmp/$name"
    "$LATENTMAS" serve -m "$MODEL" --port 0 --temp 0 -n 64 -t 1 "$@" >"$tmp/$name" 2>&1 &
    pid=$!
    pids="$pids $pid"
    for _ in $(seq 600); do
        address=$(sed -n 's|.*listening on \(http://[0-9.:]*\),.*|\1|p' "$tmp/$name")
        [ -z "$address" ] || return 0
        kill -0 "$pid" 2>/dev/null || break
        sleep 0.1
    done
    ok 1 "a server starts" "$tmp/$name"
    finish
}

serve quick --teams sequential hierarchical debate "$tmp/bad.json"
quick=$address
serve locked --teams sequential --api_key_file "$tmp/keys"
locked=$address
serve slow --teams sequential --latent_steps 1000
slow=$address
NODE_PATH=$PAGE/node_modules node tests/peers/page/serve.js "$quick" "$slow" "$pid" "$locked" >"$tmp/seen" 2>&1
seen=$?
cat "$tmp/seen"
[ "$seen" -eq 0 ] || n_failed=$((n_failed + 1))
finish
