"""refuse.py - what is refused, and how: one line, the parameter it is about, and the right code."""
import json
import os
import tempfile

from client import SUM, Server, done, ok

USER = [{"role": "user", "content": SUM}]

# A body's fields, the parameter named, words of the message.
WRONG = [
    ({"messages": []}, "messages", "a list of 1 to"),
    ({"messages": "hello"}, "messages", "a list of 1 to"),
    ({}, "messages", "a list of 1 to"),
    ({"messages": [{"role": "user"}]}, "messages", "found nothing"),
    ({"messages": [{"role": "user", "content": 5}]}, "messages", "found a number"),
    ({"messages": [{"role": "wizard", "content": "x"}]}, "messages", "user or assistant expected"),
    ({"messages": [{"role": "tool", "content": "x"}]}, "messages", "a team calls none"),
    ({"messages": [{"role": "assistant", "content": "x"}]}, "messages", "the last one must be the user's"),
    ({"messages": [{"role": "system", "content": "x"}]}, "messages", "the last one must be the user's"),
    ({"messages": [{"role": "user", "content": [{"type": "image_url", "image_url": {"url": "x"}}]}]}, "messages", "found image_url"),
    ({"messages": [{"role": "user", "content": "a\0b"}]}, "messages", "a text"),
    ({"messages": USER, "model": 5}, "model", "a text"),
    ({"messages": USER, "temperature": "hot"}, "temperature", "found a string"),
    ({"messages": USER, "temperature": -1}, "temperature", "from 0"),
    ({"messages": USER, "temperature": 1e9}, "temperature", "one beyond"),
    ({"messages": USER, "top_p": 2}, "top_p", "from 0 to 1"),
    ({"messages": USER, "max_tokens": 0}, "max_tokens", "from 1"),
    ({"messages": USER, "max_tokens": 2.5}, "max_tokens", "an integer"),
    ({"messages": USER, "max_completion_tokens": 10**30}, "max_completion_tokens", "an integer"),
    ({"messages": USER, "n": 0}, "n", "from 1 to 64"),
    ({"messages": USER, "n": 65}, "n", "from 1 to 64"),
    ({"messages": USER, "seed": "x"}, "seed", "an integer"),
    ({"messages": USER, "stop": ""}, "stop", "texts of 1 to"),
    ({"messages": USER, "stop": [5]}, "stop", "texts of 1 to"),
    ({"messages": USER, "stop": ["x"] * 65}, "stop", "at most 64"),
    ({"messages": USER, "stream": "yes"}, "stream", "true or false"),
    ({"messages": USER, "stream_options": {"include_usage": True}}, "stream_options", "beside"),
    ({"messages": USER, "logprobs": 3}, "logprobs", "true or false"),
    ({"messages": USER, "top_logprobs": 3}, "top_logprobs", "needs"),
    ({"messages": USER, "logprobs": True, "top_logprobs": 21}, "top_logprobs", "from 0 to 20"),
    ({"messages": USER, "tools": [{"type": "function"}]}, "tools", "a team calls no tools"),
    ({"messages": USER, "frequency_penalty": 0.5}, "frequency_penalty", "no penalties"),
    ({"messages": USER, "logit_bias": {"5": 1}}, "logit_bias", "no bias"),
    ({"messages": USER, "response_format": {"type": "json_object"}}, "response_format", "free text"),
    ({"messages": USER, "latentmas": 5}, "latentmas", "an object"),
    ({"messages": USER, "latentmas": {"tracing": True}}, "latentmas", "an object of trace"),
    ({"messages": USER, "latentmas": {"n_near": 65}}, "n_near", "from 0 to 64"),
    ({"messages": USER, "latentmas": {"answer": "song"}}, "latentmas", "number, choice"),
]

HARMLESS = {"tools": [], "tool_choice": "none", "frequency_penalty": 0, "presence_penalty": 0.0, "logit_bias": {},
            "response_format": {"type": "text"}, "stop": None, "n": 1, "user": "somebody", "metadata": {"a": "b"},
            "seed": None, "temperature": None, "max_tokens": 4.0, "unknown": {"deep": [1]}}


