#!/usr/bin/env python3
"""LatentMAS as a plain Python loop over transformers: what the native program is timed against.

It is the loop a careful user would write today: weights loaded once in the wanted type, no
gradients, one DynamicCache handed from agent to agent, logits for the last position only. It is
not the reference's code, has no tokenizer, no sampling, no grading, and knows no text_mas.

The steps are the reference's, with its realignment matrix off (W_a = I):
  1. An agent's prompt is read on top of the cache of all agents before it.
  2. The last hidden state after the final norm is scaled to the mean norm of the rows of the
     input embedding and read as the next input, --latent_steps times. The last one is dropped.
  3. The last agent's prompt is read, then that agent speaks, here greedily. With no latent steps
     the cache is handed on as well.
At batch 1 that is exactly what the reference computes. A larger batch shares positions among its
rows, padding included, as there; but it is padded on the left and padding stays masked for the
agents after it, where the reference thinks on from padding and lets later agents see it. All
rows of the embedding count for the mean norm, also those that no token uses.

The file of --prompts holds token ids, for each question those of each agent, in order:
    {"questions": [[[1, 2, 3], [4, 5], [6, 7, 8]], [[1, 9], [4], [6, 7]]]}
Other keys are ignored. `baseline` reads the last agent's ids only. One line of JSON comes out.
"""
import argparse
import collections
import ctypes
import gc
import json
import os
import resource
import statistics
import sys
import time

import gguf
import torch
import transformers
from transformers.models.qwen3.modeling_qwen3 import Qwen3RotaryEmbedding

DTYPES = {"f32": torch.float32, "bf16": torch.bfloat16, "f16": torch.float16}
STORED = {"F32": torch.float32, "BF16": torch.bfloat16, "F16": torch.float16}
# The faster on the CPU by type, with torch 2.14 built without MKL: on a 0.6B model sdpa reads bf16
# prompts 9 times slower than eager, and f32 ones 1.7 times faster; f16 goes by its kernels alone.
# (With the index's torch 2.13 the two read bf16 alike; beside a mask eager thinks and speaks faster.)
ATTENTION = {"f32": "sdpa", "bf16": "eager", "f16": "sdpa"}
LEAST_NORM = 1e-6        # a shorter hidden state is scaled as if it were this long
SLAB = 4096              # rows of the embedding widened to f32 at a time
MAX_COUNT = 1 << 20      # of steps, tokens, rows of a batch, repeats
WARM_IDS, WARM_STEPS = 8, 2
QUIET_SECONDS, TERMINAL_PAUSE, LOG_PAUSE = 2.0, 0.2, 10.0
READ_WEIGHT = 0.125      # what reading a column counts beside a step, for the time left

GLOBAL_NAMES = {"model.embed_tokens": "token_embd", "model.norm": "output_norm",
                "lm_head": "output"}
LAYER_NAMES = {"self_attn.q_proj": "attn_q", "self_attn.k_proj": "attn_k",
               "self_attn.v_proj": "attn_v", "self_attn.o_proj": "attn_output",
               "self_attn.q_norm": "attn_q_norm", "self_attn.k_norm": "attn_k_norm",
               "mlp.gate_proj": "ffn_gate", "mlp.up_proj": "ffn_up", "mlp.down_proj": "ffn_down",
               "input_layernorm": "attn_norm", "post_attention_layernorm": "ffn_norm"}

Place = collections.namedtuple("Place", "kind shape offset")
Plan = collections.namedtuple("Plan", "latent_steps max_new_tokens ends batch",
                              defaults=((), 1))


class Refused(Exception):
    """Bad input; the message is one line for the user."""


# ---- The model file ----------------------------------------------------------------


def read_header(path):
    """({key: value}, {tensor name: Place}) of a GGUF file; arrays such as the vocabulary stay out.

    The reader holds hundreds of megabytes of views for a large vocabulary: it ends here, before
    the weights come.
    """
    try:
        reader = gguf.GGUFReader(path)
    except OSError as error:
        raise Refused(f"{path}: {error.strerror}") from error
    except (ValueError, IndexError) as error:
        raise Refused(f"{path}: not a readable GGUF file") from error
    values = {key: field.contents() for key, field in reader.fields.items()
              if field.types and field.types[0] != gguf.GGUFValueType.ARRAY}
    places = {t.name: Place(t.tensor_type.name, tuple(map(int, reversed(t.shape))),
                            int(t.data_offset)) for t in reader.tensors}
    return values, places


