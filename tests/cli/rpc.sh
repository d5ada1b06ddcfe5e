#!/bin/sh
# --rpc: layers on servers of libggml's RPC backend. Two servers on this machine; what they answer is
# what this process would, and one that dies ends a run with a line, not the run's folder.
# shellcheck source=tests/cli/common/claims.sh disable=SC2319,SC2086
. tests/cli/common/claims.sh

# Without the backend: addresses are judged, and its absence is said.
fails 1 'expected HOST:PORT' "an address without a port is refused" ask -m $MODEL --rpc 127.0.0.1 'Hello?'
fails 1 '--rpc: "" is no server' "so is an empty one" ask -m $MODEL --rpc 'a:1,,b:2' 'Hello?'
fails 1 'a port from 1 to 65535' "so is a port that there is not" ask -m $MODEL --rpc 127.0.0.1:65536 'Hello?'
run ask -m $MODEL --rpc none --temp 0 -n 4 -t 1 'Hello?'
ok "$code" "--rpc none is no server" "$tmp/err"

server=$(PATH=$PATH:$(echo /usr/libexec/*/llama/bin | tr ' ' ':') command -v ggml-rpc-server)
what='two servers compute what one process does, and may die'
[ -n "$server" ] || { skip "$what" "no ggml-rpc-server (Debian: llama.cpp-tools-extra)"; finish; }
run ask -m $MODEL --rpc 127.0.0.1:1 'Hello?'
if grep -q 'RPC backend is not installed' "$tmp/err"; then
    [ "$code" -eq 1 ] && [ "$(wc -l <"$tmp/err")" -eq 1 ] && grep -q libggml0-backend-rpc "$tmp/err"
    ok $? "without the backend a line names its package" "$tmp/err"
    skip "$what" "no RPC backend of libggml (Debian: libggml0-backend-rpc)"
    finish
fi
[ "$code" -eq 1 ] && [ "$(wc -l <"$tmp/err")" -eq 1 ] && grep -q 'no RPC server at 127.0.0.1:1: ' "$tmp/err"
ok $? "a server that is not there is told in a line" "$tmp/err"

first='' second=''
trap 'kill -9 $first $second $holder 2>/dev/null; rm -rf "$tmp"' EXIT
holder=''

# free_port: one that nobody listens at now.
free_port() {
    python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}
# listens PORT: whether somebody does on this machine.
listens() { grep -q ":$(printf %04X "$1") 00000000:0000 0A" /proc/net/tcp; }
# serve PORT: start a server as the doc does; its pid in $pid.
serve() {
    start=$(sed -n 's#^sh -c "\(.*\)" &$#\1#p' docs/elsewhere.md | head -n 1)
    sh -c "$(echo "$start" | sed "s#ggml-rpc-server#$server#; s#50052#$1#")" >"$tmp/server.$1" 2>&1 &
    pid=$!
    n=0
    while [ $n -lt 200 ] && ! listens "$1"; do sleep 0.05; n=$((n + 1)); done
}
# end PID: and no word of the shell's about it.
end() { kill -9 "$1" 2>/dev/null; wait "$1" 2>/dev/null; }

port_a=$(free_port)
serve "$port_a" && first=$pid
port_b=$(free_port)
serve "$port_b" && second=$pid
servers=127.0.0.1:$port_a,127.0.0.1:$port_b

# evaluate FOLDER ARG...: twenty questions of the demo task, ten thoughts an agent, greedy.
n_questions=20
evaluate() {
    folder=$1
    shift
    "$LATENTMAS" run -m $MODEL --task demo --max_samples $n_questions -np 4 --latent_steps 10 --temp 0 -t 1 \
        --max_new_tokens 64 --output "$tmp/$folder" "$@" >"$tmp/out" 2>"$tmp/err" </dev/null
    code=$?
}
# texts FOLDER: all but times, by question.
texts() { sed 's/"[a-z]*_ms":[0-9.]*,\{0,1\}//g' "$tmp/$1/samples.jsonl" | sort; }
# same_texts FOLDER: whether it has all questions, and the texts are those of the run without servers.
same_texts() {
    texts "$1" >"$tmp/found"
    texts here | grep -E "^\{\"index\":($(seq -s '|' 0 $((n_questions - 1))))," | diff - "$tmp/found" >"$tmp/diff" &&
        [ "$(wc -l <"$tmp/found")" -eq $n_questions ]
}

evaluate here
ok $code "twenty questions are answered without servers" "$tmp/err"
evaluate there --rpc $servers -v
cp "$tmp/err" "$tmp/log"
ok $code "and with two" "$tmp/err"
grep -q 'layer .* assigned to device RPC0' "$tmp/log" && grep -q 'layer .* assigned to device RPC1' "$tmp/log" &&
    ! grep -q 'layer .* assigned to device CPU' "$tmp/log"
ok $? "both servers have layers, and this process none" "$tmp/log"
same_texts there
ok $? "every text is the one without servers, thoughts and all" "$tmp/diff"
grep -q "\"rpc\": \"$servers\"" "$tmp/there/config.json"
ok $? "the run's config tells the servers" "$tmp/there/config.json"

run ask -m $MODEL -t 1 -n 4 -v --rpc $servers --device RPC1 'Hello?'
[ $code -eq 0 ] && grep -q 'assigned to device RPC1' "$tmp/err" && ! grep -q 'assigned to device RPC0' "$tmp/err"
ok $? "--device picks one of the servers" "$tmp/err"
fails 1 'no device "RPC2" in --device, expected none or some of' "and names them where it cannot" \
    ask -m $MODEL --rpc $servers --device RPC2 'Hello?'
fails 1 'are the same server' "a server is named once" ask -m $MODEL --rpc 127.0.0.1:$port_a,localhost:$port_a 'Hello?'
run bench -m $MODEL --rpc $servers -t 1 -p 8 -n '' -l '' -r 1 -o json
[ $code -eq 0 ] && grep -q '"backend": *"RPC0,RPC1"' "$tmp/out" && grep -q "\"gpu\": *\"$servers\"" "$tmp/out"
ok $? "a row of bench tells the servers" "$tmp/out"

# The commands of the doc, with the ports at hand.
sed -n "/^build.*--rpc/{s#50052#$port_a#g; s#50053#$port_b#g; s#/tmp/#$tmp/#g; s#^build/latentmas#$LATENTMAS#p}" \
    docs/elsewhere.md >"$tmp/commands"
n=0
while IFS= read -r command; do
    sh -c "$command" >"$tmp/out" 2>&1 </dev/null
    ok $? "docs/elsewhere.md: $(echo "$command" | sed 's#^[^ ]* ##; s# .*##')" "$tmp/out"
    n=$((n + 1))
done <"$tmp/commands"
[ $n -eq 2 ]
ok $? "which are two commands"

# A server has one client at a time; whoever gives up waiting must not end it.
python3 -c "import socket, time; s = socket.create_connection(('127.0.0.1', $port_a)); time.sleep(600)" &
holder=$!
sleep 0.5
fails 1 'it is busy with another client' "a server that is busy is told in a line, within seconds" \
    ask -m $MODEL --rpc $servers 'Hello?'
end $holder
run ask -m $MODEL -t 1 -n 4 --rpc $servers 'Hello?'
ok $code "and it serves when it is free" "$tmp/err"

# Fewer questions will do for what follows: a server dies behind the first of them.
n_questions=8
# The run is beside us, so its exit code is written down.
evaluate_lost() {
    evaluate lost --rpc $servers
    echo $code >"$tmp/code"
}
# lose PID LINES: start a run, kill that server when so many lines stand in its folder.
lose() {
    rm -rf "$tmp/lost" "$tmp/code"
    evaluate_lost &
    n=0
    while [ $n -lt 600 ] && [ "$(cat "$tmp/lost/samples.jsonl" 2>/dev/null | wc -l)" -lt "$2" ]; do
        sleep 0.05
        n=$((n + 1))
    done
    end "$1"
    n=0
    while [ $n -lt 600 ] && [ ! -s "$tmp/code" ]; do sleep 0.05; n=$((n + 1)); done
}
# ended_well: exit code 1 and one line, which says how to go on; some lines are kept and not all.
ended_well() {
    n_kept=$(wc -l <"$tmp/lost/samples.jsonl")
    [ "$(cat "$tmp/code")" = 1 ] && [ "$(wc -l <"$tmp/err")" -eq 1 ] && [ "$n_kept" -gt 0 ] && [ "$n_kept" -lt $n_questions ] &&
        grep -q "^latentmas: a server of --rpc is lost (.*): what is done is kept; go on with: latentmas run --resume $tmp/lost\$" "$tmp/err"
}
lose "$first" 1
ended_well
ok $? "a server that dies in the middle: one line, exit code 1" "$tmp/err"
serve "$port_a" && first=$pid
run run --resume "$tmp/lost"
ok $code "with the server back --resume goes on to the end" "$tmp/err"
same_texts lost
ok $? "with the texts of the run that nobody disturbed" "$tmp/diff"

lose "$second" 1
ended_well
ok $? "so it is with the second server" "$tmp/err"
run run --resume "$tmp/lost"
[ $code -eq 1 ] && [ "$(wc -l <"$tmp/err")" -eq 1 ] && grep -q "no RPC server at 127.0.0.1:$port_b" "$tmp/err"
ok $? "--resume without it says so in a line" "$tmp/err"
run run --resume "$tmp/lost" --rpc 127.0.0.1:$port_a
ok $code "and goes on with the one that is left" "$tmp/err"
same_texts lost
ok $? "with the same texts"

serve "$port_b" && second=$pid
lose "$second" 1
run run --resume "$tmp/lost" --rpc none
[ $code -eq 0 ] && same_texts lost
ok $? "or without any: with the same texts" "$tmp/err"

# Between two questions nothing is read from a server: the next words to it raise SIGPIPE.
serve "$port_b" && second=$pid
mkfifo "$tmp/typed"
"$LATENTMAS" chat -m $MODEL -t 1 --rpc $servers --max_new_tokens 4 <"$tmp/typed" >"$tmp/out" 2>"$tmp/err" &
pid=$!
exec 7>"$tmp/typed"
echo 'Hello?' >&7
n=0
while [ $n -lt 200 ] && [ ! -s "$tmp/out" ]; do sleep 0.05; n=$((n + 1)); done
sleep 1
end "$second"
echo 'Hello again?' >&7
exec 7>&-
wait $pid
code=$?
[ $code -eq 1 ] && [ "$(grep -c 'a server of --rpc is lost' "$tmp/err")" -eq 1 ]
ok $? "a chat that loses a server between two turns ends so, too" "$tmp/err"

finish
