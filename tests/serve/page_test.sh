#!/bin/sh
# page_test.sh - the page at /, its headers, and POST /v1/teams/check. What a browser makes of it: tests/peers/serve_page_test.sh.
# shellcheck source=tests/cli/common/claims.sh disable=SC2154,SC2319,SC2329
. tests/cli/common/claims.sh
if ! command -v python3 >/dev/null; then
    skip "the server has a page" "no python3 here"
    finish
fi
cat >"$tmp/call.py" <<'EOT'
"""call.py PORT METHOD PATH [BODY [HEADER VALUE]...]: the answer's status, head and body in files beside this."""
import http.client
import os
import sys

port, method, path = sys.argv[1:4]
body = sys.argv[4] if len(sys.argv) > 4 and sys.argv[4] else None
headers = dict(zip(sys.argv[5::2], sys.argv[6::2]))
if body is not None and body.startswith("@"):
    with open(body[1:], "rb") as f:
        body = f.read()
connection = http.client.HTTPConnection("127.0.0.1", int(port), timeout=60)
connection.request(method, path, body, headers)
answer = connection.getresponse()
here = os.path.dirname(sys.argv[0])
with open(here + "/head", "w") as f:
    f.write("%d\n" % answer.status + "".join("%s: %s\n" % pair for pair in answer.getheaders()))
with open(here + "/body", "wb") as f:
    f.write(answer.read())
EOT

# serve FLAG...: a server, its number in $pid and its port in $port.
pid=
serve() {
    : >"$tmp/said"
    "$LATENTMAS" serve -m "$MODEL" --port 0 -np 1 -t 1 -n 8 --latent_steps 1 "$@" >"$tmp/said" 2>&1 &
    pid=$!
    for _ in $(seq 300); do
        port=$(sed -n 's|.*listening on http://127\.0\.0\.1:\([0-9]*\),.*|\1|p' "$tmp/said")
        [ -z "$port" ] || return 0
        kill -0 "$pid" 2>/dev/null || break
        sleep 0.1
    done
    ok 1 "a server starts" "$tmp/said"
    finish
}
end() {
    [ -z "$pid" ] || kill "$pid" 2>/dev/null
    [ -z "$pid" ] || wait "$pid"
    pid=
}
trap 'end; rm -rf "$tmp"' EXIT

# call METHOD PATH [BODY [HEADER VALUE]...]; gets STATUS PATH: likewise, and whether that was the status.
call() { python3 "$tmp/call.py" "$port" "$@"; }
gets() { call GET "$2" && [ "$(head -n 1 "$tmp/head")" -eq "$1" ]; }
has_header() { grep -qiF -- "$1" "$tmp/head"; }
check() { call POST /v1/teams/check "$1" Content-Type application/json && [ "$(head -n 1 "$tmp/head")" -eq "${2:-200}" ]; }
# of EXPRESSION: whether that holds of the answer, x.
of() { python3 -c 'import json, sys; x = json.load(open(sys.argv[1])); sys.exit(not eval(sys.argv[2]))' "$tmp/body" "$1"; }
# as_body FILE: {"file": what is in it}, in $tmp/sent.
as_body() { python3 -c 'import json, sys; json.dump({"file": open(sys.argv[1], newline="").read()}, open(sys.argv[2], "w"))' "$1" "$tmp/sent"; }

serve --teams sequential debate
# ---- The page and its files ----
gets 200 / && has_header 'Content-Type: text/html; charset=utf-8' && grep -q '<title>latentmas</title>' "$tmp/body"
ok $? "/ is a page" "$tmp/head"
has_header "Content-Security-Policy: default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'" &&
    has_header 'X-Content-Type-Options: nosniff' && has_header 'Referrer-Policy: no-referrer' && has_header 'Cache-Control: no-store'
ok $? "under a policy that lets nothing in from elsewhere" "$tmp/head"
size=$(wc -c <"$tmp/body") n=0
for file in page.js:text/javascript page.css:text/css icon.svg:image/svg+xml; do
    gets 200 "/${file%%:*}" && has_header "Content-Type: ${file#*:}" && has_header "Content-Security-Policy: default-src 'none'" && n=$((n + 1))
    size=$((size + $(wc -c <"$tmp/body")))
done
[ "$n" -eq 3 ] && [ "$size" -lt 150000 ]
ok $? "it is made of four files, $size bytes, less than 150,000" "$tmp/head"
gets 200 / && ! grep -nE '<script>|<style|javascript:|[ "]on[a-z]+=|style=|https?://' "$tmp/body" >"$tmp/found"
ok $? "the page has no script, style or handler of its own, and no address" "$tmp/found"
gets 200 /page.js && ! grep -nE 'innerHTML|outerHTML|insertAdjacentHTML|document\.write|[^.]eval\(|new Function|localStorage|https?://' "$tmp/body" | grep -v 'http://www.w3.org/2000/svg' >"$tmp/found"
[ ! -s "$tmp/found" ]
ok $? "the script makes nothing out of text but text, and keeps nothing" "$tmp/found"
call HEAD / && [ "$(head -n 1 "$tmp/head")" -eq 200 ] && [ ! -s "$tmp/body" ] && has_header Content-Length
ok $? "HEAD has its headers alone" "$tmp/head"
gets 404 /page.html && gets 404 /page && gets 404 // && gets 404 /../page.js && gets 404 /page.js/ && gets 404 /index.html
ok $? "beside them nothing is there" "$tmp/head"
call POST / '{}' Content-Type application/json && [ "$(head -n 1 "$tmp/head")" -eq 405 ] && has_header 'Allow: GET, HEAD'
ok $? "nobody posts to it" "$tmp/head"