def config_of(values, places, attention):
    """The Qwen3Config that the metadata describes."""
    name = values.get("general.architecture")
    if name != "qwen3":
        raise Refused(f"the model's architecture is {name}, only qwen3 is known here")
    if values.get("qwen3.rope.scaling.type", "none") != "none":
        raise Refused("the model scales its rotary positions, which is not supported here")
    try:
        return transformers.Qwen3Config(
            vocab_size=places["token_embd.weight"].shape[0],
            hidden_size=values["qwen3.embedding_length"],
            intermediate_size=values["qwen3.feed_forward_length"],
            num_hidden_layers=values["qwen3.block_count"],
            num_attention_heads=values["qwen3.attention.head_count"],
            num_key_value_heads=values["qwen3.attention.head_count_kv"],
            head_dim=values["qwen3.attention.key_length"],
            rms_norm_eps=values["qwen3.attention.layer_norm_rms_epsilon"],
            max_position_embeddings=values["qwen3.context_length"],
            rope_parameters={"rope_type": "default", "rope_theta": values["qwen3.rope.freq_base"]},
            tie_word_embeddings="output.weight" not in places, attn_implementation=attention)
    except KeyError as error:
        raise Refused(f"the model file lacks {error}") from error


def stored_name(name, tied):
    """The GGUF's name of a parameter: model.layers.0.mlp.up_proj.weight is blk.0.ffn_up.weight."""
    owner = name.removesuffix(".weight")
    if owner == "lm_head" and tied:
        owner = "model.embed_tokens"
    if owner in GLOBAL_NAMES:
        return GLOBAL_NAMES[owner] + ".weight"
    _, _, layer, part = owner.split(".", 3)
    return f"blk.{layer}.{LAYER_NAMES[part]}.weight"


def read_tensor(file, name, place, shape, dtype):
    """One weight, [shape] of dtype on torch's default device, converted if stored otherwise."""
    if place is None or place.shape != shape:
        found = "missing" if place is None else list(place.shape)
        raise Refused(f"tensor {name} is {found}, expected {list(shape)}")
    if place.kind not in STORED:
        raise Refused(f"tensor {name} is {place.kind}, only {', '.join(STORED)} are known here")
    weight = torch.empty(shape, dtype=STORED[place.kind], device="cpu")
    into = memoryview(weight.view(torch.uint8).numpy()).cast("B")
    file.seek(place.offset)
    if file.readinto(into) != len(into):
        raise Refused(f"tensor {name} is cut short: the file is not complete")
    return weight.to(torch.get_default_device(), dtype)


def read_weights(path, places, shapes, tied, dtype):
    """{parameter name: tensor of dtype}; a tied output is the embedding itself, held once."""
    weights, seen = {}, {}
    with open(path, "rb") as file:
        for name, shape in shapes.items():
            source = stored_name(name, tied)
            if source not in seen:
                seen[source] = read_tensor(file, source, places.get(source), shape, dtype)
            weights[name] = seen[source]
    return weights


def build_model(path, header, dtype, attention):
    """A Qwen3ForCausalLM in dtype. Its peak memory is the weights and one tensor to convert."""
    values, places = header
    config = config_of(values, places, attention)
    with torch.device("meta"):
        model = transformers.Qwen3ForCausalLM(config)
    shapes = {name: tuple(weight.shape) for name, weight in model.state_dict().items()}
    weights = read_weights(path, places, shapes, config.tie_word_embeddings, dtype)
    model.load_state_dict(weights, assign=True)
    model.model.rotary_emb = Qwen3RotaryEmbedding(config)  # its table is not in the file
    return model.eval().requires_grad_(False)


def load_model(path, kind="f32", attention=None):
    """(model, mean norm of its embedding's rows, seconds); the header's are part of load's.

    The gguf package needs seconds to read a large vocabulary, which the loop has no use for:
    whoever compares loading takes them off.
    """
    start = time.perf_counter()
    header = read_header(path)
    gc.collect()
    header_seconds = time.perf_counter() - start
    model = build_model(path, header, DTYPES[kind], attention or ATTENTION[kind])
    norm = mean_row_norm(model.model.embed_tokens.weight)
    return model, norm, {"load": time.perf_counter() - start, "header": header_seconds}


def mean_row_norm(weight):
    """The mean length of the rows of weight [V, D], in f32, a slab of rows at a time."""
    total = sum(slab.float().norm(dim=1).sum().item() for slab in weight.split(SLAB))
    return total / weight.shape[0]


# ---- The loop ----------------------------------------------------------------------


