"""32 greedy tokens of transformers behind a frame, on the weights that the GGUF's come to.

    avp_continues.py ours MODEL.gguf FRAME THEN            goes on from the frame
    avp_continues.py theirs MODEL.gguf TEXT THEN FRAME     reads, thinks as avp does, writes the frame, goes on

THEN is a text to read first. Prints what it speaks, and on stderr by how much each token led at least.
"""
import os
import sys

import gguf
import torch
from avp import AVPContext, HuggingFaceConnector
from transformers import AutoModelForCausalLM, AutoTokenizer

N_GREEDY, N_THOUGHTS = 32, 3


def connect(path):
    where = {"pretrained_model_name_or_path": os.path.dirname(os.path.abspath(path)), "gguf_file": os.path.basename(path)}
    fields = gguf.GGUFReader(path).fields
    head = next((int(f.contents()) for name, f in fields.items() if name.endswith(".attention.key_length")), None)
    wide = {} if head is None else {"head_dim": head}  # which transformers does not take from the file
    model = AutoModelForCausalLM.from_pretrained(**where, **wide, dtype=torch.float32).eval()
    return HuggingFaceConnector(model=model, tokenizer=AutoTokenizer.from_pretrained(**where))


def tokens(connector, path):
    with open(path, encoding="utf-8") as f:
        return torch.tensor([connector.tokenizer(f.read(), add_special_tokens=False).input_ids])


def go_on(connector, cache, ids):
    said, least = [], float("inf")
    while len(said) < N_GREEDY:
        best = connector.model(input_ids=ids, past_key_values=cache, use_cache=True).logits[0, -1].topk(2)
        least = min(least, float(best.values[0] - best.values[1]))
        ids = best.indices[None, :1]
        said.append(int(ids))
    print(f"each token led by {least:.2g} or more", file=sys.stderr)
    print(connector.tokenizer.decode(said).strip())


def ours(connector, frame, then):
    with open(frame, "rb") as f:
        context = AVPContext.from_bytes(f.read())
    assert context.num_steps == N_THOUGHTS, context.num_steps
    go_on(connector, context.past_key_values, tokens(connector, then))


def theirs(connector, text, then, frame):
    cache = connector.generate_latent_steps(tokens(connector, text), N_THOUGHTS)
    who = connector.get_model_identity()
    context = AVPContext(past_key_values=cache, model_hash=who.model_hash, num_steps=N_THOUGHTS, seq_len=cache.get_seq_length(),
                         model_family=who.model_family, hidden_dim=who.hidden_dim, num_layers=who.num_layers)
    with open(frame, "wb") as f:
        f.write(context.to_bytes(source_agent_id="planner", model_id=who.model_id))
    go_on(connector, cache, tokens(connector, then))


torch.set_grad_enabled(False)
{"ours": ours, "theirs": theirs}[sys.argv[1]](connect(sys.argv[2]), *sys.argv[3:])