# ---- A team's file is checked ----
as_body teams/debate.json && check "@$tmp/sent" && of 'x["ok"] and x["name"] == "debate" and x["remarks"] == [] and x["n_rounds"] == 2'
ok $? "a team's file is one" "$tmp/body"
of '[(a["name"], a["level"]) for a in x["agents"]] == [("first", 0), ("second", 0), ("judge", 1)] and len(x["edges"]) == 6 and x["mermaid"].startswith("flowchart TD")'
ok $? "its agents have their levels, and its edges are there" "$tmp/body"
cp "$tmp/body" "$tmp/checked" && gets 200 /v1/teams/debate &&
    python3 -c 'import json, sys; a, b = (json.load(open(f)) for f in sys.argv[1:]); sys.exit(any(a[k] != b[k] for k in ("name", "agents", "edges", "n_rounds", "mermaid")))' "$tmp/checked" "$tmp/body"
ok $? "the same as of the team that is served" "$tmp/body"
printf '{\n"name": "x",\n"agents": [{"name": "a", "prompt": "{question} {qestion}"}]}' >"$tmp/t" && as_body "$tmp/t" && check "@$tmp/sent" &&
    of 'x["ok"] and len(x["remarks"]) == 1 and x["remarks"][0].startswith("team.json:3: ") and "{qestion}" in x["remarks"][0]'
ok $? "what may be meant otherwise is a remark with its line" "$tmp/body"
printf '{\n"name": "x",\n"agnts": []}' >"$tmp/t" && as_body "$tmp/t" && check "@$tmp/sent" && of 'not x["ok"] and x["line"] == 3 and "agnts" in x["message"]'
ok $? "a wrong key is told with its line" "$tmp/body"
printf '{\n"name": "x",\n\n"agents": [}' >"$tmp/t" && as_body "$tmp/t" && check "@$tmp/sent" && of 'not x["ok"] and x["line"] == 4 and x["message"].startswith("team.json:4:12: ")'
ok $? "and so is what is no JSON" "$tmp/body"
check '{"file": ""}' && of 'not x["ok"] and x["line"] == 1'
ok $? "nothing is no team" "$tmp/body"
printf '{"name": "x", "models": {"m": {"file": "%s/never"}}, "agents": [{"name": "a", "program": ["touch", "%s/ran"]}, {"name": "b", "prompt": "{question} {outputs}", "model": "m"}],
"edges": [{"from": "a", "to": "b", "carry": "text"}]}' "$tmp" "$tmp" >"$tmp/t" && as_body "$tmp/t" && check "@$tmp/sent" && [ ! -e "$tmp/ran" ]
ok $? "programs and models that a file names are not touched" "$tmp/body"
of 'not x["ok"] or (x["agents"][0]["program"] and x["agents"][1]["model"] == "m")'
ok $? "but named" "$tmp/body"

# ---- And what is no question at all ----
check '{"fil": "{}"}' 400 && check '[]' 400 && check 'null' 400 && check '{' 400 && check '{"file": 7}' 400 && check '{"file": "a\u0000b"}' 400 && check '{"file": "{}", "more": 1}' 400
ok $? "other bodies are refused" "$tmp/body"
head -c 1048577 /dev/zero | tr '\0' x >"$tmp/t" && as_body "$tmp/t" && check "@$tmp/sent" 400 && grep -q 'at most 1048576 bytes' "$tmp/body"
ok $? "a text of more than 1 MiB too" "$tmp/body"
call POST /v1/teams/check '{"file": "{}"}' Content-Type text/plain && [ "$(head -n 1 "$tmp/head")" -eq 415 ]
ok $? "and one that does not say that it is JSON" "$tmp/body"
call PUT /v1/teams/check '{}' Content-Type application/json && [ "$(head -n 1 "$tmp/head")" -eq 405 ]
ok $? "it is only posted to" "$tmp/head"
call GET / '' Host evil.example && [ "$(head -n 1 "$tmp/head")" -eq 403 ]
ok $? "who comes by another name than this machine's sees no page" "$tmp/head"
kill "$pid" && wait "$pid"
ok $? "the server ends well" "$tmp/said"
pid=

# ---- With keys ----
printf 'a-key-of-mine\n' >"$tmp/keys"
serve --teams sequential --api_key_file "$tmp/keys"
gets 200 / && gets 200 /page.js && gets 200 /page.css
ok $? "the page needs no key" "$tmp/head"
check '{"file": "{}"}' 401 && gets 401 /v1/teams
ok $? "what it asks for does" "$tmp/head"
call POST /v1/teams/check '{"file": "{}"}' Content-Type application/json Authorization 'Bearer a-key-of-mine' && [ "$(head -n 1 "$tmp/head")" -eq 200 ]
ok $? "with one a file is checked" "$tmp/body"
finish
