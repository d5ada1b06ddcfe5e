"""common.py - what the Python tests share: the demo model, questions, greedy parameters."""

import os
import subprocess
import tempfile

from tap import ROOT

import latentmas

os.chdir(ROOT)
PROGRAM = os.environ.get("LATENTMAS", os.path.join(ROOT, "build", "latentmas"))
DEMO = "models/demo.gguf"
GREEDY = latentmas.Sampling(temperature=0)
FEW = {"sampling": GREEDY, "max_new_tokens": 64}
SHELLS = (
    "Mia has 6 bags with 12 shells each. Later she gives 15 of them to Finn. "
    "How many shells does Mia have now?"
)
# Two agents with little to read, where the answer's sense does not matter.
PAIR = {
    "name": "pair",
    "agents": [
        {"name": "thinker", "prompt": "Think: {question}"},
        {"name": "speaker", "prompt": "Answer: {question}"},
    ],
    "baseline": "{question}",
}
SHORT = {"sampling": GREEDY, "max_new_tokens": 12, "latent_steps": 2}
FOLDER = tempfile.TemporaryDirectory()


def path(name):
    return os.path.join(FOLDER.name, name)


def program(*args):
    """What `latentmas ARG...` prints."""
    done = subprocess.run(
        [PROGRAM, *map(str, args)],
        stdout=subprocess.PIPE,
        text=True,
        stderr=subprocess.PIPE,
        stdin=subprocess.DEVNULL,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def questions(n):
    return [f"Mia has {2 + i} bags with {3 + i % 7} shells each. How many?" for i in range(n)]
