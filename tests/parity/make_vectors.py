#!/usr/bin/env python3
"""Parity vectors: what LatentMAS gives for small random models, by PyTorch and transformers.

This file owns the committed fixtures: it draws the models, writes them as GGUF, runs the
method on them one question at a time, and records what came out. It is the executable
form of what src/latent/ must do, and it shares no code with the library. Every model is
read back from its GGUF before it is run, so a fixture describes the file, and --check
puts any other pair of files (the reference's own, golden.*) through the same loop.
"""

import argparse
import json
import re
import sys
from pathlib import Path

import numpy as np
import torch
from gguf import GGUFReader, GGUFValueType, GGUFWriter, TokenType
from tokenizers import Regex, Tokenizer
from tokenizers.models import BPE
from tokenizers.pre_tokenizers import ByteLevel, Sequence, Split
from transformers import DynamicCache, Qwen3Config, Qwen3ForCausalLM

STEPS = (0, 1, 5, 10)  # thoughts per agent
SPOKEN = 24  # tokens the last agent decodes
SHOWN = 16  # logits and hidden values that a case records
MIN_GAP = 2e-3  # best logit over second best; closer than 1e-3 a rounding error may swap them
TOLERANCE = 2e-3  # of logits and hidden values in --check

# The two models differ in all that a port could take for granted. "untied" has heads that
# are wider together (4 x 32) than the model; "tied" has no output.weight.
SHAPES = {
    "untied": dict(tied=False, layers=3, width=48, heads=4, kv_heads=2, head=32, ffn=96, rope=1e6, eps=1e-6),
    "tied": dict(tied=True, layers=3, width=64, heads=4, kv_heads=2, head=16, ffn=144, rope=1e4, eps=1e-5),
}

ROLES = (
    "Plan: a box holds 24 pens and 9 are taken. How many remain?",
    "Check this plan: name one mistake, and one thing to keep.",
    "Rewrite the plan, in two short steps.\n1. \u2026\n2. \u2026",
    "Speak at the caf\u00e9: give the answer, step by step.",
)
PROMPT = "<|im_start|>system\nYou work in a team.<|im_end|>\n<|im_start|>user\n{}<|im_end|>\n<|im_start|>assistant\n"

# GGUF tensor <-> transformers parameter; "N" stands for the layer.
NAMES = {
    "token_embd.weight": "model.embed_tokens.weight",
    "output_norm.weight": "model.norm.weight",
    "output.weight": "lm_head.weight",
    "blk.N.attn_norm.weight": "model.layers.N.input_layernorm.weight",
    "blk.N.attn_q.weight": "model.layers.N.self_attn.q_proj.weight",
    "blk.N.attn_k.weight": "model.layers.N.self_attn.k_proj.weight",
    "blk.N.attn_v.weight": "model.layers.N.self_attn.v_proj.weight",
    "blk.N.attn_output.weight": "model.layers.N.self_attn.o_proj.weight",
    "blk.N.attn_q_norm.weight": "model.layers.N.self_attn.q_norm.weight",
    "blk.N.attn_k_norm.weight": "model.layers.N.self_attn.k_norm.weight",
    "blk.N.ffn_norm.weight": "model.layers.N.post_attention_layernorm.weight",
    "blk.N.ffn_gate.weight": "model.layers.N.mlp.gate_proj.weight",
    "blk.N.ffn_up.weight": "model.layers.N.mlp.up_proj.weight",
    "blk.N.ffn_down.weight": "model.layers.N.mlp.down_proj.weight",
}


# --- the method ------------------------------------------------------------------------


def realignment(model, on):
    """W_a (off: the identity) and the target norm, which is the mean norm of an input embedding."""
    w_in = model.get_input_embeddings().weight
    w_out = model.get_output_embeddings().weight
    eye = torch.eye(w_in.shape[1])
    if not on:
        return eye, w_in.norm(dim=1).mean()
    # In double, as the library: trained matrices are too ill-conditioned for single precision.
    out, into = w_out.double(), w_in.double()
    w_a = torch.linalg.solve(out.T @ out + 1e-5 * eye, out.T @ into)
    return w_a.float(), w_in.norm(dim=1).mean()


