"""lm_eval_asks.py FOLDER [ROWS MODEL] - lm-evaluation-harness grades a team behind our server, and finds what
`latentmas run` finds on the same rows: of the demo model's own task, and of gsm8k where ROWS and MODEL are given."""
import glob
import json
import os
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "..", "serve"))
from client import MODEL, Server, done, ok

N = 20
FLAGS = ["--temp", "0", "-n", "96", "--latent_steps", "4"]
PROGRAM = os.environ.get("LATENTMAS", "build/latentmas")

TASK = """task: latentmas_rows
dataset_path: json
dataset_kwargs: {data_files: {test: %s}}
test_split: test
output_type: generate_until
doc_to_text: "{{question}}"
doc_to_target: "{{answer.split('####')[-1].strip()}}"
generation_kwargs: {until: [], max_gen_toks: 96, do_sample: false}
filter_list:
  - name: last-number
    filter:
      - {function: regex, group_select: -1, regex_pattern: "(-?[0-9][0-9,]*(?:[.][0-9]+)?)"}
      - {function: take_first}
metric_list:
  - {metric: exact_match, regexes_to_ignore: [","]}
"""


def lines_of(path):
    with open(path, encoding="utf-8") as f:
        return [json.loads(line) for line in f]


def run(model, folder, *flags):
    """Our own run: its samples by index, and its summary."""
    out = os.path.join(folder, "run")
    subprocess.run([PROGRAM, "run", "-m", model, *flags, *FLAGS, "--max_samples", str(N), "--output", out],
                   check=True, capture_output=True)
    with open(os.path.join(out, "summary.json"), encoding="utf-8") as f:
        return {s["index"]: s for s in lines_of(os.path.join(out, "samples.jsonl"))}, json.load(f)


def evaluate(model, folder, rows):
    """Theirs on the same rows: its samples."""
    first = os.path.join(folder, "rows.jsonl")
    with open(first, "w", encoding="utf-8") as f:
        f.writelines(json.dumps(row) + "\n" for row in rows)
    tasks = os.path.join(folder, "tasks")
    os.makedirs(tasks)
    with open(os.path.join(tasks, "task.yaml"), "w", encoding="utf-8") as f:
        f.write(TASK % first)
    with Server([*FLAGS, "--answer", "number"], model=model) as server:
        address = f"http://127.0.0.1:{server.port}/v1/chat/completions"
        command = [os.path.join(os.path.dirname(sys.executable), "lm_eval"), "--model", "local-chat-completions",
                   "--model_args", f"model=sequential,base_url={address},num_concurrent=4,max_retries=1,tokenized_requests=False",
                   "--tasks", "latentmas_rows", "--include_path", tasks, "--apply_chat_template",
                   "--log_samples", "--output_path", os.path.join(folder, "theirs")]
        ended = subprocess.run(command, capture_output=True, text=True, env={**os.environ, "OPENAI_API_KEY": "none"})
    ok(ended.returncode == 0, "lm-evaluation-harness runs local-chat-completions against the server", ended.stderr[-1500:])
    return [s for path in glob.glob(os.path.join(folder, "theirs", "**", "samples_*.jsonl"), recursive=True) for s in lines_of(path)]


def compare(name, model, folder, rows, ours, summary):
    theirs = evaluate(model, folder, rows)
    same = [s["resps"][0][0].strip() == ours[s["doc_id"]]["text"] for s in theirs]
    ok(len(same) == N and all(same), f"{name}: all {N} answers are those of latentmas run",
       [(s["resps"][0][0], ours[s["doc_id"]]["text"]) for s, equal in zip(theirs, same) if not equal][:2])
    accuracy = sum(s["exact_match"] for s in theirs) / N
    ok(abs(accuracy - summary["accuracy"]) < 1e-9, f"{name}: and so is the accuracy, {accuracy} and {summary['accuracy']}", summary)


folder = sys.argv[1]
demo = os.path.join(folder, "demo")
os.makedirs(demo)
ours, summary = run(MODEL, demo, "--task", "demo")
compare("demo", MODEL, demo, [{"question": ours[i]["question"], "answer": "#### " + ours[i]["gold"]} for i in range(N)], ours, summary)
if len(sys.argv) > 3:
    gsm8k = os.path.join(folder, "gsm8k")
    os.makedirs(gsm8k)
    source = glob.glob(os.path.join(sys.argv[2], "*.jsonl"))[0]
    ours, summary = run(sys.argv[3], gsm8k, "--task", "gsm8k", "--data", source)
    compare("gsm8k", sys.argv[3], gsm8k, lines_of(source)[:N], ours, summary)
done()
