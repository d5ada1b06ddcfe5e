"""tenants.py - a tenant reaches nothing of another's, whatever he tries, and cannot tell what is there.

Mallory has a key of his own and knows the ids of what he is after. 20 schemes, 50 attempts each: no
answer holds a word, a hash or a byte of it, and each is, code and words, what he would hear of an id
that nobody has.

    python3 tests/serve/exchange/tenants.py [ATTEMPTS [SEED]]
"""
import json
import os
import random
import re
import statistics
import sys
import tempfile
import time

from client import Server, done, ok
from shop import BYTES, Shop, make_memory, sha256, write_keys

N = int(sys.argv[1]) if len(sys.argv) > 1 else 50
R = random.Random(int(sys.argv[2]) if len(sys.argv) > 2 else 7)
ALICE, BOB, MALLORY = "alice-secret", "bob-secret", "mallory-secret"

# What nobody but Alice may read, and how long an answer that is no file may be.
SECRETS = ["quincunx", "zarzuela", "vellichor", "ocotillo"]
NAME, TAG, TEXT, DESCRIPTION = SECRETS


def hexes(n=32):
    return "".join(R.choice("0123456789abcdef") for _ in range(n))


def bent(memory):
    """An id in other spellings."""
    return R.choice([memory.upper(), memory + "%00", memory + ".", "%2e%2e%2f" + memory, "./" + memory, memory + "?", memory + "/",
                     memory + "%20", "%" + f"{ord(memory[0]):02x}" + memory[1:], memory[:31], memory + "0", "../memories/" + memory,
                     "uploads/" + memory, memory + "/file/", memory + "%2ffile", memory + "/file/../file", "*", "%", "_" * 32])


def auth(key):
    return {"Authorization": key}


def headers_of_others():
    return R.choice([auth("Bearer "), auth("Bearer alice"), auth("Bearer  " + ALICE), auth("Basic " + ALICE), auth(ALICE), auth("Bearer " + ALICE[:-1]),
                     auth("Bearer " + ALICE.upper()), auth("Bearer tenant 1"), {"X-Tenant": "tenant 1", **auth("Bearer " + MALLORY)},
                     {"Cookie": "tenant=1", **auth("Bearer " + MALLORY)}, {"X-Api-Key": ALICE, **auth("Bearer " + MALLORY)}])


def spans():
    return {"Range": R.choice(["bytes=0-", "bytes=0-0", "bytes=-1", "bytes=5-9", "bytes=0-1,3-4", "bytes=999999999-", f"bytes={R.randrange(9999)}-"])}


# Each scheme: method, path, body, headers, for the id of a memory.
SCHEMES = {
    "the record by its id": lambda m, v: ("GET", f"/v1/memories/{m}", None, {}),
    "the file by its id": lambda m, v: ("GET", f"/v1/memories/{m}/file", None, {}),
    "its headers alone": lambda m, v: ("HEAD", f"/v1/memories/{m}/file", None, {}),
    "ranges of the file": lambda m, v: ("GET", f"/v1/memories/{m}/file", None, spans()),
    "ranges of a version that was heard of": lambda m, v: ("GET", f"/v1/memories/{m}/file", None, {**spans(), "If-Range": f'"{v["sha256"]}"'}),
    "deleting it": lambda m, v: ("DELETE", f"/v1/memories/{m}", None, {}),
    "the id spelled otherwise": lambda m, v: ("GET", f"/v1/memories/{bent(m)}", None, {}),
    "the file of an id spelled otherwise": lambda m, v: ("GET", f"/v1/memories/{bent(m)}/file", None, {}),
    "keys that are none, and headers that name others": lambda m, v: ("GET", f"/v1/memories/{m}/file", None, headers_of_others()),
    "its words": lambda m, v: ("GET", "/v1/memories?words=" + R.choice(SECRETS + ["Mia", m, v["sha256"]]), None, {}),
    "words of the search's own language": lambda m, v: ("POST", "/v1/memories/search", {"words": R.choice(
        [f"name:{NAME}", f"{NAME}*", f'"{NAME}" OR a', "^" + NAME, f"NEAR({NAME} {TAG})", "' OR 1=1 --", '") OR tenant="tenant 1', "*"])}, {}),
    "its tags": lambda m, v: ("GET", f"/v1/memories?tag={TAG}", None, {}),
    "what is near to it": lambda m, v: ("POST", "/v1/memories/search", {"nearest": R.choice([[1, 2, 3], [R.random() for _ in range(3)]])}, {}),
    "its model": lambda m, v: ("POST", "/v1/memories/search", {"fingerprint": v["fingerprint"], "limit": 100, "words": R.choice(["", NAME])}, {}),
    "his own, with offsets and limits": lambda m, v: ("GET", f"/v1/memories?own={R.choice(['0', '1'])}&limit=100&offset={R.randrange(4)}", None, {}),
    "where its upload stands": lambda m, v: ("GET", f"/v1/memories/uploads/{v['upload'] if R.random() < 0.5 else m}", None, {}),
    "writing into its upload": lambda m, v: ("PUT", f"/v1/memories/uploads/{v['upload']}?offset={R.choice([0, 100, 5000])}", b"x" * 50, BYTES),
    "committing its upload": lambda m, v: ("POST", f"/v1/memories/uploads/{v['upload']}/commit", None, {}),
    "giving up its upload": lambda m, v: ("DELETE", f"/v1/memories/uploads/{v['upload']}", None, {}),
    "the log and the usage": lambda m, v: ("GET", R.choice(["/v1/memories/audit", f"/v1/memories/audit?before={R.randrange(99)}", "/v1/memories/usage"]), None, {}),
}


