"""awareness_sdk_asks.py - the real awareness-sdk at our server: what it publishes, finds and takes.

    awareness_sdk_asks.py PACKAGE     a .memorypkg of ours
"""
import json
import os
import sys
import tempfile
import zipfile

sys.path[:0] = ["tests/serve", "tests/serve/exchange"]
import requests  # noqa: E402
from awareness_sdk import AwarenessClient  # noqa: E402
from awareness_sdk.exceptions import APIError, NotFoundError  # noqa: E402
from client import Server, done, ok  # noqa: E402
from shop import write_keys  # noqa: E402


def fails(error, words, claim, call, *args, **more):
    try:
        ok(False, claim, call(*args, **more))
    except error as e:
        ok(words in str(e), claim, e)


with zipfile.ZipFile(sys.argv[1]) as z:
    cells = {name: json.loads(z.read(f"kv_cache/{name}.json")) for name in ("keys", "values")}
with tempfile.TemporaryDirectory() as folder:
    keys = write_keys(folder, "first-secret", "second-secret")
    with Server(["--exchange", os.path.join(folder, "room"), "--api_key_file", keys]) as server:
        url = f"http://127.0.0.1:{server.port}"
        ann, bob = (AwarenessClient(key, url, url) for key in ("first-secret", "second-secret"))
        ok(all(s == {"status": "ok"} for s in ann.health_check().values()), "the SDK finds both services well")
        said = ann.memory_exchange.publish_memory("kv_cache", cells, 10.0, "what Mia has")
        ok(len(said["memory_id"]) == 32, "publish_memory", said)
        fails(APIError, "made up", "what is simulated is refused in words", ann.memory_exchange.publish_memory, "kv_cache", {**cells, "simulated": True}, 1.0)
        fails(APIError, "layers", "and what is no memory of the model", ann.memory_exchange.publish_memory, "kv_cache", {"keys": [[1, 2, 3]], "values": [[4, 5, 6]]}, 1.0)
        found = bob.memory_exchange.browse_memories(memory_type="kv_cache", limit=5)
        ok(found["count"] == 1 and found["memories"][0]["id"] == said["memory_id"], "browse_memories", found)
        ok(bob.memory_exchange.browse_memories(min_price=1.0)["count"] == 0, "browse_memories by a price")
        taken = bob.memory_exchange.purchase_memory(said["memory_id"], "demo")
        got = requests.get(url + taken["download_url"], headers={"Authorization": "Bearer second-secret"}, timeout=60)
        ok(got.status_code == 200 and len(got.content) == taken["memory"]["size"], "purchase_memory says where the file is", taken)
        fails(NotFoundError, "no such memory", "purchase_memory of what is not there", bob.memory_exchange.purchase_memory, 12345, "demo")
        chain = ann.memory_exchange.publish_reasoning_chain("adding up", "of shells", "math", cells, "demo", 0.5, step_count=3)
        ok(bob.memory_exchange.browse_reasoning_chains(category="math")["chains"][0]["id"] == chain["chain_id"], "publish_reasoning_chain, browse_reasoning_chains", chain)
        ok(bob.memory_exchange.use_reasoning_chain(chain["chain_id"], {}, "demo")["memory"]["name"] == "adding up", "use_reasoning_chain")
        ok(ann.memory_exchange.get_my_history(limit=2)["count"] == 2, "get_my_history")
        ok(bob.memory_exchange.get_stats()["total_memories"] == 2, "get_stats")
        ok(bob.w_matrix.browse_listings()["count"] == 0, "browse_listings")
        fails(APIError, "key is needed", "a wrong key", AwarenessClient("nobody-secret", url, url).memory_exchange.get_stats)
        ok(server.end() == 0, "the server is well", server.said)
done()
