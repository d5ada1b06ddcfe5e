"""A model that speaks the solutions of a code benchmark, right or broken, and evalplus' own copy of it.

    evalplus_rows.py humanevalplus|mbppplus ROWS N right|broken FOLDER

Takes the first N published rows of ROWS and writes into FOLDER:

    questions.jsonl  the rows, each question with a word of its own at its end
    evalplus.jsonl   the same problems in the form that evalplus downloads, read out of their tests
    speaker.gguf     a llama of one layer, whose attention finds that word and whose next token is
                     the solution, whole, in a fence

So what reaches evalplus went through a run: model, answer, fence, sandbox, export.
"""
import ast
import gzip
import json
import os
import sys

import gguf
import numpy as np

BREAKS = (
    "{code}\n\n{name}_of_another_name = {name}\ndel {name}\n",
    "def {name}(*args):\n    raise ValueError('broken')\n",
    "{code}\n\ndef broken(f, calls=[]):\n    return lambda *args: calls.append(0) or (f(*args) if len(calls) < 2 else None)\n\n{name} = broken({name})\n",
    "{code}\n\ndef broken(f):\n    return lambda *args: [f(*args)]\n\n{name} = broken({name})\n",
    "def {name}(*args):\n    exit(0)\n",
    "{code}\n\ndef broken(f):\n    return lambda *args: f(*args) or None\n\n{name} = broken({name})\n",
    "def {name}(:\n",
    "def {name}(*args):\n    return {{}}\n",
)
NORMAL, UNKNOWN, CONTROL, WORD, BYTE = 1, 2, 3, 4, 6  # types of tokens


def read_rows(path, n):
    with gzip.open(path, "rt", encoding="utf-8") as f:
        return [json.loads(line) for _, line in zip(range(n), f)]


def plain(value):
    """What JSON can hold: evalplus makes tuples and numbers of it again, task by task."""
    if isinstance(value, dict):
        return {k: plain(v) for k, v in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [plain(v) for v in value]
    return str(value) if isinstance(value, complex) else value


class Tests(ast.NodeVisitor):
    """The inputs of a published test, the function that it calls, and how close is close enough."""

    def __init__(self, text):
        self.name, self.atol, self.inputs = None, 0, None
        self.visit(ast.parse(text))

    def visit_Assign(self, node):
        if getattr(node.targets[0], "id", None) == "inputs":
            self.inputs = eval(ast.unparse(node.value), {"inf": float("inf"), "nan": float("nan")})

    def visit_Call(self, node):
        called = getattr(node.func, "id", None)
        if called == "assertion" and isinstance(node.args[2], ast.Constant):
            self.atol = node.args[2].value
        if any(isinstance(a, ast.Starred) and getattr(a.value, "id", None) == "inp" for a in node.args):
            self.name = called
        self.generic_visit(node)


def problem(task, row):
    """(the row as evalplus has it, the whole right solution)"""
    tests = Tests(row["test"])
    is_human = task == "humanevalplus"
    name = row["entry_point"] if is_human else tests.name
    prompt, body = (row["prompt"], row["canonical_solution"]) if is_human else ("", row["code"])
    atol = 1e-4 if name == "find_zero" else tests.atol
    theirs = {"task_id": row["task_id"] if is_human else f"Mbpp/{row['task_id']}", "prompt": prompt, "contract": "",
              "canonical_solution": body, "entry_point": name, "base_input": [], "plus_input": plain(tests.inputs), "atol": atol}
    return theirs, prompt + body


def pad(n):
    return (n + 31) // 32 * 32


def write_speaker(path, words, answers):
    """After a prompt that holds words[i], answers[i] comes, and then the end."""
    tokens = ["<unk>", "<s>", "</s>"] + [f"<0x{b:02X}>" for b in range(256)]
    first, second = len(tokens), len(tokens) + len(words)
    types = [UNKNOWN, CONTROL, CONTROL] + [BYTE] * 256 + [WORD] * 2 * len(words)
    tokens += words + answers
    width = pad(len(tokens))
    embedding, head, value = np.zeros((len(tokens), width), "f"), np.zeros((len(tokens), width), "f"), np.zeros((width, width), "f")
    np.fill_diagonal(embedding, 1)
    for i in range(len(words)):
        value[first + i, first + i] = 100  # attention looks at all positions alike: what it brings is the word
        head[second + i, first + i] = 1
        head[2, second + i] = 1000  # an answer is over when it is said
    w = gguf.GGUFWriter(path, "llama")
    w.add_name("speaker")
    for add, n in ((w.add_context_length, 16384), (w.add_embedding_length, width), (w.add_block_count, 1), (w.add_feed_forward_length, 32),
                   (w.add_head_count, 4), (w.add_head_count_kv, 4), (w.add_rope_dimension_count, width // 4), (w.add_vocab_size, len(tokens)),
                   (w.add_bos_token_id, 1), (w.add_eos_token_id, 2), (w.add_unk_token_id, 0)):
        add(n)
    w.add_layer_norm_rms_eps(1e-6)
    w.add_tokenizer_model("llama")
    w.add_token_list(tokens)
    w.add_token_scores([0.0] * len(tokens))
    w.add_token_types(types)
    w.add_add_space_prefix(False)
    w.add_chat_template("{% for message in messages %}{{'<|im_start|>' + message['role'] + '\n' + message['content'] + '<|im_end|>' + '\n'}}"
                        "{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}")
    nothing, ones = np.zeros((width, width), "f"), np.ones(width, "f")
    tensors = {"token_embd": embedding, "output": head, "output_norm": ones, "blk.0.attn_norm": ones, "blk.0.ffn_norm": ones,
               "blk.0.attn_q": nothing, "blk.0.attn_k": nothing, "blk.0.attn_v": value, "blk.0.attn_output": np.eye(width, dtype="f"),
               "blk.0.ffn_gate": np.zeros((32, width), "f"), "blk.0.ffn_up": np.zeros((32, width), "f"), "blk.0.ffn_down": np.zeros((width, 32), "f")}
    for name, data in tensors.items():
        w.add_tensor(name + ".weight", data)
    w.write_header_to_file()
    w.write_kv_data_to_file()
    w.write_tensors_to_file()
    w.close()


def write_lines(path, objects):
    with open(path, "w", encoding="utf-8") as f:
        f.writelines(json.dumps(o) + "\n" for o in objects)


def main():
    task, path, n, kind, folder = sys.argv[1:]
    rows = read_rows(path, int(n))
    theirs, answers = [], []
    for i, row in enumerate(rows):
        entry, code = problem(task, row)
        theirs.append(entry)
        code = code if kind == "right" else BREAKS[i % len(BREAKS)].format(name=entry["entry_point"], code=code)
        answers.append(f"```python\n{code}\n```")
    words = [f"<question {i}>" for i in range(len(rows))]
    write_lines(os.path.join(folder, "questions.jsonl"), ({**row, "prompt": f"{row['prompt']}\n# {word}"} for row, word in zip(rows, words)))
    write_lines(os.path.join(folder, "evalplus.jsonl"), theirs)
    write_speaker(os.path.join(folder, "speaker.gguf"), words, answers)


if __name__ == "__main__":
    main()
