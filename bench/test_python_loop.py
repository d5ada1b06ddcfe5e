#!/usr/bin/env python3
"""test_python_loop.py [PARITY_FOLDER] - the Python loop computes what the reference does.

The folder, tests/parity/fixtures if not given, holds golden.json, numbers that the reference's own
functions gave, and golden.gguf, the model they were taken from.

    ./dev --reference python3 bench/test_python_loop.py
"""
import contextlib
import io
import json
import os
import sys
import tempfile

import gguf
import torch

import python_loop as loop

TOLERANCE = 1e-3
claims = 0


def claim(true, what):
    global claims
    assert true, what
    claims += 1


def first_logits(model, norm, question, steps):
    """Logits [V] after the last prompt, and the cache's length then."""
    memory, work = loop.Memory(model, 1), loop.Work()
    with torch.inference_mode():
        for prompt in question[:-1]:
            hidden = loop.read(model, memory, [prompt], work)
            loop.think(model, memory, hidden, norm, steps, work)
        hidden = loop.read(model, memory, [question[-1]], work)
        return model.lm_head(hidden)[0], memory.cache.get_seq_length()


def speak_all(model, norm, questions, batch, steps=10, tokens=24, ends=()):
    return loop.answer_all(model, norm, questions, loop.Plan(steps, tokens, ends, batch))


def check_case(model, norm, question, case):
    """One case of golden.json: norm, logits, ids and cache length."""
    name, steps, greedy = f"{case['latent_steps']} steps", case["latent_steps"], case["greedy"]
    claim(abs(norm - case["target_norm"]) < 1e-5, f"{name}: target norm")
    logits, length = first_logits(model, norm, question, steps)
    expected = torch.tensor(case["judger_first_logits"])
    claim((logits[:len(expected)] - expected).abs().max() < TOLERANCE, f"{name}: first logits")
    claim(length + len(greedy) - 1 == case["past_len"], f"{name}: length of the cache")
    answers, work = speak_all(model, norm, [question], 1, steps, len(greedy))
    claim(answers == [greedy], f"{name}: greedy ids")
    claim((work.n_read, work.n_thought, work.n_spoken, work.n_padding)
          == (sum(map(len, question)), 3 * steps, len(greedy), 0), f"{name}: counts")


def check_batches(model, norm, question):
    """Rows of a batch speak as they do alone, as far as positions allow."""
    alike = [question, [ids[::-1] for ids in question], [ids[1:] + ids[:1] for ids in question]]
    alone, _ = speak_all(model, norm, alike, 1)
    claim(len(set(map(tuple, alone))) == 3, "the questions differ")
    claim(speak_all(model, norm, alike, 3)[0] == alone, "equal lengths: a batch of 3")
    claim(speak_all(model, norm, alike, 2)[0] == alone, "equal lengths: batches of 2 and 1")
    uneven = [question, [ids[7:] for ids in question]]
    answers, work = speak_all(model, norm, uneven, 2)
    claim(answers[0] == alone[0] and work.n_padding == 28, "the row that has no padding")
    last = [q[-1:] for q in uneven]
    claim(speak_all(model, norm, last, 2)[0] == speak_all(model, norm, last, 1)[0],
          "baseline: padding only shifts positions")


def check_ends(model, norm, question):
    """A row ends at an end token and that token counts; the others go on."""
    whole, _ = speak_all(model, norm, [question], 1)
    end = whole[0][2]
    answers, work = speak_all(model, norm, [question, question], 2, ends=(end,))
    claim(answers == [whole[0][:3]] * 2 and work.n_spoken == 6, "ends at the end token")


def check_attention(path, question):
    """Both ways of attention agree, alone and with padding."""
    spoken = []
    for attention in ("sdpa", "eager"):
        model, norm, _ = loop.load_model(path, "f32", attention)
        spoken.append(speak_all(model, norm, [question, [ids[7:] for ids in question]], 2)[0])
    claim(spoken[0] == spoken[1], "sdpa and eager speak alike")


