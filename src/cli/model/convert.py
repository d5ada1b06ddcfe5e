"""Have llama.cpp's converter make a GGUF file of a model's folder: DIR OUT TYPE.

The converter is looked for as a script on the PATH, then as the package that Debian's llama.cpp-tools
brings. Before it runs, the configuration is asked for what transformers 5 leaves out when it saves one
again, where the converter would guess; after it, the file for what such a guess leaves behind. What goes
wrong is one line on stdout, as the rest of a sentence that begins with the folder.
"""
import sys

sys.path[:] = [path for path in sys.path if path]  # not the folder one stands in: it may be the model's

import json  # noqa: E402
import os  # noqa: E402
import shutil  # noqa: E402
import subprocess  # noqa: E402

SCRIPT = "convert_hf_to_gguf.py"
PACKAGE = os.environ.get("LATENTMAS_CONVERTER", "/usr/share/llama.cpp/llama.cpp-tools")
BRING = "apt install llama.cpp-tools python3-gguf python3-torch python3-transformers python3-safetensors"
CONFIG_MAX = 16 * 1024 * 1024
SCORING = ("scoring_func", "score_function", "score_func", "moe_router_activation",
           "moe_router_activation_func", "expert_selection_fn", "router_score_func")
PARTIAL = ("partial_rotary_factor", "rope_pct", "rope_percent")

# Architecture -> keys of which one must be there, and how the original has it.
LACKING = {
    "DeepseekV3ForCausalLM": (SCORING, '"scoring_func": "sigmoid"'),
    "DeepseekV32ForCausalLM": (SCORING, '"scoring_func": "sigmoid"'),
    "Dots1ForCausalLM": (SCORING, '"scoring_func": "sigmoid"'),
    "MiniMaxM2ForCausalLM": (SCORING, '"scoring_func": "sigmoid"'),
    "Cohere2ForCausalLM": (("rotary_pct",), '"rotary_pct": 1.0'),
    "GPTNeoXForCausalLM": (("rotary_pct",), '"rotary_pct", such as 0.25'),
    "GPT2LMHeadModel": (("n_ctx",), '"n_ctx", the same as "n_positions"'),
    "NemotronHForCausalLM": (("num_hidden_layers", "layers_block_type"), '"num_hidden_layers"'),
}
# The same where transformers 5 has saved it: older ones leave it out when it is 1.
LACKING_SINCE_5 = {
    "Phi3ForCausalLM": (PARTIAL, '"partial_rotary_factor", 1.0 of Phi-3 and 0.75 of Phi-4-mini'),
    "PhiMoEForCausalLM": (PARTIAL, '"partial_rotary_factor"'),
    "StableLmForCausalLM": (PARTIAL, '"partial_rotary_factor", such as 0.25'),
    "NemotronForCausalLM": (PARTIAL, '"partial_rotary_factor", such as 0.5'),
    "PhiForCausalLM": (PARTIAL, '"partial_rotary_factor", such as 0.4'),
}


class Refusal(Exception):
    pass


def read_config(folder):
    path = os.path.join(folder, "config.json")
    if not os.path.isfile(path):
        raise Refusal("holds no config.json: the folder of a model from the Hugging Face hub is expected")
    if os.path.getsize(path) > CONFIG_MAX:
        raise Refusal(f"has a config.json longer than {CONFIG_MAX} bytes")
    try:
        with open(path, encoding="utf-8") as file:
            config = json.load(file)
    except (ValueError, RecursionError) as error:
        raise Refusal(f"has a config.json that is no JSON: {error}") from error
    if not isinstance(config, dict):
        raise Refusal("has a config.json that holds no object")
    return config


def architecture_of(config):
    names = config.get("architectures")
    if not isinstance(names, list) or not names or not isinstance(names[0], str):
        raise Refusal('has a config.json without "architectures": which model it is cannot be known')
    return names[0]


def holders(config):
    """The objects in which the converter looks for a key."""
    for part in (config, config.get("text_config"), config.get("rope_parameters"), config.get("rope_scaling")):
        if isinstance(part, dict):
            yield part


def check_config(config, architecture):
    """What is left out where the converter would guess."""
    found = [LACKING.get(architecture)]
    version = str(config.get("transformers_version", "")).split(".")[0]
    if version.isdigit() and int(version) >= 5:
        found.append(LACKING_SINCE_5.get(architecture))
    for keys, wanted in filter(None, found):
        if not any(part.get(key) is not None for part in holders(config) for key in keys):
            raise Refusal(f"has a config.json of {architecture} without \"{keys[0]}\", as transformers 5 saves it, "
                          f"and the converter would guess: put in {wanted}, as the model's own config.json has it")


