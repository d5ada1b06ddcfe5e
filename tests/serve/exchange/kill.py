"""kill.py - the server is killed in the middle of publishes: what it has acknowledged is there, whole, and
nothing is there by half.

    python3 tests/serve/exchange/kill.py [PUBLISHES [SEED]]
"""
import os
import random
import signal
import sys
import tempfile
import threading
import time

from client import Server, done, ok
from shop import Shop, make_memory, sha256

N = int(sys.argv[1]) if len(sys.argv) > 1 else 200
R = random.Random(int(sys.argv[2]) if len(sys.argv) > 2 else 5)
AT_ONCE, AT_A_TIME = 4, 25


class Publisher(threading.Thread):
    """Publishes one after the other until there is no server any more."""

    def __init__(self, server, data, n):
        super().__init__()
        self.shop, self.data, self.n = Shop(server), data, n
        self.begun, self.acknowledged = 0, []

    def run(self):
        try:
            for _ in range(self.n):
                self.begun += 1
                code, offered = self.shop.offer(name="a publish", size=len(self.data))
                if code == 201:
                    half = len(self.data) // 2
                    self.shop.put(offered["upload"], 0, self.data[:half])
                    self.shop.put(offered["upload"], half, self.data[half:])
                    code, record = self.shop.commit(offered["upload"])
                if code == 201:
                    self.acknowledged.append(record["id"])
        except (OSError, ConnectionError, ValueError):
            pass


def round_of(folder, data, want):
    """How many began, and what was acknowledged, before the server was killed."""
    server = Server(["--exchange", folder])
    crowd = [Publisher(server, data, AT_A_TIME) for _ in range(AT_ONCE)]
    for one in crowd:
        one.start()
    while sum(one.begun for one in crowd) < want and any(one.is_alive() for one in crowd):
        time.sleep(0.001)
    time.sleep(R.random() * 0.01)
    server.end(signal.SIGKILL)
    for one in crowd:
        one.join()
    return sum(one.begun for one in crowd), [m for one in crowd for m in one.acknowledged]


with tempfile.TemporaryDirectory() as scratch:
    data = make_memory(scratch, "m.lmem", 4)
    room = os.path.join(scratch, "room")
    begun, acknowledged, rounds, cleaned = 0, [], 0, 0
    while begun < N:
        n, ids = round_of(room, data, min(R.randrange(5, 40), N - begun))
        begun, acknowledged, rounds = begun + n, acknowledged + ids, rounds + 1
    with Server(["--exchange", room]) as server:
        shop, there = Shop(server), []
        cleaned = "was not closed" in server.said
        while True:
            page = shop.list(limit=100, offset=len(there))[1]
            there += page["data"]
            if not page["data"]:
                break
        ids = {r["id"] for r in there}
        lost = [m for m in acknowledged if m not in ids]
        ok(not lost, f"{begun} publishes, {rounds} kills: all {len(acknowledged)} that were acknowledged are there", lost)
        broken = [r["id"] for r in there if r["sha256"] != sha256(data) or shop.fetch(r["id"])[2] != data]
        ok(not broken, f"all {len(there)} that are there are whole", broken)
        ok(len(there) - len(acknowledged) <= rounds * AT_ONCE, f"{len(there) - len(acknowledged)} came in whose answer was cut")
        ok(sorted(os.listdir(os.path.join(room, "files"))) == sorted(ids) and not os.listdir(os.path.join(room, "incoming")),
           "no file is left without a record, and none on its way")
        ok(shop.json("GET", "/v1/memories/usage")[1]["n"] == len(there), "nor any that counts")
        ok(server.end() == 0, "the server is well", server.said)
done()
