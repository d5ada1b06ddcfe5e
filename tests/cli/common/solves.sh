# shellcheck shell=sh
# solves.sh - how many problems of its own tasks the demo model solves. Sourced after claims.sh.
# shellcheck disable=SC2154 # $tmp and $MODEL are of claims.sh

# right TASK N FLAGS...: how many of the first N questions of TASK are answered right, greedily.
right() {
    task=$1 n=$2
    shift 2
    rm -rf "$tmp/run"
    run run -m "$MODEL" --task "$task" --max_samples "$n" --temp 0 --max_new_tokens 128 -np 8 --output "$tmp/run" "$@"
    field correct "$tmp/out"
}

# solves CLAIM -ge|-le BOUND TASK N FLAGS...: so many are right. A run that fails has no number.
solves() {
    claim=$1 relation=$2 bound=$3
    shift 3
    found=$(right "$@")
    test "${found:-none}" "$relation" "$bound" 2>/dev/null
    ok $? "$claim: ${found:-none} of $2, $relation $bound expected" "$tmp/err"
}
