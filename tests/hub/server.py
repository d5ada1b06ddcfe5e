#!/usr/bin/env python3
"""A stand-in for the Hugging Face hub, with faults on demand.

It prints "PORT OTHER_PORT": the second port is the storage that files are redirected to, another
host as far as tokens go. The first part of a path names the fault, so a client chooses one by its
HF_ENDPOINT: http://127.0.0.1:PORT/cut. What follows a dot ("cut.2") tells two uses of a fault
apart: some strike only the first time. What was asked is written to the log file, one line a request.

    server.py LOG MODEL     MODEL is the GGUF that stands for the real ones
    server.py --sha NAME MODEL   print the SHA-256 of a file, NAME as in FILES below
"""
import hashlib
import json
import random
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import unquote, urlsplit

COMMIT, NEWER = "a" * 40, "b" * 40


def noise(name, size):
    return random.Random(name).randbytes(size)


def make_files(model):
    """ORG/NAME -> {path: bytes}."""
    small = {q: noise(q, 30_000) for q in ("Q2_K", "Q5_0", "Q8_0", "BF16", "F16", "mmproj", "first")}
    parts = {f"Q4_K_M/big-Q4_K_M-0000{i}-of-00003.gguf": noise(f"part{i}", 100_000 + i)
             for i in (1, 2, 3)}
    qwen = {"Qwen3-14B-Q4_K_M.gguf": model, "Qwen3-14B-Q5_0.gguf": small["Q5_0"],
            "Qwen3-14B-Q8_0.gguf": small["Q8_0"], "README.md": b"a card"}
    return {
        "Qwen/Qwen3-14B": {"config.json": b"{}", "model.safetensors": b"weights"},
        "Qwen/Qwen3-14B-GGUF": qwen,
        "Qwen/Qwen3-4B-GGUF": {"Qwen3-4B-Q4_K_M.gguf": model},
        "acme/alone": {"config.json": b"{}"},
        "acme/eight": {"x-BF16.gguf": small["BF16"], "x-Q8_0.gguf": small["Q8_0"],
                       "a-Q2_K.gguf": small["Q2_K"], "mmproj-Q4_K_M.gguf": small["mmproj"]},
        "acme/first": {"z.gguf": small["Q2_K"], "b.gguf": small["first"],
                       "mmproj-b.gguf": small["mmproj"]},
        "acme/floats": {"m-BF16.gguf": small["BF16"], "m-F16.gguf": small["F16"]},
        "acme/projector": {"mmproj-F16.gguf": small["mmproj"]},
        "acme/parts": {**parts, "small-Q2_K.gguf": small["Q2_K"]},
        "acme/lacking": {k: v for k, v in parts.items() if "00002" not in k},
        "acme/large": {"large-Q4_K_M.gguf": noise("large", 3_000_000)},
    }


def entry(path, body):
    """A file as /api/models/...?blobs=true has it."""
    sha1 = hashlib.sha1(b"blob %d\0" % len(body) + body).hexdigest()
    found = {"rfilename": path, "size": len(body), "blobId": sha1}
    if path.endswith((".gguf", ".safetensors")):
        found["lfs"] = {"sha256": hashlib.sha256(body).hexdigest(), "size": len(body),
                        "pointerSize": 134}
    return found


