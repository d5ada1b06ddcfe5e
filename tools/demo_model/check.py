"""The export is the model that was trained, down to 2e-3 in a logit.

Two steps, both in f32: the model of model.py against transformers' Qwen3ForCausalLM with the same
weights; and that of an exported GGUF against libllama, through the project's own parity test
(tests/parity: 8 cases, reading, thinking, speaking). Needs `make test-build` before.

    ./dev --reference python3 tools/demo_model/check.py --folder DIR
"""
import argparse
import os
import random
import subprocess
import sys
import tempfile

import torch
from tokenizers import Tokenizer
from transformers import Qwen3Config, Qwen3ForCausalLM

import model as shape
import tokenizer as vocabulary
from documents import ROOT, document
from export import export, trained

LIMIT = 2e-3


def theirs(model):
    """transformers' model with those weights."""
    config = Qwen3Config(
        vocab_size=shape.N_VOCAB, hidden_size=shape.WIDTH, num_hidden_layers=shape.N_LAYERS,
        num_attention_heads=shape.N_HEADS, num_key_value_heads=shape.N_KV_HEADS,
        head_dim=shape.HEAD, intermediate_size=shape.FFN, rms_norm_eps=shape.EPS,
        max_position_embeddings=shape.N_POSITIONS, tie_word_embeddings=False,
        rope_parameters={"rope_type": "default", "rope_theta": shape.ROPE_BASE})
    out = Qwen3ForCausalLM(config).float().eval()
    out.load_state_dict(shape.transformers_weights(model))
    return out


@torch.no_grad()
def difference(folder):
    """The largest difference of a logit from transformers' over some documents."""
    words = Tokenizer.from_file(os.path.join(folder, "tokenizer.json"))
    model = trained(folder)
    reference, rng, worst = theirs(model), random.Random(0), 0.0
    for i in range(20):
        ids = torch.tensor([vocabulary.encode(words, document(rng, 1.0, i % 2 == 1))[0]])
        ours = model.logits(model.hidden(model.embedded(ids)))
        worst = max(worst, float((ours - reference(ids).logits).abs().max()))
    return worst


def exported_is_met(folder):
    """Whether libllama gives the numbers of the f32 export as transformers has them."""
    vectors = os.path.join(ROOT, "tests/parity/make_vectors.py")
    test = os.path.join(ROOT, os.environ.get("B", "build"), "tests/parity/parity_test")
    with tempfile.TemporaryDirectory() as scratch:
        stem = os.path.join(scratch, "demo")
        export(folder, stem + ".gguf", "f32")
        subprocess.run([sys.executable, vectors, "--describe", stem + ".gguf"], check=True)
        return subprocess.run([test, stem], check=False).returncode == 0


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--folder", required=True, help="that train.py was given")
    args = parser.parse_args()
    worst = difference(args.folder)
    print(f"logits of model.py against transformers: off by {worst:.1e}, at most {LIMIT} allowed")
    if worst > LIMIT or not exported_is_met(args.folder):
        sys.exit(1)


if __name__ == "__main__":
    main()
