#!/usr/bin/env python3
"""How much sooner three experts are done side by side than one behind the other, and in how much memory.

One question, the team hierarchical against hierarchical-chain, in turns: seconds from the question's
first tick to its last, and the process's peak memory. Medians of the repetitions. The model's
weights are random: as fast as trained ones of their shape and type, and they speak all they may.

    ./dev make && ./dev python3 bench/side_by_side.py
"""
import argparse
import os
import re
import statistics
import subprocess
import tempfile

from common import head

QUESTION = "A shop sold 25 cups on Monday and twice as many on Tuesday. How many cups did it sell on both days together?"
TEAMS = ("hierarchical-chain", "hierarchical")


def ask(model, team, flags):
    """Seconds of the question, and peak bytes of the process."""
    with tempfile.TemporaryFile("w+") as trace:
        process = subprocess.Popen(["build/latentmas", "ask", "-m", model, "--team", team, "--trace", "--temp", "0",
                                    *map(str, flags), QUESTION], stdout=subprocess.DEVNULL, stderr=trace)
        _, status, usage = os.wait4(process.pid, 0)
        trace.seek(0)
        text = trace.read()
    if status != 0:
        raise SystemExit(text)
    return float(re.search(r"^total.* ([0-9.]+) s$", text, re.M)[1]), usage.ru_maxrss * 1024


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--model", help="a GGUF (default: random weights of the shape --synthetic)")
    parser.add_argument("--synthetic", default="qwen3-0.6b:q4_0")
    parser.add_argument("-r", type=int, default=5)
    parser.add_argument("--latent_steps", type=int, nargs="+", default=[10, 40, 80])
    parser.add_argument("-n", type=int, default=32, help="tokens that the summarizer speaks")
    args = parser.parse_args()
    print(head("Three experts side by side, and one behind the other"))
    print("| thoughts each | chain | side by side | times as fast | peak memory, side by side / chain |")
    print("| ---: | ---: | ---: | ---: | ---: |")
    with tempfile.TemporaryDirectory() as folder:
        model = args.model or f"{folder}/random.gguf"
        if not args.model:
            subprocess.run(["build/latentmas", "bench", "--synthetic", args.synthetic, "--keep", model, "-p", "1", "-n", "0",
                            "-l", "0", "-r", "1"], check=True, capture_output=True)
        for steps in args.latent_steps:
            seen = {team: [] for team in TEAMS}
            for _ in range(args.r):
                for team in TEAMS:
                    seen[team].append(ask(model, team, ("--latent_steps", steps, "-n", args.n)))
            (chain, chain_size), (side, side_size) = (
                (statistics.median(s for s, _ in seen[team]), statistics.median(m for _, m in seen[team])) for team in TEAMS)
            print(f"| {steps} | {chain:.2f} s | {side:.2f} s | {chain / side:.2f} | "
                  f"{side_size / 2**20:.0f} / {chain_size / 2**20:.0f} MiB = {side_size / chain_size:.3f} |", flush=True)


if __name__ == "__main__":
    main()
