#!/usr/bin/env python3
"""Print how long functions, files and lines are, and how full folders; exit 1 past the budget.

Budgets: a function 40 lines, a file 800, a line 100 columns, the public header 700 lines, a
folder under src/ 20 files; median and 90th percentile of functions 13 and 23, and on their way
to 12 and 22. Function ends come from Universal Ctags.
"""
import collections
import json
import os
import subprocess
import sys

FUNCTION_MAX, MEDIAN_MAX, P90_MAX = 40, 12, 22
FILE_MAX, LINE_MAX, HEADER_MAX, FOLDER_MAX = 800, 100, 700, 20


def output_of(*command):
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def functions(files):
    """(lines, name, path) of every function, shortest first."""
    tags = output_of("ctags", "--output-format=json", "--languages=C", "--kinds-C=f",
                     "--fields=+ne", "-f", "-", *files)
    found = [json.loads(line) for line in tags.splitlines()]
    return sorted((t["end"] - t["line"] + 1, t["name"], t["path"]) for t in found if "end" in t)


def long_files(files):
    """Complaints about files and lines."""
    for path in files:
        with open(path, encoding="utf-8") as text:
            lines = text.read().splitlines()
        limit = HEADER_MAX if path.startswith("include/") else FILE_MAX
        if len(lines) > limit:
            yield f"{path}: {len(lines)} lines, at most {limit} allowed"
        for number, line in enumerate(lines, 1):
            if len(line) > LINE_MAX:
                yield f"{path}:{number}: {len(line)} columns, at most {LINE_MAX} allowed"


def full_folders():
    """Complaints about folders with too many files flat in them."""
    paths = output_of("git", "ls-files", "-co", "--exclude-standard", "src").split()
    sizes = collections.Counter(os.path.dirname(path) for path in paths if os.path.exists(path))
    for folder, size in sorted(sizes.items()):
        if size > FOLDER_MAX:
            yield f"{folder}: {size} files, at most {FOLDER_MAX} allowed"


def main():
    files = output_of("git", "ls-files", "-co", "--exclude-standard", "*.c", "*.h").split()
    found = functions([path for path in files if path.endswith(".c")])
    median, p90 = (found[int(len(found) * share)][0] for share in (0.5, 0.9))
    longest = found[-1]
    print(f"{len(found)} functions: median {median}, p90 {p90}, max {longest[0]} ({longest[1]})")
    complaints = [*long_files(files), *full_folders()]
    complaints += [f"{path}: {name} has {n} lines, at most {FUNCTION_MAX} allowed"
                   for n, name, path in found if n > FUNCTION_MAX]
    if median > MEDIAN_MAX or p90 > P90_MAX:
        complaints.append(f"median and p90 may be {MEDIAN_MAX} and {P90_MAX} at most")
    print("\n".join(complaints), end="\n" if complaints else "")
    return 1 if complaints else 0


if __name__ == "__main__":
    sys.exit(main())
