#!/usr/bin/env python3
"""Whether the cells of our AVP frames are those of transformers' own cache, architecture by architecture.

    ./dev --reference python3 tests/arch/frames.py               all that a frame can hold, two minutes
    ./dev --reference python3 tests/arch/frames.py llama3 glm4   these only

transformers draws each model of configs.py, llama.cpp's converter makes the GGUF, build/latentmas reads
a text into a memory and writes the frame. A head's keys in another order are off by their own size.
"""

import os
import struct
import subprocess
import sys
import tempfile
from pathlib import Path

import make_arch  # first: it quietens transformers
import numpy as np
import torch
import vocabulary
from configs import ARCHS, HALF
from convert import convert

PROGRAM = os.environ.get("LATENTMAS", "build/latentmas")
TEXT = "24 - 9 = ?\n5 + 8 = 1"  # nothing in it is merged
MOST = 1e-3  # seen: 1.3e-6, and 3e-4 where libllama takes GELU from a table in f16


class Refused(Exception):
    pass


def run(*args):
    done = subprocess.run([PROGRAM, "memory", *map(str, args)], capture_output=True, text=True)
    if done.returncode:
        raise Refused(done.stderr.strip())


def export(folder, gguf):
    """[layers, 2, heads, positions, width]"""
    memory, frame = folder / "a.lmem", folder / "a.avp"
    (folder / "text").write_text(TEXT)
    run("save", "-m", gguf, "-t", 1, "-ctk", "f32", "-ctv", "f32", memory, "--read", folder / "text")
    run("export", "-m", gguf, "-t", 1, memory, "--avp", frame, "--avp_dtype", "f32")
    data = frame.read_bytes()
    payload = data[12 + struct.unpack("<I", data[8:12])[0]:]
    layers, heads, width, n, _ = struct.unpack("<IIIIB", payload[:17])
    return np.frombuffer(payload[17:], "<f4").reshape(layers, 2, heads, n, width)


def compare(name):
    arch = ARCHS[name]
    is_tied, width = ([(is_tied, {}) for is_tied in arch.tied] + [(is_tied, HALF) for is_tied in arch.also])[-1]
    model = make_arch.draw(arch, is_tied, width, 1)
    with tempfile.TemporaryDirectory() as path:
        folder = Path(path)
        model.save_pretrained(folder)
        vocabulary.write_json(folder / "tokenizer.json")
        convert(folder, folder / "model.gguf", arch)
        cells = export(folder, folder / "model.gguf")
    ids = torch.tensor([[vocabulary.ENDS["bos_token_id"], *TEXT.encode()]])
    cache = model(input_ids=ids, use_cache=True).past_key_values
    theirs = np.stack([np.stack([layer.keys[0].numpy(), layer.values[0].numpy()]) for layer in cache.layers])
    assert theirs.shape == cells.shape, (theirs.shape, cells.shape)
    return [float(np.abs(cells - theirs)[:, part].max()) for part in (0, 1)]


def main():
    torch.set_num_threads(1)
    torch.set_grad_enabled(False)
    n_off = 0
    for name in sys.argv[1:] or ARCHS:
        try:
            keys, values = compare(name)
        except (Refused, AttributeError) as why:  # the latter: a later transformers is wanted
            print(f"{name:20} {why}", flush=True)
            continue
        n_off += not max(keys, values) <= MOST
        print(f"{name:20} keys off by {keys:.1e}, values by {values:.1e}", flush=True)
    sys.exit(1 if n_off else 0)


if __name__ == "__main__":
    main()
