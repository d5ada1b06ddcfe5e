"""parrot.py OUT.gguf [CHUNK...] - a tiny model that says the chunks, in order, whatever it reads,
and then ends its turn; without chunks it ends at once. A chunk behind a '^' is a control token.

Attention and feed-forward are zero, so a row of the embedding goes straight to the head: row 0 is
shared by everything that is no chunk and leads to the first one, row i by chunk i alone. Chunks are
tokens and must differ. Needs Python alone.
"""
import struct
import sys

CHUNKS_MAX = 30
N_EMBD, N_FF, N_HEAD = 32, 32, 1
U32, F32, BOOL, STRING, ARRAY, I32 = 4, 6, 7, 8, 9, 5
NORMAL, UNKNOWN, CONTROL, USER, BYTE = 1, 2, 3, 4, 6
CERTAIN = 8.0  # the certain token leads by this times the square root of N_EMBD
TEMPLATE = "{% for m in messages %}<|im_start|>{{ m.role }}\n{{ m.content }}<|im_end|>\n{% endfor %}<|im_start|>assistant\n"


def string(text):
    data = text.encode()
    return struct.pack("<Q", len(data)) + data


def array(kind, items):
    pack = {STRING: string, F32: lambda x: struct.pack("<f", x), I32: lambda x: struct.pack("<i", x)}[kind]
    return struct.pack("<IQ", kind, len(items)) + b"".join(map(pack, items))


def value(kind, x):
    return struct.pack("<I", kind) + {U32: lambda: struct.pack("<I", x), F32: lambda: struct.pack("<f", x),
                                      BOOL: lambda: struct.pack("<?", x), STRING: lambda: string(x),
                                      ARRAY: lambda: array(*x)}[kind]()


def vocabulary(chunks):
    """(text, type) of every token, and the id of the first chunk."""
    tokens = [("<unk>", UNKNOWN), ("<s>", CONTROL), ("</s>", CONTROL)]
    tokens += [(f"<0x{byte:02X}>", BYTE) for byte in range(256)]
    said = [(chunk[1:], CONTROL) if chunk.startswith("^") else (chunk, USER) for chunk in chunks]
    return tokens + said, len(tokens)


def matrix(n_rows, ones):
    """Rows of N_EMBD zeros but for `ones`: (row, column, value)."""
    cells = [0.0] * (n_rows * N_EMBD)
    for row, column, x in ones:
        cells[row * N_EMBD + column] = x
    return (N_EMBD, n_rows), cells


def tensors(n_vocab, first):
    n = n_vocab - first
    told = [(i, max(0, i - first + 1), 1.0) for i in range(n_vocab)]
    heard = [(first + i, i, CERTAIN) for i in range(n)] + [(2, n, CERTAIN)]
    yield "token_embd.weight", *matrix(n_vocab, told)
    yield "output.weight", *matrix(n_vocab, heard)
    for name in ("output_norm", "blk.0.attn_norm", "blk.0.ffn_norm"):
        yield name + ".weight", (N_EMBD,), [1.0] * N_EMBD
    for name in ("attn_q", "attn_k", "attn_v", "attn_output", "ffn_gate", "ffn_up", "ffn_down"):
        yield f"blk.0.{name}.weight", *matrix(N_FF, [])


def keys(tokens):
    yield "general.architecture", STRING, "llama"
    yield "general.name", STRING, "parrot"
    for name, n in (("context_length", 4096), ("embedding_length", N_EMBD), ("block_count", 1),
                    ("feed_forward_length", N_FF), ("attention.head_count", N_HEAD),
                    ("attention.head_count_kv", N_HEAD), ("rope.dimension_count", N_EMBD),
                    ("vocab_size", len(tokens))):
        yield "llama." + name, U32, n
    yield "llama.attention.layer_norm_rms_epsilon", F32, 1e-6
    yield "tokenizer.ggml.model", STRING, "llama"
    yield "tokenizer.ggml.tokens", ARRAY, (STRING, [text for text, _ in tokens])
    yield "tokenizer.ggml.scores", ARRAY, (F32, [0.0] * len(tokens))
    yield "tokenizer.ggml.token_type", ARRAY, (I32, [kind for _, kind in tokens])
    yield "tokenizer.ggml.bos_token_id", U32, 1
    yield "tokenizer.ggml.eos_token_id", U32, 2
    yield "tokenizer.ggml.unknown_token_id", U32, 0
    yield "tokenizer.ggml.add_space_prefix", BOOL, False
    yield "tokenizer.chat_template", STRING, TEMPLATE


def main(path, *chunks):
    assert len(chunks) <= CHUNKS_MAX and len(set(chunks)) == len(chunks)
    tokens, first = vocabulary(chunks)
    pairs, weights = list(keys(tokens)), list(tensors(len(tokens), first))
    head, body = b"", b""
    for name, kind, x in pairs:
        head += string(name) + value(kind, x)
    for name, shape, cells in weights:
        head += string(name) + struct.pack(f"<I{len(shape)}QIQ", len(shape), *shape, 0, len(body))
        body += struct.pack(f"<{len(cells)}f", *cells)
        body += b"\0" * (-len(body) % 32)
    head = b"GGUF" + struct.pack("<IQQ", 3, len(weights), len(pairs)) + head
    with open(path, "wb") as file:
        file.write(head + b"\0" * (-len(head) % 32) + body)


main(*sys.argv[1:])
