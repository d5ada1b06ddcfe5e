"""mutate.py - GGUF files with a header that lies, made from one that does not.

A mutant is decided by the base file and a number alone. Most change one value; some change two.
What a key may say wrongly is tried on purpose: counts that are zero, negative or huge, types that
are others, arrays that are too short, another architecture under the same tensors.
"""

import random
import struct

U8, I8, U16, I16, U32, I32, F32, BOOL, STRING, ARRAY, U64, I64, F64 = range(13)
FORMATS = {U8: "B", I8: "b", U16: "H", I16: "h", U32: "I", I32: "i", F32: "f", BOOL: "?", U64: "Q", I64: "q", F64: "d"}
RANGES = {U8: (0, 1 << 8), I8: (-(1 << 7), 1 << 7), U16: (0, 1 << 16), I16: (-(1 << 15), 1 << 15),
          U32: (0, 1 << 32), I32: (-(1 << 31), 1 << 31), U64: (0, 1 << 64), I64: (-(1 << 63), 1 << 63)}
ALIGNMENT = 32

WHOLE = [0, 1, 2, 3, 5, 7, 31, 63, 64, 65, 127, 129, 255, 256, 257, 511, 512, 513, 1000, 4097, 65535, 65536,
         1 << 20, (1 << 31) - 1, 1 << 31, (1 << 32) - 1, 1 << 32, 1 << 40, (1 << 63) - 1, 1 << 63, (1 << 64) - 1, -1, -2]
REAL = [0.0, -0.0, 1.0, -1.0, 1e-45, 1e-30, 0.5, 1e10, 3e38, float("inf"), float("-inf"), float("nan")]
TEXTS = [b"", b"\x1b[31mred\x1b[0m\x07", b"\xff\xfe", b"a" * 70000, b"gpt2", b"llama", b"none", b"no_vocab", b"bert", b"t5",
         b"rwkv", b"plamo2", b"default", b"qwen2", b"../../etc", b"\xc2\x9b2J", b"{{", b"linear", b"yarn", b"longrope"]
ARCHITECTURES = """llama llama4 deci falcon grok gpt2 gptj gptneox mpt baichuan starcoder refact bert nomic-bert
    nomic-bert-moe neo-bert jina-bert-v2 bloom stablelm qwen qwen2 qwen2moe qwen2vl qwen3 qwen3moe qwen3vl qwen3next phi2
    phi3 phimoe plamo plamo2 plamo3 codeshell orion internlm2 minicpm minicpm3 gemma gemma2 gemma3 gemma3n gemma4 starcoder2
    rwkv6 rwkv6qwen2 rwkv7 arwkv7 mamba mamba2 jamba falcon-h1 xverse command-r cohere2 dbrx olmo olmo2 olmoe openelm arctic
    deepseek deepseek2 chatglm glm4 glm4moe bitnet t5 t5encoder jais nemotron nemotron_h exaone exaone4 granite granitemoe
    granitehybrid chameleon wavtokenizer-dec plm bailingmoe bailingmoe2 dots1 arcee ernie4_5 ernie4_5-moe hunyuan-moe
    hunyuan-dense smollm3 gpt-oss lfm2 lfm2moe dream smallthinker llada llada-moe seed_oss grovemoe apertus minimax-m2
    cogvlm rnd1 pangu-embedded mistral3 mimo2 kimi-linear clip nonesuch""".split()
