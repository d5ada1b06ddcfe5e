"""frames.py - AVP over HTTP with nothing but sockets: who we are, frames whole and damaged, texts. tests/peers has the real client.

    python3 tests/serve/exchange/frames.py [DAMAGED [SEED]]
"""
import json
import os
import random
import subprocess
import sys
import tempfile

from client import MODEL, SUM, Server, done, ok, until
from shop import Shop, make_memory, write_keys

N = int(sys.argv[1]) if len(sys.argv) > 1 else 300
R = random.Random(int(sys.argv[2]) if len(sys.argv) > 2 else 3)
PROGRAM = os.environ.get("LATENTMAS", "build/latentmas")
FRAME = {"Content-Type": "application/avp+binary", "AVP-Version": "0.4", "AVP-Agent-ID": "planner"}
TOKENIZER = "3e8bf3dfa616df3e9617ae5fa8307de9eb219118e30b0a08d58dfa8334eb22d1"  # as avp 0.6.2 has it
HELLO = {"agent_id": "a", "identity": {"model_family": "qwen3", "hidden_dim": 192}}


def export(folder, *flags):
    path = os.path.join(folder, "out.avp")
    subprocess.run([PROGRAM, "memory", "export", "-m", MODEL, "-t", "1", os.path.join(folder, "memory.lmem"), "--avp", path, *flags], check=True, capture_output=True)
    with open(path, "rb") as f:
        return f.read()


def refused(answer, code, words, claim):
    found, body = answer
    ok(found == code and body["success"] is False and words in body["message"] and body["error"] == body["message"] and "\n" not in body["message"]
       and "scratch" not in body["message"], claim, answer)


def damaged(frame):
    data = bytearray(frame)
    for _ in range(R.randrange(1, 4)):
        kind, at = R.randrange(4), R.randrange(len(data)) if R.random() < 0.3 else R.randrange(min(120, len(data)))
        if kind == 0:
            data[at] ^= 1 << R.randrange(8)
        elif kind == 1:
            del data[at:at + R.randrange(1, 40)]
        elif kind == 2:
            data[at:at] = os.urandom(R.randrange(1, 40))
        else:
            data[at:at + 4] = R.choice([b"\xff\xff\xff\xff", b"\0\0\0\0", b"\xff\xff\xff\x7f"])
        data = data or bytearray(b"x")
    return bytes(data)


with tempfile.TemporaryDirectory() as scratch:
    make_memory(scratch)
    cells, packed, thoughts = export(scratch), export(scratch, "--avp_zstd"), export(scratch, "--avp_payload", "thoughts")
    room = os.path.join(scratch, "room")
    with Server(["--exchange", room, "--exchange_file", "1", "--temp", "0", "-n", "8", "-c", "16384"]) as server:
        shop = Shop(server)
        code, hello = shop.json("POST", "/avp/v2/handshake", HELLO)
        who = hello["identity"]
        ok(code == 200 and hello["success"] and len(hello["session_id"]) == 32 and who["tokenizer_hash"] == TOKENIZER and who["head_dim"] == 48
           and (who["hidden_dim"], who["num_layers"], who["num_kv_heads"], who["model_family"]) == (192, 6, 2, "qwen3"), "a handshake says who we are", hello)
        for body in ({}, [], {"agent_id": "a"}, {"agent_id": 5, "identity": {}}, {"agent_id": "a", "identity": []}):
            refused(shop.json("POST", "/avp/v2/handshake", body), 400, "a hello expected", f"{body} is no hello")
        refused(shop.json("POST", "/avp/v2/handshake", b"{", {"Content-Type": "application/json"}), 400, "the hello", "nor is what is no JSON")
        for name, frame, n_pos in (("cells", cells, None), ("packed cells", packed, None), ("thoughts", thoughts, 2)):
            code, said = shop.json("POST", "/avp/v2/transmit", frame, FRAME)
            record = shop.json("GET", f"/v1/memories/{said.get('memory')}")[1]
            ok(code == 200 and said["success"] and record.get("n_pos") == said["n_pos"] and said["n_pos"] == (n_pos or said["n_pos"]) and record["name"] == "planner",
               f"{name} become a memory", (said, record))
        refused(shop.json("POST", "/avp/v2/transmit", b"", FRAME), 400, "found nothing", "nothing is no frame")
        refused(shop.json("POST", "/avp/v2/transmit", b"AV" + b"x" * 99, FRAME), 400, "", "nor is a mere beginning")
        refused(shop.json("POST", "/avp/v2/transmit", b"x" * (1 << 20) + b"x", FRAME), 413, "at most", "a frame has a limit")
        refused(shop.json("POST", "/avp/v2/transmit", cells, {"Content-Type": "application/octet-stream"}), 415, "avp+binary", "a frame says that it is one")
        said = [shop.json("POST", "/avp/v2/transmit", damaged(R.choice([cells, packed, thoughts])), FRAME) for _ in range(N)]
        bad = [(c, b) for c, b in said if not (c == 200 and b["success"] or c == 400 and not b["success"] and b["message"] and "scratch" not in b["message"])]
        ok(not bad and sum(c == 400 for c, _ in said) > N // 2, f"{N} damaged frames: {sum(c == 400 for c, _ in said)} are refused in words, the others are whole", bad[:3])
        ok(until(lambda: not os.listdir(os.path.join(room, "scratch"))), "nothing of them is left")
        code, said = shop.json("POST", "/avp/v2/text", {"content": SUM, "session_id": hello["session_id"], "target_agent_id": "sequential:baseline"})
        ok(code == 200 and said["success"] and said["content"] and said["model"] == "sequential:baseline", "a text is answered", said)
        for body in ({}, {"content": ""}, {"content": 5}, []):
            refused(shop.json("POST", "/avp/v2/text", body), 400, "content", f"{json.dumps(body)} is no message")
        refused(shop.json("POST", "/avp/v2/text", {"content": "word " * 30000}), 400, "", "a text that does not fit is refused")
        ok(server.end() == 0, "it is well behind all that", server.said)
    with Server(["--api_key_file", write_keys(scratch, "first-secret")]) as server:
        refused(Shop(server).json("POST", "/avp/v2/handshake", HELLO), 401, "key", "who has no key is told so in avp's words")
        ok(Shop(server, "first-secret").json("POST", "/avp/v2/handshake", HELLO)[0] == 200, "a handshake needs no exchange")
        ok(Shop(server, "first-secret").ask("POST", "/avp/v2/transmit", cells, FRAME)[0] == 404, "a frame does")
done()