class Memory:
    """What a batch has taken in so far: its KV cache of S columns, and which of them count."""

    def __init__(self, model, rows):
        self.cache = transformers.DynamicCache(config=model.config)
        self.counts = torch.ones(rows, 0, dtype=torch.bool)  # [B, S], false at padding

    def grow(self, counts):
        """Add columns [B, L]; returns the mask [B, S + L], or None where there is no padding."""
        self.counts = torch.cat([self.counts, counts], 1)
        return None if self.counts.all() else self.counts


class Work:
    """Seconds and counts of what was done, and the progress shown meanwhile."""

    def __init__(self, progress=None):
        self.seconds = dict.fromkeys(("read", "think", "speak"), 0.0)
        self.n_read = self.n_padding = self.n_thought = self.n_spoken = 0
        self.progress = progress or (lambda weight, spoken=0: None)

    def timed(self, kind, function, *args):
        """The result of function(*args), its time added to that of kind."""
        start = time.perf_counter()
        result = function(*args)
        if torch.cuda.is_initialized():
            torch.cuda.synchronize()  # a GPU works on behind Python's back
        self.seconds[kind] += time.perf_counter() - start
        return result


def pad_left(prompts):
    """Token ids [B, L] and which of them count [B, L] of B lists, the shorter ones led by 0s."""
    longest = max(map(len, prompts))
    ids = [[0] * (longest - len(p)) + p for p in prompts]
    counts = [[False] * (longest - len(p)) + [True] * len(p) for p in prompts]
    return torch.tensor(ids), torch.tensor(counts)


def forward(model, memory, counts, **tokens):
    """Takes in columns [B, L] of input_ids or inputs_embeds; the last one's hidden state [B, D]."""
    out = model.model(attention_mask=memory.grow(counts), past_key_values=memory.cache,
                      use_cache=True, **tokens)
    return out.last_hidden_state[:, -1]


def read(model, memory, prompts, work):
    """Takes in one prompt per row; the hidden state after it [B, D]."""
    ids, counts = pad_left(prompts)
    hidden = forward(model, memory, counts, input_ids=ids)
    work.n_read += int(counts.sum())
    work.n_padding += int((~counts).sum())
    work.progress(READ_WEIGHT * ids.shape[1])
    return hidden


def align(hidden, norm):
    """Hidden states [B, D], each as long as a row of the embedding is on average."""
    wide = hidden.float()
    return (wide * (norm / wide.norm(dim=-1, keepdim=True).clamp_min(LEAST_NORM))).to(hidden.dtype)


def think(model, memory, hidden, norm, steps, work):
    """Feeds the hidden state [B, D] back steps times; nothing but the memory keeps the result."""
    one = torch.ones(hidden.shape[0], 1, dtype=torch.bool)
    for _ in range(steps):
        hidden = forward(model, memory, one, inputs_embeds=align(hidden, norm)[:, None])
        work.n_thought += hidden.shape[0]
        work.progress(1)


def speak(model, memory, hidden, plan, work):
    """Up to max_new_tokens greedy ids [B, n] after the hidden state [B, D]; the last is not fed."""
    one = torch.ones(hidden.shape[0], 1, dtype=torch.bool)
    ends = torch.tensor(plan.ends, dtype=torch.long)
    spoken, over = [], torch.zeros_like(one)
    while True:
        spoken.append(model.lm_head(hidden).argmax(-1, keepdim=True))
        over |= torch.isin(spoken[-1], ends)
        work.progress(1, int((~over).sum()))
        if len(spoken) == plan.max_new_tokens or over.all():
            return torch.cat(spoken, 1)
        hidden = forward(model, memory, one, input_ids=spoken[-1])


def up_to_end(ids, ends):
    """ids up to the first end token, and that."""
    return next((ids[:n + 1] for n, token in enumerate(ids) if token in ends), ids)


@torch.inference_mode()
def answer(model, norm, questions, plan, work):
    """Spoken ids, one list per question; a question is one list of ids per agent."""
    memory = Memory(model, len(questions))
    *thinkers, speaker = zip(*questions)
    for prompts in thinkers:
        hidden = work.timed("read", read, model, memory, prompts, work)
        work.timed("think", think, model, memory, hidden, norm, plan.latent_steps, work)
    hidden = work.timed("read", read, model, memory, speaker, work)
    ids = work.timed("speak", speak, model, memory, hidden, plan, work)
    answers = [up_to_end(row, plan.ends) for row in ids.tolist()]
    work.n_spoken += sum(map(len, answers))
    return answers


