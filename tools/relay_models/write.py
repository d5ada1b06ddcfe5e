"""Writes what train.py learned as relay_a.gguf and relay_b.gguf, with the demo model's vocabulary.

    ./dev --reference python3 tools/relay_models/write.py --folder DIR --type f16 models
"""
import argparse
import os

import gguf
import torch

import net as shapes
from net import SHAPES, Net
from train import VOCABULARY

# Of other folders, which train.py has put into reach: the demo model's, and tests/parity.
from export import name_of
from make_vectors import copy_tokenizer


def write_shape(writer, name, s):
    """What libllama must know to build the graph."""
    writer.add_name(f"latentmas relay {name}")
    writer.add_license("MIT")
    writer.add_block_count(s.n_layers)
    writer.add_context_length(shapes.N_POSITIONS)
    writer.add_embedding_length(s.width)
    writer.add_feed_forward_length(s.ffn)
    writer.add_head_count(s.n_heads)
    writer.add_head_count_kv(s.n_kv_heads)
    writer.add_key_length(s.head)
    writer.add_value_length(s.head)
    writer.add_layer_norm_rms_eps(shapes.EPS)
    writer.add_rope_freq_base(shapes.ROPE_BASE)
    writer.add_vocab_size(shapes.N_VOCAB)


def write(path, name, net, kind):
    """Write the file beside, then put it in place."""
    writer = gguf.GGUFWriter(path + ".part", "qwen3")
    write_shape(writer, name, net.shape)
    copy_tokenizer(writer, gguf.GGUFReader(VOCABULARY))
    for weight, p in net.named_parameters():
        wants_f16 = p.dim() == 2 and kind == "f16"
        writer.add_tensor(name_of(weight),
                          p.detach().to(torch.float16 if wants_f16 else torch.float32).numpy())
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    os.replace(path + ".part", path)


def trained(folder):
    """Both models as train.py left them, by name."""
    weights = torch.load(os.path.join(folder, "state.pt"))["weights"]
    nets = {name: Net(shape, 0) for name, shape in SHAPES.items()}
    for name, net in nets.items():
        net.load_state_dict(weights[name])
    return nets


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--folder", required=True, help="that train.py was given")
    parser.add_argument("--type", default="f16", choices=("f16", "f32"))
    parser.add_argument("out", help="where the two files go")
    args = parser.parse_args()
    os.makedirs(args.out, exist_ok=True)
    for name, net in trained(args.folder).items():
        write(os.path.join(args.out, f"relay_{name}.gguf"), name, net, args.type)


if __name__ == "__main__":
    main()
