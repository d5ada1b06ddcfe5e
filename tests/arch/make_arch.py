#!/usr/bin/env python3
"""Make the matrix: a tiny random model of each architecture, as GGUF, and what the method gives.

    ./dev --reference python3 tests/arch/make_arch.py               the whole, some minutes
    ./dev --reference python3 tests/arch/make_arch.py gemma2 qwen3  these only

What transformers 5.12 of the reference tree lacks (NEWEST) comes from a later one, in a virtual
environment over it (python3 -m venv --system-site-packages DIR; DIR/bin/pip install transformers==5.23.0).

transformers draws each model of configs.py, llama.cpp's converter makes the GGUF, and reference.py
runs the method. models/NAME.gguf.xz and models/NAME.json.xz are what arch_test.c reads.
"""

import argparse
import json
import lzma
import os
import sys
import tempfile
import traceback
from pathlib import Path

os.environ.setdefault("HF_HUB_OFFLINE", "1")
os.environ.setdefault("TRANSFORMERS_VERBOSITY", "error")
os.environ.setdefault("TQDM_DISABLE", "1")

import torch
import transformers

import reference
import vocabulary
import weights
from configs import ARCHS, HALF
from convert import convert

MODELS = Path(__file__).parent / "models"
CASES = [(realign, steps) for realign in (False, True) for steps in (0, 1, 5)]
PACKING = [dict(id=lzma.FILTER_LZMA2, preset=9 | lzma.PRESET_EXTREME, lc=0, lp=2, pb=2)]  # floats: four bytes
TRIES = 40


def draw(arch, is_tied, width, seed):
    torch.manual_seed(0)
    config = arch.config(is_tied, **width)
    model = arch.model(config) if arch.model else transformers.AutoModelForCausalLM.from_config(config)
    if hasattr(model, "set_experts_implementation"):
        model.set_experts_implementation("eager")
    model = weights.randomise(model, seed, arch.quiet)
    model.set_attn_implementation("eager")
    if is_tied:
        model.tie_weights()
    return model


def run(model, arch, prompts):
    """Every case, or None as soon as two tokens are so close that rounding could swap them."""
    found = []
    for realign, steps in CASES:
        if arch.refused and steps:
            continue
        case = reference.run_case(model, arch, prompts, realign, steps)
        if not case["gap"] >= arch.least_gap:
            return None, case["gap"]
        found.append((realign, steps, case))
    return found, min(case["gap"] for _, _, case in found)


def lines(content):
    """JSON with one case a line."""
    cases = ",\n".join(json.dumps(case, separators=(",", ":")) for case in content.pop("cases"))
    return json.dumps(content, indent=1)[:-2] + ',\n "cases": [\n' + cases + "\n]}\n"


def write(stem, arch, is_tied, seed, model, found, gap):
    with tempfile.TemporaryDirectory() as folder:
        model.save_pretrained(folder)
        vocabulary.write_json(Path(folder) / "tokenizer.json")
        gguf = Path(folder) / "model.gguf"
        name = convert(folder, gguf, arch)
        packed = lzma.compress(gguf.read_bytes(), filters=PACKING)
        size = gguf.stat().st_size
    (MODELS / f"{stem}.gguf.xz").write_bytes(packed)
    content = dict(
        arch=name,
        by=type(model).__name__,
        transformers=transformers.__version__,
        tied=is_tied,
        seed=seed,
        refused=arch.refused,
        remark=arch.remark,
        tolerance=arch.tolerance,
        gap=float(f"{gap:.3g}"),
        prompts=vocabulary.prompt_ids(),
        cases=[entry for realign, steps, case in found for entry in reference.recorded(case, realign, steps)],
    )
    (MODELS / f"{stem}.json.xz").write_bytes(lzma.compress(lines(content).encode(), preset=9))
    print(f"{stem:24} {name:14} seed {seed:2} gap {gap:.1e}, {size} bytes, {len(packed)} packed", flush=True)


def make(name, arch, is_tied, width, seed):
    prompts = vocabulary.prompt_ids()
    for seed in range(seed, seed + TRIES):
        model = draw(arch, is_tied, width, seed)
        with torch.no_grad():
            reference.check_head(model, arch, torch.tensor(prompts[:1]))
        found, gap = run(model, arch, prompts)
        if found:
            break
    else:
        raise RuntimeError(f"no seed of {TRIES} whose tokens all lead by {arch.least_gap}")
    write(f"{name}-{'tied' if is_tied else 'untied'}", arch, is_tied, seed, model, found, gap)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("names", metavar="NAME", nargs="*", help="architectures of configs.py (all)")
    parser.add_argument("--seed", type=int, default=1, help="first seed to try (default %(default)s)")
    parser.add_argument("--only", choices=("tied", "untied"), help="one kind of embeddings (both)")
    options = parser.parse_args()
    torch.set_num_threads(1)
    MODELS.mkdir(exist_ok=True)
    n_failed = 0
    for name in options.names or ARCHS:
        arch = ARCHS[name]
        kinds = [(is_tied, {}) for is_tied in arch.tied] + [(is_tied, HALF) for is_tied in arch.also]
        for is_tied, width in kinds:
            if options.only and options.only != ("tied" if is_tied else "untied"):
                continue
            try:
                make(name, arch, is_tied, width, options.seed)
            except Exception:  # the others are made all the same
                n_failed += 1
                print(f"{name} {'tied' if is_tied else 'untied'}: {traceback.format_exc(limit=-2)}", flush=True)
    sys.exit(1 if n_failed else 0)


if __name__ == "__main__":
    main()