def answer_all(model, norm, questions, plan, progress=None):
    """(answers, Work) of all questions, plan.batch at a time in their order."""
    work, answers, start = Work(progress), [], time.perf_counter()
    for first in range(0, len(questions), plan.batch):
        answers += answer(model, norm, questions[first:first + plan.batch], plan, work)
    work.seconds["total"] = time.perf_counter() - start
    return answers, work


def warm_up(model, norm, questions, plan):
    """A few short steps of the same batch, so that first-call costs are not timed."""
    short = [[ids[:WARM_IDS] for ids in q] for q in questions[:plan.batch]]
    answer(model, norm, short, Plan(min(plan.latent_steps, WARM_STEPS), WARM_STEPS), Work())


# ---- Input and output --------------------------------------------------------------


class Progress:
    """Says on stderr how far the work is, once it has taken a while."""

    def __init__(self, questions, plan, repeats):
        self.total = repeats * sum(self.weight(questions[first:first + plan.batch], plan)
                                   for first in range(0, len(questions), plan.batch))
        self.done = self.spoken = 0
        self.start = time.monotonic()
        self.terminal = sys.stderr.isatty()
        self.next = self.start + QUIET_SECONDS

    @staticmethod
    def weight(questions, plan):
        """What a batch counts if no row ends early."""
        columns = sum(max(map(len, prompts)) for prompts in zip(*questions))
        thoughts = (len(questions[0]) - 1) * plan.latent_steps
        return READ_WEIGHT * columns + thoughts + plan.max_new_tokens

    def __call__(self, weight, spoken=0):
        self.done += weight
        self.spoken += spoken
        now = time.monotonic()
        if now >= self.next:
            self.show(now - self.start)
            self.next = now + (TERMINAL_PAUSE if self.terminal else LOG_PAUSE)

    def show(self, elapsed):
        left = elapsed * (self.total - self.done) / self.done
        print(f"python_loop: {100 * self.done / self.total:.0f} %, "
              f"{self.spoken / elapsed:.1f} tokens/s spoken, {left:.0f} s left",
              file=sys.stderr, end="\r" if self.terminal else "\n", flush=True)

    def end(self):
        if self.terminal:
            print("\033[K", file=sys.stderr, end="", flush=True)


def check_questions(questions, vocab):
    """Raises Refused unless questions hold lists of ids, for the same number of agents each."""
    if not isinstance(questions, list) or not questions:
        raise Refused('no questions: expected {"questions": [[[ids of agent 1], ...], ...]}')
    for number, question in enumerate(questions, 1):
        if not isinstance(question, list) or not question or len(question) != len(questions[0]):
            raise Refused(f"question {number}: not one list of ids per agent, as in the first")
        for agent, ids in enumerate(question, 1):
            where = f"question {number}, agent {agent}"
            if not isinstance(ids, list) or not ids:
                raise Refused(f"{where}: not a list of ids, or an empty one")
            bad = next((x for x in ids if type(x) is not int or not 0 <= x < vocab), None)
            if bad is not None:
                raise Refused(f"{where}: {bad!r} is not an id of this model (0 to {vocab - 1})")


def read_questions(path, vocab):
    """The questions of a prompts file: question, agent, ids."""
    try:
        with open(path, encoding="utf-8") as file:
            document = json.load(file)
    except OSError as error:
        raise Refused(f"{path}: {error.strerror}") from error
    except ValueError as error:
        raise Refused(f"{path}: not JSON: {error}") from error
    questions = document.get("questions") if isinstance(document, dict) else None
    try:
        check_questions(questions, vocab)
    except Refused as error:
        raise Refused(f"{path}: {error}") from error
    return questions


def check_context(questions, plan, context):
    """Raises Refused if a batch of the questions grows past the model's context."""
    for first in range(0, len(questions), plan.batch):
        rows = questions[first:first + plan.batch]
        columns = sum(max(map(len, prompts)) for prompts in zip(*rows))
        columns += (len(rows[0]) - 1) * plan.latent_steps + plan.max_new_tokens - 1
        if columns > context:
            raise Refused(f"question {first + 1}: {columns} positions, the model has {context}")


def count_from(least):
    """A converter of arguments: a whole number from least to MAX_COUNT."""
    def convert(text):
        if not text.isdecimal() or not least <= int(text) <= MAX_COUNT:
            raise argparse.ArgumentTypeError(f"{text!r} is not a number {least} to {MAX_COUNT}")
        return int(text)
    return convert