def feed(model, memory, **what):
    """Append tokens (input_ids) or vectors (inputs_embeds) to the memory: the last final-norm hidden state."""
    out = model.model(**what, past_key_values=memory, use_cache=True)
    return out.last_hidden_state[:, -1, :]


def read_and_think(model, memory, ids, steps, w_a, target_norm):
    """One thinking agent. The hidden state after its last thought is returned, and fed to nobody."""
    h = feed(model, memory, input_ids=torch.tensor([ids]))
    for _ in range(steps):
        thought = h @ w_a
        thought = thought * target_norm / thought.norm(dim=-1, keepdim=True).clamp_min(1e-6)
        h = feed(model, memory, inputs_embeds=thought[:, None, :])
    return h[0]


def read_and_speak(model, memory, ids):
    """The last agent: its first logits, its greedy tokens, and the smallest lead of a token over the next best."""
    first, greedy, gaps, fed = None, [], [], ids
    for _ in range(SPOKEN):
        logits = model.lm_head(feed(model, memory, input_ids=torch.tensor([fed])))[0]
        first = logits if first is None else first
        best = logits.topk(2)
        gaps.append(best.values[0] - best.values[1])
        fed = [best.indices[0].item()]
        greedy += fed
    return first, greedy, min(gaps)


@torch.no_grad()
def run_case(model, prompt_ids, realign, steps):
    """All agents over one growing memory. With no thoughts the memory is kept all the same."""
    memory = DynamicCache(config=model.config)
    w_a, target_norm = realignment(model, realign)
    hidden = [read_and_think(model, memory, ids, steps, w_a, target_norm) for ids in prompt_ids[:-1]]
    first, greedy, gap = read_and_speak(model, memory, prompt_ids[-1])
    return {
        "realign": realign,
        "latent_steps": steps,
        "judger_first_logits": first[:SHOWN].tolist(),
        "greedy": greedy,
        "past_len": memory.get_seq_length(),
        "target_norm": target_norm.item(),
        "w_a_fro": w_a.norm().item(),
        "hidden_first": hidden[0][:SHOWN].tolist(),
        "min_gap": gap.item(),
    }


# --- GGUF in ---------------------------------------------------------------------------


def field(reader, key):
    return reader.get_field(key).contents()


def control_tokens(reader):
    return [i for i, kind in enumerate(field(reader, "tokenizer.ggml.token_type")) if kind == TokenType.CONTROL]


def parameter_name(tensor):
    layer = re.match(r"blk\.(\d+)\.", tensor)
    name = NAMES[re.sub(r"^blk\.\d+\.", "blk.N.", tensor)]
    return name.replace(".N.", f".{layer[1]}.") if layer else name


def load_model(path):
    """A Qwen3 GGUF in f32 as a transformers model."""
    reader = GGUFReader(path)
    get = lambda key: field(reader, f"qwen3.{key}")
    weights = {parameter_name(t.name): torch.tensor(np.array(t.data)) for t in reader.tensors}
    tied = "lm_head.weight" not in weights
    config = Qwen3Config(
        vocab_size=len(weights["model.embed_tokens.weight"]),
        hidden_size=get("embedding_length"),
        intermediate_size=get("feed_forward_length"),
        num_hidden_layers=get("block_count"),
        num_attention_heads=get("attention.head_count"),
        num_key_value_heads=get("attention.head_count_kv"),
        head_dim=get("attention.key_length"),
        max_position_embeddings=get("context_length"),
        rms_norm_eps=get("attention.layer_norm_rms_epsilon"),
        rope_parameters={"rope_type": "default", "rope_theta": get("rope.freq_base")},
        tie_word_embeddings=tied,
    )
    model = Qwen3ForCausalLM(config).float().eval()
    missing, unexpected = model.load_state_dict(weights, strict=False)
    if unexpected or missing != (["lm_head.weight"] if tied else []):
        sys.exit(f"{path}: tensors missing {missing}, unknown {unexpected}")
    return model


