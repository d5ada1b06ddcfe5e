#!/bin/sh
# flags_test.sh - models and servers as flags and team files name them: what is wrong is one line.
# shellcheck source=tests/cli/common/claims.sh disable=SC2154
. tests/cli/common/claims.sh
unset LATENTMAS_API_KEY OPENAI_API_KEY http_proxy https_proxy all_proxy HTTPS_PROXY ALL_PROXY
LATENTMAS_HTTP_BACKOFF_MS=1
export LATENTMAS_HTTP_BACKOFF_MS
gone=http://127.0.0.1:1

# refuses CODE TEXT CLAIM ARG...: the demo model is asked a question, with these words behind it.
refuses() {
    want=$1 text=$2 claim=$3
    shift 3
    fails "$want" "$text" "$claim" ask -m $MODEL --latent_steps 1 -n 8 'What is 2+2?' "$@"
}
# many BYTES: as many letters.
many() { head -c "$1" /dev/zero | tr '\0' x; }

# ---- --agent_models ----
refuses 1 'names 1 model, and team sequential has 4 agents' "one model for four agents is refused" --agent_models $MODEL
refuses 1 'names 7 models' "so are seven" --agent_models a b c d e f g
refuses 2 'needs a value' "no model is refused" --agent_models
refuses 2 'word 2 is empty' "an empty word among them is named" --agent_models $MODEL '' $MODEL $MODEL
# shellcheck disable=SC2046 # words are meant
refuses 2 'at most 64 models' "a hundred are refused" --agent_models $(seq 100)
refuses 2 'the first model runs here' "a server as the first model is refused" --agent_models "$gone" $MODEL $MODEL $MODEL
refuses 1 'cannot open the model nofile.gguf' "a file that is not there is named" --agent_models $MODEL nofile.gguf $MODEL $MODEL
refuses 1 'README.md is not a GGUF file' "so is one that is no model" --agent_models $MODEL README.md $MODEL $MODEL
refuses 1 "Failed to connect" "and a server that is away" --agent_models $MODEL "$gone" $MODEL $MODEL --vllm_tries 1
fails 2 'put it before --agent_models' "a question behind --agent_models is missed, and found" \
    ask -m $MODEL --agent_models $MODEL $MODEL $MODEL $MODEL 'What is 2+2?'

# ---- --vllm_url ----
refuses 2 'expected http://HOST:PORT' "a URL that is none is refused" --vllm_url garbage
refuses 2 'expected http://HOST:PORT' "so is a file's" --vllm_url file:///etc/passwd
refuses 2 'expected URL' "and an empty one" --vllm_url ''
refuses 1 "a server's URL is http://HOST" "a URL without a host is refused" --vllm_url http://
refuses 1 'Port number' "so is a port beyond all" --vllm_url http://127.0.0.1:99999
refuses 1 'at most 2048 bytes' "and a URL of 100 kB" --vllm_url "http://$(many 100000)"
refuses 1 'visible ASCII' "and one of two lines" --vllm_url "$(printf 'http://127.0.0.1:1/\nX')"
refuses 1 'ends in its path' "and one with a query" --vllm_url "$gone/?key=x"
refuses 1 'Failed to connect' "a server that is away is named" --vllm_url "$gone" --vllm_tries 1

# hidden CLAIM ARG...: no line has the password.
hidden() {
    claim=$1
    shift
    run ask -m $MODEL 'What is 2+2?' "$@"
    [ "$code" -ne 0 ] && [ "$(wc -l <"$tmp/err")" -ge 1 ] && ! grep -q hushhush "$tmp/err"
    ok $? "$claim" "$tmp/err"
}
hidden "a password in a URL is refused, and not shown" --vllm_url http://me:hushhush@127.0.0.1:1
hidden "nor where the URL is refused for something else" --vllm_url HTTP://me:hushhush@127.0.0.1:1
hidden "nor as an agent's model" --agent_models $MODEL http://me:hushhush@127.0.0.1:1 $MODEL $MODEL
hidden "nor as the first one's" --agent_models http://me:hushhush@127.0.0.1:1 $MODEL $MODEL $MODEL
printf '{"name": "t", "models": {"far": {"url": "http://me:hushhush@h"}}, "agents": [{"name": "a", "prompt": "{question}", "model": "far"}]}' >"$tmp/team.json"
hidden "nor as a team file's" --team "$tmp/team.json"
hidden "nor where that is allowed" --team "$tmp/team.json" --allow-tools

# ---- Team files ----
printf '{"name": "t", "models": {"far": {"url": "%s"}, "small": {"file": "nofile.gguf"}}, "agents": [{"name": "a", "prompt": "{question}", "model": "far"}]}' "$gone" >"$tmp/team.json"
refuses 1 'look at it, then allow it with --allow-tools' "a team's server must be allowed" --team "$tmp/team.json"
refuses 1 'Failed to connect' "and is asked then" --team "$tmp/team.json" --allow-tools --vllm_tries 1
sed -i 's/"model": "far"/"model": "small"/' "$tmp/team.json"
refuses 1 "cannot open the model $tmp/nofile.gguf" "a team's file counts from the team's folder" --team "$tmp/team.json"

# ---- Keys ----
: >"$tmp/empty"
many 100000 >"$tmp/huge"
head -c 300 /dev/urandom >"$tmp/binary"
printf 'two\nlines\n' >"$tmp/two"
printf 'k\rX-Evil: 1\n' >"$tmp/header"
for name in empty:'holds no key' huge:'at most 4096 bytes' binary:'one line of visible ASCII' two:'one line of visible ASCII' \
    header:'one line of visible ASCII' none:'cannot open' .:'Is a directory'; do
    refuses 1 "${name#*:}" "a key file (${name%%:*}) is refused before anything is asked" --vllm_url "$gone" --api_key_file "$tmp/${name%%:*}"
done
refuses 1 'at most 4096 bytes' "so is one without an end" --vllm_url "$gone" --api_key_file /dev/zero

# ---- Numbers ----
refuses 2 'from 1 to 1024' "no request at once is refused" --vllm_url "$gone" --vllm_parallel 0
refuses 2 'from 1 to 100' "so is no try" --vllm_url "$gone" --vllm_tries 0
refuses 2 'from 1 to 86400' "and a timeout that is no number" --vllm_url "$gone" --vllm_timeout nan
refuses 2 'f32 or bf16' "and a type that no server is told" --vllm_url "$gone" --vllm_dtype f16
refuses 2 'soft, linear, identical, kernel or text' "and a way over that is none" --align_method nope
finish
