"""market.py - latentmas memory push, search and pull, through a line that is cut again and again."""
import json
import os
import socket
import subprocess
import tempfile
import threading

from client import Server, done, ok
from shop import make_memory, sha256, write_keys

PROGRAM = os.environ.get("LATENTMAS", "build/latentmas")


class CutLine(threading.Thread):
    """A port that leads to the server's. Each of the first `cuts` connections is cut after so many bytes of either way."""

    def __init__(self, port, cuts, after):
        super().__init__(daemon=True)
        self.to, self.cuts, self.after, self.n_cut = port, cuts, after, 0
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.start()

    def run(self):
        while True:
            here, _ = self.listener.accept()
            there = socket.create_connection(("127.0.0.1", self.to))
            left = [self.after if self.n_cut < self.cuts else 1 << 40]
            for a, b in ((here, there), (there, here)):
                threading.Thread(target=self.pump, args=(a, b, left), daemon=True).start()

    def pump(self, a, b, left):
        try:
            while piece := a.recv(16384):
                b.sendall(piece[: left[0]])
                left[0] -= len(piece)
                if left[0] <= 0:
                    self.n_cut += 1
                    break
        except OSError:
            pass
        for s in (a, b):
            try:
                s.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass


def memory(*words, key=None, **env):
    done = subprocess.run([PROGRAM, "memory", *words], capture_output=True, text=True, timeout=120,
                          env={**os.environ, "LATENTMAS_HTTP_BACKOFF_MS": "10", "LATENTMAS_API_KEY": key or "", "OPENAI_API_KEY": "", **env})
    return done.returncode, done.stdout, done.stderr


def fails(claim, code, words, *args, **more):
    """In one line."""
    got, out, err = memory(*args, **more)
    ok(got == code and words in err and err.count("\n") == 1 and not out, claim, (got, out, err))


def there_and_back(folder, url, data):
    path, back = os.path.join(folder, "a.lmem"), os.path.join(folder, "b.lmem")
    with open(path, "wb") as f:
        f.write(data)
    code, out, err = memory("push", path, "--to", url, "--name", "shells", "--tag", "sums", "sea", "--text", "seven bags", "--publish")
    ok(code == 0 and out.split()[0] and "published" in out and not err, "push says the id", (code, out, err))
    memory_id = out.split()[0]
    code, out, _ = memory("search", "--at", url, "seven", "shells", "--tag", "sea")
    ok(code == 0 and out.startswith(memory_id + "  shells") and "#sums #sea" in out and "yours" in out, "search lists it", out)
    code, out, _ = memory("search", "--at", url, "--like", path, "--json")
    found = json.loads(out)["data"]
    ok(code == 0 and found[0]["id"] == memory_id and found[0]["nearness"] > 0.9999, "it is nearest to itself", out)
    code, out, _ = memory("search", "--at", url, "unheard")
    ok(code == 0 and out == "nothing is found\n", "what is not there is not found", out)
    code, out, err = memory("pull", memory_id, "--from", url + "/", "-o", back)
    with open(back, "rb") as f:
        ok(code == 0 and f.read() == data and not os.path.exists(back + ".part"), "pull fetches it byte for byte", (code, out, err))
    return memory_id


