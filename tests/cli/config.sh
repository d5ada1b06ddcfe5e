#!/bin/sh
# --config: flags from a file, as if they had been typed.
# shellcheck source=tests/cli/common/claims.sh disable=SC2319,SC2086,SC2059
. tests/cli/common/claims.sh

command_of() { sed -n '/"command": \[/,/\]/p' "$1/config.json" | tr -d ' ",\n'; }
# refused TEXT LINE: a file of that text is refused with a message that holds LINE.
refused() {
    printf "$1" >"$tmp/bad.toml"
    fails 2 "bad.toml:$2" "refused: $(printf "$1" | tr '\n' ' ')" run -m $MODEL --config "$tmp/bad.toml"
}

cat >"$tmp/run.toml" <<END
# A run of the demo model.
model = "$MODEL"
task = "demo"          # its own problems
max-samples = 2
max_new_tokens = 16
temp = 0.0
no-mmap = true
latent_space_realign = false
think = ""
END
run run --config "$tmp/run.toml" --output "$tmp/a"
[ "$code" -eq 0 ] && grep -q '"max_samples":2,' "$tmp/out" && grep -q '"task":"demo"' "$tmp/out"
ok $? "a run from a file of TOML" "$tmp/err"
[ "$(command_of "$tmp/a")" = "command:[--model=$MODEL--task=demo--max-samples=2--max_new_tokens=16--temp=0.0--no-mmap--think=--output$tmp/a]" ]
ok $? "the recorded command has the file's flags, and not the file"
rm "$tmp/run.toml"
run run --resume "$tmp/a"
[ "$code" -eq 0 ]
ok $? "so --resume needs no file" "$tmp/err"

cat >"$tmp/run.json" <<END
{"model": "$MODEL", "task": "demo", "max_samples": 2, "n-predict": 16, "temp": 0, "no_mmap": true}
END
run run --config "$tmp/run.json" --max_samples 3 --output "$tmp/b"
[ "$code" -eq 0 ] && grep -q '"max_samples":3,' "$tmp/out"
ok $? "the same in JSON; what is typed goes before the file" "$tmp/err"

cat >"$tmp/grid.toml" <<END
task = ["demo",
        # "gsm8k",
        "demo_split"]
method = ["baseline", "latent_mas",]
seeds = [1, 2]
END
run run -m $MODEL --config "$tmp/grid.toml" --max_samples 1 --dry-run
[ "$code" -eq 0 ] && grep -q '8 runs' "$tmp/err"
ok $? "arrays are lists" "$tmp/err"

printf 'model = "%s"\nmax_new_tokens = 8\ntemp = 0\nagent_models = ["%s", "%s", "%s", "%s"]\n' $MODEL $MODEL $MODEL $MODEL $MODEL >"$tmp/ask.toml"
run ask --config "$tmp/ask.toml" "What is 2 + 3?"
[ "$code" -eq 0 ] && [ -s "$tmp/out" ]
ok $? "ask takes a file, whose lists leave the question alone" "$tmp/err"
printf 'model = "%s"\nn-prompt = [16, 32]\nn-gen = 0\nn-latent = 0\nrepetitions = 1\n' $MODEL >"$tmp/bench.toml"
run bench --config "$tmp/bench.toml"
[ "$code" -eq 0 ] && [ "$(grep -c 'pp16\|pp32' "$tmp/out")" -eq 2 ]
ok $? "bench too" "$tmp/err"
mkfifo "$tmp/pipe" && cat "$tmp/run.json" >"$tmp/pipe" &
run run --config "$tmp/pipe" --output "$tmp/c"
[ "$code" -eq 0 ]
ok $? "the file may be a pipe" "$tmp/err"

refused 'max_samples = 2\n\nmax_sampels = 2\n' '3: unknown flag --max_sampels, did you mean --max_samples?'
refused 'max_samples = "many"' '1: --max_samples: expected a whole number'
refused 'max_samples = true' '1: max_samples: expected a text or a number, found true'
refused 'no-mmap = "yes"' '1: no-mmap: expected true or false'
refused 'temp = [0, 1]' '1: temp: expected a text or a number, found an array'
refused 'temp = 1\ntemp = 2' '2: temp is there already, in line 1'
refused '[run]\ntemp = 1' '1: expected the name of a flag'
refused 'run.temp = 1' '1: expected = behind the name of a flag'
refused 'temp' '1: expected = behind the name of a flag'
refused 'temp = # nothing' '1: expected a text in'
refused 'temp = 0x10' '1: expected'
refused 'date = 2026-11-29' '1: expected the end of the line'
refused 'think = """a"""' '1: expected the end of the line'
refused 'think = "a' '1: expected a text in'
refused 'task = ["demo", ["gsm8k"]]' '1: task: expected a text'
refused 'task = ["demo", "gsm8k"' '2: expected a text in'
refused 'config = "other.toml"' '1: a file of flags names no other one'
printf '{"temp": 1,\n "max_samplez": 2}' >"$tmp/bad.json"
fails 2 'bad.json:2: unknown flag --max_samplez' "JSON's lines are named too" run -m $MODEL --config "$tmp/bad.json"
printf '[1]' >"$tmp/bad.json"
fails 2 'bad.json:1: expected an object' "JSON holds an object" run -m $MODEL --config "$tmp/bad.json"
printf 'temp = 1 \377' >"$tmp/bad.toml"
fails 2 'expected text in UTF-8' "other bytes than text are refused" run -m $MODEL --config "$tmp/bad.toml"
seq 1001 | sed 's/.*/key& = 1/' >"$tmp/bad.toml"
fails 2 'bad.toml:1001: more than 1000 keys' "1000 keys are the most" run -m $MODEL --config "$tmp/bad.toml"
head -c 1100000 /dev/zero | tr '\0' '#' >"$tmp/bad.toml"
fails 2 'bad.toml' "1 MiB is the most" run -m $MODEL --config "$tmp/bad.toml"
fails 2 'nowhere.toml' "a file that is not there is named" run -m $MODEL --config "$tmp/nowhere.toml"
fails 2 '--config needs a value' "a name is needed" run -m $MODEL --config
# Names as short as one types them, and each once, however it is spelt.
printf 'm = "%s"\ntask = "demo"\nn = 8\nnp = 2\nmax_samples = 2\nmethod = "baseline"\n' "$MODEL" >"$tmp/short.toml"
run run --config "$tmp/short.toml" -t 1 --output "$tmp/short"
[ "$code" -eq 0 ] && grep -q '"max_new_tokens": 8' "$tmp/short/config.json"
ok $? "-n, -np and -m are keys, too" "$tmp/err"
printf 'latent-steps = 1\nlatent_steps = 2\n' >"$tmp/twice.toml"
fails 2 'latent_steps is there already, in line 1' "a key stands once, however it is spelt" run --config "$tmp/twice.toml"

finish
