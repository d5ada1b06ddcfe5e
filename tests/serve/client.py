"""client.py - a server of ours under test, asked with nothing but sockets; claims as TAP lines.

    with Server(["--temp", "0"]) as server:
        answer = server.chat("Tom has ...", n=2)
"""
import http.client
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time

MODEL = "models/demo.gguf"
SUM = "Tom has 12 apples. He buys 7 more. How many apples does he have?"

n_claims = n_failed = 0


def ok(holds, claim, found=None):
    global n_claims, n_failed
    n_claims += 1
    n_failed += not holds
    print(f"{'ok' if holds else 'not ok'} {n_claims} - {claim}", flush=True)
    if not holds and found is not None:
        print("\n".join("# " + line for line in str(found)[:2000].splitlines()), flush=True)
    return holds


def done():
    sys.exit(n_failed > 0)


class Answer:
    """What came back: code, headers, body; of an event stream its chunks."""

    def __init__(self, response):
        self.code = response.status
        self.headers = {k.lower(): v for k, v in response.getheaders()}
        self.text = response.read().decode()
        self.is_stream = self.headers.get("content-type") == "text/event-stream"
        self.chunks, self.is_done = [], False
        for line in self.text.splitlines() if self.is_stream else []:
            if line == "data: [DONE]":
                self.is_done = True
            elif line.startswith("data: "):
                self.chunks.append(json.loads(line[6:]))

    @property
    def json(self):
        return json.loads(self.text)

    @property
    def error(self):
        return self.json["error"]

    def content(self, index=0):
        """The text of a choice, whole or streamed, chat or not."""
        if not self.is_stream:
            choice = self.json["choices"][index]
            return choice["message"]["content"] if "message" in choice else choice["text"]
        return "".join(
            c["delta"].get("content", "") if "delta" in c else c["text"]
            for chunk in self.chunks
            for c in chunk["choices"]
            if c["index"] == index
        )


class Server:
    def __init__(self, flags=(), model=MODEL):
        program = os.environ.get("LATENTMAS", "build/latentmas")
        command = [program, "serve", "-m", model, "--port", "0", "-t", "1", *flags]
        self.process = subprocess.Popen(command, stderr=subprocess.PIPE, stdout=subprocess.PIPE)
        self.said = ""
        while "listening on" not in self.said:
            line = self.process.stderr.readline().decode()
            if not line:
                raise RuntimeError(f"no server: {self.said}")
            self.said += line
        self.port = int(re.search(r"listening on http://\S+:(\d+)", self.said).group(1))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.end()

    def end(self, how=signal.SIGTERM, patience=60):
        """Ask it to end; its exit code."""
        if self.process.poll() is None:
            self.process.send_signal(how)
        try:
            code = self.process.wait(patience)
        except subprocess.TimeoutExpired:
            self.process.kill()
            code = self.process.wait()
        self.said += self.process.stderr.read().decode()
        return code

    def connect(self, timeout=120):
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout)

    def ask(self, method, path, body=None, headers=None, key=None):
        connection = self.connect()
        all_headers = {"Content-Type": "application/json"} if body is not None else {}
        if key:
            all_headers["Authorization"] = f"Bearer {key}"
        all_headers.update(headers or {})
        if body is not None and not isinstance(body, (bytes, str)):
            body = json.dumps(body)
        connection.request(method, path, body, all_headers)
        answer = Answer(connection.getresponse())
        connection.close()
        return answer

    def get(self, path, **more):
        return self.ask("GET", path, **more)

    def chat(self, question, key=None, **fields):
        messages = question if isinstance(question, list) else [{"role": "user", "content": question}]
        return self.ask("POST", "/v1/chat/completions", {"messages": messages, **fields}, key=key)

    def metrics(self, key=None):
        """By name, labels and all."""
        lines = self.get("/metrics", key=key).text.splitlines()
        return {m[0]: float(m[1]) for m in (line.rsplit(" ", 1) for line in lines if line[0] != "#")}

    def raw(self, data, wait=5, half_close=False):
        """Send bytes, and what comes back until the connection ends or nothing comes for so long."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=wait) as s:
            back = b""
            try:
                s.sendall(data)
                if half_close:
                    s.shutdown(socket.SHUT_WR)
                while True:
                    piece = s.recv(65536)
                    if not piece:
                        break
                    back += piece
            except OSError:
                pass
            return back


def until(condition, seconds=20):
    """Whether it comes true in that time."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():
            return True
        time.sleep(0.02)
    return condition()


def ask_alone(question, *flags):
    """What `latentmas ask` answers."""
    program = os.environ.get("LATENTMAS", "build/latentmas")
    command = [program, "ask", "-m", MODEL, "-t", "1", *flags, question]
    return subprocess.run(command, capture_output=True, check=True).stdout.decode().rstrip("\n")
