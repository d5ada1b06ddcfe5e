"""api.py - what clients of OpenAI's API get: answers, streams, usage, tokens, conversations."""
import json
import math

from client import SUM, Server, ask_alone, done, ok

FLAGS = ["--temp", "0", "-n", "64"]
METHODS = {"sequential": "latent_mas", "sequential:text_mas": "text_mas", "sequential:baseline": "baseline"}


def answers(server):
    for model, method in METHODS.items():
        want = ask_alone(SUM, *FLAGS, "--method", method)
        whole = server.chat(SUM, model=model)
        ok(whole.code == 200 and whole.content() == want, f"{model} answers as latentmas ask --method {method}", whole.text)
        stream = server.chat(SUM, model=model, stream=True)
        ok(stream.is_done and stream.content() == want, f"{model} says the same as a stream", stream.text)
        plain = server.ask("POST", "/v1/completions", {"model": model, "prompt": SUM})
        ok(plain.content() == want, f"{model} says the same to a plain prompt", plain.text)


def shapes(server):
    whole = server.chat(SUM, model="sequential").json
    ok(whole["object"] == "chat.completion" and whole["id"].startswith("chatcmpl-") and whole["model"] == "sequential"
       and whole["choices"][0]["message"]["role"] == "assistant" and whole["choices"][0]["finish_reason"] == "stop",
       "a whole answer has OpenAI's form", whole)
    usage = whole["usage"]
    ok(usage["completion_tokens_details"]["reasoning_tokens"] == 30
       and usage["total_tokens"] == usage["prompt_tokens"] + usage["completion_tokens"],
       "usage counts the thoughts of three agents as reasoning tokens", usage)
    stream = server.chat(SUM, model="sequential", stream=True, stream_options={"include_usage": True})
    first, last = stream.chunks[0], stream.chunks[-1]
    ok(first["choices"][0]["delta"]["role"] == "assistant" and stream.chunks[-2]["choices"][0]["finish_reason"] == "stop"
       and last["choices"] == [] and last["usage"]["total_tokens"] == usage["total_tokens"],
       "a stream begins with the role, ends with the reason, and then says the usage", stream.text)
    ok(len({c["id"] for c in stream.chunks}) == 1, "all of its chunks have one id")
    cut = server.chat(SUM, model="sequential", max_tokens=3)
    ok(cut.json["choices"][0]["finish_reason"] == "length", "an answer that is cut says so", cut.text)


def sampling(server):
    one = server.chat(SUM, model="sequential:baseline", temperature=3, seed=5, n=3).json["choices"]
    two = server.chat(SUM, model="sequential:baseline", temperature=3, seed=5, n=3).json["choices"]
    texts = [c["message"]["content"] for c in one]
    ok([c["index"] for c in one] == [0, 1, 2] and len(set(texts)) > 1, "n answers come in their order, and differ", texts)
    ok(texts == [c["message"]["content"] for c in two], "the same seed gives the same answers")
    free = {server.chat(SUM, model="sequential:baseline", temperature=3).content() for _ in range(3)}
    ok(len(free) > 1, "without a seed they differ each time", free)
    whole = server.chat(SUM, model="sequential:baseline").content()
    stop = whole[6:9]
    for stream in (False, True):
        cut = server.chat(SUM, model="sequential:baseline", stop=["no such", stop], stream=stream).content()
        ok(cut == whole[: whole.index(stop)].rstrip(), f"a text ends before its stop{', streamed' if stream else ''}", cut)


def tokens(server):
    for stream in (False, True):
        answer = server.chat(SUM, model="sequential", logprobs=True, top_logprobs=3, stream=stream)
        parts = [c for chunk in answer.chunks for c in chunk["choices"]] if stream else answer.json["choices"]
        entries = [e for p in parts if p["logprobs"] for e in p["logprobs"]["content"]]
        said = b"".join(bytes(e["bytes"]) for e in entries).decode()
        ok(said.strip() == answer.content() and all(len(e["top_logprobs"]) == 3 for e in entries),
           f"the tokens of an answer are its text{', streamed' if stream else ''}", said)
        ok(all(e["token"] == e["top_logprobs"][0]["token"] and e["logprob"] <= 0 for e in entries),
           "greedily, each is the likeliest in its place")
        ok(all(sum(math.exp(t["logprob"]) for t in e["top_logprobs"]) <= 1.0001 for e in entries),
           "the likeliest are no more than all of the probability")
    plain = server.ask("POST", "/v1/completions", {"model": "sequential", "prompt": SUM, "logprobs": 2}).json
    lists = plain["choices"][0]["logprobs"]
    ok(len({len(v) for v in lists.values()}) == 1 and lists["text_offset"][0] == 0,
       "plain completions have theirs as lists side by side", lists)


