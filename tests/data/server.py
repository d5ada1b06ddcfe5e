#!/usr/bin/env python3
"""A stand-in for the servers that data sets come from, with faults on demand.

It prints "PORT OTHER_PORT": the second port is another host as far as tokens go, and takes the
place of the storage that files are redirected to. The first part of a path names the fault, so a
client chooses one by its base address: http://127.0.0.1:PORT/busy/rows?dataset=... What follows
a dot ("busy.2") tells two uses of a fault apart: some strike only the first time. What was asked
is written to the log file given as the only argument, one line a request.

`server.py --print NAME` prints what the cache should hold: NAME is a key of the tables below.

Rows are made up, as many as were published, in the published columns.
"""
import gzip
import json
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

N_ROWS = {
    "openai/gsm8k main test": 1319,
    "HuggingFaceH4/aime_2024 default train": 30,
    "yentinglin/aime_2025 default train": 30,
    "MathArena/aime_2026 default train": 30,
    "TIGER-Lab/MMLU-Pro default test": 12032,
    "fingertap/GPQA-Diamond default test": 198,
    "allenai/ai2_arc ARC-Easy test": 2376,
    "allenai/ai2_arc ARC-Challenge test": 1172,
    "evalplus/mbppplus default test": 378,
    "allenai/winogrande winogrande_xl validation": 1267,
}
N_FILE_ROWS = {"/datasets/evalplus/humanevalplus/resolve/main/test.jsonl": 164,
               "/Gen-Verse/LatentMAS/main/data/medqa.json": 300}
CELL_LIMIT = 100_000  # a page with a longer cell is cut, as the real server does near 1 MB
counts = {}           # (fault with what follows it, path) -> how often it was asked
lock = threading.Lock()


def row_of(dataset, i):
    if "gsm8k" in dataset:
        return {"question": f"Zo\u00eb has {i} marbles and finds 1. How many?\n\"Count\"!",
                "answer": f"{i}+1={i + 1}\n#### {i + 1}"}
    if "aime" in dataset:
        return {"id": i, "problem": f"Find ${i}+1$.", "answer": str(i + 1)}
    if "MMLU" in dataset:
        return {"question_id": i, "question": f"Which is {i}?", "options": [str(i), "none"] * 5,
                "answer": "A", "answer_index": 0}
    if "GPQA" in dataset:
        return {"question": f"Which is {i}?\nA. {i}\nB. 0\nC. 1\nD. 2", "answer": "A"}
    if "arc" in dataset:
        return {"id": f"made_up_{i}", "question": f"Which is {i}?", "answerKey": "1",
                "choices": {"text": [str(i), "none"], "label": ["1", "2"]}}
    if "mbpp" in dataset:
        return {"task_id": i, "prompt": f"Return {i}.", "code": f"def f():\n    return {i}",
                "source_file": "made up", "test_imports": [], "test_list": [f"assert f() == {i}"],
                "test": "#" * (CELL_LIMIT * 2 if i % 90 == 57 else 10)}
    return {"sentence": f"The _ of {i}.", "option1": "one", "option2": "two", "answer": "1"}


