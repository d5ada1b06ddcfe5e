#!/bin/sh
# instructions.sh SHAPE:TYPE - which library's instructions a run is made of, by callgrind.
#
# One short question of the sequential team, with loading and the start. Ours is the program itself
# and what it spends in other libraries than libllama, libggml and the thread library: the C library
# counts where it was called from.
#
#     ./dev sh bench/instructions.sh qwen3-0.6b:q8_0
set -eu
spec=${1:?usage: bench/instructions.sh SHAPE:TYPE}
program=${LATENTMAS:-build/latentmas}
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"$program" bench --synthetic "$spec" --keep "$folder/model.gguf" -p 1 -n 0 -l 0 -r 1 --no-warmup \
    -o jsonl >/dev/null
GOMP_SPINCOUNT=0 valgrind --tool=callgrind --callgrind-out-file="$folder/out" "$program" ask -m "$folder/model.gguf" \
    -t 1 --temp 0 --max_new_tokens 16 'What is 2 + 2?' >/dev/null 2>"$folder/log" || {
    tail -n 3 "$folder/log" >&2
    exit 1
}
python3 - "$folder/out" "$spec" <<'PYTHON'
import re
import sys

# What runs our own code, or libllama, from within the C library: its cost is counted there.
CALLS_BACK = r"__libc_start|\(below main\)|(__)?pthread_once|call_once|qsort|bsearch|_dl_"
known = {}  # {(kind, number): name}; a name stands where its number comes first
at = {}  # ob, fn: where we are; cob, cfn: whom the next call calls
cost, spent, is_call = {}, {}, False
for line in open(sys.argv[1], encoding="utf-8"):
    match = re.match(r"(c?(ob|fn))=\((\d+)\)(?: (.*))?", line)
    if match:
        key = match[2], match[3]
        known[key] = match[4].rsplit("/", 1)[-1] if match[4] else known[key]
        at[match[1]] = known[key]
    elif line.startswith("calls="):
        is_call = True  # the next line is what was spent in the callee, counted there
    elif re.match(r"[+\-*\d]", line):
        n = int(line.split()[1])
        callee = at.pop("cob", None) if is_call else None
        if not is_call:
            cost[at["ob"]] = cost.get(at["ob"], 0) + n
        elif callee and not re.match(CALLS_BACK, at["cfn"]):
            spent[at["ob"], callee] = spent.get((at["ob"], callee), 0) + n
        is_call = False
total = sum(cost.values())
print(f"{sys.argv[2]}: {total / 1e9:.1f} billion instructions\n\n| object | share |\n| --- | ---: |")
for name, n in sorted(cost.items(), key=lambda item: -item[1]):
    if n > total / 1e5:
        print(f"| {name} | {100 * n / total:.3f} % |")
ours = cost["latentmas"]
lent = sum(n for (caller, name), n in spent.items()
           if caller == "latentmas" and not re.match("lib(llama|ggml|gomp)", name))
print(f"\nlatentmas itself {100 * ours / total:.2f} %, what it calls of other libraries "
      f"{100 * lent / total:.2f} %.\n\n- ours: {100 * (ours + lent) / total:.2f} % (promised: below 2)")
PYTHON
