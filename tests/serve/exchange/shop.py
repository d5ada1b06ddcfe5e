"""shop.py - an exchange of ours as its clients use it, with nothing but http.client.

    with Server(["--exchange", folder]) as server:
        shop = Shop(server, key)
        record = shop.publish(data, name="x")
"""
import hashlib
import http.client
import json
import os
import subprocess
import urllib.parse

from client import MODEL, ok

BYTES = {"Content-Type": "application/octet-stream"}
TEXT = "Mia counts 39 shells. Finn gives Mia 24 more. Then she packs them into 7 equal bags. "


def make_memory(folder, name="memory.lmem", times=1, *flags):
    """The bytes of a memory file that was read from that text, so often."""
    program = os.environ.get("LATENTMAS", "build/latentmas")
    text, path = os.path.join(folder, name + ".txt"), os.path.join(folder, name)
    with open(text, "w", encoding="utf-8") as f:
        f.write(TEXT * times)
    command = [program, "memory", "save", "-m", MODEL, "-t", "1", path, "--read", text, "--latent_steps", "2", *flags]
    subprocess.run(command, check=True, capture_output=True)
    with open(path, "rb") as f:
        return f.read()


def write_keys(folder, *keys):
    path = os.path.join(folder, "keys")
    with open(path, "w", encoding="utf-8") as f:
        f.write("".join(key + "\n" for key in keys))
    return path


class Shop:
    """One tenant at a server; a connection is kept."""

    def __init__(self, server, key=None):
        self.server, self.key = server, key
        self.connection = None

    def ask(self, method, path, body=None, headers=None):
        """Code, headers, bytes."""
        all_headers = {"Authorization": f"Bearer {self.key}"} if self.key else {}
        if isinstance(body, (dict, list)):
            body = json.dumps(body)
            all_headers["Content-Type"] = "application/json"
        all_headers.update(headers or {})
        for _ in range(2):
            if not self.connection:
                self.connection = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=120)
            try:
                self.connection.request(method, path, body, all_headers)
                response = self.connection.getresponse()
                data = response.read()
                if response.will_close:
                    self.connection = None
                return response.status, {k.lower(): v for k, v in response.getheaders()}, data
            except (http.client.RemoteDisconnected, BrokenPipeError, ConnectionResetError):
                self.connection = None
        if self.server.process.poll() is not None:
            raise ConnectionError(f"the server has ended: {self.server.process.stderr.read().decode()[-4000:]}")
        raise ConnectionError(f"no answer to {method} {path}")

    def json(self, method, path, body=None, headers=None):
        code, _, data = self.ask(method, path, body, headers)
        return code, json.loads(data)

    def offer(self, **fields):
        return self.json("POST", "/v1/memories", {"name": "a memory", **fields})

    def put(self, upload, offset, data, headers=None):
        return self.json("PUT", f"/v1/memories/uploads/{upload}?offset={offset}", data, headers or BYTES)

    def commit(self, upload):
        return self.json("POST", f"/v1/memories/uploads/{upload}/commit")

    def publish(self, data, **fields):
        """The record."""
        code, answer = self.offer(size=len(data), **fields)
        upload = answer.get("upload")
        if code == 201:
            code, answer = self.put(upload, 0, data)
        if code == 200:
            code, answer = self.commit(upload)
        if code != 201:
            raise AssertionError(f"cannot publish: {code} {answer}")
        return answer

    def search(self, **query):
        return self.json("POST", "/v1/memories/search", query)[1]

    def list(self, **query):
        return self.json("GET", "/v1/memories?" + urllib.parse.urlencode(query, doseq=True))

    def fetch(self, memory, headers=None):
        return self.ask("GET", f"/v1/memories/{memory}/file", headers=headers)


def sha256(data):
    return hashlib.sha256(data).hexdigest()


def refused(answer, code, words, claim):
    """Whether it is refused with that code in those words, in one line."""
    found, body = answer
    message = body.get("error", {}).get("message", "") if isinstance(body, dict) else ""
    return ok(found == code and words in message and "\n" not in message, claim, f"{found} {body}")
