#!/bin/sh
# Clients of other people's, for Node, ask a server of ours: OpenAI's package, the AI SDK.
#
# They come from Node's registry in the versions of clients/package.json, into build/peers/clients.
# shellcheck source=tests/cli/common/claims.sh disable=SC2319,SC2086
. tests/cli/common/claims.sh
CLIENTS=${LATENTMAS_CLIENTS:-${B:-build}/peers/clients}

if ! command -v node >/dev/null || ! command -v npm >/dev/null; then
    skip "clients for Node ask our server" "no node or no npm here (Debian: apt install nodejs npm)"
    finish
fi
if ! cmp -s tests/peers/clients/package.json "$CLIENTS/stamp"; then
    rm -rf "$CLIENTS" && mkdir -p "$CLIENTS" && cp tests/peers/clients/package.json "$CLIENTS"
    if ! npm install --prefix "$CLIENTS" --no-audit --no-fund --ignore-scripts >"$CLIENTS/log" 2>&1; then
        skip "clients for Node ask our server" "the npm registry cannot be reached: $(head -n 1 "$CLIENTS/log")"
        finish
    fi
    cp tests/peers/clients/package.json "$CLIENTS/stamp"
fi

question='Tom has 12 apples. He buys 7 more. How many apples does he have?'
run ask -m $MODEL -t 1 --temp 0 -n 64 "$question"
want=$(cat "$tmp/out")
"$LATENTMAS" serve -m $MODEL -t 1 --temp 0 -n 64 --port 0 >"$tmp/out" 2>"$tmp/said" </dev/null &
server=$!
trap 'kill $server 2>/dev/null; rm -rf "$tmp"' EXIT
for _ in $(seq 100); do
    url=$(sed -n 's/.*listening on \(http[^,]*\),.*/\1/p' "$tmp/said")
    if [ -n "$url" ]; then break; fi
    sleep 0.1
done
# Its modules are found from where it lies.
cp tests/peers/clients/node_asks.mjs "$CLIENTS/node_asks.mjs"
node "$CLIENTS/node_asks.mjs" "$url" "$question" "$want" || n_failed=$((n_failed + 1))
finish
