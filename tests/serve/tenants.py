"""tenants.py - what one tenant has said serves no other, whichever way the other asks; nor does the time tell.

    python3 tests/serve/tenants.py [ATTEMPTS]     with a number the time is looked at, too
"""
import json
import os
import random
import statistics
import sys
import tempfile
import time

from client import Server, done, ok

N = int(sys.argv[1]) if len(sys.argv) > 1 else 40
IS_TIMED = len(sys.argv) > 1  # where nothing else runs
A, B = "key-of-the-first", "key-of-the-second"
QUESTION = "How many is that?"


def secret(r, n=6):
    """A text that begins as none before it, one's own ones included."""
    return f"{r.randrange(10**12):012d}. " + " ".join(f"The {r.choice(['red', 'blue', 'old', 'new'])} box holds {r.randrange(1000, 9999)} coins." for _ in range(n))


def system(text):
    return [{"role": "system", "content": text}, {"role": "user", "content": QUESTION}]


def talk(text):
    return [{"role": "user", "content": text}, {"role": "assistant", "content": "Noted."}, {"role": "user", "content": QUESTION}]


def cached(answer):
    usage = answer.json["usage"] if not answer.is_stream else next(c["usage"] for c in answer.chunks if c.get("usage"))
    return usage["prompt_tokens_details"]["cached_tokens"]


def ask(server, messages, key=B, path="/v1/chat/completions", headers=None, **fields):
    body = {"model": "sequential:baseline", "max_tokens": 1, **fields}
    if path.endswith("chat/completions"):
        body["messages"] = messages
    return server.ask("POST", path, body, headers=headers, key=key)


def on_one_connection(server, text):
    """The first tenant asks, and behind it on the same connection the other."""
    connection = server.connect()
    for key in (A, B):
        body = json.dumps({"model": "sequential:baseline", "max_tokens": 1, "messages": system(text)})
        connection.request("POST", "/v1/chat/completions", body, {"Content-Type": "application/json", "Authorization": f"Bearer {key}"})
        answer = json.loads(connection.getresponse().read())
    connection.close()
    return answer["usage"]["prompt_tokens_details"]["cached_tokens"]


# Each takes what the first tenant has said, in a system text and in a conversation, and gives what the other gets of it.
SCHEMES = {
    "the same system text": lambda s, t: cached(ask(s, system(t))),
    "the same conversation": lambda s, t: cached(ask(s, talk(t))),
    "its beginning": lambda s, t: cached(ask(s, system(t[: len(t) // 2]))),
    "all but its end": lambda s, t: cached(ask(s, system(t[:-3]))),
    "more behind it": lambda s, t: cached(ask(s, system(t + " And one more."))),
    "another question": lambda s, t: cached(ask(s, [{"role": "system", "content": t}, {"role": "user", "content": "What is it?"}])),
    "a further turn": lambda s, t: cached(ask(s, [*talk(t), {"role": "assistant", "content": "7"}, {"role": "user", "content": QUESTION}])),
    "as the developer": lambda s, t: cached(ask(s, [{"role": "developer", "content": t}, {"role": "user", "content": QUESTION}])),
    "in parts": lambda s, t: cached(ask(s, [{"role": "system", "content": [{"type": "text", "text": t}]}, {"role": "user", "content": QUESTION}])),
    "as a stream": lambda s, t: cached(ask(s, system(t), stream=True, stream_options={"include_usage": True})),
    "of another team": lambda s, t: cached(ask(s, system(t), model="hierarchical:baseline")),
    "with a seed": lambda s, t: cached(ask(s, system(t), seed=1, temperature=1)),
    "with probabilities": lambda s, t: cached(ask(s, system(t), logprobs=True)),
    "with a trace": lambda s, t: cached(ask(s, system(t), latentmas={"trace": True})),
    "naming the other as user": lambda s, t: cached(ask(s, system(t), user=A)),
    "naming another realm": lambda s, t: cached(ask(s, system(t), realm=1)),
    "with a header of the other's": lambda s, t: cached(ask(s, system(t), headers={"X-Api-Key": A, "X-Forwarded-For": "127.0.0.2", "OpenAI-Organization": A})),
    "on the other's connection": on_one_connection,
    "by the other path": lambda s, t: cached(ask(s, system(t), path="/chat/completions")),
    "in a prompt": lambda s, t: cached(ask(s, None, path="/v1/completions", prompt=t + "\n" + QUESTION)),
}


# Those of a conversation.
TALKS = {"the same conversation", "a further turn"}


def spread(server, r):
    """Every scheme on a text of its own, over and over."""
    fresh = max(SCHEMES[k](server, secret(r)) for k in ("the same system text", "the same conversation", "in a prompt"))
    wrong, least_own = [], 10**9
    for i in range(N):
        name = list(SCHEMES)[i % len(SCHEMES)]
        text = secret(r)
        said = talk(text) if name in TALKS else system(text)
        ask(server, said, key=A)
        if i < 2 * len(SCHEMES):
            least_own = min(least_own, cached(ask(server, said, key=A)))
        got = SCHEMES[name](server, text)
        if got > fresh + 8:
            wrong.append((name, got))
    return fresh, least_own, wrong


def times(server, r, rounds=25):
    """Milliseconds of reading: one's own text again, one of the other tenant's, one that nobody has said."""
    taken = {"own": [], "foreign": [], "new": []}
    for _ in range(rounds):
        said = secret(r, 30)
        ask(server, system(said), key=A)
        for name, key, text in (("foreign", B, said), ("new", B, secret(r, 30)), ("own", A, said)):
            begin = time.perf_counter()
            ask(server, system(text), key=key)
            taken[name].append((time.perf_counter() - begin) * 1000)
    return {name: statistics.median(ms) for name, ms in taken.items()}


with tempfile.TemporaryDirectory() as folder:
    path = os.path.join(folder, "keys")
    with open(path, "w", encoding="utf-8") as f:
        f.write(f"{A}\n{B}\n")
    with Server(["--temp", "0", "-n", "2", "--api_key_file", path, "--cache_ram", "256"]) as server:
        r = random.Random(7)
        fresh, own, wrong = spread(server, r)
        ok(own > fresh + 40, f"a tenant takes its own conversation up again ({own} tokens of it at least, {fresh} of one that nobody had)")
        ok(not wrong, f"{N} attempts by {len(SCHEMES)} schemes of another tenant take nothing of it", wrong[:5])
        if IS_TIMED:
            ms = times(server, r)
            ratio = ms["foreign"] / ms["new"]
            ok(ms["own"] < 0.8 * ms["new"], f"one's own text is read faster: {ms['own']:.1f} ms, a new one {ms['new']:.1f} ms", ms)
            ok(0.85 < ratio < 1.18, f"another's takes what a new one takes: {ms['foreign']:.1f} ms, {ratio:.2f} times (0.85 to 1.18 expected)", ms)
        ok(server.end() == 0, "it ends well", server.said)
done()
