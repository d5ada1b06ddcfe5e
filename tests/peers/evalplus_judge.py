"""evalplus' own verdicts on an export, each in a forked process.

    evalplus_judge.py humaneval|mbpp SOLUTIONS.jsonl

Since Python 3.14 a new process imports evalplus anew, which takes seconds a solution; forked ones
have it. The problems are those of HUMANEVAL_OVERRIDE_PATH or MBPP_OVERRIDE_PATH.
"""
import multiprocessing
import sys

from evalplus.evaluate import evaluate

if __name__ == "__main__":
    multiprocessing.set_start_method("fork")
    evaluate(sys.argv[1], samples=sys.argv[2], parallel=2, min_time_limit=10)
