"""avp_http.py - the real avp's client at our server: handshake, frames, texts.

    avp_http.py FRAMES      FRAMES has our f32.avp, f16.avp, ...
"""
import dataclasses
import os
import sys
import tempfile

sys.path[:0] = ["tests/serve", "tests/serve/exchange"]
from avp.codec import decode  # noqa: E402
from avp.errors import TransportError  # noqa: E402
from avp.fallback import JSONMessage  # noqa: E402
from avp.handshake import compute_tokenizer_hash  # noqa: E402
from avp.transport import AVPClient  # noqa: E402
from avp.types import CommunicationMode, CompressionLevel, ModelIdentity  # noqa: E402
from gguf import GGUFReader  # noqa: E402
from client import MODEL, SUM, Server, done, ok  # noqa: E402
from shop import Shop, write_keys  # noqa: E402

FRAMES = sys.argv[1]
# What transformers' configuration of the demo model would tell avp.
SAME = ModelIdentity("qwen3", "the demo model", "0" * 64, hidden_dim=192, num_layers=6, num_kv_heads=2, head_dim=48)


def frame(name):
    with open(os.path.join(FRAMES, name + ".avp"), "rb") as f:
        return decode(f.read())


def handshake(url, key, vocabulary):
    with AVPClient(url, "planner", SAME, token=key) as client:
        info = client.handshake()
        r = info.remote_identity
        ok(info.mode == CommunicationMode.LATENT and info.resolution_path == "structural_match" and len(info.session_id) == 32, "avp finds the model to be the same", info)
        ok((r.hidden_dim, r.num_layers, r.num_kv_heads, r.head_dim, r.model_family, r.model_hash) == (192, 6, 2, 48, "qwen3", ""), "our identity is ours", r)
        ok(r.tokenizer_hash == compute_tokenizer_hash(vocabulary), "avp's hash of the vocabulary is ours", r.tokenizer_hash)
    other = dataclasses.replace(SAME, hidden_dim=999, model_family="llama")
    with AVPClient(url, "planner", other, token=key) as client:
        ok(client.handshake().mode == CommunicationMode.JSON, "another model is told to speak JSON")
    with AVPClient(url, "planner", dataclasses.replace(other, tokenizer_hash=r.tokenizer_hash), token=key) as client:
        ok(client.handshake().resolution_path == "shared_tokenizer", "one of the same vocabulary, that it is shared")
    return info.session_id


def transmit(url, key, session, shop, other):
    with AVPClient(url, "planner", SAME, token=key) as client:
        for name, level in (("f32", CompressionLevel.NONE), ("f16", CompressionLevel.BALANCED), ("bf16", CompressionLevel.MAX), ("last", CompressionLevel.NONE)):
            message = frame(name)
            message.metadata.session_id = session
            said = client.transmit(message.payload, message.metadata, level).json()
            code, record = shop.json("GET", f"/v1/memories/{said['memory']}")
            ok(said["success"] and code == 200 and record["n_pos"] == said["n_pos"] and record["tags"] == ["avp"] and record["name"] == "planner",
               f"a frame of {name} becomes a memory of the tenant's", (said, record))
            ok(other.json("GET", f"/v1/memories/{said['memory']}")[0] == 404, "and of nobody else's")
        good = frame("f32")
        for words, change in [("", {"num_layers": 5}), ("", {"hidden_dim": 191}), ("", {"dtype": frame("f16").metadata.dtype})]:
            try:
                client.transmit(good.payload, dataclasses.replace(good.metadata, **change), CompressionLevel.NONE)
                ok(False, f"a frame whose {change} is wrong is refused")
            except TransportError as e:
                ok(e.status_code == 400 and '"success":false' in str(e) and "scratch" not in str(e), f"a frame whose {list(change)} is wrong is refused", e)
        try:
            client.transmit(good.payload[:-7], good.metadata, CompressionLevel.NONE)
            ok(False, "cells that are cut are refused")
        except TransportError as e:
            ok(e.status_code == 400 and "scratch" not in str(e), "cells that are cut are refused", e)


def text(url, key, session):
    with AVPClient(url, "planner", SAME, token=key) as client:
        for to in ("", "sequential:baseline", "nobody"):
            said = client.send_text(JSONMessage(session_id=session, source_agent_id="planner", target_agent_id=to, content=SUM)).json()
            ok(said["success"] and said["content"] and said["content"] == said["choices"][0]["message"]["content"] and said["model"] == (to if ":" in to else "sequential"),
               f"a text to {to or 'nobody in particular'!r} is answered", said)
        try:
            client.send_text(JSONMessage(content=""))
            ok(False, "an empty text is refused")
        except TransportError as e:
            ok(e.status_code == 400 and "content" in str(e), "an empty text is refused", e)
    try:
        AVPClient(url, "planner", SAME, token="nobody-secret").handshake()
        ok(False, "a wrong key is refused")
    except Exception as e:
        ok("401" in str(e) and '"success":false' in str(e), "a wrong key is refused", e)


spelled = GGUFReader(MODEL).get_field("tokenizer.ggml.tokens").contents()
tokens = {token: i for i, token in enumerate(spelled)}
with tempfile.TemporaryDirectory() as folder:
    with Server(["--exchange", os.path.join(folder, "room"), "--api_key_file", write_keys(folder, "first-secret", "second-secret"), "--temp", "0", "-n", "16"]) as server:
        address, first = f"http://127.0.0.1:{server.port}", "first-secret"
        session_id = handshake(address, first, tokens)
        transmit(address, first, session_id, Shop(server, first), Shop(server, "second-secret"))
        text(address, first, session_id)
        ok(server.end() == 0 and not os.listdir(os.path.join(folder, "room", "scratch")), "the server is well, and has left nothing behind", server.said)
done()
