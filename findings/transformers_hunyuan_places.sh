#!/bin/sh
# transformers 5.24.0 with torch 2.15.0: does a causal model with rotary embeddings see where its text stands?
# Guessed: no. Rotary embeddings see distances alone, so with every position moved by 512 the logits stay the same but for
# rounding, query and key norms or not (Qwen3 has both).
# Found: HunYuanDenseV1 turns queries and keys first and norms them behind that, with weights. Where the weights are all one
# the logits stay; where they differ within a pair that turns together, the place itself shows in every logit. Qwen3 norms
# first.
# Seen with Python 3.11 on a CPU, tiny models with random weights: the lines of "seen" below (largest change of a logit over
# the largest logit). Two gigabytes and more are fetched.
# For users: what moves cached keys (context shift, joining caches, a prefix put elsewhere) is exact on Qwen3 and cannot be
# on a trained HunYuan dense model.
set -u
seen=$(cat <<'EOF'
Qwen3ForCausalLM, norm weights one: below 0.001
Qwen3ForCausalLM, norm weights drawn: below 0.001
HunYuanDenseV1ForCausalLM, norm weights one: below 0.001
HunYuanDenseV1ForCausalLM, norm weights drawn: above 0.1
EOF
)
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
if ! { python3 -m venv "$tmp/venv" &&
    "$tmp/venv/bin/pip" install -q --disable-pip-version-check --no-cache-dir --retries 1 transformers==5.24.0 torch==2.15.0; } >"$tmp/log" 2>&1; then
    echo "skipped: transformers 5.24.0 and torch 2.15.0 cannot be had"
    exit 0
fi
now=$("$tmp/venv/bin/python" - <<'EOF' 2>"$tmp/log"
import torch
import transformers

SIZES = dict(vocab_size=64, hidden_size=64, intermediate_size=64, num_hidden_layers=2, num_attention_heads=4,
             num_key_value_heads=2, head_dim=16, max_position_embeddings=4096, initializer_range=0.3)
NORMS = ("q_norm.weight", "k_norm.weight", "query_layernorm.weight", "key_layernorm.weight")


def change(name, is_drawn):
    torch.manual_seed(0)
    config = getattr(transformers, name.replace("ForCausalLM", "Config"))(**SIZES)
    model = getattr(transformers, name)(config).eval()
    norms = [weight for key, weight in model.named_parameters() if key.endswith(NORMS)]
    assert len(norms) == 4, len(norms)
    ids, places = torch.arange(3, 15)[None], torch.arange(12)[None]
    with torch.no_grad():
        for weight in norms:
            weight.copy_(torch.rand(weight.shape) + 0.5 if is_drawn else torch.ones(weight.shape))
        here = model(ids, position_ids=places).logits
        there = model(ids, position_ids=places + 512).logits
    return ((here - there).abs().max() / here.abs().max()).item()


for name in ("Qwen3ForCausalLM", "HunYuanDenseV1ForCausalLM"):
    for is_drawn in (False, True):
        found = change(name, is_drawn)
        size = "below 0.001" if found < 1e-3 else "above 0.1" if found > 0.1 else f"{found:.4f}"
        print(f"{name}, norm weights {'drawn' if is_drawn else 'one'}: {size}")
EOF
)
printf '%s\n' "$now"
if [ "$now" != "$seen" ]; then
    printf 'changed; seen was:\n%s\n' "$seen"
    tail -n 3 "$tmp/log"
    exit 1
fi
echo "still so"