MORE = [("expert_count", U32), ("expert_used_count", U32), ("expert_shared_count", U32), ("expert_group_count", U32),
        ("expert_group_used_count", U32), ("expert_feed_forward_length", U32), ("expert_weights_scale", F32),
        ("expert_gating_func", U32), ("nextn_predict_layers", U32), ("leading_dense_block_count", U32),
        ("interleave_moe_layer_step", U32), ("attention.key_length", U32), ("attention.value_length", U32),
        ("attention.head_count_kv", U32), ("attention.sliding_window", U32), ("attention.layer_norm_epsilon", F32),
        ("attention.layer_norm_rms_epsilon", F32), ("attention.group_norm_groups", U32), ("attention.causal", BOOL),
        ("attention.clamp_kqv", F32), ("attention.max_alibi_bias", F32), ("attention.scale", F32),
        ("attention.q_lora_rank", U32), ("attention.kv_lora_rank", U32), ("attention.temperature_length", U32),
        ("rope.dimension_count", U32), ("rope.freq_base", F32), ("rope.scaling.type", STRING), ("rope.scaling.factor", F32),
        ("rope.scaling.original_context_length", U32), ("rope.scaling.yarn_log_multiplier", F32), ("rope.scale_linear", F32),
        ("vocab_size", U32), ("context_length", U32), ("feed_forward_length", U32), ("use_parallel_residual", BOOL),
        ("pooling_type", U32), ("logit_scale", F32), ("embedding_scale", F32), ("residual_scale", F32),
        ("decoder_block_count", U32), ("decoder_start_token_id", U32), ("attn_logit_softcapping", F32),
        ("final_logit_softcapping", F32), ("ssm.conv_kernel", U32), ("ssm.inner_size", U32), ("ssm.state_size", U32),
        ("ssm.time_step_rank", U32), ("ssm.group_count", U32), ("wkv.head_size", U32), ("token_shift_count", U32),
        ("time_mix_extra_dim", U32), ("time_decay_extra_dim", U32), ("embedding_length_per_layer_input", U32),
        ("n_deepstack_layers", U32), ("swin_norm", BOOL), ("token_count", U32), ("shortconv.l_cache", U32)]
LISTS = [("rope.dimension_sections", I32), ("attention.head_count", U32), ("attention.head_count_kv", U32),
         ("feed_forward_length", U32), ("attention.sliding_window_pattern", BOOL)]
TOKENISER = [("bos_token_id", U32), ("eos_token_id", U32), ("unknown_token_id", U32), ("padding_token_id", U32),
             ("eot_token_id", U32), ("eom_token_id", U32), ("seperator_token_id", U32), ("mask_token_id", U32),
             ("prefix_token_id", U32), ("fim_pre_token_id", U32), ("token_type_count", U32), ("add_bos_token", BOOL),
             ("add_eos_token", BOOL), ("add_sep_token", BOOL), ("add_space_prefix", BOOL), ("pre", STRING),
             ("model", STRING), ("remove_extra_whitespaces", BOOL), ("precompiled_charsmap", ARRAY)]


class Reader:
    def __init__(self, data):
        self.data, self.at = data, 0

    def take(self, form):
        out = struct.unpack_from("<" + form, self.data, self.at)
        self.at += struct.calcsize("<" + form)
        return out[0]

    def string(self):
        n = self.take("Q")
        self.at += n
        return self.data[self.at - n:self.at]

    def value(self, kind):
        if kind == STRING:
            return self.string()
        if kind == ARRAY:
            inner, n = self.take("I"), self.take("Q")
            return inner, [self.value(inner) for _ in range(n)]
        return self.take(FORMATS[kind])