def check_weights(folder):
    names = os.listdir(folder)
    if not any(name.endswith(".safetensors") or (name.startswith("pytorch_model") and name.endswith(".bin"))
               for name in names):
        raise Refusal("holds no weights: *.safetensors or pytorch_model*.bin are expected")
    is_safe = any(name.endswith(".safetensors") for name in names)
    index = "model.safetensors.index.json" if is_safe else "pytorch_model.bin.index.json"
    if index not in names:
        return
    with open(os.path.join(folder, index), encoding="utf-8") as file:
        whole = json.load(file)
    parts = whole.get("weight_map") if isinstance(whole, dict) else None
    if not isinstance(parts, dict):
        raise Refusal(f"has a {index} without a \"weight_map\"")
    lost = sorted(set(parts.values()) - set(names))
    if lost:
        raise Refusal(f"lacks {lost[0]}" + (f" and {len(lost) - 1} more parts" if lost[1:] else "") + f", which {index} names")


def convert_by_script(script, folder, out, kind):
    done = subprocess.run([sys.executable, script, folder, "--outfile", out, "--outtype", kind],
                          stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, errors="replace")
    if done.returncode:
        last = (done.stderr.strip().splitlines() or [f"it ended with status {done.returncode}"])[-1]
        raise Refusal(f"cannot be converted: {last}")


def spare_sentencepiece(folder):
    """The package imports sentencepiece before it looks whether the folder has something for it."""
    import types
    from importlib.machinery import ModuleSpec
    from importlib.util import find_spec
    import transformers  # asks for sentencepiece by itself, and is to know that it is not there
    transformers.utils.is_sentencepiece_available()
    if find_spec("sentencepiece") or os.path.exists(os.path.join(folder, "tokenizer.model")):
        return
    spare = types.ModuleType("sentencepiece")
    spare.__spec__ = ModuleSpec("sentencepiece", None)
    spare.SentencePieceProcessor, spare.sentencepiece_model_pb2 = object, None
    sys.modules["sentencepiece"] = spare


def convert_by_package(folder, out, kind, architecture):
    import logging
    from pathlib import Path
    logging.getLogger().setLevel(logging.ERROR)
    spare_sentencepiece(folder)
    import gguf
    from conversion import ModelBase, ModelType, get_model_architecture, get_model_class
    types = {"f32": "ALL_F32", "f16": "MOSTLY_F16", "bf16": "MOSTLY_BF16", "q8_0": "MOSTLY_Q8_0", "auto": "GUESSED"}
    hparams = ModelBase.load_hparams(Path(folder), False)
    name = get_model_architecture(hparams, ModelType.TEXT) or architecture
    model = get_model_class(name)(Path(folder), getattr(gguf.LlamaFileType, types[kind]), Path(out), hparams=hparams)
    model.write()


def check_result(out):
    """A router with a bias chooses by sigmoid: a file that does not say so would be run with softmax."""
    from gguf import GGUFReader
    reader = GGUFReader(out)
    has_bias = any("exp_probs_b" in tensor.name for tensor in reader.tensors)
    if has_bias and not any(name.endswith(".expert_gating_func") for name in reader.fields):
        raise Refusal('has a config.json without "scoring_func", and the converter guessed: put it in, as the '
                      "model's own config.json has it")


def convert(folder, out, kind):
    config = read_config(folder)
    architecture = architecture_of(config)
    check_config(config, architecture)
    check_weights(folder)
    script = shutil.which(SCRIPT)
    if not script and not os.path.isdir(os.path.join(PACKAGE, "conversion")):
        raise Refusal(f"cannot be converted: there is no {SCRIPT} here; {BRING}")
    if script:
        sys.path.insert(0, os.path.join(os.path.dirname(os.path.realpath(script)), "gguf-py"))
        import gguf  # noqa: F401, with which what comes out is looked at: better missed now than then
        convert_by_script(script, folder, out, kind)
    else:
        sys.path.insert(0, PACKAGE)
        convert_by_package(folder, out, kind, architecture)
    check_result(out)


def main():
    os.environ["HF_HUB_OFFLINE"] = "1"  # the folder is all there is
    os.environ.setdefault("TRANSFORMERS_VERBOSITY", "error")
    if not sys.stderr.isatty():
        os.environ.setdefault("TQDM_DISABLE", "1")  # the bar of the converter
    try:
        convert(*sys.argv[1:])
    except Refusal as refusal:
        why = str(refusal)
    except ModuleNotFoundError as error:
        package = {"sentencepiece": "python3-sentencepiece"}.get(error.name)
        why = f"cannot be converted: the converter wants Python's {error.name}; " + (
            f"apt install {package}" if package else BRING)
    except KeyboardInterrupt:
        why = "was being converted when that was stopped"
    except Exception as error:  # whatever the converter does not know
        text = " ".join(str(error).split())[:400]
        why = f"cannot be converted: {type(error).__name__}{': ' + text if text else ''}"
    else:
        return 0
    print(why)
    return 1


sys.exit(main())
