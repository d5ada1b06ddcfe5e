"""A folder that transformers wrote becomes a GGUF, by llama.cpp's own converter.

Debian's llama.cpp-tools has it as a package. Only the vocabulary is ours (vocabulary.py).
"""

import logging
import sys
import types
from importlib.machinery import ModuleSpec
from pathlib import Path

import gguf
import transformers  # before the stand-in below: it asks whether sentencepiece is there

import vocabulary

CONVERTER = "/usr/share/llama.cpp/llama.cpp-tools"


def stand_in():
    """The converter imports sentencepiece for vocabularies that are not used here; the tree lacks it."""
    module = types.ModuleType("sentencepiece")
    module.__spec__ = ModuleSpec("sentencepiece", None)
    module.SentencePieceProcessor = object
    module.sentencepiece_model_pb2 = None
    sys.modules.setdefault("sentencepiece", module)


stand_in()
sys.path.insert(0, CONVERTER)
from conversion import ModelBase, get_model_class  # noqa: E402


def convert(folder, out, arch):
    """Write `out`; the name of the architecture in it. `arch` is an entry of configs.py."""
    logging.getLogger().setLevel(logging.ERROR)
    hparams = ModelBase.load_hparams(Path(folder), False)
    hparams |= arch.lost
    made_by = get_model_class(arch.converter or hparams["architectures"][0])
    if arch.has_draft_layers:
        made_by.no_mtp = True
    model = made_by(
        Path(folder), gguf.LlamaFileType.ALL_F32, Path(out), hparams=hparams, eager=True, model_name="matrix"
    )
    model = getattr(model, "impl", model)
    model.get_vocab_base_pre = lambda tokenizer: "qwen2"
    model.set_vocab = lambda: vocabulary.write(model.gguf_writer)
    model.write()
    return gguf.MODEL_ARCH_NAMES[model.model_arch]
