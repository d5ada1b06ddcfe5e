#!/usr/bin/env python3
"""How fast a model with random weights is written, beside what the disk takes.

In each round `dd` writes as many zeros, then latentmas.synthesize() the model; both until they are
on the disk (fsync). Medians of the rounds, and the processor's time of the second: what of the
work more cores can share.

    ./dev make && ./dev python3 bench/synthetic.py --folder /tmp qwen3-4b:bf16
"""
import argparse
import os
import subprocess
import sys
import time

from common import head, median, say

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "bindings", "python"))
import latentmas  # noqa: E402 (it stands there)


def flush(path):
    """Wait until the file is on the disk."""
    fd = os.open(path, os.O_RDONLY)
    os.fsync(fd)
    os.close(fd)


def synthesize(path, spec):
    """Seconds until it is written, until it is on the disk, and of the processor."""
    begin, begin_cpu = time.monotonic(), time.process_time()
    latentmas.synthesize(path, spec)
    written, cpu = time.monotonic() - begin, time.process_time() - begin_cpu
    flush(path)
    return written, time.monotonic() - begin, cpu


def write_zeros(path, size):
    """Seconds of dd until as many zeros are on the disk."""
    begin = time.monotonic()
    subprocess.run(["dd", "if=/dev/zero", f"of={path}", "bs=1M", "conv=fsync", f"count={-(-size >> 20)}"],
                   check=True, stderr=subprocess.DEVNULL)
    return time.monotonic() - begin


def measure(path, args):
    """[(written, on the disk, processor, dd) of each round], and the model's bytes."""
    rounds, size = [], 0
    for k in range(args.rounds):
        os.sync()
        times = synthesize(path, args.spec)
        size = os.path.getsize(path)
        os.unlink(path)
        rounds.append((*times, write_zeros(path, size)))
        os.unlink(path)
        say(f"round {k + 1} of {args.rounds}: " + ", ".join(f"{t:.1f}" for t in rounds[-1]))
    return rounds, size


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("spec", nargs="?", default="qwen3-4b:bf16", metavar="SHAPE:TYPE")
    parser.add_argument("--folder", default="/tmp", help="on the disk that is meant")
    parser.add_argument("--rounds", type=int, default=3)
    args = parser.parse_args()
    rounds, size = measure(os.path.join(args.folder, "latentmas-bench-synthetic"), args)
    written, on_disk, cpu, zeros = (median(times) for times in zip(*rounds))
    print(head("A model with random weights, written"))
    print(f"{args.spec}, {size / 1e9:.2f} GB, medians of {args.rounds}.\n")
    print("| | s | MB/s |\n| --- | ---: | ---: |")
    for name, seconds in (("written", written), ("on the disk", on_disk), ("the processor's time", cpu),
                          ("as many zeros by dd, on the disk", zeros)):
        print(f"| {name} | {seconds:.1f} | {size / 1e6 / seconds:.0f} |")


if __name__ == "__main__":
    main()
