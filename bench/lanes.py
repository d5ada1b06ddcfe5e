#!/usr/bin/env python3
"""What it gains to ask many questions at once, against what libllama itself gains from lanes.

Ours answers the same questions one at a time and --lanes at a time; the texts must be the same.
llama-batched-bench reads and speaks as many tokens a lane (a thought counted as a token), with one
lane and with as many. Each gain is questions, or lanes, per second over those of one lane.

An agent's prompt ends where its thoughts begin, so one question reads its prompts one by one. For
the same mix llama-batched-bench's one lane reads in pieces of that length too (-ub). Its gain with
one lane that reads everything at once, which no team can do, is shown beside it.

    ./dev --reference python3 bench/lanes.py --folder /tmp qwen3-0.6b:q4_0
"""
import argparse
import sys
import tempfile

from common import (UBATCH, answer, batched_bench, cells, head, median, say, synthetic, verdict,
                    write_data)


def ours(model, data, lanes, folder, args):
    """Questions per second, the samples, and the totals of one run."""
    summary, samples, _ = answer(model, data, lanes, args, folder)
    return summary["n"] / summary["total_time_sec"], samples, summary


def texts(samples):
    """What was answered."""
    return [sample["text"] for sample in samples]


def their_seconds(model, lanes, n_read, n_decoded, n_piece, args):
    """How long llama-batched-bench takes for so many lanes, warm."""
    # The first time is a cold one: it runs twice.
    rows = batched_bench(2, "-m", model, "-c", lanes * cells(n_read + n_decoded), "-npp", n_read,
                         "-ntg", n_decoded, "-npl", f"{lanes},{lanes}", "-ub", n_piece, "-fa",
                         args.fa)
    return rows[-1]["t_pp"] + rows[-1]["t_tg"]


def theirs(model, summary, n_prompts, args):
    """The gains of llama-batched-bench for that mix: prompt by prompt, and all of them at once."""
    n = summary["n"]
    n_read = (summary["tokens_read"] - summary["tokens_shared"]) // n
    n_decoded = (summary["thoughts"] + summary["tokens_spoken"]) // n
    many = their_seconds(model, args.lanes, n_read, n_decoded, UBATCH, args)
    return [args.lanes * their_seconds(model, 1, n_read, n_decoded, n_piece, args) / many
            for n_piece in (n_read // n_prompts, UBATCH)]


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("spec", metavar="SHAPE:TYPE")
    parser.add_argument("--folder", default="/tmp", help="where the model is kept")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--lanes", type=int, default=16)
    parser.add_argument("--questions", type=int, default=16)
    parser.add_argument("--latent_steps", type=int, default=10)
    parser.add_argument("--max_new_tokens", type=int, default=32)
    parser.add_argument("--fa", default="off", choices=("on", "off"), help="flash attention")
    args = parser.parse_args()
    model = synthetic(args.spec, args.folder)
    one, many, gains = [], [], []
    with tempfile.TemporaryDirectory() as folder:
        data = write_data(folder, args.questions)
        for i in range(args.rounds):
            rate, alone, _ = ours(model, data, 1, folder, args)
            one.append(rate)
            rate, together, summary = ours(model, data, args.lanes, folder, args)
            many.append(rate)
            if texts(alone) != texts(together):
                sys.exit("the answers depend on how many questions run at once")
            n_prompts = len(together[0]["agents"])
            gains.append(theirs(model, summary, n_prompts, args))
            say(f"round {i + 1} of {args.rounds}: ours {one[-1]:.4f} and {many[-1]:.4f} "
                f"questions/s, libllama gains {gains[-1][0]:.2f} ({gains[-1][1]:.2f})")
    gain = median(many) / median(one)
    by_prompt, at_once = (median(g[i] for g in gains) for i in range(2))
    print(head("Many questions at once"))
    print(f"{args.spec}, {args.questions} questions of {n_prompts} prompts, "
          f"{args.latent_steps} thoughts, {args.max_new_tokens} tokens spoken, "
          f"medians of {args.rounds}; all read "
          f"{summary['tokens_read'] - summary['tokens_shared']} tokens. "
          f"Answers with 1 and {args.lanes} lanes are the same.\n")
    print(f"| | questions/s, 1 lane | {args.lanes} lanes | gain |\n| --- | ---: | ---: | ---: |")
    print(f"| ours | {median(one):.4f} | {median(many):.4f} | {gain:.2f} |")
    print(f"| llama-batched-bench, prompt by prompt | | | {by_prompt:.2f} |")
    print(f"| llama-batched-bench, all prompts at once | | | {at_once:.2f} |\n")
    print(verdict("our gain over libllama's", gain / by_prompt, 0.9))


if __name__ == "__main__":
    main()