def conversations(server):
    before = [{"role": "system", "content": "You count apples."},
              {"role": "user", "content": "Mia has 2 bags of 3 apples. How many apples?"},
              {"role": "assistant", "content": "There are 6 apples."}]
    model = "sequential:baseline"
    with Server([*FLAGS, "--cache_ram", "0"]) as forgetful:
        want = [forgetful.chat([*before, {"role": "user", "content": SUM}], model=model) for _ in range(2)]
    got = [server.chat([*before, {"role": "user", "content": SUM}], model=model) for _ in range(2)]
    cached = [a.json["usage"]["prompt_tokens_details"]["cached_tokens"] for a in (*want, *got)]
    ok(cached[:2] == [0, 0] and cached[2] < 40 < cached[3], "what was said before is read once", cached)
    ok(len({a.content() for a in (*want, *got)}) == 1, "and gives the same answer read or taken")
    parts = [{"role": "user", "content": [{"type": "text", "text": SUM[:20]}, {"type": "text", "text": SUM[20:]}]}]
    ok(server.chat(parts, model=model).content() == server.chat(SUM, model=model).content(), "a message in parts is one text")
    trace = server.chat([*before, {"role": "user", "content": SUM}], model="sequential", latentmas={"trace": True})
    agents = trace.json["choices"][0]["latentmas"]["agents"]
    places = [agents[0]["input"].find(t) for t in ("You are a careful", "You count apples.", "2 bags", "There are 6", SUM)]
    ok(places == sorted(places) and places[0] >= 0, "the first agent reads system, conversation and question, in this order", places)
    ok("2 bags" not in agents[1]["input"] and "You count" not in agents[1]["input"] and SUM in agents[1]["input"],
       "the next one has system and conversation in its memory", agents[1]["input"])


def traces(server):
    answer = server.chat(SUM, model="sequential", stream=True, latentmas={"trace": True, "n_near": 2})
    own = [c["latentmas"] for c in answer.chunks if "latentmas" in c]
    agents = [e["trace"] for e in own if e["event"] == "agent"]
    ok([a["agent"] for a in agents] == ["planner", "critic", "refiner", "judger"], "each agent's turn is told as it ends", agents)
    ok(all(len(a["thoughts"]) == 10 and all(len(t["head"]) == 2 and len(t["input"]) == 2 for t in a["thoughts"]) for a in agents[:3]),
       "its thoughts with the tokens near to them")
    works = [(e["agent"], e["work"]) for e in own if e["event"] == "work"]
    ok(works[0][0] == "planner" and ("judger", "speak") in works and ("critic", "think") in works, "and what each is at, meanwhile", works)
    quiet = server.chat(SUM, model="sequential", stream=True)
    ok(not any("latentmas" in c for c in quiet.chunks), "who does not ask hears none of it")


def lists(server):
    models = server.get("/v1/models").json
    ids = [m["id"] for m in models["data"]]
    ok(models["object"] == "list" and ids[:3] == list(METHODS) and "hierarchical" in ids, "each team is a model by each method", ids)
    ok(server.get("/v1/models/sequential:text_mas").json["latentmas"]["method"] == "text_mas", "one of them can be asked for")
    ok(server.get("/v1/models/none").code == 404, "and none that is not there")
    team = server.get("/v1/teams/sequential").json
    ok([a["name"] for a in team["agents"]] == ["planner", "critic", "refiner", "judger"] and len(team["edges"]) == 3
       and team["mermaid"].startswith("flowchart") and team["file"]["name"] == "sequential",
       "a team shows its agents, edges, graph and file", team)
    props = server.get("/props").json
    ok(props["default_generation_settings"]["params"]["temperature"] == 0 and props["total_slots"] == 8
       and props["model"]["arch"] == "qwen3", "/props says what there is", props)
    ok(server.get("/health").json == {"status": "ok"}, "/health is well")


with Server(FLAGS) as server:
    for part in (answers, shapes, sampling, tokens, conversations, traces, lists):
        part(server)
    ok(server.end() == 0, "it ends well", server.said)
done()
