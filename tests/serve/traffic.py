"""traffic.py - many clients at once: the same answers as alone, fair turns, ends, and an end in peace."""
import json
import os
import signal
import socket
import tempfile
import threading
import time

from client import SUM, Server, done, ok, until

FLAGS = ["--temp", "0", "-n", "24"]


def questions(n):
    return [f"Mia has {3 + i % 40} shells. She finds {2 + i * 7 % 30} more. How many shells does she have?" for i in range(n)]


def at_once(jobs):
    """The results of all, each in a thread of its own."""
    results = [None] * len(jobs)

    def work(i):
        results[i] = jobs[i]()

    threads = [threading.Thread(target=work, args=(i,)) for i in range(len(jobs))]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    return results


def open_long(server, n=64, stream=True):
    """A connection that asks for what takes long: many answers."""
    s = socket.create_connection(("127.0.0.1", server.port), timeout=60)
    body = json.dumps({"model": "sequential:baseline", "stream": stream, "temperature": 2, "n": n,
                       "messages": [{"role": "user", "content": SUM}]}).encode()
    s.sendall(b"POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
              b"Content-Length: %d\r\n\r\n" % len(body) + body)
    return s


def company(server):
    asked = questions(48)
    models = ["sequential", "sequential:text_mas", "sequential:baseline", "hierarchical"]
    alone = [server.chat(q, model=models[i % 4]).content() for i, q in enumerate(asked)]
    jobs = [lambda q=q, i=i: server.chat(q, model=models[i % 4], stream=i % 3 == 0).content() for i, q in enumerate(asked)]
    together = at_once(jobs)
    ok(together == alone, "48 questions at once, of four models, streamed or not, get what they get alone",
       [(a, b) for a, b in zip(alone, together) if a != b][:3])
    until(lambda: server.metrics()["latentmas_questions_running"] == 0)
    m = server.metrics()
    ok(m['latentmas_questions_total{outcome="answered"}'] == 96 and m["latentmas_request_seconds_count"] == 96
       and m["latentmas_questions_running"] == 0, "the metrics count them all", m)


def departures(server):
    def running():
        return server.metrics()["latentmas_questions_running"]

    before = server.metrics()['latentmas_questions_total{outcome="canceled"}']
    streams = [open_long(server) for _ in range(3)]
    ok(all(s.recv(64) for s in streams) and until(lambda: running() == 8), "three clients keep all lanes busy")
    begin = time.monotonic()
    for s in streams:
        s.close()
    gone = until(lambda: running() == 0)
    took = time.monotonic() - begin
    ok(gone and took < 3, f"when they go away they free their lanes ({took:.2f} s)")
    whole = open_long(server, stream=False)
    until(lambda: running() == 8)
    whole.close()
    ok(until(lambda: running() == 0), "so does one that waits for a whole answer")
    now = server.metrics()
    ok(now['latentmas_questions_total{outcome="canceled"}'] >= before + 100 and now["latentmas_questions_waiting"] == 0,
       "what they had asked is canceled", (before, now))
    ok(server.chat(SUM, max_tokens=4).code == 200, "the next one is answered as ever")


def limits():
    with Server(["-np", "1", "--max_waiting", "64"]) as server:
        streams = [open_long(server)]
        streams[0].recv(64)
        streams += [open_long(server, n=1)]
        answer = server.chat(SUM, n=64)
        ok(answer.code == 429 and int(answer.headers["retry-after"]) >= 1 and answer.error["code"] == "queue_full",
           "where too many wait the next one is told to come again", answer.text)
        for s in streams:
            s.close()
        ok(until(lambda: server.metrics()["latentmas_questions_waiting"] == 0) and server.chat(SUM, max_tokens=4).code == 200,
           "when they have gone it is let in")


def fairness():
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "keys")
        with open(path, "w", encoding="utf-8") as f:
            f.write("key-of-many\nkey-of-one\n")
        with Server([*FLAGS, "-np", "2", "--api_key_file", path]) as server:
            ends = []

            def ask(key, question):
                server.chat(question, model="sequential", key=key)
                ends.append(key)

            threads = [threading.Thread(target=ask, args=("key-of-many", q)) for q in questions(24)]
            for t in threads:
                t.start()
            until(lambda: server.metrics("key-of-one")["latentmas_questions_waiting"] >= 12)
            ask("key-of-one", SUM)
            place = ends.index("key-of-one")
            for t in threads:
                t.join()
            n_before = 24 - (len(ends) - 1 - place)
            ok(len(ends) - 1 - place >= 8, f"who asks once does not wait for all of who asks much ({n_before} of 24 before it)", ends)


def silence():
    with Server([*FLAGS, "--request_timeout", "1"]) as server:
        slow = socket.create_connection(("127.0.0.1", server.port), timeout=20)
        begin = time.monotonic()
        try:
            for byte in b"POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\n" * 100:
                slow.sendall(bytes([byte]))
                time.sleep(0.05)
        except OSError:
            pass
        took = time.monotonic() - begin
        ok(took < 8, f"who sends a byte now and then is not waited for ({took:.1f} s)")
        idle = socket.create_connection(("127.0.0.1", server.port), timeout=20)
        ok(idle.recv(1) == b"", "nor who sends nothing")
        ok(server.get("/health").code == 200, "others are answered meanwhile")


def end_in_peace():
    server = Server([*FLAGS, "-n", "40"])
    results = []
    asked = questions(20)
    threads = [threading.Thread(target=lambda q=q: results.append(server.chat(q, model="sequential", stream=True))) for q in asked]
    for t in threads:
        t.start()
    until(lambda: server.metrics()["latentmas_questions_running"] > 0 and server.metrics()["latentmas_questions_waiting"] > 0)
    code = server.end(signal.SIGTERM)
    for t in threads:
        t.join()
    ok(code == 0 and len(results) == 20 and all(r.is_done and r.content() for r in results),
       "at the end all who had asked get their answers", (code, [r.text[-80:] for r in results if not r.is_done]))
    server = Server(["-np", "1"])
    stream = open_long(server)
    stream.recv(64)
    server.process.send_signal(signal.SIGTERM)
    time.sleep(0.3)
    ok(server.process.poll() is None, "a long answer is waited for")
    begin = time.monotonic()
    server.end(signal.SIGTERM)
    ok(time.monotonic() - begin < 5, "a second signal ends it at once", server.said)


with Server(FLAGS) as server:
    company(server)
    ok(server.end() == 0, "it ends well", server.said)
with Server(["-n", "200"]) as server:
    departures(server)
limits()
fairness()
silence()
end_in_peace()
done()
