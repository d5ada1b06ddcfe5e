#!/bin/sh
# instructions.sh SHAPE:TYPE - which library's instructions a run is made of, by callgrind.
#
# One short question of the sequential team, with loading and the start. Everything that is
# neither libllama, libggml nor the thread library beneath it counts as ours, the C library too.
#
#     ./dev sh bench/instructions.sh qwen3-0.6b:q8_0
set -eu
spec=${1:?usage: bench/instructions.sh SHAPE:TYPE}
program=${LATENTMAS:-build/latentmas}
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"$program" bench --synthetic "$spec" --keep "$folder/model.gguf" -p 1 -n 0 -l 0 -r 1 --no-warmup \
    -o jsonl >/dev/null
valgrind --tool=callgrind --callgrind-out-file="$folder/out" "$program" ask -m "$folder/model.gguf" \
    -t 1 --temp 0 --max_new_tokens 16 'What is 2 + 2?' >/dev/null 2>"$folder/log" || {
    tail -n 3 "$folder/log" >&2
    exit 1
}
python3 - "$folder/out" "$spec" <<'PYTHON'
import re
import sys

names, cost, now, is_call = {}, {}, None, False
for line in open(sys.argv[1], encoding="utf-8"):
    match = re.match(r"(c?)ob=\((\d+)\)(?: (.*))?", line)
    if match:  # a name stands where its number comes first, at a caller's or a callee's
        names[match[2]] = match[3] or names.get(match[2])
        now = now if match[1] else match[2]
    elif line.startswith("calls="):
        is_call = True  # the next line is what was spent in the callee, counted there
    elif re.match(r"[+\-*\d]", line):
        if not is_call:
            cost[now] = cost.get(now, 0) + int(line.split()[1])
        is_call = False
total = sum(cost.values())
print(f"{sys.argv[2]}: {total / 1e9:.1f} billion instructions\n\n| object | share |\n| --- | ---: |")
rest = 0
for key, n in sorted(cost.items(), key=lambda item: -item[1]):
    name = (names[key] or "unknown").rsplit("/", 1)[-1]
    is_theirs = re.match(r"lib(llama|ggml|gomp)", name)
    rest += 0 if is_theirs else n
    if n > total / 1e5:
        print(f"| {name} | {100 * n / total:.3f} % |")
print(f"\n- neither libllama, libggml nor libgomp: {100 * rest / total:.2f} % (promised: below 2)")
PYTHON
