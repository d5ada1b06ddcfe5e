#!/bin/sh
# inspect lists and shows runs that were exported as its logs.
# shellcheck source=tests/peers/peers.sh disable=SC2319,SC2086
. tests/peers/peers.sh
need "inspect reads our logs" $PYTHON

for method in latent_mas text_mas; do
    run run -m $MODEL --task demo --max_samples 12 --temp 0 -n 64 --method $method --output "$tmp/$method"
done
run report "$tmp/latent_mas" "$tmp/text_mas" --inspect "$tmp/logs"
[ "$code" -eq 0 ] && [ "$(wc -l <"$tmp/out")" -eq 2 ]
ok $? "report --inspect writes a log for each run" "$tmp/err"
cp "$tmp/out" "$tmp/paths"

# inspect keeps a trace of itself in a data folder: not the user's.
export XDG_DATA_HOME="$tmp/share" XDG_CACHE_HOME="$tmp/cache"
"$PEERS/venv/bin/inspect" log list --log-dir "$tmp/logs" --json >"$tmp/list" 2>"$tmp/err" &&
    $PYTHON - "$tmp" <<'EOF' 2>"$tmp/err"
import json, os, sys
tmp = sys.argv[1]
want = sorted(map(os.path.basename, open(tmp + "/paths").read().split()))
listed = json.load(open(tmp + "/list"))
assert sorted(os.path.basename(log["name"]) for log in listed) == want, (listed, want)
assert {log["task"] for log in listed} == {"demo"} and len({log["task_id"] for log in listed}) == 2, listed
EOF
ok $? "inspect log list names both, each with its task and an id of its own" "$tmp/err"
xargs -d '\n' -n 1 "$PEERS/venv/bin/inspect" log dump <"$tmp/paths" >"$tmp/dump" 2>"$tmp/err" &&
    $PYTHON tests/peers/inspect_reads.py "$tmp/dump" "$tmp/latent_mas" "$tmp/text_mas" 2>"$tmp/err"
ok $? "inspect log dump shows every question, prompt, text and verdict of the runs" "$tmp/err"
$PYTHON - "$tmp/paths" <<'EOF' 2>"$tmp/err"
import sys
from inspect_ai.log import read_eval_log
from inspect_ai.scorer import SampleScore, accuracy, stderr
for path in open(sys.argv[1]).read().split():
    log = read_eval_log(path)
    for score in log.results.scores:
        scores = [SampleScore(score=s.scores[score.name]) for s in log.samples]
        assert len(scores) == score.scored_samples == 12
        for name, metric in (("accuracy", accuracy()), ("stderr", stderr())):
            ours, theirs = score.metrics[name].value, metric(scores)
            assert abs(ours - theirs) < 1e-12, (path, score.name, name, ours, theirs)
EOF
ok $? "inspect's own accuracy and stderr of the samples are those of the log" "$tmp/err"
finish
