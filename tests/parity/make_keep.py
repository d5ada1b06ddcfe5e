"""Which cells kNN-LatentMAS would keep: fixtures/keep.json, which parity_keep_test.c holds the library to.

The keys are those of transformers' cache, the rows those of its embedding; the rule is written out below as that
program has it (methods/latent_mas.py, _knn_filter_kv_cache; the orders bottom and random came later), with one
question a batch. Three agents of a fixture read and think; then the fourth one's prompt asks for cells.

    ./dev --reference python3 tests/parity/make_keep.py --synthetic WIDE.gguf [--check]

WIDE.gguf is what `latentmas bench --synthetic qwen3-tiny:f32 --keep WIDE.gguf` writes; the test makes the same one.
"""

import argparse
import json
import sys
from pathlib import Path

import torch
from make_vectors import DynamicCache, load_model, read_and_think, realignment

FIXTURES = Path(__file__).parent / "fixtures"
STEPS = 5  # thoughts of each of the three
SETTINGS = [  # share, order, cells that stay in any case
    (0.9, "top", 5), (0.8, "top", 5), (0.5, "top", 5), (0.3, "top", 1), (0.01, "top", 20),
    (0.9, "bottom", 5), (0.7, "bottom", 5), (0.5, "bottom", 12), (0.25, "bottom", 1), (1.0, "bottom", 5),
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
    settings = [
        {"keep": f"knn:{share:g}:{order}:{n}", "kept": kept(cosine, share, order, n)} for share, order, n in SETTINGS
    ]
    return {
        "model": name,
        "latent_steps": STEPS,
        "prompt_ids": prompt_ids,
        "cosines": [round(x, 7) for x in cosine.tolist()],
        "settings": settings,
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
    if options.check:
        was = [[s["kept"] for s in case["settings"]] for case in json.loads(path.read_text())]
        sys.exit(was != [[s["kept"] for s in case["settings"]] for case in cases])
    path.write_text(text)
    print(f"{path}: {len(cases)} models, {[len(c['cosines']) for c in cases]} cells, {len(SETTINGS)} settings")


if __name__ == "__main__":
    main()
