"""Which cells kNN-LatentMAS would keep, and which thoughts look at: fixtures/keep.json, which parity_keep_test.c
holds the library to.

The keys are those of transformers' cache, the rows those of its embedding; the rule is written out below as that
program has it (methods/latent_mas.py, _knn_filter_kv_cache; the orders bottom and random came later), with one
question a batch. Three agents of a fixture read and think; then the fourth one's prompt asks for cells. Where thoughts look
is what transformers' eager attention returns, summed over their rows, layers and heads.

    ./dev --reference python3 tests/parity/make_keep.py --synthetic WIDE.gguf [--check]

WIDE.gguf is what `latentmas bench --synthetic qwen3-tiny:f32 --keep WIDE.gguf` writes; the test makes the same one.
"""

import argparse
import json
import sys
from pathlib import Path

import torch
from make_vectors import DynamicCache, feed, load_model, read_and_think, realignment

FIXTURES = Path(__file__).parent / "fixtures"
STEPS = 5  # thoughts of each of the three
SETTINGS = [  # share, order, cells that stay in any case
    (0.9, "top", 5), (0.8, "top", 5), (0.5, "top", 5), (0.3, "top", 1), (0.01, "top", 20),
    (0.9, "bottom", 5), (0.7, "bottom", 5), (0.5, "bottom", 12), (0.25, "bottom", 1), (1.0, "bottom", 5),
]  # fmt: skip
LOOKED_AT = [  # share of the prompts' cells, of them those that stay in any case
    (0.95, 4), (0.9, 4), (0.8, 4), (0.7, 1), (0.5, 4), (0.4, 16), (0.25, 4), (0.1, 1), (0.01, 8), (1.0, 4),
]  # fmt: skip


@torch.no_grad()
def cosines(model, prompt_ids):
    """Of each cell with the fourth prompt: keys of the middle layer, averaged over heads; the prompt folded."""
    memory = DynamicCache(config=model.config)
    w_a, target_norm = realignment(model, False)
    for ids in prompt_ids[:-1]:
        read_and_think(model, memory, ids, STEPS, w_a, target_norm)
    keys = memory.layers[len(memory.layers) // 2].keys.mean(dim=1)[0]  # [S, hd]
    query = model.get_input_embeddings()(torch.tensor(prompt_ids[-1])).mean(dim=0)
    query = query.view(-1, keys.shape[-1]).mean(dim=0)
    unit = lambda x: torch.nn.functional.normalize(x, p=2, dim=-1)
    return unit(keys) @ unit(query)


@torch.no_grad()
def attention(model, prompt_ids):
    """What the thoughts of all three pay to each cell; and which cells are of prompts."""
    memory = DynamicCache(config=model.config)
    w_a, target_norm = realignment(model, False)
    model.set_attn_implementation("eager")
    paid, is_prompt = torch.zeros(0, dtype=torch.float64), []
    for ids in prompt_ids[:-1]:
        h = feed(model, memory, input_ids=torch.tensor([ids]))
        is_prompt += [True] * len(ids) + [False] * STEPS
        for _ in range(STEPS):
            thought = h @ w_a
            thought = thought * target_norm / thought.norm(dim=-1, keepdim=True).clamp_min(1e-6)
            out = model.model(
                inputs_embeds=thought[:, None, :], past_key_values=memory, use_cache=True, output_attentions=True
            )
            h = out.last_hidden_state[:, -1, :]
            rows = torch.stack([layer[0, :, -1, :] for layer in out.attentions]).double().sum(dim=(0, 1))
            paid = torch.cat([paid, torch.zeros(len(rows) - len(paid), dtype=torch.float64)]) + rows
    return paid, is_prompt


def kept_of_prompts(paid, is_prompt, share, n_sinks):
    """The cells that stay, in their order."""
    prompts = [i for i, is_one in enumerate(is_prompt) if is_one]
    k = min(max(int(len(prompts) * share), n_sinks), len(prompts))
    n_sinks = min(n_sinks, len(prompts))
    chosen = torch.topk(paid[prompts[n_sinks:]], k - n_sinks).indices + n_sinks
    stay = prompts[:n_sinks] + [prompts[i] for i in chosen.tolist()]
    return sorted(stay + [i for i, is_one in enumerate(is_prompt) if not is_one])


def kept(cosine, share, order, min_keep):
    """The cells that stay, in their order."""
    size = len(cosine)
    k = min(max(int(size * share), min_keep), size)
    if k >= size:
        return list(range(size))
    early = size - min(min_keep, size)
    chosen = torch.topk(cosine[:early], k - (size - early), largest=order == "top").indices
    return sorted(chosen.tolist()) + list(range(early, size))


def case_of(name, path, prompt_ids):
    cosine = cosines(load_model(path), prompt_ids)
    paid, is_prompt = attention(load_model(path), prompt_ids)
    settings = [
        {"keep": f"knn:{share:g}:{order}:{n}", "kept": kept(cosine, share, order, n)} for share, order, n in SETTINGS
    ]
    looked_at = [
        {"keep": f"attention:{share:g}:{n}", "kept": kept_of_prompts(paid, is_prompt, share, n)} for share, n in LOOKED_AT
    ]
    return {
        "model": name,
        "latent_steps": STEPS,
        "prompt_ids": prompt_ids,
        "cosines": [round(x, 7) for x in cosine.tolist()],
        "settings": settings,
        "attention": [round(x, 7) for x in paid.tolist()],
        "looked_at": looked_at,
    }


def main():
    parser = argparse.ArgumentParser(description="Make fixtures/keep.json afresh, or check it.")
    parser.add_argument("--synthetic", metavar="GGUF", type=Path, required=True)
    parser.add_argument("--check", action="store_true", help="compare with what is there instead")
    options = parser.parse_args()
    torch.set_num_threads(1)
    prompts = {n: json.loads((FIXTURES / f"{n}.json").read_text())["prompt_ids"] for n in ("golden", "tied")}
    cases = [case_of(n, FIXTURES / f"{n}.gguf", prompts[n]) for n in prompts]
    cases.append(case_of("qwen3-tiny:f32", options.synthetic, prompts["golden"]))
    text = "[\n" + ",\n".join(json.dumps(case) for case in cases) + "\n]\n"
    path = FIXTURES / "keep.json"
    chosen = lambda cases: [[s["kept"] for s in case["settings"] + case["looked_at"]] for case in cases]
    if options.check:
        sys.exit(chosen(json.loads(path.read_text())) != chosen(cases))
    path.write_text(text)
    print(f"{path}: {len(cases)} models, {[len(c['cosines']) for c in cases]} cells, {len(SETTINGS)} and {len(LOOKED_AT)} settings")


if __name__ == "__main__":
    main()
