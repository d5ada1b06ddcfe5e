"""The demo model's vocabulary: byte-level BPE of 768 tokens, each digit a token of its own.

Text is cut as Qwen2 cuts it, so libllama knows how (tokenizer.ggml.pre = "qwen2").
"""
from tokenizers import Regex, Tokenizer, decoders, models, pre_tokenizers, trainers

from documents import document

N_VOCAB = 768
SPECIAL = ["<|endoftext|>", "<|im_start|>", "<|im_end|>"]
CUTS = (r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*"
        r"|\s*[\r\n]+|\s+(?!\S)|\s+")


def train(seed, n_documents=20000):
    """The tokenizer that the first documents of the late training give."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([
        pre_tokenizers.Split(Regex(CUTS), "isolated"),
        pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)])
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(vocab_size=N_VOCAB, special_tokens=SPECIAL, show_progress=False,
                                  initial_alphabet=sorted(pre_tokenizers.ByteLevel.alphabet()))
    texts = ("".join(text for text, _ in document(seed, -1 - i, 1.0)) for i in range(n_documents))
    tokenizer.train_from_iterator(texts, trainer)
    return tokenizer


def encode(tokenizer, parts):
    """Ids of a document [(text, is_taught)], and whether each is taught."""
    ids, taught = [], []
    for text, is_taught in parts:
        new = tokenizer.encode(text).ids
        ids += new
        taught += [is_taught] * len(new)
    return ids, taught
