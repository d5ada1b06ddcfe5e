#!/bin/sh
# evalplus reads our export of a code run, and judges every solution as our sandbox did.
# shellcheck source=tests/peers/peers.sh disable=SC2319,SC2086
. tests/peers/peers.sh
need "evalplus reads our exports" $PYTHON

# Where evalplus and we part: broken solutions that the published rows' own tests let through, which
# compare by nearness without type and length.
#   HumanEval/5, 29, 37, Mbpp/8  None where the answer is []: it is near an empty array
#   Mbpp/80                      a list of one number where the answer is the number
known='HumanEval/5 HumanEval/29 HumanEval/37 Mbpp/8 Mbpp/80'
# None where the answer is false breaks nothing where no answer is.
unbroken='HumanEval/13 HumanEval/21 Mbpp/71 Mbpp/84'

# judge TASK N KIND: a run of the solutions, its export, evalplus' verdicts beside ours.
judge() {
    task=$1 n=$2 kind=$3 to=$tmp/$1-$3
    mkdir -p "$to/cache"
    $PYTHON tests/peers/evalplus_rows.py $task "$DATA/$task/test.jsonl.gz" $n $kind "$to" 2>"$tmp/err" &&
        run run -m "$to/speaker.gguf" --task $task --data "$to/questions.jsonl" --method baseline --allow-code \
            --temp 0 -n 4 -np 4 --output "$to/run" &&
        [ "$code" -eq 0 ] && run report "$to/run" --evalplus "$to/solutions.jsonl" && [ "$code" -eq 0 ] || return
    HUMANEVAL_OVERRIDE_PATH=$to/evalplus.jsonl MBPP_OVERRIDE_PATH=$to/evalplus.jsonl XDG_CACHE_HOME=$to/cache \
        $PYTHON tests/peers/evalplus_judge.py ${task%plus} "$to/solutions.jsonl" >"$tmp/err" 2>&1 || return
    $PYTHON - "$to" $n $kind "$known" "$unbroken" >"$tmp/err" 2>&1 <<'EOF'
import json, sys
folder, n, kind, known, unbroken = sys.argv[1:]
ours = [json.loads(line) for line in open(folder + "/run/samples.jsonl")]
theirs = json.load(open(folder + "/solutions_eval_results.json"))["eval"]
assert len(ours) == len(theirs) == int(n), (len(ours), len(theirs))
verdicts = {line["id"] if "/" in line["id"] else "Mbpp/" + line["id"]: line["correct"] for line in ours}
judged = {task_id: v["base_status"] == v["plus_status"] == "pass" for task_id, (v,) in theirs.items()}
assert verdicts.keys() == judged.keys(), verdicts.keys() ^ judged.keys()
parted = {task_id for task_id in verdicts if verdicts[task_id] != judged[task_id]}
for task_id in parted:
    print(task_id, "we:", verdicts[task_id], "evalplus:", theirs[task_id])
assert parted == (set(known.split()) & verdicts.keys() if kind == "broken" else set()), parted
# No program passes HumanEval/32, here or there: its published test unpacks a number.
passed = {task_id for task_id in judged if judged[task_id]}
assert passed == (judged.keys() - {"HumanEval/32"} if kind == "right" else set(unbroken.split()) & judged.keys()), passed
EOF
}

n=4
if all; then n=40; fi
for task in humanevalplus mbppplus; do
    if [ ! -e "$DATA/$task/test.jsonl.gz" ]; then
        skip "evalplus judges solutions of $task as our sandbox does" "no $DATA/$task/test.jsonl.gz: LATENTMAS_PEERS_DATA names the folder"
        continue
    fi
    for kind in right broken; do
        judge $task $n $kind
        ok $? "$n $kind solutions of $task: evalplus reads the export and gives the sandbox's verdicts" "$tmp/err"
    done
done
finish
