"""hostile.py - requests that are wrong in every way: none crashes the server, hangs it, or keeps others
from being answered.

    python3 tests/serve/hostile.py [N [SEED]]
"""
import json
import os
import random
import socket
import statistics
import sys
import threading
import time

from client import SUM, Server, done, ok

N = int(sys.argv[1]) if len(sys.argv) > 1 else 300
SEED = int(sys.argv[2]) if len(sys.argv) > 2 else 42

GOOD = {"model": "sequential:baseline", "max_tokens": 2, "messages": [{"role": "user", "content": SUM}]}


def request(body, path="/v1/chat/completions", headers="", length=None):
    body = body if isinstance(body, bytes) else body.encode("utf-8", "surrogatepass")
    n = len(body) if length is None else length
    return (f"POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n{headers}"
            f"Content-Length: {n}\r\nConnection: close\r\n\r\n").encode("latin-1") + body


def noise(r, n):
    return bytes(r.randrange(256) for _ in range(n))


def value(r, depth=0):
    """Any JSON."""
    kinds = [lambda: None, lambda: r.random() < 0.5, lambda: r.choice([0, -1, 2**53, 1e308, -0.0, 10**40]),
             lambda: "".join(chr(r.choice([0, 9, 34, 92, 0x7f, 0xe9, 0x4e2d, 0x1f600])) for _ in range(r.randrange(9))),
             lambda: [value(r, depth + 1) for _ in range(r.randrange(4))] if depth < 4 else [],
             lambda: {r.choice(list(FIELDS)): value(r, depth + 1) for _ in range(r.randrange(4))} if depth < 4 else {}]
    return r.choice(kinds)()


FIELDS = ["model", "messages", "prompt", "stream", "stream_options", "temperature", "top_p", "top_k", "min_p", "seed", "n", "stop",
          "logprobs", "top_logprobs", "max_tokens", "tools", "latentmas", "response_format", "role", "content", "text", "type"]


def wrong_types(r):
    body = dict(GOOD)
    for _ in range(r.randrange(1, 4)):
        body[r.choice(FIELDS)] = value(r)
    if body.get("max_tokens", 1) not in range(1, 5):
        body["max_tokens"] = r.choice([2, value(r)])
    return request(json.dumps(body), r.choice(["/v1/chat/completions", "/v1/completions"]))


def damaged(r):
    text = bytearray(json.dumps(GOOD).encode())
    for _ in range(r.randrange(1, 6)):
        at = r.randrange(len(text))
        text[at : at + r.randrange(3)] = noise(r, r.randrange(4))
    return request(bytes(text))


def cut(r):
    text = json.dumps(GOOD)
    return request(text[: r.randrange(len(text))], length=len(text) if r.random() < 0.5 else None)


def no_http(r):
    return noise(r, r.randrange(1, 400)) + r.choice([b"", b"\r\n\r\n"])


def odd_lines(r):
    first = r.choice(["GET", "POST", "get", "", "A" * 70000, "GET /", "GET / HTTP/9.9", "GET  /health HTTP/1.1", "GET /health",
                      "\0GET /health HTTP/1.1", "GET /health HTTP/1.1\r\nHost: a\r\nHost: b", "POST /v1/chat/completions HTTP/1.0"])
    return first.encode("latin-1") + b"\r\n\r\n"


def big_headers(r):
    many = "".join(f"X-{i}: {'v' * r.randrange(200)}\r\n" for i in range(r.randrange(1, 800)))
    return f"GET /health HTTP/1.1\r\nHost: localhost\r\n{many}\r\n".encode()


def odd_headers(r):
    line = r.choice(["Content-Length: -5", "Content-Length: 99999999999999999999", "Content-Length: 5\r\nContent-Length: 6",
                     "Transfer-Encoding: chunked\r\nContent-Length: 3", "Transfer-Encoding: chunked", ": nothing", "X", "X: \x01\x02",
                     "Expect: 100-continue", "Connection: " + "close," * 500, "Host: " + "a" * 9000, "Authorization: " + "B" * 9000,
                     "Content-Type: " + "application/json;" * 900])
    tail = r.choice(["", "5\r\nhello\r\n0\r\n\r\n", "zz\r\n", "ffffffffffffffff\r\nx"])
    return f"POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\n{line}\r\n\r\n{tail}".encode("latin-1")