def stands_for(answer, *names):
    """Code and words, whatever the names are."""
    code, headers, body = answer
    text = body.decode("latin-1")
    for name in names:
        text = re.sub(re.escape(name), "ID", text, flags=re.I)
    return code, headers.get("content-range"), re.sub(r'"(time|number|created)":\d+', "", text)


def attempt(mallory, scheme, victim, files):
    """Whether it comes to nothing, as for what is not there."""
    state = R.getstate()
    absent, no_upload = hexes(), hexes()
    R.setstate(state)
    method, path, body, headers = SCHEMES[scheme](victim["id"], victim)
    R.setstate(state)
    method2, path2, body2, headers2 = SCHEMES[scheme](absent, {**victim, "id": absent, "upload": no_upload})
    got = mallory.ask(method, path, body, headers)
    other = mallory.ask(method2, path2, body2, headers2)
    text = got[2].decode("latin-1")
    leaks = [s for s in SECRETS + [victim["sha256"]] if s in text and scheme != "the log and the usage"]
    bytes_of_it = any(got[2][:16] and got[2][:16] in f for f in files) and got[0] in (200, 206) and method != "POST" and not text.startswith("{")
    same = stands_for(got, victim["id"], victim["upload"])[:2] == stands_for(other, absent, no_upload)[:2]
    if "log" not in scheme and "his own" not in scheme:
        same = same and stands_for(got, victim["id"], victim["upload"])[2] == stands_for(other, absent, no_upload)[2]
    return not leaks and not bytes_of_it and same, (method, path, got[0], text[:200], other[0], other[2][:200])


def timing(mallory, victim, path, n=400):
    """Medians in microseconds of what is another's and of what is not there, asked in turns."""
    took = {True: [], False: []}
    for i in range(2 * n):
        is_foreign = bool(i & 1)
        memory = victim["id"] if is_foreign else hexes()
        begin = time.perf_counter()
        code, _, _ = mallory.ask("GET", path.format(memory))
        took[is_foreign].append(time.perf_counter() - begin)
        if code != 404:
            return None
    foreign, absent = (1e6 * statistics.median(took[k]) for k in (True, False))
    return foreign, absent


with tempfile.TemporaryDirectory() as scratch:
    data, other = make_memory(scratch), make_memory(scratch, "other.lmem", 2)
    keys = write_keys(scratch, ALICE, BOB, MALLORY)
    with Server(["--exchange", os.path.join(scratch, "room"), "--api_key_file", keys]) as server:
        alice, bob, mallory = Shop(server, ALICE), Shop(server, BOB), Shop(server, MALLORY)
        victim = alice.publish(data, name=NAME, tags=[TAG], text=TEXT, description=DESCRIPTION, embedding=[1, 2, 3])
        victim["upload"] = alice.offer(name=NAME, size=len(data))[1]["upload"]
        alice.put(victim["upload"], 0, data[:100])
        for i in range(3):
            mallory.publish(other, name=f"mine {i}", embedding=[3, 2, 1])
        shared = bob.publish(other, name="for all", published=True, text="harmless")
        code, found = mallory.list()
        ok(code == 200 and found["total"] == 4 and [r["own"] for r in found["data"]] == [False, True, True, True], "what is published is everybody's", found)
        ok(mallory.fetch(shared["id"])[2] == other, "and its file too")
        ok(mallory.json("DELETE", f"/v1/memories/{shared['id']}") == mallory.json("DELETE", f"/v1/memories/{hexes()}"), "but not to delete")
        for scheme in SCHEMES:
            said = [attempt(mallory, scheme, victim, [data] if "file" in scheme or "range" in scheme else []) for _ in range(N)]
            ok(all(holds for holds, _ in said), f"{N} attempts at {scheme}: none succeeds, all are answered as for what is not there",
               next((what for holds, what in said if not holds), None))
        code, stands = alice.json("GET", f"/v1/memories/uploads/{victim['upload']}")
        ok(stands.get("offset") == 100, "the upload stands where it stood", stands)
        alice.put(victim["upload"], 100, data[100:])
        ok(alice.commit(victim["upload"])[0] == 201 and alice.fetch(victim["id"])[2] == data, "and all of hers is there, as it was")
        log = json.dumps(mallory.json("GET", "/v1/memories/audit?limit=100")[1])
        ok(not any(s in log for s in SECRETS), "his log knows what he asked for, and nothing of hers")
        alice_log = alice.json("GET", "/v1/memories/audit?limit=100")[1]["data"]
        ok(len(alice_log) == 3, "hers knows nothing of his", alice_log)
        for path in ("/v1/memories/{}", "/v1/memories/{}/file"):
            tries = [timing(mallory, victim, path) for _ in range(5)]
            far = min((abs(f - a) / a for f, a in tries), default=1)
            ok(far < 0.1, f"{path}: another's takes as long as what is not there: medians " + ", ".join(f"{f:.0f}/{a:.0f} us" for f, a in tries)
               + f"; the nearest {100 * far:.1f} % apart (10 % allowed)")
        for tenant, key in ((None, None), (None, "nobody-secret")):
            ok(Shop(server, key).ask("GET", f"/v1/memories/{victim['id']}/file")[0] == 401, f"{key!r} is no key")
        ok(server.end() == 0 and sha256(data) == victim["sha256"], "the server is well behind all that", server.said)
done()
