#!/usr/bin/env python3
"""Thoughts of one model as inputs of another, by PyTorch: the vectors of parity_cross_test.c.

Draws five tiny models of other architectures than the fixtures that are there (Gemma 2 caps its
logits, Gemma 3 scales its inputs, Granite divides by a logit scale, Command-R multiplies by one,
Phi-2 adds a bias) with two tokenizers of their own, and records what soft, linear, identical and kernel make of random
thoughts between them and the others. Each formula is written down here once more, in matrices that
stand in memory whole; nothing is shared with the library. Every model is read back from its file.
"""

import argparse
import json
from pathlib import Path

import numpy as np
import torch
from gguf import GGUFReader, GGUFWriter, TokenType

N_THOUGHTS = 2
FEATURES, SEED, RIDGE = 64, 42, 1e-5
TABLES = ("token_embd.weight", "output.weight", "output.bias")
IM_START, IM_END = "<|im_start|>", "<|im_end|>"

SHAPES = {
    "gemma2": dict(tied=True, width=48, heads=2, head=16, ffn=32, vocab="spm"),
    "gemma3": dict(tied=True, width=24, heads=2, head=16, ffn=32, vocab="spm"),
    "granite": dict(tied=False, width=16, heads=2, head=8, ffn=32, vocab="bpe", padding=5),
    "command-r": dict(tied=True, width=24, heads=3, head=8, ffn=32, vocab="bpe", padding=3),
    "phi2": dict(tied=False, width=8, heads=2, head=4, ffn=32, vocab="spm", words=1),
}
CAP, GRANITE_SCALE, COMMAND_R_SCALE = 5.0, 4.0, 0.25

PAIRS = [  # one tokenizer and other widths; other tokenizers; padding rows; one width; itself
    ("untied", "tied"),
    ("tied", "untied"),
    ("untied", "gemma2"),
    ("gemma2", "untied"),
    ("gemma2", "gemma3"),
    ("tied", "gemma3"),
    ("granite", "tied"),
    ("command-r", "granite"),
    ("granite", "gemma3"),
    ("gemma3", "gemma3"),
    ("phi2", "gemma2"),
]


# --- the formulas ----------------------------------------------------------------------


def logits(model, h):
    """What the model says at h, by its architecture."""
    l = h @ model["out"].T + model["bias"]
    arch = model["arch"]
    if arch == "granite":
        l = l / GRANITE_SCALE
    if arch == "command-r":
        l = l * COMMAND_R_SCALE
    return CAP * torch.tanh(l / CAP) if arch == "gemma2" else l


def soft(a, b, shared, h, temperature):
    p = torch.softmax(logits(a, h) / temperature, dim=-1)[:, shared[:, 0]]
    mass = p.sum(dim=-1, keepdim=True)
    return p @ b["in"][shared[:, 1]] / mass * b["scale"], mass.mean().item()


def linear(a, b, shared, h):
    """In double, as W_a is: see make_vectors.py."""
    out, into = a["out"][shared[:, 0]].double(), b["in"][shared[:, 1]].double()
    w = torch.linalg.solve(out.T @ out + RIDGE * torch.eye(out.shape[1]), out.T @ into)
    return identical(b, h @ w.float())


def identical(b, h):
    target = b["in"].norm(dim=1).mean() * b["scale"]
    return h * target / h.norm(dim=-1, keepdim=True)


def kernel(a, b, shared, h, temperature):
    """All in double and in logarithms, with no shift at all but the largest of everything."""
    scale = {"granite": 1 / GRANITE_SCALE, "command-r": COMMAND_R_SCALE}.get(a["arch"], 1.0)
    w = torch.tensor(directions(FEATURES, h.shape[1], SEED))
    keys, rows = a["out"][shared[:, 0]].double(), b["in"][shared[:, 1]].double()
    bias = a["bias"][shared[:, 0]].double() * scale / temperature
    x = h.double() * scale / temperature
    of_keys = keys @ w.T - keys.square().sum(dim=1, keepdim=True) / 2 + bias[:, None]  # [shared, M]
    of_x = x @ w.T - x.square().sum(dim=1, keepdim=True) / 2  # [n, M]
    kernels = torch.logsumexp(of_x[:, None, :] + of_keys[None], dim=-1)  # [n, shared]
    return (torch.softmax(kernels, dim=-1) @ rows * b["scale"]).float()


