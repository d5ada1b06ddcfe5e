"""Writes what train.py learned as a GGUF that libllama runs; f16, or f32 to compare with PyTorch.

    ./dev --reference python3 tools/demo_model/export.py --folder DIR --type f16 models/demo.gguf
"""
import argparse
import json
import os

import gguf
import torch

import tokenizer as vocabulary
from train import make_model

TEMPLATE = ("{% for message in messages %}{{'<|im_start|>' + message['role'] + '\\n' + "
            "message['content'] + '<|im_end|>' + '\\n'}}{% endfor %}{% if add_generation_prompt %}"
            "{{ '<|im_start|>assistant\\n' }}{% endif %}")
OUTSIDE = {"model.embed_tokens.weight": "token_embd.weight",
           "model.norm.weight": "output_norm.weight", "lm_head.weight": "output.weight"}
INSIDE = {"self_attn.q_proj": "attn_q", "self_attn.k_proj": "attn_k", "self_attn.v_proj": "attn_v",
          "self_attn.o_proj": "attn_output", "self_attn.q_norm": "attn_q_norm",
          "self_attn.k_norm": "attn_k_norm", "input_layernorm": "attn_norm",
          "post_attention_layernorm": "ffn_norm", "mlp.gate_proj": "ffn_gate",
          "mlp.up_proj": "ffn_up", "mlp.down_proj": "ffn_down"}


def name_of(name):
    """libllama's name of one of transformers' tensors."""
    if name in OUTSIDE:
        return OUTSIDE[name]
    _, _, layer, rest = name.split(".", 3)
    return f"blk.{layer}.{INSIDE[rest.removesuffix('.weight')]}.weight"


def write_shape(writer, config):
    """What libllama must know to build the graph."""
    writer.add_name("latentmas demo")
    writer.add_license("MIT")
    writer.add_block_count(config.num_hidden_layers)
    writer.add_context_length(config.max_position_embeddings)
    writer.add_embedding_length(config.hidden_size)
    writer.add_feed_forward_length(config.intermediate_size)
    writer.add_head_count(config.num_attention_heads)
    writer.add_head_count_kv(config.num_key_value_heads)
    writer.add_key_length(config.head_dim)
    writer.add_value_length(config.head_dim)
    writer.add_layer_norm_rms_eps(config.rms_norm_eps)
    writer.add_rope_freq_base(config.rope_parameters["rope_theta"])
    writer.add_vocab_size(config.vocab_size)


def write_vocabulary(writer, path):
    """Tokens in the order of their ids, and the merges."""
    with open(path, encoding="utf-8") as file:
        words = json.load(file)["model"]
    tokens = sorted(words["vocab"], key=words["vocab"].get)
    merges = [m if isinstance(m, str) else " ".join(m) for m in words["merges"]]
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("qwen2")
    writer.add_token_list(tokens)
    writer.add_token_types([gguf.TokenType.CONTROL if t in vocabulary.SPECIAL else
                            gguf.TokenType.NORMAL for t in tokens])
    writer.add_token_merges(merges)
    writer.add_bos_token_id(words["vocab"]["<|endoftext|>"])
    writer.add_pad_token_id(words["vocab"]["<|endoftext|>"])
    writer.add_eos_token_id(words["vocab"]["<|im_end|>"])
    writer.add_add_bos_token(False)
    writer.add_chat_template(TEMPLATE)


def export(folder, path, kind):
    """Write the file beside, then put it in place."""
    model = make_model(0)
    model.load_state_dict(torch.load(os.path.join(folder, "state.pt"))["model"])
    writer = gguf.GGUFWriter(path + ".part", "qwen3")
    write_shape(writer, model.config)
    write_vocabulary(writer, os.path.join(folder, "tokenizer.json"))
    for name, tensor in model.state_dict().items():
        is_matrix = tensor.dim() == 2
        data = tensor.to(torch.float16 if is_matrix and kind == "f16" else torch.float32).numpy()
        writer.add_tensor(name_of(name), data)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    os.replace(path + ".part", path)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--folder", required=True, help="that train.py was given")
    parser.add_argument("--type", default="f16", choices=("f16", "f32"))
    parser.add_argument("out", help="the file to write")
    args = parser.parse_args()
    export(args.folder, args.out, args.type)


if __name__ == "__main__":
    main()
