"""memories.py - memories over HTTP: published, found, fetched, cut and gone on with, limited, refused."""
import json
import os
import socket
import tempfile
import threading
import time

from client import Server, done, ok, until
from shop import BYTES, Shop, make_memory, refused, sha256, write_keys


def publish_and_fetch(shop, data):
    code, begun = shop.offer(name="shells", description="Of Mia.", tags=["sums", "sea"], text="seven bags", size=len(data),
                             provenance={"by": "tests"}, quality={"f1": 0.5}, embedding=[1, 0, 0], published=True)
    ok(code == 201 and begun["offset"] == 0 and len(begun["upload"]) == 32, "an offer begins an upload", begun)
    upload = begun["upload"]
    refused(shop.commit(upload), 409, f"0 bytes came of the {len(data)}", "what has not come cannot be committed, and costs nothing")
    code, put = shop.put(upload, 0, data)
    ok(code == 200 and put["offset"] == len(data), "bytes come", put)
    code, record = shop.commit(upload)
    ok(code == 201 and record["sha256"] == sha256(data) and record["size"] == len(data) and record["own"] and record["published"]
       and record["provenance"] == {"by": "tests"} and record["quality"] == {"f1": 0.5} and record["n_thoughts"] == 2,
       "a commit gives the record", record)
    ok(shop.json("GET", f"/v1/memories/{record['id']}") == (200, record), "the record can be looked at")
    refused(shop.commit(upload), 404, "no such upload", "a second commit finds nothing")
    code, headers, got = shop.fetch(record["id"])
    ok(code == 200 and got == data and headers["etag"] == f'"{sha256(data)}"', "the file comes back byte for byte, its hash as ETag")
    return record


def ranges(shop, record, data):
    n, etag = len(data), f'"{record["sha256"]}"'
    for text, want in [("bytes=0-0", (0, 1)), ("bytes=100-", (100, n)), ("bytes=-7", (n - 7, n)), (f"bytes=5-{n + 99}", (5, n)),
                       ("bytes=0-99999999999999999999999", (0, n)), (f"bytes=-{n + 5}", (0, n))]:
        code, headers, got = shop.fetch(record["id"], {"Range": text})
        ok(code == 206 and got == data[want[0]:want[1]] and headers["content-range"] == f"bytes {want[0]}-{want[1] - 1}/{n}",
           f"Range: {text}", (code, headers))
    for text in (f"bytes={n}-", "bytes=-0", "bytes=99999999999999999999999-"):
        code, headers, _ = shop.fetch(record["id"], {"Range": text})
        ok(code == 416 and headers["content-range"] == f"bytes */{n}", f"Range: {text} is not there", (code, headers))
    for text in ("bytes=9-3", "bytes=a-b", "bytes=", "bytes=-", "bytes=0-1,3-4", "lines=1-2", "bytes=1-2x", "bytes=--1", ""):
        code, _, got = shop.fetch(record["id"], {"Range": text})
        ok(code == 200 and got == data, f"Range: {text!r} is none: all of it comes", code)
    ok(shop.fetch(record["id"], {"Range": "bytes=3-5", "If-Range": etag})[0] == 206, "If-Range with its version gives the range")
    ok(shop.fetch(record["id"], {"Range": "bytes=3-5", "If-Range": '"other"'})[0] == 200, "If-Range with another gives all")
    code, headers, got = shop.ask("HEAD", f"/v1/memories/{record['id']}/file")
    ok(code == 200 and headers["content-length"] == str(n) and not got, "HEAD tells the length")