counts = {}
lock = threading.Lock()


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def handle(self):
        try:
            super().handle()
        except (BrokenPipeError, ConnectionResetError):
            pass

    def log_message(self, *_):
        pass

    def do_HEAD(self):
        self.do_GET()

    def do_GET(self):
        parts = urlsplit(self.path)
        self.prefix, _, rest = parts.path[1:].partition("/")
        self.fault = self.prefix.partition(".")[0]
        self.rest = unquote(rest)
        with lock:
            key = self.prefix, self.command, self.path
            counts[key] = self.n_asked = counts.get(key, 0) + 1
            with open(sys.argv[1], "a", encoding="utf-8") as log:
                log.write(f"{self.server.server_port} {self.command} {self.path} "
                          f"auth={self.headers.get('Authorization', '-')} "
                          f"range={self.headers.get('Range', '-')}\n")
        try:
            self.serve()
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True

    def serve(self):
        steps = self.rest.split("/")
        gated = self.fault == "gated" and self.headers.get("Authorization") != "Bearer hf_good"
        if self.fault == "broken":
            self.answer(500, b'{"error":"Internal Error"}')
        elif self.fault == "empty":
            self.close_connection = True
        elif self.fault == "silent":
            time.sleep(60)
        elif self.rest.startswith("storage/"):
            self.send_file(steps[1])
        elif steps[:2] == ["api", "models"]:
            self.send_api("/".join(steps[2:4]), steps[4:])
        elif len(steps) > 4 and steps[2] == "resolve":
            if gated:
                self.answer(401 if self.n_asked == 1 else 403,
                            b'{"error":"Access to this model is restricted\\n\\u001b[31m"}')
            else:
                self.send_pointer("/".join(steps[:2]), steps[3], "/".join(steps[4:]))
        else:
            self.answer(404, b'{"error":"Entry not found"}')

    # ---- What a repository holds ----

    def commit(self):
        return NEWER if self.fault == "newer" else COMMIT

    def files_of(self, repo):
        files = dict(FILES[repo])
        if self.fault == "newer":
            files = {k: v[::-1] if len(v) < 200_000 else v for k, v in files.items()}
        return files

    def send_api(self, repo, more):
        if repo not in FILES or self.fault == "nothing" or (self.fault == "only" and
                                                             not repo.endswith("-GGUF")):
            code = 401 if self.fault == "hidden" else 404
            self.answer(code, b'{"error":"Repository not found"}')
            return
        files = self.files_of(repo)
        if more[:1] == ["refs"]:
            body = {"branches": [{"name": "main", "ref": "refs/heads/main",
                                  "targetCommit": self.commit()}]}
        elif more[:1] == ["tree"]:
            body = [{"type": "file", "path": k, "size": len(v), "oid": entry(k, v)["blobId"],
                     **({"lfs": {"oid": entry(k, v)["lfs"]["sha256"], "size": len(v)}}
                        if "lfs" in entry(k, v) else {})} for k, v in files.items()]
        else:
            body = {"id": repo, "sha": self.commit(), "gated": False, "private": False,
                    "tags": [], "siblings": [entry(k, v) for k, v in files.items()]}
            self.spoil(body)
        if self.fault == "html":
            self.answer(200, b"<html>log in first</html>", "text/html")
        elif self.fault == "huge":
            self.send_huge()
        else:
            self.answer(200, json.dumps(body).encode())

    def spoil(self, body):
        """Faults of the list."""
        fault = self.fault
        file = next((f for f in body["siblings"] if f["rfilename"].endswith(".gguf")), None)
        if file is None:
            return
        names = {"up": "../../../x.gguf", "absolute": "/tmp/x.gguf", "dot": "a/./x.gguf",
                 "control": "a\nb.gguf", "backslash": "..\\x.gguf", "long": "x" * 600 + ".gguf",
                 "double": "a//x.gguf"}
        if fault in names:
            file["rfilename"] = names[fault]
        elif fault == "noname":
            del file["rfilename"]
        elif fault == "nosha":
            del body["sha"]
        elif fault == "badsha":
            body["sha"] = "../../etc"
        elif fault == "nolist":
            del body["siblings"]
        elif fault == "listobject":
            body["siblings"] = {"a": 1}
        elif fault == "nohash":
            for f in body["siblings"]:
                f.pop("lfs", None)
        elif fault == "badhash":
            file["lfs"]["sha256"] = "../" + "0" * 61
        elif fault == "nosize":
            del file["size"], file["lfs"]["size"]
        elif fault == "minus":
            file["size"] = file["lfs"]["size"] = -5
        elif fault == "vast":
            file["size"] = file["lfs"]["size"] = 1 << 60
        elif fault == "room":
            file["size"] = file["lfs"]["size"] = 1 << 43
        elif fault == "many":
            body["siblings"] += [entry(f"{i}.gguf", b"x") for i in range(10_001)]
        elif fault == "wrong":
            file["lfs"]["sha256"] = "0" * 64

    # ---- Files ----

    def send_pointer(self, repo, revision, path):
        files = self.files_of(repo) if repo in FILES else {}
        if path not in files or revision not in ("main", self.commit()):
            self.answer(404, b'{"error":"Entry not found"}')
            return
        found = entry(path, files[path])
        headers = {"X-Repo-Commit": self.commit(), "Accept-Ranges": "bytes"}
        if "lfs" not in found:
            self.answer(200, files[path], headers={**headers, "ETag": f'"{found["blobId"]}"'})
            return
        sha = found["lfs"]["sha256"]
        with lock:
            BLOBS[sha] = files[path]
        self.answer(302, b"", headers={
            **headers, "X-Linked-Size": str(len(files[path])), "X-Linked-Etag": f'"{sha}"',
            "Location": f"http://127.0.0.1:{other_port}/{self.prefix}/storage/{sha}"})

    def send_file(self, sha):
        fault, body = self.fault, BLOBS[sha]
        begin, code, headers = 0, 200, {"ETag": '"storage"', "Accept-Ranges": "bytes"}
        if fault == "spoilt":
            body = body[:1000] + bytes([body[1000] ^ 1]) + body[1001:]
        elif fault == "shorter":
            body = body[:-10]
        elif fault == "longer":
            body = body + b"1234567890"
        if fault == "weak":
            headers["ETag"] = 'W/"storage"'
        wanted = self.headers.get("Range")
        if wanted and fault != "norange":
            begin = int(wanted[len("bytes="):].partition("-")[0])
            code = 206
            headers["Content-Range"] = f"bytes {begin}-{len(body) - 1}/{len(body)}"
            if begin >= len(body):
                self.answer(416, b"")
                return
        drip = {"slow": 0.05, "calm": 0.015, "drip": 0.004}.get(fault)
        cut = None
        if fault in ("cut", "norange", "weak") and self.n_asked == 1:
            cut = len(body) // 2
        elif fault == "crumbs":  # each answer ends after a random part of the rest
            cut = random.randrange(len(body) - begin + 1)
        self.answer(code, body[begin:], "application/octet-stream", headers, cut, drip)

    # ---- Answers ----

    def answer(self, code, body, kind="application/json", headers=None, cut=None, drip=None):
        headers = {"Content-Length": str(len(body)), "Content-Type": kind, **(headers or {})}
        self.send_response(code)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command == "HEAD":
            return
        if drip:
            for i in range(0, len(body), 20_000):
                self.wfile.write(body[i:i + 20_000])
                time.sleep(drip)
        else:
            self.wfile.write(body[:cut])
        self.close_connection = self.close_connection or cut is not None

    def send_huge(self):
        self.send_response(200)
        self.end_headers()
        self.close_connection = True
        while True:
            self.wfile.write(b" " * 1_000_000)


def main():
    global FILES, BLOBS, other_port
    with open(sys.argv[-1], "rb") as model:
        FILES = make_files(model.read())
    BLOBS = {}
    if sys.argv[1] == "--sha":
        body = next(v for files in FILES.values() for k, v in files.items() if k == sys.argv[2])
        print(hashlib.sha256(body).hexdigest())
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
