#!/usr/bin/env python3
"""Write docs/models.md from what arch_test.sh says and what is known of each model.

    ./dev make && ./dev env LATENTMAS_TEST_WHOLE=1 sh tests/arch/arch_test.sh >FILE; python3 tests/arch/make_table.py <FILE >docs/models.md
"""

import json
import lzma
import math
import re
import sys
from collections import defaultdict
from pathlib import Path

MODELS = Path(__file__).parent / "models"
FIGURE = re.compile(r"# (\S+), (\d) at once: (\d+) cases, logits off by (\S+), hidden states by (\S+), (\d+) of (\d+) tokens")
ENGINE = re.compile(r"# \S+ on (libllama \S+)")

HEAD = """# Architectures

Which models are known to be right, to what, and which are not. The weights do not matter for this, the architecture does: what
libllama's graph does with a vector in a token's place, and what the converter writes down.

For each architecture transformers drew a tiny random model, llama.cpp's converter made the GGUF, and the [method](method.md) was run on both sides, in
f32 on a CPU: three agents read and think 0, 1 and 5 thoughts, with `W_a` off and on, then the fourth reads and speaks 24 tokens. On
our side each case was run alone and with three others at once. **Right** means: all tokens equal, and logits and hidden states within the distance shown.
GELU is looked up in a table of half precision by libggml, so those models differ in the third decimal.

`latentmas model info FILE` says of any GGUF whether it can think, and why not. What is not in the table is not refused: each new
session feeds the model a token's own row as a vector, and refuses to think where that is not the token
([the rule](method.md#realignment)). Baseline and text_mas need no vectors.

`make test` holds the program to the table (`tests/arch`; `make test-long` with every case also alone). This page is made by `tests/arch/make_table.py`. Seen on {engine}, transformers {transformers},
the converter of Debian's llama.cpp-tools 0.7.0.

{n_architectures} architectures of libllama, {n_models} models, {n_cases} cases.

| model | architecture | from | embeddings | thinks | within | of note |
| --- | --- | --- | --- | --- | --- | --- |
"""

TAIL = """
The caches of transformers 5.12 are wrong for a second piece of several tokens on recurrent and hybrid models (Mamba, Mamba-2, Falcon-H1, Granite 4 H, Jamba,
LFM2); there, and on Nemotron-H, one token at a time is the reference. On all of these a decode that failed half-way cannot be taken back: the question fails, and
says so.

Tied and untied differ in where libllama finds `W_out` and, with `W_a` on, in that `W_a` of a tied model is the identity. Where the table shows one kind,
there is no other: untied alone are those of which libllama wants an `output.weight`, and Falcon-H1 (below); tied alone are Gemma, Gemma 2, Command R and Command R7B,
of which it reads none, and LFM2 MoE, whose head the converter does not know.

## Refused

| what | why | whose | said |
| --- | --- | --- | --- |
| GLM-4, GLM-4.5 and 4.6 (`glm4`, `glm4moe`), `granite-switch`: thinking | libllama ends the process on a vector unless positions have sections (M-RoPE) | libllama | when the model is opened; baseline and text_mas run |
| a sliding window, and no layer that slides (seen: Mellum, OLMo 3, Gemma 4) | libllama ends the process when a context is made | libllama | when the model is opened |
| AFMoE without a sliding window | the same | libllama | when the model is opened |
| Qwen3-VL with as many stacked inputs as layers | the same | libllama | when the model is opened |
| encoders, diffusion models, files without a vocabulary | there is no next token to think towards | | when the model is opened |
| any other on which a token's row is not the token | thoughts would be wrong | libllama | when a session is made |

## Known to differ

| what | how | whose |
| --- | --- | --- |
| Gemma 3n | differs from transformers from the first token on, by 0.13 in the logits; the cause was not found. A thought gets the per-layer inputs of token 0 (a warning says so) | libllama or its converter |
| Gemma 4 E | a thought has no token, so its per-layer inputs are those of token 0 (a warning says so); right to that | ours to say: transformers takes no vectors there |
| Gemma, Gemma 2 in transformers before 5.4 | it scaled vectors once more; from 5.4 on it does not, which is what is compared here | transformers |
| gpt-oss with `truncate: false` in its YaRN parameters | libllama does not read it | libllama |
| longrope (Phi-3 long) | the factors follow the size of the context, not the length of the text: a large `-c` changes short prompts | libllama |
| Qwen2-VL | the epsilon of the norms is not read | libllama |
| PhiMoE | the first hidden state is another: transformers routes by its SparseMixer, libllama by a softmax (the likely cause) | libllama or its converter |
| MiniCPM3 | `dim_model_base` is taken as 256 (a warning says so) | libllama |
| EXAONE 4 with sliding windows, DeepSeek-V2 without `q_lora` | known by the number of layers (64; 26 or 27) | libllama |
| Falcon-H1, tied | the converter folds the embedding's multiplier into the matrix that both ends share: logits come out larger | converter |
| Bamba | transformers counts positions from 0 at each call: nothing to compare with | transformers |
| configurations that transformers 5.12 saved | lack `scoring_func`, `route_norm`, `rotary_pct`, `n_ctx`, which the converter then guesses; those of the hub have them | transformers |
"""


def figures(lines):
    """Of each model: the worst distance of its logits, of hidden states, and the cases."""
    found = defaultdict(lambda: [0.0, 0])
    engine = "libllama"
    for line in lines:
        if match := FIGURE.match(line):
            name, _, cases, logits, hidden, same, of = match.groups()
            if same != of:
                sys.exit(f"{name}: {same} of {of} tokens: not a table of what holds")
            found[name][0] = max(found[name][0], float(logits), float(hidden))
            found[name][1] += int(cases)
        elif match := ENGINE.match(line):
            engine = match[1]
    return found, engine


def rounded_up(x):
    """To one digit; what is below 1e-4 is rounding, and differs from machine to machine."""
    if x <= 1e-4:
        return "1e-5" if x <= 1e-5 else "1e-4"
    power = math.floor(math.log10(x))
    digit = math.ceil(x / 10**power)
    return f"{digit}e{power}" if digit < 10 else f"1e{power + 1}"


def row(name, models, seen):
    first = models[0][1]
    ends = " and ".join("tied" if m["tied"] else "untied" for _, m in models)
    thinks = "refused" if first["refused"] else "right"
    worst = max(seen[stem][0] for stem, _ in models)
    return f"| `{name}` | `{first['arch']}` | {first['by']} | {ends} | {thinks} | {rounded_up(worst)} | {first['remark']} |"


def main():
    seen, engine = figures(sys.stdin)
    models = {path.name[: -len(".json.xz")]: json.loads(lzma.open(path).read()) for path in sorted(MODELS.glob("*.json.xz"))}
    if missing := sorted(set(models) - set(seen)):
        sys.exit(f"no figures of {', '.join(missing)}")
    by_name = defaultdict(list)
    for stem, model in models.items():
        by_name[stem.rsplit("-", 1)[0]].append((stem, model))
    head = HEAD.format(
        engine=engine,
        transformers=" and ".join(sorted({m["transformers"] for m in models.values()})),
        n_architectures=len({m["arch"] for m in models.values()}),
        n_models=len(models),
        n_cases=sum(seen[stem][1] for stem in models),
    )
    print(head + "\n".join(row(name, of, seen) for name, of in sorted(by_name.items())) + "\n" + TAIL, end="")


if __name__ == "__main__":
    main()