def searching(shop, data, record):
    other = shop.publish(data, name="clouds", tags=["sky"], embedding=[0, 1, 0])
    plain = shop.publish(data, name="none", text="shells, but no vector")
    for query, want in [({}, [plain, other, record]), ({"words": "shells"}, [plain, record]), ({"words": "SEVEN bags"}, [record]),
                        ({"tag": ["sums", "sea"]}, [record]), ({"tag": "sums", "words": "clouds"}, []), ({"limit": 1}, [plain]),
                        ({"limit": 1, "offset": 1}, [other]), ({"fingerprint": record["fingerprint"], "own": 1}, [plain, other, record]),
                        ({"fingerprint": "0"}, []), ({"words": "?!"}, [])]:
        code, found = shop.list(**query)
        ok(code == 200 and [r["id"] for r in found["data"]] == [r["id"] for r in want], f"found by {query}", found)
    found = shop.search(nearest=[0.9, 0.1, 0], limit=2)
    ok([r["id"] for r in found["data"]] == [record["id"], other["id"]] and found["data"][0]["nearness"] > 0.99 and found["total"] == 2,
       "the nearest first", found)
    for path, words in [("?limit=0", "limit is 0"), ("?limit=x", "a number"), ("?nearest=1", "found"), ("?own", "a number"),
                        ("?offset=99999999999999999999", "a number"), ("?words=%ff", "UTF-8"), ("?tag=a&tag=a", "twice"), ("?limit=101", "from 1 to")]:
        refused(shop.json("GET", "/v1/memories" + path), 400, words, f"/v1/memories{path} is refused")
    for body, words in [({"nearest": "x"}, "a list"), ({"nearest": ["x"]}, "numbers"), ({"nearest": [0, 0]}, "no direction"), ([], "an object"),
                        ({"nearest": [1e300]}, "not finite"), ({"what": 1}, "what"), ({"limit": -1}, "an integer"), ({"words": 5}, "a text")]:
        refused(shop.json("POST", "/v1/memories/search", body), 400, words, f"search for {json.dumps(body)} is refused")
    code, usage = shop.json("GET", "/v1/memories/usage")
    ok(code == 200 and usage["n"] == 3 and usage["n_bytes"] == 3 * len(data), "usage counts them", usage)
    for memory in (other, plain):
        ok(shop.json("DELETE", f"/v1/memories/{memory['id']}")[0] == 200, "an own memory is deleted")
    refused(shop.json("GET", f"/v1/memories/{other['id']}"), 404, "no such memory", "and is not there then")
    code, log = shop.json("GET", "/v1/memories/audit?limit=2")
    ok(code == 200 and [(l["action"], l["why"]) for l in log["data"]] == [("delete", "ok")] * 2, "the log says what was done", log)


def half_request(server, upload, offset, length, data, key=None):
    """A PUT that promises `length` bytes and sends fewer: an open socket."""
    s = socket.create_connection(("127.0.0.1", server.port))
    auth = f"Authorization: Bearer {key}\r\n" if key else ""
    s.sendall(f"PUT /v1/memories/uploads/{upload}?offset={offset} HTTP/1.1\r\nHost: localhost\r\n{auth}"
              f"Content-Type: application/octet-stream\r\nContent-Length: {length}\r\n\r\n".encode() + data)
    return s


def cut_and_resumed(server, shop, data):
    upload = shop.offer(name="cut", size=len(data))[1]["upload"]
    stands = lambda: shop.json("GET", f"/v1/memories/uploads/{upload}")[1].get("offset")
    at = 0
    for n in (70000, 1, 12345):
        s = half_request(server, upload, at, len(data) - at, data[at:at + n])
        at += n
        ok(until(lambda: stands() == at), f"a connection that was cut has left {n} bytes", stands())
        s.close()
    refused(shop.put(upload, 0, data), 409, f"stands at offset {at}", "going on from elsewhere is refused, and told where it stands")
    dead = half_request(server, upload, at, len(data) - at, data[at:at + 500])
    until(lambda: stands() == at + 500)
    code, put = shop.put(upload, at + 500, data[at + 500:])
    ok(code == 200 and put["offset"] == len(data), "a new connection goes on where one still hangs", put)
    dead.sendall(b"x" * 100)
    dead.close()
    code, record = shop.commit(upload)
    ok(code == 201 and record["sha256"] == sha256(data), "what was cut four times is whole", record)
    got = b""
    while len(got) < len(data):
        with socket.create_connection(("127.0.0.1", server.port)) as s:
            s.sendall(f"GET /v1/memories/{record['id']}/file HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nRange: bytes={len(got)}-\r\n\r\n".encode())
            back = b""
            while len(back) < 40000 and (piece := s.recv(65536)):
                back += piece
            got += back.split(b"\r\n\r\n", 1)[1]
            if len(got) >= len(data):
                break
    ok(got == data, "a download that is cut goes on by ranges")
    shop.json("DELETE", f"/v1/memories/{record['id']}")
    upload = shop.offer(name="pieces")[1]["upload"]
    chunked = shop.ask("PUT", f"/v1/memories/uploads/{upload}?offset=0", iter([data[:9], data[9:50000], data[50000:]]), BYTES)
    ok(chunked[0] == 200 and shop.commit(upload)[1].get("sha256") == sha256(data), "a body in chunks, of a size that nobody told", chunked)


