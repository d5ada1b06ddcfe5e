"""The demo model's vocabulary: byte-level BPE of 768 tokens, each digit a token of its own.

Text is cut as Qwen2 cuts it, so libllama knows how (tokenizer.ggml.pre = "qwen2").
"""
import random
import re

from tokenizers import Regex, Tokenizer, decoders, models, pre_tokenizers, trainers

from documents import document
from model import N_VOCAB

SPECIAL = ["<|endoftext|>", "<|im_start|>", "<|im_end|>"]
CUTS = (r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*"
        r"|\s*[\r\n]+|\s+(?!\S)|\s+")


def plain_texts(rng, n_documents):
    """What stands between the special tokens of so many documents."""
    between = re.compile("|".join(map(re.escape, SPECIAL)))
    for _ in range(n_documents):
        for part, _ in flat(document(rng, 1.0, rng.random() < 0.5)):
            if not isinstance(part, int):
                yield from between.split(part[0])


def flat(parts):
    """The parts of a document in their order, each with its branch: from 1 on, 0 if it has none."""
    n_branches = 0
    for part in parts:
        is_branch = isinstance(part, list)
        n_branches += is_branch
        for inner in part if is_branch else [part]:
            yield inner, n_branches if is_branch else 0


def train(seed, n_documents=8000):
    """The tokenizer that documents of the late training give."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([
        pre_tokenizers.Split(Regex(CUTS), "isolated"),
        pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)])
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(vocab_size=N_VOCAB, special_tokens=SPECIAL, show_progress=False,
                                  initial_alphabet=sorted(pre_tokenizers.ByteLevel.alphabet()))
    rng = random.Random(f"{seed}/tokenizer")
    tokenizer.train_from_iterator(plain_texts(rng, n_documents), trainer)
    return tokenizer


THOUGHT = 0  # stands where a thought will


def encode(words, parts):
    """Ids of a document's parts, whether each is taught, whether a thought stands there, and its
    branch."""
    ids, taught, thought, branches = [], [], [], []
    for part, branch in flat(parts):
        if isinstance(part, int):
            part_ids, is_taught = [THOUGHT] * part, False
        else:
            part_ids, is_taught = words.encode(part[0]).ids, part[1]
        ids += part_ids
        taught += [is_taught] * len(part_ids)
        thought += [isinstance(part, int)] * len(part_ids)
        branches += [branch] * len(part_ids)
    return ids, taught, thought, branches
