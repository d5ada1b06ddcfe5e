"""packages.py - packages of Awareness from the command line, and its marketplace's calls, with nothing but sockets. tests/peers has
the real SDK.
"""
import json
import os
import random
import subprocess
import tempfile
import zipfile

from client import MODEL, Server, done, ok
from shop import Shop, make_memory, write_keys

PROGRAM = os.environ.get("LATENTMAS", "build/latentmas")


def memory(*words):
    ended = subprocess.run([PROGRAM, "memory", *words], capture_output=True, text=True, timeout=120)
    return ended.returncode, ended.stdout, ended.stderr


def package(folder, path, *flags):
    return memory("export", "-m", MODEL, "-t", "1", os.path.join(folder, "memory.lmem"), "--avp", path, *flags)


def command_line(folder):
    """The cells as JSON."""
    path, back, again = (os.path.join(folder, name) for name in ("a.memorypkg", "back.lmem", "again.memorypkg"))
    code, out, err = package(folder, path, "--name", "shells", "--agent", "ann")
    ok(code == 0 and "a package of Awareness" in out, "a memory goes out as a package", err)
    code, out, err = memory("import", "-m", MODEL, "-t", "1", "-ctk", "f32", "-ctv", "f32", path, back)
    ok(code == 0 and "positions saved" in out, "and comes in again", err)
    code, out, err = memory("export", "-m", MODEL, "-t", "1", back, "--avp", again)
    with zipfile.ZipFile(path) as a, zipfile.ZipFile(again) as b:
        cells = {name: json.loads(a.read(f"kv_cache/{name}.json")) for name in ("keys", "values")}
        ok(code == 0 and a.read("kv_cache/keys.json") == b.read("kv_cache/keys.json") and "shells" in a.read("metadata.json").decode(),
           "to the last bit", err)
    code, out, err = package(folder, os.path.join(folder, "a.vectorpkg"))
    ok(code == 0 and zipfile.ZipFile(os.path.join(folder, "a.vectorpkg")).namelist()[0] == "vector.json", "a vector's holds the last hidden state", err)
    code, out, err = memory("import", "-m", MODEL, "-t", "1", os.path.join(folder, "a.vectorpkg"), back)
    ok(code == 0 and "1 positions saved" in out, "which comes in as a thought", (out, err))
    made_up = os.path.join(folder, "made.memorypkg")
    with zipfile.ZipFile(path) as a, zipfile.ZipFile(made_up, "w") as b:
        for name in a.namelist():
            said = json.loads(a.read(name))
            b.writestr(name, json.dumps({**said, "simulated": True} if name == "metadata.json" else said))
    code, out, err = memory("import", "-m", MODEL, "-t", "1", made_up, back + "2")
    ok(code == 1 and "made up" in err and err.count("\n") <= 2 and not os.path.exists(back + "2"), "one that says it is simulated is refused", err)
    left = [name for name in os.listdir(folder) if (".lmem." in name or "pkg." in name) and not name.endswith(".txt")]
    ok(not left, "no frame is left beside them", left)
    return cells


def noise(cells):
    return [[[random.random() for _ in token] for token in layer] for layer in cells]