def paths(r):
    path = r.choice(["/../../etc/passwd", "/v1/models/../../../etc/passwd", "/v1/models/%2e%2e%2f", "/v1/teams/" + "a" * 20000, "//health",
                     "/health/", "/v1/models/%00", "/%ff%fe", "/v1/models/\xe9", "*", "http://evil.example/health", "/health?" + "q" * 9000,
                     "/v1/teams/" + "%41" * 3000, "/.git/config", "/v1/models/sequential%3abaseline"])
    return f"{r.choice(['GET', 'HEAD', 'POST', 'DELETE', 'PUT', 'TRACE', 'CONNECT'])} {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode("latin-1")


def bad_utf8(r):
    return request(json.dumps(GOOD).replace("Tom", "\udcff").encode("utf-8", "surrogateescape") if r.random() < 0.5 else noise(r, 50))


def deep(r):
    n = r.randrange(10, 50000)
    return request(r.choice(["[" * n, '{"a":' * n, '{"messages":' + "[" * n + "]" * n + "}"]))


def pipelined(r):
    return b"GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n" * r.randrange(2, 50)


KINDS = [wrong_types, damaged, cut, no_http, odd_lines, big_headers, odd_headers, paths, bad_utf8, deep, pipelined]


def send(server, data, r):
    """Send it in one of the ways in which clients misbehave; whether the connection came to an end."""
    try:
        with socket.create_connection(("127.0.0.1", server.port), timeout=30) as s:
            how = r.random()
            if how < 0.15:  # and hang up
                s.sendall(data)
                return True
            if how < 0.25:  # bit by bit
                for k in range(0, min(len(data), 400), 100):
                    s.sendall(data[k : k + 100])
                s.sendall(data[400:])
            else:
                s.sendall(data)
            if how < 0.6:
                s.shutdown(socket.SHUT_WR)
            while s.recv(65536):
                pass
        return True
    except (ConnectionError, BrokenPipeError, OSError) as e:
        return not isinstance(e, TimeoutError)


def attack(server, kinds, seed, n, hung):
    r = random.Random(seed)
    for i in range(n):
        kind = kinds[i % len(kinds)]
        if not send(server, kind(r), r):
            hung.append((kind.__name__, seed, i))


def good_ones(server, ends, times, wrong):
    """A client that behaves, meanwhile."""
    want = server.chat(SUM, **{k: v for k, v in GOOD.items() if k != "messages"}).content()
    while not ends.is_set():
        begin = time.monotonic()
        answer = server.chat(SUM, **{k: v for k, v in GOOD.items() if k != "messages"})
        if answer.code != 200 or answer.content() != want:
            wrong.append(answer.text)
        times.append(time.monotonic() - begin)


with Server(["--temp", "0", "-n", "4", "--request_timeout", "1"]) as server:
    fds = len(os.listdir(f"/proc/{server.process.pid}/fd"))
    ends, times, wrong, hung = threading.Event(), [], [], []
    good = threading.Thread(target=good_ones, args=(server, ends, times, wrong))
    good.start()
    attackers = [threading.Thread(target=attack, args=(server, KINDS, SEED + k, N // 4, hung)) for k in range(4)]
    for t in attackers:
        t.start()
    for t in attackers:
        t.join()
    ends.set()
    good.join()
    ok(server.process.poll() is None, f"{N} requests of {len(KINDS)} wrong kinds, by four clients at once, do not end the server (seed {SEED})", server.process.poll())
    ok(not hung, "each connection comes to an end", hung)
    ok(not wrong and len(times) > 2, f"{len(times)} right ones meanwhile get their answers", wrong[:2])
    print(f"# they took {statistics.median(times) * 1000:.0f} ms in the middle, {max(times) * 1000:.0f} ms at most")
    ok(max(times) < 5, "and none waits for long", max(times))
    time.sleep(0.5)
    left = len(os.listdir(f"/proc/{server.process.pid}/fd"))
    ok(left <= fds + 2, "nothing stays open behind them", (fds, left))
    m = server.metrics()
    ok(m["latentmas_questions_running"] == 0 and m["latentmas_questions_waiting"] == 0, "nor anything under way", m)
    ok(server.end() == 0, "it ends well", server.said)
done()
