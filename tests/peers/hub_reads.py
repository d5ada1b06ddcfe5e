"""What huggingface_hub makes of a cache, and the other way round.

    hub_reads.py get REPO FILE    fetch a file as its users do; prints the path
    hub_reads.py find REPO FILE   prints where it finds the file in the cache, without a network
    hub_reads.py scan             prints "REPO SIZE FILES REFS" of each model; fails on a warning
"""
import sys

from huggingface_hub import hf_hub_download, scan_cache_dir, try_to_load_from_cache


def main():
    what, *rest = sys.argv[1:]
    if what == "get":
        print(hf_hub_download(*rest))
    elif what == "find":
        found = try_to_load_from_cache(*rest)
        assert found == hf_hub_download(*rest, local_files_only=True)
        print(found)
    else:
        info = scan_cache_dir()
        assert not info.warnings, info.warnings
        for repo in sorted(info.repos, key=lambda r: r.repo_id):
            print(repo.repo_id, repo.size_on_disk, repo.nb_files, *sorted(repo.refs))


main()