def market(folder, cells):
    keys = write_keys(folder, "first-secret", "second-secret")
    room = os.path.join(folder, "market")
    with Server(["--exchange", room, "--api_key_file", keys]) as server:
        ann, bob = Shop(server, "first-secret"), Shop(server, "second-secret")
        offer = {"memory_type": "kv_cache", "kv_cache_data": cells, "price": 1.0, "description": "what Mia has"}
        code, said = ann.json("POST", "/api/v1/memory/publish", offer)
        ok(code == 201 and said["success"] and len(said["data"]["memory_id"]) == 32, "cells in JSON are published", said)
        memory_id = said["data"].get("memory_id")
        record = bob.json("GET", f"/v1/memories/{memory_id}")[1]
        ok(record["description"] == "what Mia has" and "awareness" in record["tags"] and record["n_layer"] == 6, "as a memory for all", record)
        for change, words in [({"kv_cache_data": {**cells, "simulated": True}}, "made up"), ({"kv_cache_data": {"keys": [[1, 2, 3]], "values": [[4, 5, 6]]}}, ""),
                              ({"kv_cache_data": {k: noise(v) for k, v in cells.items()} if isinstance(cells["keys"][0][0][0], float) else {}}, ""),
                              ({"kv_cache_data": 5}, "expected"), ({"kv_cache_data": {"keys": cells["keys"][:-1], "values": cells["values"]}}, "")]:
            code, said = ann.json("POST", "/api/v1/memory/publish", {**offer, **change})
            ok(code in (400, 422) and said["success"] is False and words in said["message"] and "scratch" not in said["message"],
               f"cells that are none are refused: {said.get('message', '')[:70]}", (code, said))
        chain = {"chain_name": "adding up", "description": "of shells", "category": "math", "kv_cache_snapshot": cells, "source_model": "demo", "price_per_use": 2}
        code, said = ann.json("POST", "/api/v1/reasoning-chain/publish", chain)
        chain_id = said.get("data", {}).get("chain_id")
        ok(code == 201 and chain_id, "a chain is published", said)
        code, said = bob.json("GET", "/api/v1/memory/browse?limit=5&offset=0&memory_type=kv_cache&max_price=5")
        ok(code == 200 and said["data"]["count"] == 1 and said["data"]["memories"][0]["id"] == memory_id and said["data"]["memories"][0]["price"] == 0,
           "browsing finds what is of that type", said)
        ok(bob.json("GET", "/api/v1/memory/browse?min_price=0.5")[1]["data"]["count"] == 0, "nothing has a price")
        code, said = bob.json("GET", "/api/v1/reasoning-chain/browse?chain_type=math")
        ok(said["data"]["count"] == 1 and said["data"]["chains"][0]["id"] == chain_id, "chains are found by their kind", said)
        ok(bob.json("GET", "/api/v1/reasoning-chain/browse?chain_type=poetry")[1]["data"]["count"] == 0, "and by no other")
        code, said = bob.json("POST", "/api/v1/memory/purchase", {"memory_id": memory_id, "target_model": "demo"})
        ok(code == 200 and said["data"]["memory"]["id"] == memory_id and bob.ask("GET", said["data"]["download_url"])[0] == 200, "what is taken can be fetched", said)
        code, said = bob.json("POST", "/api/v1/reasoning-chain/use", {"chain_id": chain_id, "input_data": {}, "target_model": "demo"})
        ok(code == 200 and said["data"]["memory"]["name"] == "adding up", "a chain too", said)
        hidden = ann.publish(open(os.path.join(folder, "memory.lmem"), "rb").read(), name="hidden")
        for wanted in (hidden["id"], "0" * 32, 12345, None):
            code, said = bob.json("POST", "/api/v1/memory/purchase", {"memory_id": wanted, "target_model": "demo"})
            ok(code == 404 and said == {"success": False, "message": "there is no such memory", "error": "there is no such memory"}, f"{wanted} is not there", said)
        code, said = ann.json("GET", "/api/v1/memory/my-history?limit=3&offset=0")
        ok(code == 200 and said["data"]["count"] == 3 and said["data"]["transactions"][0]["type"] == "publish", "the history is the log's", said)
        code, said = bob.json("GET", "/api/v1/stats")
        ok(code == 200 and said["data"]["total_memories"] == 2 and said["data"]["own_memories"] == 0, "the statistics count what one may see", said)
        ok(bob.json("GET", "/api/v1/listings")[1]["data"]["listings"] == [], "there are no matrices")
        ok(bob.json("POST", "/api/v1/purchase", {})[0] == 501, "nor are they sold")
        ok(Shop(server).json("GET", "/api/v1/stats") == (401, {"success": False, "message": "a key is needed: the header \"Authorization: Bearer KEY\"",
           "error": "a key is needed: the header \"Authorization: Bearer KEY\""}), "who has no key is told so in these words")
        ok(server.end() == 0 and not os.listdir(os.path.join(room, "scratch")), "the server is well, and has left nothing behind", server.said)


with tempfile.TemporaryDirectory() as scratch:
    make_memory(scratch, "memory.lmem", 1, "-ctk", "f32", "-ctv", "f32")
    market(scratch, command_line(scratch))
done()
