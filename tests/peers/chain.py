"""The chain of a latent_mas run once more: transformers on the weights that the GGUF's come to.

    chain.py RUN MODEL.gguf

Reads each agent's recorded prompt into one cache, adds the thoughts (the last hidden state at the
mean norm of the input embeddings), has the last agent speak greedily, and prints what it finds of each text.
"""
import json
import os
import sys

import torch
from transformers import AutoModelForCausalLM, AutoTokenizer, DynamicCache

ENDS = ("<|im_end|>", "<|endoftext|>")


def think(model, cache, hidden, n, norm):
    for _ in range(n):
        vector = hidden * (norm / hidden.norm())
        hidden = model.model(inputs_embeds=vector, past_key_values=cache).last_hidden_state


def speak(model, tokenizer, cache, ids, n_most):
    ends = set(tokenizer.convert_tokens_to_ids(ENDS))
    spoken = []
    while len(spoken) < n_most:
        ids = model(input_ids=ids, past_key_values=cache).logits[:, -1:].argmax(-1)
        if int(ids) in ends:
            break
        spoken.append(int(ids))
    return tokenizer.decode(spoken)


def answer(model, tokenizer, line, params):
    cache, norm = DynamicCache(), model.get_input_embeddings().weight.norm(dim=1).mean()
    for agent in line["agents"]:
        ids = tokenizer(agent["input"], add_special_tokens=False, return_tensors="pt").input_ids
        assert ids.shape[1] == agent["n_read"], (agent["name"], ids.shape[1], agent["n_read"])
        if agent is line["agents"][-1]:
            return speak(model, tokenizer, cache, ids, params["max_new_tokens"])
        hidden = model.model(input_ids=ids, past_key_values=cache).last_hidden_state[:, -1:]
        think(model, cache, hidden, params["latent_steps"], norm)


def main():
    run, path = sys.argv[1:]
    torch.set_grad_enabled(False)
    where = {"pretrained_model_name_or_path": os.path.dirname(path), "gguf_file": os.path.basename(path)}
    model = AutoModelForCausalLM.from_pretrained(**where, dtype=torch.float32).eval()
    tokenizer = AutoTokenizer.from_pretrained(**where)
    with open(run + "/config.json", encoding="utf-8") as f:
        params = json.load(f)["params"]
    with open(run + "/samples.jsonl", encoding="utf-8") as f:
        lines = sorted(map(json.loads, f), key=lambda line: line["index"])
    n_equal = 0
    for line in lines:
        text = answer(model, tokenizer, line, params).strip()
        is_equal = text == line["text"].strip()
        n_equal += is_equal
        print(f"question {line['index']}: {'equal' if is_equal else f'{text!r} here, {line["text"]!r} in the run'}", flush=True)
    print(f"{n_equal} of {len(lines)} texts are equal")
    sys.exit(n_equal != len(lines) or not lines)


if __name__ == "__main__":
    main()