def rewrite(path, into, kind):
    """The model with its matrices as kind and without an output of its own."""
    reader = gguf.GGUFReader(path)
    writer = gguf.GGUFWriter(into, "qwen3")
    for key, field in reader.fields.items():
        if key.startswith("qwen3."):
            writer.add_key_value(key, field.contents(), field.types[0])
    for t in reader.tensors:
        stored = kind if t.data.ndim > 1 else gguf.GGMLQuantizationType.F32
        if t.name != "output.weight":
            writer.add_tensor(t.name, gguf.quants.quantize(t.data, stored), raw_dtype=stored)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def check_types(path, folder, question):
    """Files of half the width, tied, load as they are."""
    whole = loop.load_model(path)[0].model.layers[1].mlp.up_proj.weight
    for kind in ("BF16", "F16"):
        small = os.path.join(folder, kind + ".gguf")
        rewrite(path, small, gguf.GGMLQuantizationType[kind])
        model, norm, _ = loop.load_model(small, kind.lower())
        claim(torch.equal(model.model.layers[1].mlp.up_proj.weight, whole.to(loop.STORED[kind])),
              f"{kind}: weights")
        claim(model.lm_head.weight.data_ptr() == model.model.embed_tokens.weight.data_ptr(),
              f"{kind}: the tied output is held once")
        claim(len(speak_all(model, norm, [question], 1)[0][0]) == 24, f"{kind}: speaks")


def command(*arguments):
    """(status, stdout, stderr) of the program."""
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        status = loop.main(list(arguments))
    return status, out.getvalue(), err.getvalue()


def check_refusals(path, folder, question):
    """Bad input gives one line and status 2."""
    def prompts(document):
        with open(os.path.join(folder, "bad.json"), "w", encoding="utf-8") as file:
            file.write(document if isinstance(document, str) else json.dumps(document))
        return file.name
    good = prompts({"questions": [question]})
    with open(path, "rb") as file:
        data = file.read()
    for name, content in (("other", data.replace(b"qwen3", b"qwen2")), ("cut", data[:-4096])):
        with open(os.path.join(folder, name), "wb") as file:
            file.write(content)
    quantized = os.path.join(folder, "quantized")
    rewrite(path, quantized, gguf.GGMLQuantizationType.Q8_0)
    bad = [("/nowhere.gguf", good, "No such file"), (good, good, "not a readable GGUF"),
           (os.path.join(folder, "other"), good, "architecture is qwen2"),
           (os.path.join(folder, "cut"), good, "not "), (quantized, good, "is Q8_0"),
           (path, "/nowhere.json", "No such file")]
    for model, file, text in bad:
        check_refusal(model, file, text)
    check_refusal(path, good, "--device nowhere: ", "--device", "nowhere")
    for document, text in (("{", "not JSON"), ([], "no questions"), ({"questions": []}, "no quest"),
                           ({"questions": [[[1, 640]]]}, "640 is not an id"),
                           ({"questions": [[[1, True]]]}, "True is not an id"),
                           ({"questions": [[[1], []]]}, "question 1, agent 2"),
                           ({"questions": [[[1], [2]], [[1]]]}, "question 2"),
                           ({"questions": [[[1] * 5000]]}, "the model has 4096")):
        check_refusal(path, prompts(document), text)


def check_refusal(model, prompts, text, *flags):
    status, out, err = command("--model", model, "--prompts", prompts, *flags)
    claim(status == 2 and not out and text in err and err.count("\n") == 1, f"{text}: {err}")


def check_output(path, folder, question, case):
    """The line that the program prints."""
    prompts = os.path.join(folder, "prompts.json")
    with open(prompts, "w", encoding="utf-8") as file:
        json.dump({"questions": [question] * 3}, file)
    status, out, _ = command("--model", path, "--prompts", prompts, "--limit", "2", "--batch", "2",
                             "--max_new_tokens", "24", "--repeat", "3", "--answers")
    result = json.loads(out)
    claim(status == 0 and result["answers"] == [case["greedy"]] * 2, "the line's answers")
    claim(len(result["all_seconds"]) == 3 and result["n_thought"] == 60, "the line's counts")
    status, out, _ = command("--model", path, "--prompts", prompts, "--method", "baseline",
                             "--max_new_tokens", "1")
    result = json.loads(out)
    claim(result["n_read"] == 3 * len(question[-1]) and result["n_thought"] == 0, "baseline")
    claim(result["thoughts_per_s"] is None and result["n_spoken"] == 3, "no rate without time")


def main():
    folder = sys.argv[1] if len(sys.argv) > 1 else "tests/parity/fixtures"
    path = os.path.join(folder, "golden.gguf")
    with open(os.path.join(folder, "golden.json"), encoding="utf-8") as file:
        golden = json.load(file)
    question = golden["prompt_ids"]
    cases = [case for case in golden["cases"] if not case["realign"]]
    model, norm, _ = loop.load_model(path)
    for case in cases:
        check_case(model, norm, question, case)
    check_batches(model, norm, question)
    check_ends(model, norm, question)
    check_attention(path, question)
    with tempfile.TemporaryDirectory() as scratch:
        check_types(path, scratch, question)
        check_refusals(path, scratch, question)
        check_output(path, scratch, question, cases[-1])
    print(f"ok {claims} claims")


if __name__ == "__main__":
    main()