class File:
    """A GGUF taken apart: `keys` of [name, kind, value], `tensors` of [name, dims, type, offset]."""

    def __init__(self, data):
        r = Reader(data)
        self.magic, self.version = r.take("4s"), r.take("I")
        n_tensors, n_keys = r.take("Q"), r.take("Q")
        self.keys, self.tensors = [], []
        for _ in range(n_keys):
            name, kind = r.string(), r.take("I")
            self.keys.append([name, kind, r.value(kind)])
        for _ in range(n_tensors):
            name, n = r.string(), r.take("I")
            dims = [r.take("Q") for _ in range(n)]
            self.tensors.append([name, dims, r.take("I"), r.take("Q")])
        self.body = data[(r.at + ALIGNMENT - 1) // ALIGNMENT * ALIGNMENT:]
        self.n_keys = self.n_tensors = None  # what the header says; None: the truth

    def find(self, name):
        return next((key for key in self.keys if key[0] == name), None)

    def put(self, name, kind, value):
        key = self.find(name)
        if key:
            key[1:] = [kind, value]
        else:
            self.keys.append([name, kind, value])

    def arch(self):
        key = self.find(b"general.architecture")
        return key[2] if key and key[1] == STRING else b"llama"

    def bytes(self):
        out = [struct.pack("<4sIQQ", self.magic, self.version & 0xffffffff,
                           len(self.tensors) if self.n_tensors is None else self.n_tensors,
                           len(self.keys) if self.n_keys is None else self.n_keys)]
        for name, kind, value in self.keys:
            out += [pack_string(name), struct.pack("<I", kind), pack(kind, value)]
        for name, dims, kind, offset in self.tensors:
            out += [pack_string(name), struct.pack("<I", len(dims)), *(struct.pack("<Q", n & (1 << 64) - 1) for n in dims),
                    struct.pack("<IQ", kind & 0xffffffff, offset & (1 << 64) - 1)]
        head = b"".join(out)
        return head + b"\0" * (-len(head) % ALIGNMENT) + self.body


def pack_string(text):
    return struct.pack("<Q", len(text)) + text


def clip(kind, x):
    low, high = RANGES[kind]
    return (int(x) - low) % (high - low) + low


def pack(kind, value):
    if kind == STRING:
        return pack_string(value)
    if kind == ARRAY:
        inner, items = value
        return struct.pack("<IQ", inner, len(items)) + b"".join(pack(inner, x) for x in items)
    if kind in RANGES:
        value = clip(kind, value)
    return struct.pack("<" + FORMATS[kind], value)


def some_value(rng, kind, near=None):
    if kind == STRING:
        return rng.choice(TEXTS)
    if kind == ARRAY:
        inner = rng.choice([U8, I32, F32, BOOL, STRING, U32])
        return inner, [some_value(rng, inner) for _ in range(rng.choice([0, 1, 2, 3, 4, 5, 8, 600]))]
    if kind == BOOL:
        return rng.random() < 0.5
    if kind in (F32, F64):
        return rng.choice(REAL)
    if near is not None and rng.random() < 0.4:
        return rng.choice([near - 1, near + 1, near * 2, near // 2, near * 3, -near])
    return rng.choice(WHOLE)


def of_arch(file, name):
    return file.arch() + b"." + name.encode()


def change_value(rng, file):
    key = rng.choice([k for k in file.keys if k[1] != ARRAY] or file.keys)
    key[2] = some_value(rng, key[1], key[2] if key[1] in RANGES else None)


def change_number_of_arch(rng, file):
    ours = [k for k in file.keys if k[0].startswith(file.arch() + b".") and k[1] != ARRAY]
    if not ours:
        return change_value(rng, file)
    key = rng.choice(ours)
    key[2] = some_value(rng, key[1], key[2] if key[1] in RANGES else None)


def change_kind(rng, file):
    key = rng.choice(file.keys)
    key[1] = rng.choice([k for k in range(13) if k != key[1]])
    key[2] = some_value(rng, key[1])


def drop_key(rng, file):
    file.keys.remove(rng.choice(file.keys))


def double_key(rng, file):
    file.keys.append(list(rng.choice(file.keys)))


def add_key(rng, file):
    name, kind = rng.choice(MORE)
    file.put(of_arch(file, name), kind, some_value(rng, kind))


def add_list(rng, file):
    name, kind = rng.choice(LISTS)
    n = rng.choice([0, 1, 2, 3, 4, 5, 6, 600])
    file.put(of_arch(file, name), ARRAY, (kind, [some_value(rng, kind) for _ in range(n)]))


def change_tokeniser(rng, file):
    name, kind = rng.choice(TOKENISER)
    file.put(b"tokenizer.ggml." + name.encode(), kind, some_value(rng, kind))


def change_list(rng, file):
    lists = [k for k in file.keys if k[1] == ARRAY and k[2][1]]
    if not lists:
        return change_value(rng, file)
    inner, items = (key := rng.choice(lists))[2]
    how, i = rng.randrange(6), rng.randrange(len(items))
    if how == 0:
        del items[i:]
    elif how == 1:
        items.append(items[i])
    elif how == 2:
        items.clear()
    elif how == 3:
        key[2] = (U8 if inner != U8 else I32, [0] * len(items))
    else:
        items[i] = some_value(rng, inner)


def change_arch(rng, file):
    old, new = file.arch(), rng.choice(ARCHITECTURES).encode()
    file.put(b"general.architecture", STRING, new)
    for key in file.keys:
        if key[0].startswith(old + b"."):
            key[0] = new + key[0][len(old):]


def change_arch_and_add(rng, file):
    change_arch(rng, file)
    for _ in range(rng.randrange(1, 5)):
        add_key(rng, file)


def change_tensor(rng, file):
    tensor = rng.choice(file.tensors)
    how = rng.randrange(8)
    if how < 3 and tensor[1]:
        i = rng.randrange(len(tensor[1]))
        tensor[1][i] = some_value(rng, U64, tensor[1][i])
    elif how == 3:
        tensor[2] = rng.choice([0, 1, 2, 3, 4, 5, 8, 9, 10, 14, 16, 24, 26, 28, 30, 34, 39, 40, 99, 1 << 31])
    elif how == 4:
        tensor[3] = rng.choice([tensor[3] + 1, tensor[3] + ALIGNMENT, 0, (1 << 63) - 32, (1 << 64) - 32])
    elif how == 5:
        tensor[0] = rng.choice([b"", b"x" * 70, rng.choice(file.tensors)[0], b"blk.0.\x1b[2J", tensor[0] + b"x"])
    elif how == 6:
        tensor[1] = rng.choice([[], [1], tensor[1] + [1], tensor[1] + [2], [1, 1, 1, 1, 1], tensor[1][::-1]])
    else:
        file.tensors.remove(tensor)


def change_frame(rng, file):
    how = rng.randrange(4)
    if how == 0:
        file.version = rng.choice([0, 1, 2, 4, 1 << 24, (1 << 32) - 1])
    elif how == 1:
        file.n_keys = rng.choice([0, 1, len(file.keys) - 1, len(file.keys) + 1, 1 << 40, (1 << 64) - 1])
    elif how == 2:
        file.n_tensors = rng.choice([0, 1, len(file.tensors) - 1, len(file.tensors) + 1, 1 << 40, (1 << 64) - 1])
    else:
        file.put(b"general.alignment", U32, rng.choice([0, 1, 3, 8, 16, 64, 1 << 31]))


CHANGES = [(change_value, 3), (change_number_of_arch, 8), (change_kind, 4), (drop_key, 2), (double_key, 1), (add_key, 8),
           (add_list, 3), (change_tokeniser, 4), (change_list, 3), (change_arch, 4), (change_arch_and_add, 5),
           (change_tensor, 6), (change_frame, 1)]


def mutant(data, seed):
    """The bytes of mutant number `seed` of the GGUF `data`, and what was done to it."""
    rng, file = random.Random(seed), File(data)
    changes, weights = zip(*CHANGES)
    chosen = rng.choices(changes, weights, k=1 if rng.random() < 0.7 else 2)
    for change in chosen:
        change(rng, file)
    out = file.bytes()
    if rng.random() < 0.05:  # one bit of the header turns
        at = rng.randrange(min(len(out), len(out) - len(file.body)))
        out = out[:at] + bytes([out[at] ^ 1 << rng.randrange(8)]) + out[at + 1:]
    return out, "+".join(change.__name__ for change in chosen)
