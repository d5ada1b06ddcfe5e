"""What was sent, as torch and zipfile read it; and where the vectors stand.

    payloads.py WIDTH IN_ORDER.jsonl [SPLICED.jsonl]

Every payload recorded must be a sound zip, and a finite tensor [n, WIDTH] in f32 to torch.load(weights_only=True).
The same questions under --compat must have sent the same rows, those of the prompt's head before the rest.
"""
import base64
import io
import json
import sys
import zipfile

import torch


def rows_of(path, width):
    with open(path, encoding="utf-8") as f:
        lines = list(map(json.loads, f))
    assert lines, f"{path}: nothing was sent"
    for line in lines:
        data = base64.b64decode(line["asked"]["prompt_embeds"], validate=True)
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            assert archive.testzip() is None
            assert {i.compress_type for i in archive.infolist()} == {zipfile.ZIP_STORED}
        tensor = torch.load(io.BytesIO(data), weights_only=True)
        assert tensor.dtype == torch.float32 and tensor.dim() == 2 and tensor.shape[1] == width, tensor.shape
        assert tensor.is_contiguous() and tensor.isfinite().all()
        yield tensor


def is_spliced(order, spliced):
    """order is [others][head][rest], spliced [head][others][rest]: for some lengths, none of them 0."""
    if order.shape != spliced.shape:
        return False
    starts = [i for i in range(1, len(order)) if torch.equal(order[i], spliced[0])]
    for start in starts:  # where the prompt may begin
        for n in range(1, len(order) - start):
            if torch.equal(torch.cat([order[start:start + n], order[:start], order[start + n:]]), spliced):
                return True
    return False


def main():
    width, *paths = sys.argv[1:]
    runs = [list(rows_of(path, int(width))) for path in paths]
    if len(runs) == 2:
        assert len(runs[0]) == len(runs[1])
        assert all(map(is_spliced, *runs)), "--compat has other rows, or elsewhere"
    print(f"{sum(map(len, runs))} payloads, {sum(len(t) for run in runs for t in run)} rows")


if __name__ == "__main__":
    main()
