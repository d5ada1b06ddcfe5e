#!/usr/bin/env python3
"""A double of the servers that src/remote talks to, with faults on demand.

    server.py LOG [--width N] [--n_ctx N] [--say TEXT] [--tokens FILE] [--script FILE]

It prints "PORT OTHER_PORT" (nothing should ever ask the other), and ends when its stdin does. The
first part of a path is KIND or KIND.FAULT, so a client chooses by its URL:

    http://127.0.0.1:PORT/vllm.429-1.a     KIND: vllm, sglang, llama, openai
                                           -1: strikes the first question only; .a: another count

--script names a file of faults, "-" for none: at KIND.script the first question gets the first, and so
on; behind its end there are none.

Faults: see FAULTS below. A text prompt that begins with "fault:FAULT.TAG " has its own. The log has a line of JSON for each request: path, whether a key came, the
body (vectors as rows, width, type, sum), and what was wrong with it. --tokens names a JSON object of
texts and their tokens for /tokenize; without it there is no such address.

What it says is --say, or what it heard: "heard text 3 1f2e3d4c" (kind, positions, CRC-32).
"""
import argparse
import json
import os
import random
import socketserver
import sys
import threading
import time
import zlib
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import payloads

KEY = "sk-the-key-of-the-test"

# Of questions, but for the second list: those of what is asked at first.
FAULTS = """400 401 403 404 422 429 500 503 away cut cutclean slow stall garbage html json badutf8 badjson
wrongtype hugeline inerror inbad innocode abort empty miscount nocount done nodone nul shrink many keyecho
redirect long endless chatty silent fuzz""".split()
FIRST_FAULTS = """key wrongwidth novec oddtext oldversion noversion nomodels badmodels hugelen unlisted
radix pieces nousage anonymous down askew""".split()

OPENAI_FIELDS = set("model prompt messages max_tokens temperature top_p seed stop stream stream_options".split())
VLLM_FIELDS = OPENAI_FIELDS | set("top_k min_p repetition_penalty stop_token_ids add_special_tokens prompt_embeds".split())
LLAMA_FIELDS = OPENAI_FIELDS | set("top_k min_p repeat_penalty samplers".split())
SGLANG_FIELDS = set("max_new_tokens temperature top_p top_k min_p repetition_penalty stop stop_token_ids".split())

counts = {}
lock = threading.Lock()


class Bad(Exception):
    """A refusal: status and message."""


def strikes(part):
    """Whether the fault of a path strikes this time."""
    words = part.split(".")
    if len(words) < 2:
        return ""
    name, _, most = words[1].partition("-")
    with lock:
        counts[part] = counts.get(part, 0) + 1
        return name if not most or counts[part] <= int(most) else ""


def scripted():
    """The next fault of the script."""
    with lock:
        fault = next(options.script, "-")
        return "" if fault == "-" else fault


NASTY = [b"\0", b"\xff\xfe", b"\xed\xa0\x80", b"[" * 500, b"{\"a\":" * 200, b"-1", b"1e999", b"18446744073709551616", b"null", b"true", b"\n\n",
         b"data: ", b"data: [DONE]\n\n", b"\r", b"\\u0000", b"\\ud800", b"\"", b"{", b"}", b"]", b"x" * 5000, b"\xef\xbb\xbf", b"\x1b[2J"]


def bend(node, dice):
    """Put something else in a place of a value."""
    while node and isinstance(node, (dict, list)):
        key = dice.choice(list(node) if isinstance(node, dict) else range(len(node)))
        if dice.random() < 0.5 or not isinstance(node[key], (dict, list)):
            node[key] = dice.choice([None, True, -1, 2**63, 1.5, "", "x\0y", "\x1b[2J", [], {}, [[]], [None], {"text": 1}, "length", "abort"])
            return
        node = node[key]


