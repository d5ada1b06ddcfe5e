"""Models of the same numbers twice, in f32: a folder that vLLM serves, and a GGUF that libllama runs.

    models.py INTO SMOLLM2.gguf

INTO/NAME and INTO/NAME.gguf for the real model, dequantised, and for a tiny random one of each
family of FAMILIES. Their weights and vocabulary are those of the matrix of architectures (tests/arch).
"""
import re
import subprocess
import sys
from pathlib import Path

import gguf
import torch
import transformers as hf
from tokenizers import Regex, Tokenizer, decoders, models, pre_tokenizers

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[1] / "arch"))
import vocabulary  # noqa: E402
import weights  # noqa: E402

N_CTX = 8192
LOUDER = dict(embed=0.2, qk=4, matrix=3, other=1)
# vLLM on a processor takes no head narrower than 32.
SHAPE = dict(
    vocab_size=vocabulary.SIZE, hidden_size=96, intermediate_size=160, num_hidden_layers=3, num_attention_heads=4,
    num_key_value_heads=2, head_dim=32, max_position_embeddings=N_CTX, **vocabulary.ENDS,
)
FAMILIES = {
    # A head of its own, so that the row of the token that ends a turn can be longer (see below).
    "qwen3": (hf.Qwen3Config(**SHAPE, tie_word_embeddings=False), gguf.MODEL_ARCH.QWEN3),
    "gemma2": (
        hf.Gemma2Config(**SHAPE, tie_word_embeddings=True, query_pre_attn_scalar=32, sliding_window=512),
        gguf.MODEL_ARCH.GEMMA2,
    ),
    "granite": (
        hf.GraniteConfig(
            **SHAPE, tie_word_embeddings=True, embedding_multiplier=6.0, attention_multiplier=0.25,
            residual_multiplier=0.5, logits_scaling=0.5,
        ),
        gguf.MODEL_ARCH.GRANITE,
    ),
}
# How Qwen 2 cuts a text before it merges, which vocabulary.py names to libllama.
CUT = r"""(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"""


def tokenizer():
    vocab = {token: i for i, token in enumerate(vocabulary.tokens())}
    merges = [(pair[0], pair[1]) for pair in vocabulary.MERGED]
    made = Tokenizer(models.BPE(vocab=vocab, merges=merges))
    made.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.Split(Regex(CUT), "isolated"), pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)]
    )
    made.decoder = decoders.ByteLevel()
    made.add_special_tokens(list(vocabulary.CONTROLS))
    return hf.PreTrainedTokenizerFast(
        tokenizer_object=made, eos_token="<|im_end|>", pad_token="<|endoftext|>", chat_template=vocabulary.TEMPLATE,
        clean_up_tokenization_spaces=False,
    )


@torch.no_grad()
def random_model(config, seed):
    """It says printable letters alone, so that no text ends within one, and ends its turns.

    Beside the matrix's its layers weigh more than the token that comes in, which else it would go on repeating.
    """
    model = weights.randomise(hf.AutoModelForCausalLM.from_config(config), seed)
    for name, p in model.named_parameters():
        p *= LOUDER["embed" if "embed" in name else "qk" if re.search("[qk]_norm", name) else "matrix" if "proj" in name else "other"]
    head = model.get_output_embeddings().weight
    said = [i for i, t in enumerate(vocabulary.tokens()) if t.isascii()]
    silent = torch.ones(len(head), dtype=torch.bool)
    silent[said] = False
    silent[[vocabulary.IDS["<|endoftext|>"], vocabulary.IDS["<|im_start|>"]]] = True
    head[silent] *= 0.01
    if not config.tie_word_embeddings:
        head[vocabulary.IDS["<|im_end|>"]] *= 1.3
    return model


def turned(weight, n_head):
    """The rows of queries and keys as libllama's llama wants them: the halves of each head interleaved."""
    rows = weight.reshape(n_head, 2, weight.shape[0] // n_head // 2, weight.shape[1])
    return rows.transpose(1, 2).reshape(weight.shape)


def tensor_for(name, weight, config):
    if config.model_type == "gemma2" and name.endswith("norm.weight"):
        return weight + 1
    if config.model_type == "granite" and "q_proj" in name:
        return turned(weight, config.num_attention_heads)
    if config.model_type == "granite" and "k_proj" in name:
        return turned(weight, config.num_key_value_heads)
    return weight


def write_header(writer, config):
    writer.add_context_length(N_CTX)
    writer.add_embedding_length(config.hidden_size)
    writer.add_feed_forward_length(config.intermediate_size)
    writer.add_block_count(config.num_hidden_layers)
    writer.add_head_count(config.num_attention_heads)
    writer.add_head_count_kv(config.num_key_value_heads)
    writer.add_key_length(config.head_dim)
    writer.add_value_length(config.head_dim)
    writer.add_rope_dimension_count(config.head_dim)
    writer.add_rope_freq_base(config.rope_parameters["rope_theta"])
    writer.add_layer_norm_rms_eps(config.rms_norm_eps)
    if config.model_type == "gemma2":
        writer.add_attn_logit_softcapping(config.attn_logit_softcapping)
        writer.add_final_logit_softcapping(config.final_logit_softcapping)
        writer.add_sliding_window(config.sliding_window)
    if config.model_type == "granite":
        writer.add_embedding_scale(config.embedding_multiplier)
        writer.add_attention_scale(config.attention_multiplier)
        writer.add_residual_scale(config.residual_multiplier)
        writer.add_logit_scale(config.logits_scaling)


def write_gguf(path, model, arch):
    names = gguf.get_tensor_name_map(arch, model.config.num_hidden_layers)
    writer = gguf.GGUFWriter(path, gguf.MODEL_ARCH_NAMES[arch])
    writer.add_name(path.stem)
    write_header(writer, model.config)
    vocabulary.write(writer)
    for name, weight in model.state_dict().items():
        if name == "lm_head.weight" and model.config.tie_word_embeddings:
            continue
        to = names.get_name(name, try_suffixes=(".weight",))
        writer.add_tensor(to, tensor_for(name, weight, model.config).float().contiguous().numpy())
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def write_tiny(into, name, seed=1):
    config, arch = FAMILIES[name]
    model = random_model(config, seed)
    model.save_pretrained(into / name)
    tokenizer().save_pretrained(into / name)
    write_gguf(into / f"{name}.gguf", model, arch)


def write_real(into, path):
    where = dict(pretrained_model_name_or_path=str(path.parent), gguf_file=path.name)
    model = hf.AutoModelForCausalLM.from_pretrained(**where, dtype=torch.float32)
    model.hf_quantizer = None  # else transformers 5 saves nothing that was read from a GGUF
    del model.config.quantization_config
    model.save_pretrained(into / "smollm2")
    hf.AutoTokenizer.from_pretrained(**where).save_pretrained(into / "smollm2")
    subprocess.run([sys.executable, HERE.parent / "dequantise.py", path, into / "smollm2.gguf"], check=True)


def main():
    into, real = map(Path, sys.argv[1:])
    into.mkdir(parents=True, exist_ok=True)
    for name in FAMILIES:
        write_tiny(into, name)
    write_real(into, real)


if __name__ == "__main__":
    main()