def parse(arguments):
    parser = argparse.ArgumentParser(
        description="LatentMAS as a plain Python loop over transformers.")
    add = parser.add_argument
    add("--model", required=True, metavar="FILE.gguf", help="Qwen3 with F32, BF16 or F16 weights")
    add("--prompts", required=True, metavar="FILE.json",
        help='{"questions": [[[ids of agent 1], ..., [ids of the last agent]], ...]}')
    add("--method", choices=("latent_mas", "baseline"), default="latent_mas")
    add("--dtype", choices=DTYPES, default="f32")
    add("--attention", choices=("sdpa", "eager"),
        help="by default the faster for the dtype on the CPU, sdpa elsewhere")
    add("--device", default="cpu", help="cpu (the default), cuda, ...")
    add("--latent_steps", type=count_from(0), default=10, metavar="N")
    add("--max_new_tokens", type=count_from(1), default=256, metavar="N")
    add("--batch", type=count_from(1), default=1, metavar="N", help="questions at a time")
    add("--threads", type=count_from(1), default=len(os.sched_getaffinity(0)), metavar="N")
    add("--limit", type=count_from(1), metavar="N", help="only the first N questions")
    add("--repeat", type=count_from(1), default=1, metavar="R", help="time it R times")
    add("--greedy", action="store_true", help="the only way of choosing tokens here")
    ends = parser.add_mutually_exclusive_group()
    ends.add_argument("--ignore_eos", action="store_true", help="the default")
    ends.add_argument("--eos", type=count_from(0), nargs="+", default=[], metavar="ID",
                      help="a row ends at these ids")
    add("--answers", action="store_true", help="print the spoken ids too")
    return parser.parse_args(arguments)


def set_threads(count):
    """As many threads for torch and for an OpenBLAS below it, which has threads of its own."""
    torch.set_num_threads(count)
    try:
        ctypes.CDLL("libopenblas.so.0").openblas_set_num_threads(count)
    except (OSError, AttributeError):
        pass  # torch was built with another BLAS


def set_device(name):
    """Tensors are made on that device from now on."""
    try:
        torch.set_default_device(name)
        torch.empty(1)
    except (AssertionError, RuntimeError) as error:
        reason = str(error).strip().splitlines()[0]
        raise Refused(f"--device {name}: {reason}") from error


def peak_rss():
    """The most memory this process has held, in bytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def report(args, questions, loading, runs):
    """What is printed: medians of seconds, and rates by them."""
    work = runs[0]
    middle = {kind: statistics.median(run.seconds[kind] for run in runs) for kind in work.seconds}

    def rate(count, kind):
        return count / middle[kind] if middle[kind] else None
    return {
        "method": args.method, "dtype": args.dtype, "batch": args.batch, "threads": args.threads,
        "device": args.device, "latent_steps": args.latent_steps,
        "max_new_tokens": args.max_new_tokens, "questions": questions, "n_read": work.n_read,
        "n_padding": work.n_padding, "n_thought": work.n_thought, "n_spoken": work.n_spoken,
        "seconds": loading | middle, "all_seconds": [run.seconds for run in runs],
        "questions_per_s": rate(questions, "total"), "read_per_s": rate(work.n_read, "read"),
        "thoughts_per_s": rate(work.n_thought, "think"),
        "spoken_per_s": rate(work.n_spoken, "speak"),
        "peak_rss_bytes": peak_rss(),
        "torch": torch.__version__, "transformers": transformers.__version__}


def questions_for(args, config):
    """(questions, plan) that args ask for."""
    questions = read_questions(args.prompts, config.vocab_size)[:args.limit]
    if args.method == "baseline":
        questions = [question[-1:] for question in questions]
    plan = Plan(args.latent_steps, args.max_new_tokens, tuple(args.eos), args.batch)
    check_context(questions, plan, config.max_position_embeddings)
    return questions, plan


def run(args):
    """Loads, warms up, answers everything args.repeat times; what is printed."""
    set_threads(args.threads)
    set_device(args.device)
    attention = args.attention or (None if args.device == "cpu" else "sdpa")
    model, norm, loading = load_model(args.model, args.dtype, attention)
    loaded = {"loaded_rss_bytes": peak_rss(), "attention": model.config._attn_implementation}
    questions, plan = questions_for(args, model.config)
    warm_up(model, norm, questions, plan)
    progress, runs = Progress(questions, plan, args.repeat), []
    for _ in range(args.repeat):
        answers, work = answer_all(model, norm, questions, plan, progress)
        runs.append(work)
    progress.end()
    result = report(args, len(questions), loading, runs) | loaded
    return result | {"answers": answers} if args.answers else result


def main(arguments=None):
    try:
        print(json.dumps(run(parse(arguments))))
    except Refused as error:
        print(f"python_loop: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