def mutate(path, seed, handler):
    """A good stream with some of it wrong, decided by the seed."""
    dice = random.Random(seed)
    words = ["one ", "two ", "three"]
    events = [handler.piece(path, words[:i + 1], word, None, "") for i, word in enumerate(words)]
    events.append(handler.piece(path, words, "", {"type": "stop"} if path == "/generate" else "stop", ""))
    if path != "/generate":
        events.append({"choices": [], "usage": {"prompt_tokens": 1, "completion_tokens": 3}})
    for _ in range(dice.randrange(3)):
        bend(dice.choice(events), dice)
    data = bytearray(b"".join(b"data: " + json.dumps(e).encode() + b"\n\n" for e in events) + b"data: [DONE]\n\n")
    for _ in range(dice.randrange(4)):
        at, n = dice.randrange(len(data) + 1), dice.randrange(20)
        data[at:at + dice.choice([0, 0, n])] = dice.choice([*NASTY, b"", bytes(data[at:at + n]) * 2])
    return bytes(data)


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def handle(self):
        try:
            super().handle()
        except OSError:
            pass  # whoever asked has gone, or was left in the middle

    def finish(self):
        try:
            super().finish()
        except (OSError, ValueError):
            pass

    def log_message(self, *_):
        pass

    # ---- One request ----

    def do_GET(self):
        self.serve(None)

    def do_POST(self):
        raw = self.rfile.read(int(self.headers["Content-Length"]))
        try:
            self.serve(json.loads(raw))
        except ValueError:
            pass  # who asked was killed in the middle of it

    def serve(self, body):
        _, self.part, *rest = self.path.split("/")
        self.kind = self.part.split(".")[0]
        if self.kind not in KINDS:
            return self.send(404, b"")
        self.always = (self.part.split(".") + [""])[1].partition("-")[0]
        path = "/" + "/".join(rest)
        note = {"path": path, "part": self.part, "key": self.headers.get("Authorization")}
        try:
            if self.always == "key" and self.headers.get("Authorization") != "Bearer " + KEY:
                raise Bad(401, "Incorrect API key provided: " + str(self.headers.get("Authorization")))
            if path in QUESTIONS and body is not None and not self.is_probe(body):
                self.answer(path, body, note)
            else:
                self.tell(path, body)
                self.note_down(note)
        except Bad as bad:
            note["refused"] = bad.args[1]
            self.note_down(note)
            self.refuse(*bad.args)

    def note_down(self, note):
        """Before an answer is sent: whoever has it may read the log."""
        with lock:
            options.log.write(json.dumps(note) + "\n")
            options.log.flush()

    def is_probe(self, body):
        return body.get("max_tokens") == 1 and "prompt_embeds" in body and "stream" not in body

    def send(self, status, data, kind="application/json", **headers):
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(data)))
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(data)

    def send_json(self, value):
        if self.always == "askew":
            bend(value, random.Random(self.part + self.path))
        self.send(200, json.dumps(value).encode())

    def refuse(self, status, message, **headers):
        if self.kind == "openai" and status == 422:
            page = {"detail": [{"type": "missing", "msg": message}]}
        else:
            page = {"error": {"message": message, "type": "BadRequestError", "code": status}}
        self.send(status, json.dumps(page).encode(), **headers)

    # ---- What it is ----

    def tell(self, path, body):
        if self.always == "down":
            raise Bad(503, "starting")
        found = {"/v1/models": self.models, "/version": self.version, "/tokenize": self.tokenize,
                 "/get_model_info": self.model_info, "/get_server_info": self.server_info,
                 "/props": self.props, "/v1/completions": self.probe}.get(path)
        if not found:
            raise Bad(404, "Not Found")
        found(body)

    def models(self, _):
        owner = {"vllm": "vllm", "sglang": "sglang", "llama": "llamacpp", "openai": "acme"}[self.kind]
        entry = {"id": "m", "object": "model", "owned_by": "me" if self.always == "anonymous" else owner}
        if self.kind in ("vllm", "sglang"):
            entry["max_model_len"] = 10 ** 12 if self.always == "hugelen" else options.n_ctx
        if self.kind == "llama":
            entry["meta"] = {"n_ctx_train": 4096, "n_embd": options.width, "n_vocab": 640}
        listed = {"nomodels": [], "badmodels": 5}.get(self.always, [entry])
        if self.always == "unlisted":
            raise Bad(404, "Not Found")
        if self.always == "redirect":
            return self.send(307, b"", Location=f"http://127.0.0.1:{other_port}/v1/models")
        self.send_json({"object": "list", "data": listed})

    def version(self, _):
        if self.kind != "vllm":
            raise Bad(404, "Not Found")
        said = {"oldversion": "0.12.0", "noversion": 7}.get(self.always, "0.32.0")
        self.send_json({"version": said})

    def tokenize(self, body):
        name = "content" if self.kind == "llama" else "prompt"
        if self.kind == "openai" or options.tokens is None or body[name] not in options.tokens:
            raise Bad(404, "Not Found")
        special = "add_special" if self.kind == "llama" else "add_special_tokens"
        if body[special] is not False:
            raise Bad(400, special)
        tokens = options.tokens[body[name]]
        self.send_json({"tokens": tokens, "count": len(tokens), "max_model_len": options.n_ctx})

    def model_info(self, _):
        if self.kind != "sglang":
            raise Bad(404, "Not Found")
        self.send_json({"model_path": "m", "is_generation": True})

    def server_info(self, _):
        if self.kind != "sglang":
            raise Bad(404, "Not Found")
        self.send_json({"version": "0.5.9", "disable_radix_cache": self.always != "radix", "context_length": None,
                        "stream_output": self.always == "pieces", "internal_states": [{"max_total_num_tokens": 9000}]})

    def props(self, _):
        if self.kind != "llama":
            raise Bad(404, "Not Found")
        self.send_json({"default_generation_settings": {"n_ctx": options.n_ctx, "params": {}}, "total_slots": 1,
                        "build_info": "b7000-abc"})

    def probe(self, body):
        """A vector one wide, as src/remote asks."""
        if self.kind != "vllm" or self.always == "novec":
            raise Bad(400, "You must set `--enable-prompt-embeds` to input `prompt_embeds`.")
        rows, _ = payloads.read(body["prompt_embeds"])
        width = options.width + (self.always == "wrongwidth")
        if self.always == "oddtext":
            raise Bad(400, "the width is not what it was")
        if len(rows[0]) != width:
            raise Bad(400, f"`prompt_embeds` hidden_size {len(rows[0])} does not match the model's hidden_size {width}.")
        raise Bad(400, "a probe that fits")

    # ---- What it answers ----

    def answer(self, path, body, note):
        fault = strikes(self.part)
        if fault == "script":
            fault = scripted()
        if isinstance(body.get("prompt"), str) and body["prompt"].startswith("fault:"):
            fault = strikes(body["prompt"].split()[0].replace("fault:", "."))
        note["fault"] = fault
        kind, n, crc = self.hear(path, body, note)
        self.note_down(note)
        if fault.isdigit():
            return self.fault_status(int(fault))
        if fault == "away":
            self.close_connection = True
            return self.connection.close()
        if fault == "keyecho":
            return self.refuse(401, "you sent " + str(self.headers.get("Authorization")))
        if fault == "redirect":
            return self.send(307, b"", Location=f"http://127.0.0.1:{other_port}{path}")
        if fault in PAGES:
            return self.send(200, PAGES[fault], "text/event-stream")
        if fault == "stall":
            time.sleep(20)
        if fault in ("endless", "chatty", "silent"):
            return self.go_on(path, fault)
        if fault.startswith("fuzz"):
            return self.send(200, mutate(path, crc, self), "text/event-stream")
        params = body.get("sampling_params", body)
        most = min(params.get("max_new_tokens", params.get("max_tokens", 16)), options.n_ctx - n)
        self.speak(path, options.say or f"heard {kind} {n} {crc:08x}", most, n, fault,
                   body.get("stream_options", {}).get("include_usage"))

    def fault_status(self, status):
        if status == 429:
            return self.refuse(429, "slow down", Retry_After="1")
        self.refuse(status, f"the double says {status}\nand more")

    def hear(self, path, body, note):
        """Kind of prompt, its positions, its sum; the prompt leaves `body` for the note."""
        seen = dict(body)
        note["body"] = seen
        self.check_fields(path, body)
        rows, dtype = None, "json"
        if "prompt_embeds" in body:
            rows, dtype = self.read_rows(seen.pop("prompt_embeds"), body)
        elif "input_embeds" in body:
            rows = seen.pop("input_embeds")
        if rows is not None:
            if any(len(row) != options.width for row in rows):
                raise Bad(400, f"hidden_size {len(rows[0])} does not match the model's hidden_size {options.width}.")
            found = "rows", len(rows), payloads.crc(rows)
            note["vectors"] = {"rows": len(rows), "width": len(rows[0]), "dtype": dtype, "crc": found[2],
                               "first": rows[0][:4]}
        else:
            prompt = body.get("prompt", body.get("messages", body.get("text", body.get("input_ids"))))
            n = len(prompt.split()) if isinstance(prompt, str) else len(prompt)
            name = {"str": "text", "list": "tokens"}[type(prompt).__name__] if "messages" not in body else "chat"
            found = name, n, zlib.crc32(json.dumps(prompt).encode())
        if found[1] >= options.n_ctx:
            raise Bad(400, f"The decoder prompt (length {found[1]}) is longer than the maximum model length")
        return found

    def read_rows(self, text, body):
        if body.get("prompt") is not None:
            raise Bad(400, "a prompt beside prompt_embeds")
        try:
            return payloads.read(text)
        except Exception as wrong:
            raise Bad(400, f"payload: expected {wrong}") from wrong

    def check_fields(self, path, body):
        known = {"vllm": VLLM_FIELDS, "llama": LLAMA_FIELDS, "openai": OPENAI_FIELDS, "sglang": VLLM_FIELDS}[self.kind]
        if path == "/generate":
            known = {"text", "input_ids", "input_embeds", "sampling_params", "stream"}
            self.refuse_unknown(body["sampling_params"], SGLANG_FIELDS)
        self.refuse_unknown(body, known)
        if self.kind == "openai" and len(body.get("stop", [])) > 4:
            raise Bad(400, "stop: at most 4")

    def refuse_unknown(self, given, known):
        unknown = set(given) - known
        if unknown:
            raise Bad(400, f"Unrecognized request argument supplied: {min(unknown)}")

    # ---- How it speaks ----

    def speak(self, path, text, most, n_read, fault, has_usage):
        words = [w + " " for w in text.split(" ")]
        words[-1] = words[-1][:-1]
        if fault == "nul":
            words.insert(1, "a\0b ")
        if fault == "many":
            words = [f"word{i} " for i in range(2000)]
            most = max(most, 2000)
        finish = "length" if len(words) > most else "stop"
        words = words[:most]
        if fault == "empty":
            words, finish = [], "length"
        self.begin_stream()
        half = max(1, len(words) // 2)
        for i, word in enumerate(words):
            if fault in ("cut", "cutclean") and i == half:
                return self.cut(fault)
            if fault in ("inerror", "inbad", "innocode") and i == half:
                error = {"message": "engine\x07died", "code": {"inerror": 500, "inbad": 400}.get(fault)}
                self.event({"error": error})
                return self.end_stream()
            if fault == "slow":
                time.sleep(0.15)
            self.event(self.piece(path, words[:i + 1], word, None, fault))
        if fault == "abort":
            finish = "abort"
        count = {"read": n_read + (fault == "miscount"), "spoken": len(words)}
        self.conclude(path, words, finish, count, has_usage and fault != "nocount" and self.always != "nousage", fault)

    def go_on(self, path, fault):
        """Without an end, as fast as it is read."""
        self.begin_stream()
        word = "" if fault == "endless" else "word "
        event = b": still there\n\n" if fault == "silent" else b"data: " + json.dumps(self.piece(path, [word], word, None, "")).encode() + b"\n\n"
        while True:
            self.chunk(event * 1000)

    def cut(self, fault):
        if fault == "cutclean":
            return self.end_stream()
        self.close_connection = True
        self.wfile.flush()
        self.connection.shutdown(2)

    def piece(self, path, so_far, word, reason, fault):
        if path == "/generate":
            text = "".join(so_far) if self.always != "pieces" else word
            if fault == "shrink" and len(so_far) == 3:
                text = "gone"
            return {"text": text, "meta_info": {"finish_reason": reason, "prompt_tokens": self.n_read_now,
                                                "completion_tokens": len(so_far)}}
        if fault == "wrongtype":
            word = 5
        if path == "/v1/chat/completions":
            return {"choices": [{"index": 0, "delta": {"content": word}, "finish_reason": reason}], "usage": None}
        return {"choices": [{"index": 0, "text": word, "finish_reason": reason}], "usage": None}

    def conclude(self, path, words, finish, count, has_usage, fault):
        if path == "/generate":
            self.n_read_now = count["read"]
            last = self.piece(path, words, "", {"type": finish, "length": 5}, "")
            self.event(last)
        else:
            self.event(self.piece(path, words, "", finish, ""))
            if has_usage:
                self.event({"choices": [], "usage": {"prompt_tokens": count["read"], "completion_tokens": count["spoken"],
                                                     "total_tokens": count["read"] + count["spoken"]}})
        if fault != "nodone":
            self.chunk(b"data: [DONE]\n\n")
        self.end_stream()

    n_read_now = 0

    def begin_stream(self):
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream; charset=utf-8")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()

    def event(self, value):
        self.chunk(b"data: " + json.dumps(value, ensure_ascii=random.random() < 0.5).encode() + b"\n\n")

    def chunk(self, data):
        self.wfile.write(b"%x\r\n%s\r\n" % (len(data), data))
        self.wfile.flush()

    def end_stream(self):
        self.wfile.write(b"0\r\n\r\n")


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def server_bind(self):
        """Without asking for this machine's name, which takes seconds where nobody answers."""
        socketserver.TCPServer.server_bind(self)
        self.server_name, self.server_port = "localhost", self.server_address[1]


KINDS = ("vllm", "sglang", "llama", "openai")
QUESTIONS = ("/v1/completions", "/v1/chat/completions", "/generate")
PAGES = {"garbage": os.urandom(3000), "html": b"<html><body>Welcome</body></html>",
         "json": b'{"choices": [{"text": "all at once", "finish_reason": "stop"}]}',
         "badutf8": b'data: {"choices": [{"text": "\xff\xfe"}]}\n\n', "badjson": b'data: {"choices": [{"te\n\n',
         "hugeline": b"data: " + b"x" * (17 << 20), "done": b"data: [DONE]\n\n", "long": b"\n" * (1 << 20)}


def main():
    global options, other_port
    parser = argparse.ArgumentParser()
    parser.add_argument("log")
    parser.add_argument("--width", type=int, default=64)
    parser.add_argument("--n_ctx", type=int, default=1024)
    parser.add_argument("--say")
    parser.add_argument("--tokens")
    parser.add_argument("--script")
    options = parser.parse_args()
    options.script = iter(open(options.script, encoding="utf-8").read().split() if options.script else [])
    options.log = open(options.log, "a", encoding="utf-8")
    if options.tokens:
        with open(options.tokens, encoding="utf-8") as file:
            options.tokens = json.load(file)
    servers = [Server(("127.0.0.1", 0), Handler) for _ in range(2)]
    other_port = servers[1].server_port
    for server in servers:
        threading.Thread(target=server.serve_forever, daemon=True).start()
    print(*(server.server_port for server in servers), flush=True)
    sys.stdin.read()
    os._exit(0)  # and nobody waits for those who sleep


main()
