"""Trains the demo model: Qwen3, untied, on documents.py; goes on where it was stopped.

One step reads DOCUMENTS documents, sorted by length into pieces of equal work, and learns what is
taught in them. Step `s` of a seed is always the same step. The state is kept every few minutes.

    ./dev --reference python3 tools/demo_model/train.py --folder DIR
"""
import argparse
import json
import math
import os
import time

import torch
from tokenizers import Tokenizer
from transformers import Qwen3Config, Qwen3ForCausalLM

import tokenizer as vocabulary
from documents import document

DOCUMENTS = 64
PIECE = 4096  # padded tokens that go through the model at once
SHAPE = {"hidden_size": 256, "num_hidden_layers": 5, "num_attention_heads": 8,
         "num_key_value_heads": 4, "head_dim": 32, "intermediate_size": 640}


def make_model(seed):
    """A new model of that shape."""
    torch.manual_seed(seed)
    config = Qwen3Config(vocab_size=vocabulary.N_VOCAB, max_position_embeddings=4096,
                         rope_theta=10000.0, rms_norm_eps=1e-6, tie_word_embeddings=False,
                         attention_bias=False, initializer_range=0.02, **SHAPE)
    config._attn_implementation = "sdpa"
    return Qwen3ForCausalLM(config)


def pieces(words, seed, step, n_steps):
    """The step's documents, padded: [(ids [n, L], target [n, L] with -100 where not taught)]."""
    encoded = [vocabulary.encode(words, document(seed, step * DOCUMENTS + i, step / n_steps))
               for i in range(DOCUMENTS)]
    encoded.sort(key=lambda e: len(e[0]))
    group, out = [], []
    for e in encoded + [None]:
        if group and (e is None or len(e[0]) * (len(group) + 1) > PIECE):
            length = len(group[-1][0])
            ids = torch.zeros(len(group), length, dtype=torch.long)
            target = torch.full((len(group), length), -100)
            for row, (tokens, taught) in enumerate(group):
                ids[row, :len(tokens)] = torch.tensor(tokens)
                known = torch.tensor(tokens).masked_fill(~torch.tensor(taught), -100)
                target[row, :len(tokens) - 1] = known[1:]
            out.append((ids, target))
            group = []
        if e:
            group.append(e)
    return out


def loss_of(model, ids, target):
    """Summed loss over what is taught; only those rows go through the head."""
    hidden = model.model(input_ids=ids).last_hidden_state
    where = target >= 0
    return torch.nn.functional.cross_entropy(model.lm_head(hidden[where]).float(), target[where],
                                             reduction="sum")


def learn(model, optimizer, batch, dtype):
    """One step; the mean loss and how many tokens were read."""
    n_taught = sum(int((target >= 0).sum()) for _, target in batch)
    total = 0.0
    optimizer.zero_grad()
    for ids, target in batch:
        with torch.autocast("cpu", dtype=dtype, enabled=dtype != torch.float32):
            loss = loss_of(model, ids, target) / n_taught
        loss.backward()
        total += float(loss.detach())
    torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    optimizer.step()
    return total, sum(ids.numel() for ids, _ in batch)


def rate_at(step, n_steps, peak):
    """Learning rate: up in a hundred steps, down along a cosine."""
    return peak * min((step + 1) / 100, 0.5 + 0.5 * math.cos(math.pi * step / n_steps) + 0.01)


def save(path, **state):
    """Write the state beside, then put it in place."""
    torch.save(state, path + ".part")
    os.replace(path + ".part", path)


def train(args):
    """Train to the end, from the state in the folder if there is one."""
    os.makedirs(args.folder, exist_ok=True)
    torch.set_num_threads(args.threads)
    torch.use_deterministic_algorithms(True)
    words_file = os.path.join(args.folder, "tokenizer.json")
    if not os.path.exists(words_file):
        vocabulary.train(args.seed).save(words_file)
    words = Tokenizer.from_file(words_file)
    model = make_model(args.seed)
    print(f"{sum(p.numel() for p in model.parameters()) / 1e6:.2f} M parameters", flush=True)
    optimizer = torch.optim.AdamW(model.parameters(), lr=args.rate, betas=(0.9, 0.98),
                                  weight_decay=0.05)
    state_file, step = os.path.join(args.folder, "state.pt"), 0
    if os.path.exists(state_file):
        state = torch.load(state_file)
        model.load_state_dict(state["model"])
        optimizer.load_state_dict(state["optimizer"])
        step = state["step"]
    kept, n_tokens, begin, losses = time.time(), 0, time.time(), []
    while step < min(args.steps, args.until or args.steps):
        for group in optimizer.param_groups:
            group["lr"] = rate_at(step, args.steps, args.rate)
        loss, n = learn(model, optimizer, pieces(words, args.seed, step, args.steps),
                        getattr(torch, args.dtype))
        step, n_tokens = step + 1, n_tokens + n
        losses.append(loss)
        if step % 20 == 0:
            speed = n_tokens / (time.time() - begin)
            with open(os.path.join(args.folder, "loss.jsonl"), "a", encoding="utf-8") as file:
                file.write(json.dumps({"step": step, "loss": sum(losses) / len(losses)}) + "\n")
            print(f"step {step} of {args.steps}, loss {sum(losses) / len(losses):.4f}, "
                  f"{speed:.0f} tokens/s", flush=True)
            losses = []
        if time.time() - kept > 180 or step == args.steps:
            save(state_file, model=model.state_dict(), optimizer=optimizer.state_dict(), step=step)
            kept = time.time()
    return model


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--folder", required=True, help="where everything is kept")
    parser.add_argument("--seed", type=int, default=42)
    parser.add_argument("--steps", type=int, default=6000)
    parser.add_argument("--until", type=int, help="stop there, as if killed")
    parser.add_argument("--rate", type=float, default=2e-3, help="the highest learning rate")
    parser.add_argument("--dtype", default="bfloat16", choices=("bfloat16", "float32"))
    parser.add_argument("--threads", type=int, default=len(os.sched_getaffinity(0)))
    train(parser.parse_args())


if __name__ == "__main__":
    main()