def load_tokenizer(path):
    """The byte-level BPE of a GGUF (pre-tokenizer "qwen2")."""
    reader = GGUFReader(path)
    tokens = field(reader, "tokenizer.ggml.tokens")
    merges = [tuple(merge.split(" ")) for merge in field(reader, "tokenizer.ggml.merges")]
    bpe = Tokenizer(BPE(vocab={t: i for i, t in enumerate(tokens)}, merges=merges))
    words = Regex(
        r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*"
        r"|\s*[\r\n]+|\s+(?!\S)|\s+"
    )
    bpe.pre_tokenizer = Sequence([Split(words, "isolated"), ByteLevel(add_prefix_space=False, use_regex=False)])
    bpe.add_special_tokens([tokens[i] for i in control_tokens(reader)])
    return bpe


# --- GGUF out --------------------------------------------------------------------------


def draw_weights(shape, rng):
    """Random tensors under their GGUF names. No norm is all ones: one left out or applied twice must show."""
    width, q, kv = shape["width"], shape["heads"] * shape["head"], shape["kv_heads"] * shape["head"]
    matrix = lambda rows, columns, std: rng.normal(0, std, (rows, columns)).astype(np.float32)
    linear = lambda rows, columns: matrix(rows, columns, columns**-0.5)
    norm = lambda size: rng.uniform(0.4, 1.8, size).astype(np.float32)
    weights = {"token_embd.weight": matrix(shape["vocab"], width, 0.1)}
    for n in range(shape["layers"]):
        layer = {
            "attn_norm": norm(width),
            "attn_q": linear(q, width),
            "attn_k": linear(kv, width),
            "attn_v": linear(kv, width),
            "attn_output": linear(width, q),
            "attn_q_norm": norm(shape["head"]),
            "attn_k_norm": norm(shape["head"]),
            "ffn_norm": norm(width),
            "ffn_gate": linear(shape["ffn"], width),
            "ffn_up": linear(shape["ffn"], width),
            "ffn_down": linear(width, shape["ffn"]),
        }
        weights |= {f"blk.{n}.{name}.weight": data for name, data in layer.items()}
    weights["output_norm.weight"] = norm(width)
    if not shape["tied"]:
        weights["output.weight"] = matrix(shape["vocab"], width, 0.1)
    return weights


def copy_tokenizer(writer, donor):
    """Every tokenizer.* key of another GGUF, chat template included, as it is there."""
    for key, found in donor.fields.items():
        if key.startswith("tokenizer."):
            of = found.types[-1] if found.types[0] == GGUFValueType.ARRAY else None
            writer.add_key_value(key, found.contents(), found.types[0], of)


def write_model(path, name, shape, donor, seed):
    writer = GGUFWriter(path, "qwen3")
    writer.add_name(f"parity {name}, seed {seed}")
    writer.add_block_count(shape["layers"])
    writer.add_context_length(4096)
    writer.add_embedding_length(shape["width"])
    writer.add_feed_forward_length(shape["ffn"])
    writer.add_head_count(shape["heads"])
    writer.add_head_count_kv(shape["kv_heads"])
    writer.add_key_length(shape["head"])
    writer.add_value_length(shape["head"])
    writer.add_layer_norm_rms_eps(shape["eps"])
    writer.add_rope_freq_base(shape["rope"])
    writer.add_vocab_size(shape["vocab"])
    copy_tokenizer(writer, donor)
    for tensor, data in draw_weights(shape, np.random.Generator(np.random.PCG64(seed))).items():
        writer.add_tensor(tensor, data)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


# --- the three commands -----------------------------------------------------------------


def run_all(path, prompt_ids):
    model = load_model(path)
    return [run_case(model, prompt_ids, realign, steps) for realign in (False, True) for steps in STEPS]


def fit(case, control):
    """True if every greedy token is clear of a tie, and none would end a reply early."""
    return case["min_gap"] >= MIN_GAP and not set(case["greedy"]) & set(control)


def write_vectors(path, tokenizer, cases, prompts, prompt_ids):
    """The JSON of a fixture."""
    content = {"vocab": tokenizer.get_vocab_size(), "cases": cases, "prompts": prompts, "prompt_ids": prompt_ids}
    path.write_text(json.dumps(content, indent=1) + "\n")
    gap = min(case["min_gap"] for case in cases)
    print(f"{path}: {len(cases)} cases, prompts of {[len(ids) for ids in prompt_ids]} tokens, min_gap {gap:.2g}")