def bodies(server):
    for fields, param, words in WRONG:
        answer = server.ask("POST", "/v1/chat/completions", fields)
        error = answer.json.get("error", {})
        ok(answer.code == 400 and error.get("param") == param and words in error.get("message", "")
           and "\n" not in error.get("message", "\n"),
           f"{json.dumps(fields)[-60:]} is refused for {param}", answer.text)
    for text in ("", "{", "[]", "5", '{"a": 1, "a": 2}', '{"messages": NaN}', b'{"a": "\xff"}', b"\xef\xbb\xbf{}", '{"a": ' * 3000):
        answer = server.ask("POST", "/v1/chat/completions", text)
        ok(answer.code == 400 and answer.error["type"] == "invalid_request_error", f"{text[:30]!r} is no body", answer.text)
    plain = [({}, "found nothing"), ({"prompt": [1, 2]}, "found a number"), ({"prompt": []}, "1 to 64"),
             ({"prompt": ["x"] * 65}, "1 to 64"), ({"prompt": "x", "suffix": "y"}, "not filled in"),
             ({"prompt": "x", "echo": True}, "not said again"), ({"prompt": "x", "best_of": 3}, "only 1")]
    for fields, words in plain:
        answer = server.ask("POST", "/v1/completions", fields)
        ok(answer.code == 400 and words in answer.error["message"], f"completions refuse {json.dumps(fields)[:40]}", answer.text)
    answer = server.ask("POST", "/v1/chat/completions", {"messages": USER, **HARMLESS})
    ok(answer.code == 200, "what changes nothing is taken", answer.text)
    answer = server.chat(SUM, model="nobody")
    ok(answer.code == 404 and answer.error["code"] == "model_not_found", "a model that is not there is not found", answer.text)


def requests(server):
    ok(server.get("/v1/nothing").code == 404, "a path that leads nowhere is not found")
    answer = server.get("/v1/chat/completions")
    ok(answer.code == 405 and answer.headers["allow"] == "POST", "a method that a path does not take is refused, with those it takes")
    ok(server.ask("DELETE", "/health").code == 405, "nothing is deleted")
    answer = server.ask("POST", "/v1/chat/completions", "{}", {"Content-Type": "text/plain"})
    ok(answer.code == 415, "a body that does not say it is JSON is refused", answer.text)
    answer = server.ask("POST", "/v1/chat/completions", b" " * (8 * 1024 * 1024 + 1))
    ok(answer.code == 413, "a body that is too long is refused", answer.text[:200])
    answer = server.get("/v1/models", headers={"Host": "evil.example"})
    ok(answer.code == 403, "a name that is not this machine's is refused", answer.text)
    for host in ("localhost", "127.0.0.1", "[::1]"):
        ok(server.get("/health", headers={"Host": f"{host}:{server.port}"}).code == 200, f"{host} is this machine's")
    answer = server.ask("OPTIONS", "/v1/models", headers={"Origin": "http://a.example"})
    ok(answer.code == 403 and "access-control-allow-origin" not in answer.headers, "pages of other origins may not ask")
    ok(server.ask("HEAD", "/health").code == 200, "HEAD is answered as GET is")
    long = server.chat("word " * 30000, model="sequential")
    ok(long.code == 400 and long.error["code"] == "context_length_exceeded", "a question that does not fit is refused", long.text)
    long = server.chat("word " * 30000, model="sequential", stream=True)
    ok(long.code == 400 and not long.is_stream, "a stream of it too, before it begins", long.text)


def keys(folder):
    path = os.path.join(folder, "keys")
    with open(path, "w", encoding="utf-8") as f:
        f.write("# two tenants\nfirst-secret\n\nsecond-secret\r\n")
    with Server(["--temp", "0", "-n", "8", "--api_key_file", path, "--cors_origin", "https://a.example"]) as server:
        ok(server.get("/health").code == 200, "health needs no key")
        for key in (None, "wrong-secret", "first-secre", "first-secret-", "# two tenants", ""):
            answer = server.get("/v1/models", key=key)
            ok(answer.code == 401 and answer.error["code"] == "invalid_api_key", f"{key!r} is no key", answer.text)
        ok(server.chat(SUM, key="first-secret").code == 200 and server.chat(SUM, key="second-secret").code == 200, "a key is one")
        said = [{"role": "system", "content": "The first tenant's secret is 4711."}, {"role": "user", "content": SUM}]
        cached = [server.chat(said, key=k).json["usage"]["prompt_tokens_details"]["cached_tokens"]
                  for k in ("first-secret", "first-secret", "second-secret")]
        ok(cached[1] > cached[0] and cached[2] == cached[0], "a tenant takes nothing of what another's conversation left", cached)
        answer = server.ask("OPTIONS", "/v1/models", headers={"Origin": "https://a.example"})
        ok(answer.code == 204 and answer.headers["access-control-allow-origin"] == "https://a.example", "an origin that was named may ask")
    for text, words in (("", "no key"), ("short\n", "8 to 512"), ("x" * 513, "8 to 512"),
                        ("first-secret\nsecond-secret\nfirst-secret\n", "twice")):
        with open(path, "w", encoding="utf-8") as f:
            f.write(text)
        try:
            Server(["--api_key_file", path])
            ok(False, f"a file of keys that says {text[:10]!r} is refused")
        except RuntimeError as e:
            ok(words in str(e), f"a file of keys that says {text[:10]!r} is refused", e)


with Server(["--temp", "0", "-n", "8", "-c", "16384"]) as server:
    bodies(server)
    requests(server)
    ok(server.get("/health").code == 200 and server.end() == 0, "it is well behind all that", server.said)
with tempfile.TemporaryDirectory() as folder:
    keys(folder)
done()