def over_a_cut_line(folder, server, data):
    path, back = os.path.join(folder, "big.lmem"), os.path.join(folder, "big-back.lmem")
    line = CutLine(server.port, 3, len(data) // 5)
    url = f"http://127.0.0.1:{line.port}"
    code, out, err = memory("push", path, "--to", url, "--json")
    ok(code == 0 and line.n_cut >= 3 and json.loads(out)["sha256"] == sha256(data), f"push over a line that was cut {line.n_cut} times", (code, out, err))
    memory_id = json.loads(out)["id"]
    line = CutLine(server.port, 3, len(data) // 5)
    code, out, err = memory("pull", memory_id, "--from", f"http://127.0.0.1:{line.port}", "-o", back)
    with open(back, "rb") as f:
        ok(code == 0 and f.read() == data and line.n_cut >= 3, f"pull over a line that was cut {line.n_cut} times", (code, out, err))
    os.remove(back)
    line = CutLine(server.port, 99, len(data) // 3)
    code, _, err = memory("pull", memory_id, "--from", f"http://127.0.0.1:{line.port}", "-o", back, LATENTMAS_HTTP_STALL_S="1")
    part = os.path.getsize(back + ".part") if os.path.exists(back + ".part") else len(data) * (code == 0)
    if code == 0:
        os.rename(back, back + ".part")
        os.truncate(back + ".part", len(data) // 2)
    ok(part > 0, "what came before stays", err)
    code, out, err = memory("pull", memory_id, "--from", server.url, "-o", back)
    with open(back, "rb") as f:
        ok(code == 0 and f.read() == data, "and a later pull goes on from it", (code, out, err))
    os.remove(back)
    with open(back + ".part", "wb") as f:
        f.write(b"x" * 1000)
    fails("what was not of this file is found by its SHA-256, and thrown away", 1, "SHA-256", "pull", memory_id, "--from", server.url, "-o", back)
    ok(memory("pull", memory_id, "--from", server.url, "-o", back)[0] == 0, "so the next pull is well")
    return memory_id


def errors(folder, server, memory_id):
    path, out = os.path.join(folder, "a.lmem"), os.path.join(folder, "x.lmem")
    fails("nobody listens", 1, "onnect", "search", "--at", "http://127.0.0.1:1")
    fails("an address that is none", 1, "the address of a server", "search", "--at", "localhost:8080")
    fails("an id that is none", 1, "32 hex digits", "pull", "../../etc/passwd", "--from", server.url, "-o", out)
    fails("an id that nobody has", 1, "no such memory", "pull", "0" * 32, "--from", server.url, "-o", out)
    fails("a file that is no memory", 1, "is no memory file", "push", "Makefile", "--to", server.url)
    fails("a file that is not there", 1, "nowhere", "push", os.path.join(folder, "nowhere"), "--to", server.url)
    fails("a name that is too long", 1, "at most 200", "push", path, "--to", server.url, "--name", "x" * 300)
    fails("a folder that is not there", 1, "cannot write", "pull", memory_id, "--from", server.url, "-o", os.path.join(folder, "no", "x"))
    fails("push without a server", 2, "--to URL", "push", path)
    fails("pull without a file", 2, "-o FILE", "pull", memory_id, "--from", server.url)
    fails("search without a server", 2, "--at URL", "search", "x")
    fails("a flag of another word", 2, "--publish is for push", "search", "--at", server.url, "--publish")
    fails("a file that nobody signed", 1, "", "pull", memory_id, "--from", server.url, "-o", out, "--signed_by", os.path.join(folder, "k.pub"))
    ok(not os.path.exists(out), "and it does not come to be")


with tempfile.TemporaryDirectory() as scratch:
    small, big = make_memory(scratch), make_memory(scratch, "big.lmem", 40)
    subprocess.run([PROGRAM, "memory", "keygen", os.path.join(scratch, "k")], check=True, capture_output=True)
    with Server(["--exchange", os.path.join(scratch, "room")]) as server:
        server.url = f"http://127.0.0.1:{server.port}"
        found = there_and_back(scratch, server.url, small)
        over_a_cut_line(scratch, server, big)
        errors(scratch, server, found)
    with Server(["--exchange", os.path.join(scratch, "keyed"), "--api_key_file", write_keys(scratch, "first-secret", "second-secret")]) as server:
        url, path = f"http://127.0.0.1:{server.port}", os.path.join(scratch, "a.lmem")
        fails("no key", 1, "a key is needed", "push", path, "--to", url)
        fails("a wrong key", 1, "the key is refused", "push", path, "--to", url, key="wrong-secret")
        code, out, _ = memory("push", path, "--to", url, key="first-secret")
        ok(code == 0 and memory("search", "--at", url, key="first-secret")[1].startswith(out.split()[0]), "a key from the environment")
        ok(memory("search", "--at", url, key="second-secret")[1] == "nothing is found\n", "another key finds nothing of it")
        fails("nor fetches it", 1, "no such memory", "pull", out.split()[0], "--from", url, "-o", path + "2", key="second-secret")
    with Server([]) as server:
        fails("a server without an exchange", 1, "HTTP 404", "search", "--at", f"http://127.0.0.1:{server.port}")
done()