def file_of(path):
    n = N_FILE_ROWS[path]
    if path.endswith(".json"):
        rows = [{"query": f"Which is {i}?", "options": ["A. yes", "B. no"], "answer": "yes"}
                for i in range(n)]
        return json.dumps(rows).encode()
    return b"".join(json.dumps({"task_id": f"T/{i}", "prompt": "def f():", "test": "x" * 5000,
                                "entry_point": "f"}).encode() + b"\n" for i in range(n))


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def do_GET(self):
        parts = urlsplit(self.path)
        self.prefix, _, rest = parts.path[1:].partition("/")
        self.fault = self.prefix.partition(".")[0]
        self.rest = "/" + rest
        self.query = {k: v[0] for k, v in parse_qs(parts.query).items()}
        with lock:
            key = self.prefix, self.path
            counts[key] = self.n_asked = counts.get(key, 0) + 1
            with open(sys.argv[1], "a", encoding="utf-8") as log:
                log.write(f"{self.server.server_port} {self.path} "
                          f"auth={self.headers.get('Authorization', '-')} "
                          f"range={self.headers.get('Range', '-')} "
                          f"if-range={self.headers.get('If-Range', '-')} "
                          f"client={self.client_address[1]}\n")
        try:
            if not self.fail_as_asked():
                if self.rest == "/rows":
                    self.send_rows()
                elif self.rest.startswith("/storage/"):
                    self.send_file("/" + self.rest[len("/storage/"):])
                elif self.rest.startswith("/datasets/") and self.rest in N_FILE_ROWS:
                    self.redirect(f"http://127.0.0.1:{other_port}/{self.prefix}/storage{self.rest}")
                elif self.rest in N_FILE_ROWS:
                    self.send_file(self.rest)
                else:
                    self.answer(404, b"404: Not Found", "text/plain")
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True

    # ---- Faults that do not depend on what is asked ----

    def fail_as_asked(self):
        """Whether the request was answered with a fault."""
        fault, n = self.fault, self.n_asked
        if fault == "busy" and n == 1:
            self.answer(429, b'{"error":"too many requests"}', headers={"Retry-After": "1"})
        elif fault == "always429":
            self.answer(429, b'{"error":"too many requests"}')
        elif fault == "flaky" and n <= 2:
            self.answer(500 if n == 1 else 503, b"oops", "text/plain")
        elif fault == "broken":
            self.answer(500, b'{"error":"The dataset viewer is not ready"}')
        elif fault == "gated" and self.headers.get("Authorization") != "Bearer hf_good":
            self.answer(401 if n == 1 else 403, b'{"error":"Access is restricted\\n\\u001b[31m!"}')
        elif fault == "nothing":
            self.answer(404, b'{"error":"The dataset does not exist"}')
        elif fault == "teapot":
            self.answer(418, b"<html>no</html>", "text/html")
        elif fault == "loop":
            self.redirect(self.path)
        elif fault == "ftp":
            self.redirect("ftp://127.0.0.1/x")
        elif fault == "file":
            self.redirect("file:///etc/passwd")
        elif fault == "silent":
            time.sleep(60)
        elif fault == "empty":
            self.close_connection = True
        elif fault == "html":
            self.answer(200, b"<html>log in first</html>", "text/html")
        else:
            return False
        return True

    # ---- Rows ----

    def send_rows(self):
        q = self.query
        name = f"{q['dataset']} {q['config']} {q['split']}"
        if name not in N_ROWS or int(q["length"]) > 100:
            self.answer(422, b'{"error":"no such split, or too many rows"}')
            return
        self.answer_page(self.page(name, int(q["offset"]), int(q["length"])))

    def page(self, name, offset, length):
        fault = self.fault
        total = N_ROWS[name] - (19 if fault == "fewer" else 0)
        rows = [{"row_idx": i, "row": row_of(name, i), "truncated_cells": []}
                for i in range(offset, min(offset + length, total))]
        size = 0
        for row in rows:
            size += len(row["row"].get("test", ""))
            if size > CELL_LIMIT and (len(rows) > 1 or fault == "cutalways"):
                row["row"]["test"] = "#"
                row["truncated_cells"] = ["test"]
        page = {"features": [], "rows": rows, "num_rows_total": total,
                "num_rows_per_page": 100, "partial": False}
        if offset >= 200:
            self.spoil(page)
        return page

    def spoil(self, page):
        """Faults of a page, from row 200 on."""
        fault, rows = self.fault, page["rows"]
        if fault == "gap":
            rows[3]["row_idx"] += 1
        elif fault == "norows":
            page["rows"] = []
        elif fault == "toomany":
            page["rows"] = rows + rows
        elif fault == "notrow":
            rows[1]["row"] = "text"
        elif fault == "nocells":
            del rows[1]["truncated_cells"]
        elif fault == "nototal":
            del page["num_rows_total"]
        elif fault == "total":
            page["num_rows_total"] += 1

    def answer_page(self, page):
        fault, offset = self.fault, int(self.query["offset"])
        body = json.dumps(page, ensure_ascii=False).encode()
        headers = {"X-Revision": "b" * 40 if fault == "changed" else "a" * 40}
        if fault == "changes" and offset == 200 and self.n_asked == 1:
            headers["X-Revision"] = "c" * 40
        if fault == "unstable":
            headers["X-Revision"] = str(offset)
        if fault == "norevision":
            headers = {}
        if fault == "slow":
            time.sleep(0.2)
        if fault == "huge":
            self.send_huge()
        elif fault == "cut" and offset == 300 and self.n_asked == 1:
            self.answer(200, body, headers=headers, cut=len(body) // 2)
        elif fault == "gzip":
            assert "gzip" in self.headers["Accept-Encoding"]
            self.answer(200, gzip.compress(body), headers={"Content-Encoding": "gzip", **headers})
        elif fault == "bomb":
            self.answer(200, gzip.compress(b" " * 80_000_000),
                        headers={"Content-Encoding": "gzip"})
        else:
            self.answer(200, body, headers=headers)

    # ---- Files ----

    def send_file(self, path):
        fault = self.fault
        body, etag = file_of(path), '"one"'
        if fault == "fewer":
            body = body[:body.rindex(b"{")]
        elif fault == "badline":
            body = body.replace(b'"T/7"', b'"T/7', 1)
        elif fault == "newer":
            body, etag = body.replace(b"def f", b"def g"), '"two"'
        headers, begin, code = {"ETag": etag}, 0, 200
        if fault == "weak":
            headers = {"ETag": "W/" + etag}
        wanted = self.headers.get("Range")
        if wanted and self.headers.get("If-Range") == etag and fault != "norange":
            begin, code = int(wanted[len("bytes="):-1]), 206
            headers["Content-Range"] = f"bytes {begin}-{len(body) - 1}/{len(body)}"
            if fault == "otherrange":
                begin += 1
                headers["Content-Range"] = f"bytes {begin}-{len(body) - 1}/{len(body)}"
        if fault == "huge":
            self.answer(200, b"[" * 1000, headers={"Content-Length": str(2 << 30)}, cut=1000)
            return
        cut = fault in ("cut", "otherrange", "norange", "weak") and self.n_asked == 1
        drip = fault == "slow"
        self.answer(code, body[begin:], headers=headers, drip=drip,
                    cut=len(body) // 2 if cut else None)

    # ---- Answers ----

    def redirect(self, where):
        self.answer(302, b"", headers={"Location": where})

    def answer(self, code, body, kind="application/json", headers=None, cut=None, drip=False):
        headers = {"Content-Length": str(len(body)), "Content-Type": kind, **(headers or {})}
        self.send_response(code)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        if drip:
            for i in range(0, len(body), 20_000):
                self.wfile.write(body[i:i + 20_000])
                time.sleep(0.1)
        else:
            self.wfile.write(body[:cut])
        self.close_connection = self.close_connection or cut is not None

    def send_huge(self):
        """A page that never ends."""
        self.send_response(200)
        self.end_headers()
        self.close_connection = True
        while True:
            self.wfile.write(b" " * 1_000_000)


def print_expected(name):
    if name in N_FILE_ROWS:
        sys.stdout.buffer.write(file_of(name))
    for i in range(N_ROWS.get(name, 0)):
        line = json.dumps(row_of(name, i), ensure_ascii=False, separators=(",", ":"))
        sys.stdout.buffer.write(line.encode() + b"\n")


def main():
    global other_port
    if sys.argv[1] == "--print":
        print_expected(sys.argv[2])
        return
    servers = [ThreadingHTTPServer(("127.0.0.1", 0), Handler) for _ in range(2)]
    other_port = servers[1].server_port
    for server in servers:
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, daemon=True).start()
    print(servers[0].server_port, other_port, flush=True)
    sys.stdin.read()  # until whoever started it closes the pipe, or ends


if __name__ == "__main__":
    main()
