"""serve.py - what serving costs over running, and what clients wait.

    ./dev python3 bench/serve.py throughput [--questions 2000] [--clients 64] [--rounds 5]
    ./dev python3 bench/serve.py first [--rounds 9]
    ./dev python3 bench/serve.py memory [--requests 10000]

throughput: the same questions by `latentmas run -np 16` and by clients of `latentmas serve -np 16`, in turns; are the
answers the same. first: the time to the first text of one client, alone and while 15 others read long prompts, in
turns. memory: what the server holds as it answers.
"""
import argparse
import asyncio
import json
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "tests", "serve"))
from client import MODEL, SUM, Server

PROGRAM = os.environ.get("LATENTMAS", "build/latentmas")
FLAGS = ["--temp", "0", "-n", "64"]


class Caller:
    """One client: a connection that it keeps."""

    def __init__(self, port):
        self.port = port

    async def ask(self, **body):
        if not hasattr(self, "streams"):
            self.streams = await asyncio.open_connection("127.0.0.1", self.port)
        reader, writer = self.streams
        data = json.dumps(body).encode()
        writer.write(b"POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                     b"Content-Length: %d\r\n\r\n" % len(data) + data)
        head = await reader.readuntil(b"\r\n\r\n")
        length = int(next(line.split(b":")[1] for line in head.split(b"\r\n") if line.lower().startswith(b"content-length")))
        return json.loads(await reader.readexactly(length))


async def ask_all(port, questions, n_clients, **fields):
    """The answers to all, by so many clients; each takes the next question when it has its answer."""
    answers = [None] * len(questions)
    left = iter(range(len(questions)))

    async def client():
        caller = Caller(port)
        for i in left:
            answer = await caller.ask(messages=[{"role": "user", "content": questions[i]}], **fields)
            answers[i] = answer["choices"][0]["message"]["content"]
        if hasattr(caller, "streams"):
            caller.streams[1].close()

    await asyncio.gather(*(client() for _ in range(n_clients)))
    return answers


def make_questions(n):
    return [f"Mia has {2 + i % 97} shells. Later she finds {3 + i * 7 % 89} more and gives {1 + i % 2} of them to Tom. "
            f"How many shells does Mia have now?" for i in range(n)]


def run_once(questions, folder, name, method):
    """Seconds of `latentmas run` behind the loading of the model, and its answers."""
    rows = os.path.join(folder, "rows.jsonl")
    with open(rows, "w", encoding="utf-8") as f:
        f.writelines(json.dumps({"question": q, "answer": "#### 1"}) + "\n" for q in questions)
    out = os.path.join(folder, name)
    subprocess.run([PROGRAM, "run", "-m", MODEL, "--task", "gsm8k", "--data", rows, "-np", "16", "--method", method, *FLAGS,
                    "--output", out], check=True, capture_output=True)
    with open(os.path.join(out, "summary.json"), encoding="utf-8") as f:
        seconds = json.load(f)["total_time_sec"]
    with open(os.path.join(out, "samples.jsonl"), encoding="utf-8") as f:
        samples = {s["index"]: s["text"] for s in map(json.loads, f)}
    return seconds, [samples[i] for i in range(len(questions))]


def throughput(a):
    questions = make_questions(a.questions)
    model = "sequential" if a.method == "latent_mas" else f"sequential:{a.method}"
    ratios = []
    with tempfile.TemporaryDirectory() as folder:
        for k in range(a.rounds):
            run_s, want = run_once(questions, folder, f"run{k}", a.method)
            with Server([*FLAGS, "-np", "16", "--answer", "number", "-t", "0", "--max_waiting", "10000"]) as server:
                begin = time.monotonic()
                got = asyncio.run(ask_all(server.port, questions, a.clients, model=model))
                serve_s = time.monotonic() - begin
            ratios.append(run_s / serve_s)
            print(f"round {k + 1}: run {run_s:.2f} s, serve {serve_s:.2f} s, ratio {ratios[-1]:.3f}, "
                  f"{sum(x != y for x, y in zip(want, got))} of {len(got)} answers differ", flush=True)
    print(f"{a.method}, {a.questions} questions, {a.clients} clients, 16 at once: throughput of serve over that of run "
          f"{statistics.median(ratios):.3f} (median of {a.rounds})")


def first_text_s(server, question):
    """Until the first chunk with text."""
    connection = server.connect()
    body = json.dumps({"model": "sequential", "stream": True, "messages": [{"role": "user", "content": question}]})
    begin = time.monotonic()
    connection.request("POST", "/v1/chat/completions", body, {"Content-Type": "application/json"})
    response = connection.getresponse()
    while b'"content":"' not in response.readline():
        pass
    took = time.monotonic() - begin
    response.read()
    connection.close()
    return took


def first(a):
    # Long: as many words as a lane holds, other ones each time, so that nothing is shared.
    ends = threading.Event()
    n_read = [0]

    def read_on(server, k):
        n = 0
        while not ends.is_set():
            words = " ".join(f"w{k}{(n * 31 + i) % 97}" for i in range(a.words))
            answer = server.chat(words, model="sequential:baseline", max_tokens=1)
            n_read[0] += answer.json["usage"]["prompt_tokens"]
            n += 1

    alone, beside = [], []
    with Server([*FLAGS, "-np", "16", "-t", "0", *(["-b", str(a.batch)] if a.batch else [])]) as server:
        first_text_s(server, SUM)
        for _ in range(a.rounds):
            alone.append(first_text_s(server, SUM))
            ends.clear()
            threads = [threading.Thread(target=read_on, args=(server, k)) for k in range(15)]
            for t in threads:
                t.start()
            time.sleep(1)
            begin, before = time.monotonic(), n_read[0]
            beside.append(first_text_s(server, SUM))
            ends.set()
            for t in threads:
                t.join()
            print(f"alone {alone[-1] * 1000:.0f} ms, beside 15 readers {beside[-1] * 1000:.0f} ms "
                  f"({(n_read[0] - before) / (time.monotonic() - begin):.0f} tokens/s read)", flush=True)
    a1, b1 = statistics.median(alone), statistics.median(beside)
    print(f"first text: alone {a1 * 1000:.0f} ms, beside 15 that read long prompts {b1 * 1000:.0f} ms: {b1 / a1:.2f} times "
          f"(medians of {a.rounds})")


def resident(server):
    with open(f"/proc/{server.process.pid}/status", encoding="utf-8") as f:
        return int(next(line.split()[1] for line in f if line.startswith("VmRSS"))) / 1024


def memory(a):
    with Server([*FLAGS, "-np", "16", "-t", "0", "--max_waiting", "10000", "--cache_ram", "64"]) as server:
        held = []
        for k in range(10):
            questions = make_questions(a.requests // 10)
            asyncio.run(ask_all(server.port, questions, 32, model="sequential:baseline", max_tokens=2,
                                **({} if k % 2 else {"n": 1})))
            held.append(resident(server))
            print(f"{(k + 1) * len(questions)} requests: {held[-1]:.1f} MiB", flush=True)
    print(f"memory: {held[0]:.1f} MiB behind the first tenth of {a.requests} requests, {held[-1]:.1f} MiB behind all")


parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
parser.add_argument("what", choices=["throughput", "first", "memory"])
parser.add_argument("--questions", type=int, default=2000)
parser.add_argument("--clients", type=int, default=64)
parser.add_argument("--rounds", type=int, default=5)
parser.add_argument("--method", default="latent_mas", choices=["latent_mas", "text_mas", "baseline"])
parser.add_argument("--words", type=int, default=400, help="of a long prompt")
parser.add_argument("--batch", type=int, default=0, help="-b of the server")
parser.add_argument("--requests", type=int, default=10000)
given = parser.parse_args()
{"throughput": throughput, "first": first, "memory": memory}[given.what](given)
