"""A virtual environment with the Python package index's torch, transformers and gguf.

Debian's torch multiplies without oneDNN's bf16; what people install is the index's. The versions
are those that tests/peers pins. 3 GB, of which a machine without a GPU uses a tenth.
"""
import os
import shutil
import sys

from common import run, say

HERE = os.path.dirname(os.path.abspath(__file__))
PINS = os.path.join(HERE, "..", "tests", "peers", "vllm", "packages.txt")
WANTED = ("torch", "transformers", "gguf")


def add_flag(parser):
    """The flag that names the folder."""
    parser.add_argument("--venv", metavar="FOLDER", help="the loop on the torch of the Python package index, "
                        "in a virtual environment there, made unless it is there")


def python_of(folder):
    """The interpreter of the virtual environment, or ours where none is named."""
    if not folder:
        return sys.executable
    python = os.path.join(folder, "bin", "python")
    whole = os.path.join(folder, "whole")  # a download that was cut off begins anew
    if not os.path.exists(whole):
        if os.path.exists(folder) and not os.path.exists(os.path.join(folder, "pyvenv.cfg")):
            sys.exit(f"{folder} is there, and is no virtual environment")
        shutil.rmtree(folder, ignore_errors=True)
        say(f"bringing {', '.join(WANTED)} to {folder}, 3 GB")
        run(sys.executable, "-m", "venv", folder)
        run(python, "-m", "pip", "install", "-q", "--disable-pip-version-check", "--no-compile", "-c", PINS, *WANTED)
        run("touch", whole)
    return python


def run_loop(python, *arguments):
    """The command that runs python_loop.py by that interpreter."""
    return (python, os.path.join(HERE, "python_loop.py"), *arguments)