def hostile_bodies(shop, data):
    offers = [({"name": ""}, "the name is missing"), ({"name": 5}, "a text"), ({"name": "a\nb"}, "control"), ({"name": "x" * 201}, "at most 200"),
              ({"tags": "x"}, "a list"), ({"tags": [1]}, "texts"), ({"tags": ["a"] * 33}, "a longer one"), ({"tags": ["a", "a"]}, "twice"),
              ({"text": "a\0b"}, "NUL"), ({"provenance": []}, "an object"), ({"quality": {"a": "b"}}, "quality"), ({"expires": 1}, "expire"),
              ({"expires": -1}, "an integer"), ({"size": 1.5}, "an integer"), ({"embedding": [0]}, "direction"), ({"embedding": [None]}, "numbers"),
              ({"embedding": [1] * 65537}, "a longer one"), ({"nmae": "x"}, "nmae"), ({"published": 1}, "true or false"),
              ({"description": "x" * 5000}, "at most 4096"), ({"provenance": {"a": "x" * 20000}}, "")]
    for fields, words in offers:
        refused(shop.offer(**fields), 400, words, f"an offer of {json.dumps(fields)[:40]} is refused")
    for body in (b"", b"{", b"[]", b'{"name": "a", "name": "b"}', b'{"name": "\xff"}', b'{"a":' * 3000):
        code, _, _ = shop.ask("POST", "/v1/memories", body, {"Content-Type": "application/json"})
        ok(code == 400, f"{body[:20]!r} is no offer", code)
    ok(shop.ask("POST", "/v1/memories", b"{}", {"Content-Type": "text/plain"})[0] == 415, "an offer says that it is JSON")
    ok(shop.ask("POST", "/v1/memories", b" " * (8 << 20) + b" ", {"Content-Type": "application/json"})[0] == 413, "an offer has a limit")
    ends = [(data[:-1], 422, "an end that is missing"), (data + b"x", 422, "a byte too many"), (b"", 422, "nothing"), (b"LMASMEM\n" * 99, 422, "a mere beginning"),
            (bytes(data[:5000]) + b"\0" + data[5001:], 422, "a byte that was changed"), (os.urandom(70000), 422, "noise")]
    for body, want, what in ends:
        upload = shop.offer()[1]["upload"]
        shop.put(upload, 0, body)
        code, answer = shop.commit(upload)
        message = answer.get("error", {}).get("message", "")
        ok(code == want and "/" not in message and "\n" not in message, f"{what} is no memory file, and no path is told", answer)
    upload = shop.offer(size=100)[1]["upload"]
    refused(shop.put(upload, 0, data), 413, "more than the 100 bytes", "more than was announced is refused")
    refused(shop.offer(size=(2 << 20) + 1), 413, "at most", "an announced file beyond the limit is refused before it comes")
    upload = shop.offer()[1]["upload"]
    refused(shop.put(upload, 0, b"x" * ((2 << 20) + 1)), 413, "at most", "one that was not announced when it gets there")
    upload = shop.offer()[1]["upload"]
    for offset in ("", "-1", "1e3", "0x0", "99999999999999999999"):
        refused(shop.put(upload, offset, b"x"), 400, "a number", f"offset {offset!r} is none")
    refused(shop.json("PUT", f"/v1/memories/uploads/{upload}", b"x", BYTES), 409, "offset 0", "an offset must be told")
    refused(shop.put(upload, 0, b"x", {"Content-Type": "text/plain"}), 415, "octet-stream", "bytes say that they are")
    ok(shop.json("DELETE", f"/v1/memories/uploads/{upload}")[0] == 200, "an upload is given up")
    refused(shop.put(upload, 0, b"x"), 404, "no such upload", "and is not there then")