def directions(n, width, seed):
    """The generator of src/latent/cross/draw.c."""
    with np.errstate(over="ignore"):
        count = np.arange(1, 2 * -(-n * width // 2) + 1, dtype=np.uint64)
        x = np.uint64(seed) + count * np.uint64(0x9E3779B97F4A7C15)
        x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        x ^= x >> np.uint64(31)
    u = (x >> np.uint64(11)).astype(np.float64) * 2.0**-53
    r, angle = np.sqrt(-2 * np.log(1 - u[0::2])), 2 * np.pi * u[1::2]
    normal = np.stack([r * np.cos(angle), r * np.sin(angle)], axis=1).reshape(-1)[: n * width].reshape(n, width)
    return np.concatenate([orthogonal(normal[i : i + width]) for i in range(0, n, width)])


def orthogonal(rows):
    """Gram-Schmidt, row by row, twice over; lengths stay."""
    done = []
    for row in rows:
        v = row.copy()
        for _ in range(2):
            for unit in done:
                v -= (v @ unit) * unit
        done.append(v / np.linalg.norm(v))
    return np.array(done) * np.linalg.norm(rows, axis=1, keepdims=True)


def nearest(b, e):
    """Mean cosine to the nearest row of W_in."""
    unit = lambda x: x / x.norm(dim=1, keepdim=True).clamp_min(1e-30)
    return (unit(e) @ unit(b["in"]).T).max(dim=1).values.mean().item()


# --- vocabularies ------------------------------------------------------------------------


def byte_letters():
    """GPT-2's letters for bytes: letter -> byte."""
    plain = [*range(33, 127), *range(161, 173), *range(174, 256)]
    letters = {chr(b): b for b in plain}
    letters |= {chr(256 + i): b for i, b in enumerate(b for b in range(256) if b not in plain)}
    return letters


LETTERS = byte_letters()


def identity(token, kind, is_spm):
    """What a token is known by: text by its bytes, others by kind and name; None for no bytes."""
    if kind in (TokenType.CONTROL, TokenType.UNKNOWN, TokenType.UNUSED):
        return ("unused" if kind == TokenType.UNUSED else "control", token)
    if kind == TokenType.BYTE:
        return ("text", bytes([int(token[3:5], 16)]))
    if is_spm or kind == TokenType.USER_DEFINED:
        return ("text", token.replace("\u2581", " ").encode()) if token else None
    return ("text", bytes(LETTERS[c] for c in token)) if token else None


def overlap(a, b):
    """Pairs of ids, the first of A with the first of B."""
    free = {}
    for i, known in enumerate(b["names"]):
        free.setdefault(known, []).append(i)
    pairs = [(i, free[known].pop(0)) for i, known in enumerate(a["names"]) if known and free.get(known)]
    return torch.tensor(pairs)


def spm_vocabulary(donor, step):
    """Bytes, every `step`-th word of the donor in SentencePiece's letters, and a line feed once more."""
    words = [bytes(LETTERS[c] for c in t) for t, k in donor if k == TokenType.NORMAL and len(t) > 1]
    words = [w.decode().replace(" ", "\u2581") for w in words[::step] if w.isascii()]
    special = [("<pad>", TokenType.CONTROL), ("<eos>", TokenType.CONTROL), ("<bos>", TokenType.CONTROL)]
    special += [("<unk>", TokenType.UNKNOWN), (IM_START, TokenType.CONTROL), (IM_END, TokenType.CONTROL)]
    tokens = special + [(f"<0x{b:02X}>", TokenType.BYTE) for b in range(256)]
    return tokens + [(w, TokenType.NORMAL) for w in ["\n", *words]]


def bpe_vocabulary(donor, padding):
    """All bytes of the donor, some of its other tokens, in another order, and rows of padding."""
    kept = [(t, k) for i, (t, k) in enumerate(donor) if len(t) == 1 or k == TokenType.CONTROL or i % 9 == 0]
    order = np.random.Generator(np.random.PCG64(5)).permutation(len(kept))
    return [kept[i] for i in order] + [(f"[PAD{i}]", TokenType.UNUSED) for i in range(padding)]


def write_vocabulary(writer, shape, donor):
    tokens = spm_vocabulary(donor, shape.get("words", 9)) if shape["vocab"] == "spm" else bpe_vocabulary(donor, shape["padding"])
    names = [t for t, _ in tokens]
    writer.add_token_list(names)
    writer.add_token_types([int(k) for _, k in tokens])
    if shape["vocab"] == "spm":
        writer.add_tokenizer_model("llama")
        writer.add_token_scores([-float(i) for i in range(len(tokens))])
        writer.add_bos_token_id(names.index("<bos>"))
        writer.add_eos_token_id(names.index("<eos>"))
        writer.add_unk_token_id(names.index("<unk>"))
    else:
        writer.add_tokenizer_model("gpt2")
        writer.add_tokenizer_pre("qwen2")
        letters = [t for t in names if len(t) == 1]
        writer.add_token_merges([f"{x} {y}" for x in letters for y in letters if x + y in names])
        writer.add_eos_token_id(names.index(IM_END))
    return len(tokens)


# --- models ------------------------------------------------------------------------------


def layer_weights(arch, shape, matrix, norm):
    width, q, ffn = shape["width"], shape["heads"] * shape["head"], shape["ffn"]
    if arch == "phi2":
        return {
            "attn_norm.weight": norm(width),
            "attn_norm.bias": norm(width),
            "attn_qkv.weight": matrix(3 * q, width),
            "attn_qkv.bias": norm(3 * q),
            "attn_output.weight": matrix(width, q),
            "attn_output.bias": norm(width),
            "ffn_up.weight": matrix(ffn, width),
            "ffn_up.bias": norm(ffn),
            "ffn_down.weight": matrix(width, ffn),
            "ffn_down.bias": norm(width),
        }
    layer = {
        "attn_norm": norm(width),
        "attn_q": matrix(q, width),
        "attn_k": matrix(q, width),
        "attn_v": matrix(q, width),
        "attn_output": matrix(width, q),
        "ffn_gate": matrix(ffn, width),
        "ffn_up": matrix(ffn, width),
        "ffn_down": matrix(width, ffn),
    }
    if arch != "command-r":
        layer["ffn_norm"] = norm(width)
    if arch.startswith("gemma"):
        layer |= {"post_attention_norm": norm(width), "post_ffw_norm": norm(width)}
    if arch == "gemma3":
        layer |= {"attn_q_norm": norm(shape["head"]), "attn_k_norm": norm(shape["head"])}
    return {f"{name}.weight": data for name, data in layer.items()}


def write_model(path, arch, shape, donor, seed):
    rng = np.random.Generator(np.random.PCG64(seed))
    table = lambda n: rng.normal(0, 0.5 if arch == "gemma2" else 0.1, (n, shape["width"])).astype(np.float32)
    matrix = lambda rows, columns: rng.normal(0, columns**-0.5, (rows, columns)).astype(np.float16)
    norm = lambda size: rng.uniform(0.4, 1.8, size).astype(np.float32)
    writer = GGUFWriter(path, arch)
    writer.add_name(f"cross {arch}, seed {seed}")
    writer.add_block_count(1)
    writer.add_context_length(512)
    writer.add_embedding_length(shape["width"])
    writer.add_feed_forward_length(shape["ffn"])
    writer.add_head_count(shape["heads"])
    writer.add_head_count_kv(shape["heads"])
    writer.add_key_length(shape["head"])
    writer.add_value_length(shape["head"])
    writer.add_rope_dimension_count(shape["head"])
    writer.add_layer_norm_eps(1e-5) if arch in ("command-r", "phi2") else writer.add_layer_norm_rms_eps(1e-5)
    if arch == "gemma2":
        writer.add_final_logit_softcapping(CAP)
        writer.add_attn_logit_softcapping(20.0)
    if arch.startswith("gemma"):
        writer.add_sliding_window(128)
    if arch == "granite":
        writer.add_embedding_scale(3.0)
        writer.add_residual_scale(0.5)
        writer.add_attention_scale(0.2)
    if arch in ("granite", "command-r"):
        writer.add_logit_scale(GRANITE_SCALE if arch == "granite" else COMMAND_R_SCALE)
    n_vocab = write_vocabulary(writer, shape, donor)
    writer.add_vocab_size(n_vocab)
    writer.add_tensor("token_embd.weight", table(n_vocab))
    writer.add_tensor("output_norm.weight", norm(shape["width"]))
    if not shape["tied"]:
        writer.add_tensor("output.weight", table(n_vocab))
    if arch == "phi2":
        writer.add_tensor("output_norm.bias", norm(shape["width"]))
        writer.add_tensor("output.bias", 10 * table(n_vocab)[:, 0])
    for name, data in layer_weights(arch, shape, matrix, norm).items():
        writer.add_tensor(f"blk.0.{name}", data)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def load(path):
    reader = GGUFReader(path)
    field = lambda key: reader.get_field(key).contents()
    tensors = {t.name: torch.tensor(np.array(t.data)) for t in reader.tensors if t.name in TABLES}
    is_spm = field("tokenizer.ggml.model") == "llama"
    kinds = field("tokenizer.ggml.token_type")
    into = tensors["token_embd.weight"]
    arch = field("general.architecture")
    return {
        "arch": arch,
        "in": into,
        "out": tensors.get("output.weight", into),
        "bias": tensors.get("output.bias", torch.zeros(len(into))),
        "scale": into.shape[1] ** 0.5 if arch == "gemma3" else 1.0,
        "names": [identity(t, k, is_spm) for t, k in zip(field("tokenizer.ggml.tokens"), kinds, strict=True)],
        "tokens": list(zip(field("tokenizer.ggml.tokens"), kinds, strict=True)),
    }


# --- cases -------------------------------------------------------------------------------


def methods(a, b, shared, h):
    """Method, temperature, e, mass: those that this pair has."""
    share = 1.0 if a["names"] == b["names"] else len(shared) / len(a["names"])
    for temperature in (1.0, 0.5):
        yield ("soft", temperature, *soft(a, b, shared, h, temperature))
    yield ("linear", 1.0, linear(a, b, shared, h), share)
    if a["in"].shape[1] == b["in"].shape[1]:
        yield ("identical", 1.0, identical(b, h), share)
    if a["arch"] != "gemma2":
        yield ("kernel", 2.0, kernel(a, b, shared, h, 2.0), share)


def cases_of(models, pair, rng):
    a, b = (models[name] for name in pair)
    shared = overlap(a, b)
    size = {"granite": 8, "command-r": 24}.get(a["arch"], 3)
    h = torch.tensor(np.round(rng.normal(0, size, (N_THOUGHTS, a["in"].shape[1])), 3), dtype=torch.float32)
    digits = lambda x: [float(f"{v:.7g}") for v in x.reshape(-1).tolist()]
    for method, temperature, e, mass in methods(a, b, shared, h):
        yield {
            "from": pair[0],
            "to": pair[1],
            "method": method,
            "temperature": temperature,
            "n_shared": len(shared),
            "mass": float(f"{mass:.7g}"),
            "cosine": float(f"{nearest(b, e):.7g}"),
            "h": digits(h),
            "e": digits(e),
        }


def main():
    here = Path(__file__).parent / "fixtures"
    parser = argparse.ArgumentParser(description="Draw the models of the crossings afresh, and record their vectors.")
    parser.add_argument("--out", metavar="DIR", type=Path, default=here)
    out = parser.parse_args().out
    torch.set_num_threads(1)
    models = {name: load(here / f"{name}.gguf") for name in ("untied", "tied")}
    for seed, (arch, shape) in enumerate(SHAPES.items(), 1):
        write_model(out / f"{arch}.gguf", arch, shape, models["untied"]["tokens"], seed)
        models[arch] = load(out / f"{arch}.gguf")
    rng = np.random.Generator(np.random.PCG64(22))
    cases = [case for pair in PAIRS for case in cases_of(models, pair, rng)]
    head = {"n": N_THOUGHTS, "ridge": RIDGE, "n_features": FEATURES, "seed": SEED}
    lines = ",\n ".join(json.dumps(case) for case in cases)
    (out / "cross.json").write_text(f'{json.dumps(head)[:-1]}, "cases": [\n {lines}\n]}}\n')
    for case in cases:
        print(*(case[key] for key in ("from", "to", "method", "temperature", "n_shared", "mass", "cosine")))


if __name__ == "__main__":
    main()
