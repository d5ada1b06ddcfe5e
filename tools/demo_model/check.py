"""The export is the model that was trained, down to 2e-3 in a logit.

An export in f32 is held against both ends: the model of model.py against transformers' Qwen3 as
tests/parity reads it from the file, and libllama against that through the project's own parity test
(8 cases, reading, thinking, speaking). Needs `make test-build` before.

    ./dev --reference python3 tools/demo_model/check.py --folder DIR
"""
import argparse
import os
import random
import subprocess
import sys
import tempfile
from pathlib import Path

import torch
from tokenizers import Tokenizer

import tokenizer as vocabulary
from documents import ROOT, document
from export import export, trained
from trays import seen

sys.path.append(os.path.join(ROOT, "tests/parity"))
import make_vectors  # pylint: disable=wrong-import-position

LIMIT = 2e-3


@torch.no_grad()
def difference(folder, gguf):
    """The largest difference of a logit from transformers' over some documents."""
    words = Tokenizer.from_file(os.path.join(folder, "tokenizer.json"))
    model, theirs = trained(folder), make_vectors.load_model(gguf)
    rng, worst = random.Random(0), 0.0
    for i in range(20):
        ids, _, _, branch = vocabulary.encode(words, document(rng, 1.0, i % 2 == 1, True))
        ids, is_seen = torch.tensor([ids]), seen(torch.tensor([branch]))
        ours = model.logits(model.hidden(model.embedded(ids), is_seen))
        mask = None if is_seen is None else is_seen[:, None]
        worst = max(worst, float((ours - theirs(ids, attention_mask=mask).logits).abs().max()))
    return worst


def is_met(gguf):
    """Whether libllama gives the numbers that transformers has for the file."""
    test = os.path.join(ROOT, os.environ.get("B", "build"), "tests/parity/parity_test")
    make_vectors.describe(gguf)
    return subprocess.run([test, gguf.with_suffix("")], check=False).returncode == 0


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--folder", required=True, help="that train.py was given")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        gguf = Path(scratch) / "demo.gguf"
        export(args.folder, str(gguf), "f32")
        worst = difference(args.folder, gguf)
        print(f"logits of model.py against transformers: off by {worst:.1e}, at most {LIMIT}")
        if worst > LIMIT or not is_met(gguf):
            sys.exit(1)


if __name__ == "__main__":
    main()