def bounds(server, shop, data):
    others = shop.list(own=1)[1]["data"]
    for record in others:
        shop.json("DELETE", f"/v1/memories/{record['id']}")
    uploads = [shop.offer()[1]["upload"] for _ in range(16)]
    refused(shop.offer(), 429, "16 uploads of yours", "uploads are bounded in number")
    ok(until(lambda: shop.offer()[0] == 201, 20) and all(shop.json("GET", f"/v1/memories/uploads/{u}")[0] == 404 for u in uploads),
       "those that nobody goes on with are forgotten, and make room")
    for _ in range(17):
        shop.publish(data)
    refused(shop.offer(size=len(data)), 507, "delete", "a tenant has so many memories and no more")
    soon = int(time.time()) + 2
    first = shop.list(own=1)[1]["data"][0]
    shop.json("DELETE", f"/v1/memories/{first['id']}")
    record = shop.publish(data, expires=soon, published=True)
    ok(record["expires"] == soon, "a memory may expire", record)
    ok(until(lambda: shop.json("GET", f"/v1/memories/{record['id']}")[0] == 404, 6), "it does")
    ok(until(lambda: not os.path.exists(os.path.join(server.folder, "files", record["id"])), 6), "and its file is swept away")


def slow_ones_hold_nobody(server, shop, data):
    """Eight uploads that stand still, and a commit or two: others are answered all the while."""
    uploads = [shop.offer(size=len(data))[1]["upload"] for _ in range(8)]
    held = [half_request(server, u, 0, len(data), data[:100]) for u in uploads]
    stop, worst = threading.Event(), [0.0]

    def ask():
        mine = Shop(server)
        while not stop.is_set():
            begin = time.monotonic()
            mine.list(limit=1)
            worst[0] = max(worst[0], time.monotonic() - begin)

    thread = threading.Thread(target=ask)
    thread.start()
    for u in uploads[:4]:
        shop.put(u, 100, data[100:]) if until(lambda: shop.json("GET", f"/v1/memories/uploads/{u}")[1]["offset"] == 100) else None
        shop.commit(u)
    stop.set()
    thread.join()
    ok(worst[0] < 5, f"others are answered meanwhile, the slowest in {worst[0]:.2f} s (5 s allowed)")
    for s in held:
        s.close()


with tempfile.TemporaryDirectory() as scratch:
    small = make_memory(scratch)
    big = make_memory(scratch, "big.lmem", 20)
    room = os.path.join(scratch, "room")
    with Server(["--exchange", room, "--exchange_file", "2", "--upload_timeout", "600"]) as server:
        shop = Shop(server)
        record = publish_and_fetch(shop, small)
        ranges(shop, record, small)
        searching(shop, small, record)
        cut_and_resumed(server, shop, big)
        hostile_bodies(shop, small)
        slow_ones_hold_nobody(server, shop, big)
        try:
            Server(["--exchange", room])
            ok(False, "a second server on one folder is refused")
        except RuntimeError as e:
            ok("another process" in str(e) and str(e).count("\n") <= 2, "a second server on one folder is refused in a line", e)
        ok(shop.json("GET", f"/v1/memories/{record['id']}")[0] == 200 and server.end() == 0, "the first goes on, and ends well", server.said)
    with Server(["--exchange", room]) as server:
        ok(Shop(server).fetch(record["id"])[2] == small, "another server finds what was published before")
    with Server(["--exchange", os.path.join(scratch, "few"), "--exchange_memories", "18", "--upload_timeout", "3"]) as server:
        server.folder = os.path.join(scratch, "few")
        bounds(server, Shop(server), small)
    with Server([]) as server:
        for method, path in [("GET", ""), ("POST", ""), ("GET", "/usage"), ("GET", "/x/file"), ("DELETE", "/x"), ("POST", "/search")]:
            ok(Shop(server).ask(method, "/v1/memories" + path, {} if method == "POST" else None)[0] == 404,
               f"{method} /v1/memories{path} is nowhere without --exchange")
done()