def describe(gguf):
    """The vectors of a model that is there, beside it."""
    tokenizer = load_tokenizer(gguf)
    prompts = [PROMPT.format(role) for role in ROLES]
    prompt_ids = [tokenizer.encode(prompt).ids for prompt in prompts]
    write_vectors(gguf.with_suffix(".json"), tokenizer, run_all(gguf, prompt_ids), prompts, prompt_ids)


def make(name, donor_path, out, seed):
    """One fixture, from the first seed at or after this one that fits."""
    donor, tokenizer = GGUFReader(donor_path), load_tokenizer(donor_path)
    shape = SHAPES[name] | {"vocab": tokenizer.get_vocab_size()}
    prompts = [PROMPT.format(role) for role in ROLES]
    prompt_ids = [tokenizer.encode(prompt).ids for prompt in prompts]
    gguf, vectors = out / f"{name}.gguf", out / f"{name}.json"
    cases = []
    while not cases or not all(fit(case, control_tokens(donor)) for case in cases):
        write_model(gguf, name, shape, donor, seed)
        cases = run_all(gguf, prompt_ids)
        seed += 1
    print(f"{gguf}: {gguf.stat().st_size} bytes, seed {seed - 1}")
    write_vectors(vectors, tokenizer, cases, prompts, prompt_ids)


def compare(case, want):
    """Print one line on a recomputed case; true if it is the recorded one."""
    far = lambda key: np.abs(np.subtract(case[key], want[key])).max()  # NaN if any is
    off = lambda key: abs(case[key] - want[key]) / want[key]
    logits, hidden = far("judger_first_logits"), far("hidden_first") if "hidden_first" in want else None
    norm, fro = off("target_norm"), off("w_a_fro")
    same = sum(a == b for a, b in zip(case["greedy"], want["greedy"], strict=True))
    good = logits <= TOLERANCE and (hidden is None or hidden <= TOLERANCE) and norm <= 1e-4 and fro <= 1e-4
    good = good and same == SPOKEN and case["past_len"] == want["past_len"]
    print(
        f"{'ok  ' if good else 'FAIL'} realign {'on ' if want['realign'] else 'off'} steps {want['latent_steps']:2}: "
        f"logits {logits:.1e}  hidden {'none' if hidden is None else f'{hidden:.1e}'}  tokens {same}/{SPOKEN}  "
        f"past_len {case['past_len']}  "
        f"target_norm {norm:.1e}  w_a_fro {fro:.1e}  min_gap {case['min_gap']:.1e}"
    )
    return good


def check(gguf, vectors):
    """Recompute every recorded case from a GGUF; true if all came out."""
    want = json.loads(Path(vectors).read_text())
    model, tokenizer = load_model(gguf), load_tokenizer(gguf)
    ids = [tokenizer.encode(prompt).ids for prompt in want["prompts"]]
    print(f"{'ok  ' if ids == want['prompt_ids'] else 'FAIL'} prompt_ids, {sum(map(len, ids))} tokens")
    good = [
        compare(run_case(model, want["prompt_ids"], case["realign"], case["latent_steps"]), case)
        for case in want["cases"]
    ]
    return ids == want["prompt_ids"] and all(good)


def main():
    parser = argparse.ArgumentParser(description="Make the parity fixtures afresh, or those of a model, or check a pair.")
    parser.add_argument("--tokenizer-from", metavar="GGUF", help="make the fixtures, with this model's tokenizer")
    parser.add_argument("--out", metavar="DIR", type=Path, default=Path(__file__).parent / "fixtures")
    parser.add_argument("--seed", type=int, default=1, help="first seed to try (default %(default)s)")
    parser.add_argument("--check", nargs=2, metavar=("GGUF", "JSON"), help="recompute the cases of a fixture instead")
    parser.add_argument("--describe", metavar="GGUF", type=Path, help="write the vectors of this model beside it instead")
    options = parser.parse_args()
    torch.set_num_threads(1)
    if options.check:
        sys.exit(0 if check(*options.check) else 1)
    if options.describe:
        describe(options.describe)
        return
    if not options.tokenizer_from:
        parser.error("--tokenizer-from, --describe or --check is needed")
    options.out.mkdir(parents=True, exist_ok=True)
    for name in SHAPES:
        make(name, options.tokenizer_from, options.out, options.seed)


if __name__ == "__main__":
    main()
