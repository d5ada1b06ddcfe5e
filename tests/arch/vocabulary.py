"""The vocabulary that all models of the matrix share: the 256 bytes, some merges, three controls.

It is small because each model carries a row of W_in (and of W_out) for each token, and each GGUF
the vocabulary itself.
"""

import json

from gguf import TokenType

CONTROLS = ("<|endoftext|>", "<|im_start|>", "<|im_end|>")
MERGED = "th in an er on re ou es en at ed is it".split()
TEMPLATE = (
    "{% for m in messages %}{{ '<|im_start|>' + m['role'] + '\\n' + m['content'] + '<|im_end|>\\n' }}{% endfor %}"
    "{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}"
)

# Of one length, so that the four orders in which four lanes read them make one batch without padding.
PROMPTS = (
    "<|im_start|>24 - 9 = ?\n",
    "<|im_start|>check it:\r\n",
    "<|im_start|>in short:)\n",
    "<|im_start|>so it is: \n",
)


def letters():
    """The letter that stands for each byte, as GPT-2 has them: printable ones for themselves."""
    kept = {*range(ord("!"), ord("~") + 1), *range(0xA1, 0xAC + 1), *range(0xAE, 0xFF + 1)}
    others = iter(range(256, 512))
    return [chr(byte) if byte in kept else chr(next(others)) for byte in range(256)]


def tokens():
    return letters() + MERGED + list(CONTROLS)


SIZE = 256 + len(MERGED) + len(CONTROLS)
IDS = {name: SIZE - len(CONTROLS) + i for i, name in enumerate(CONTROLS)}
ENDS = dict(bos_token_id=IDS["<|endoftext|>"], eos_token_id=IDS["<|im_end|>"], pad_token_id=IDS["<|endoftext|>"])


def prompt_ids():
    """Byte by byte: what is tested here is what a model makes of tokens, not who makes the tokens."""
    start = "<|im_start|>"
    return [[IDS[start], *text.removeprefix(start).encode()] for text in PROMPTS]


def write(writer):
    """Into a GGUF, in place of what the converter reads from a tokenizer's files."""
    kinds = [TokenType.NORMAL] * (SIZE - len(CONTROLS)) + [TokenType.CONTROL] * len(CONTROLS)
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("qwen2")
    writer.add_token_list(tokens())
    writer.add_token_types(kinds)
    writer.add_token_merges([" ".join(pair) for pair in MERGED])
    writer.add_bos_token_id(ENDS["bos_token_id"])
    writer.add_eos_token_id(ENDS["eos_token_id"])
    writer.add_pad_token_id(ENDS["pad_token_id"])
    writer.add_add_bos_token(False)
    writer.add_chat_template(TEMPLATE)


def write_json(path):
    """As transformers keeps it: some converters count the tokens there."""
    vocab = {token: i for i, token in enumerate(tokens())}
    merges = [" ".join(pair) for pair in MERGED]
    path.write_text(json.dumps(dict(added_tokens=[], model=dict(type="BPE", vocab=vocab, merges=merges))))
