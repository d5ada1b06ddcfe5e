"""Writes what train.py learned as a GGUF that libllama runs; f16, or f32 to compare with PyTorch.

    ./dev --reference python3 tools/demo_model/export.py --folder DIR --type f16 models/demo.gguf
"""
import argparse
import json
import os

import gguf
import torch

import model as shape
import tokenizer as vocabulary
from model import Model, lay_out

TEMPLATE = ("{% for message in messages %}{{'<|im_start|>' + message['role'] + '\\n' + "
            "message['content'] + '<|im_end|>' + '\\n'}}{% endfor %}{% if add_generation_prompt %}"
            "{{ '<|im_start|>assistant\\n' }}{% endif %}")

# libllama's names of what model.py names.
OUTSIDE = {"embed": "token_embd", "norm": "output_norm", "head": "output"}
INSIDE = {"norm": "attn_norm", "q": "attn_q", "k": "attn_k", "v": "attn_v", "o": "attn_output",
          "q_norm": "attn_q_norm", "k_norm": "attn_k_norm", "ffn_norm": "ffn_norm",
          "gate": "ffn_gate", "up": "ffn_up", "down": "ffn_down"}


def name_of(name):
    """libllama's name of one of the model's weights, such as "layers.0.q"."""
    if name in OUTSIDE:
        return f"{OUTSIDE[name]}.weight"
    _, layer, weight = name.split(".")
    return f"blk.{layer}.{INSIDE[weight]}.weight"


def write_shape(writer):
    """What libllama must know to build the graph."""
    writer.add_name("latentmas demo")
    writer.add_license("MIT")
    writer.add_block_count(shape.N_LAYERS)
    writer.add_context_length(shape.N_POSITIONS)
    writer.add_embedding_length(shape.WIDTH)
    writer.add_feed_forward_length(shape.FFN)
    writer.add_head_count(shape.N_HEADS)
    writer.add_head_count_kv(shape.N_KV_HEADS)
    writer.add_key_length(shape.HEAD)
    writer.add_value_length(shape.HEAD)
    writer.add_layer_norm_rms_eps(shape.EPS)
    writer.add_rope_freq_base(shape.ROPE_BASE)
    writer.add_vocab_size(shape.N_VOCAB)


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


def put_weights(model, path):
    """Fill a model with the weights of an export."""
    there = {t.name: torch.from_numpy(t.data.copy()) for t in gguf.GGUFReader(path).tensors}
    for name, p in model.named_parameters():
        p.data.copy_(there[name_of(name)].view(p.shape))


def trained(folder):
    """The model as train.py left it, in f32."""
    model = Model(0)
    lay_out(model, torch.load(os.path.join(folder, "state.pt"))["weights"])
    return model


def export(folder, path, kind):
    """Write the file beside, then put it in place."""
    writer = gguf.GGUFWriter(path + ".part", "qwen3")
    write_shape(writer)
    write_vocabulary(writer, os.path.join(folder, "tokenizer.json"))
    for name, p in trained(folder).named_parameters():
        wants_f16 = p.dim() == 2 and kind == "f16"
        writer.add_tensor(name_of(name),
                          p.detach().to(torch.float16 if wants_f16 else torch.float32).numpy())
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
