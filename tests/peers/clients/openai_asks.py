"""openai_asks.py - the openai package asks a server of ours, as its users do."""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "..", "serve"))
import asyncio

import openai

from client import SUM, Server, ask_alone, done, ok

FLAGS = ["--temp", "0", "-n", "64"]
USER = [{"role": "user", "content": SUM}]


def chat(client):
    want = ask_alone(SUM, *FLAGS)
    whole = client.chat.completions.create(model="sequential", messages=USER)
    ok(whole.choices[0].message.content == want and whole.choices[0].finish_reason == "stop", "a whole answer", whole)
    ok(whole.usage.completion_tokens_details.reasoning_tokens == 30, "its thoughts are reasoning tokens", whole.usage)
    chunks = list(client.chat.completions.create(model="sequential", messages=USER, stream=True, stream_options={"include_usage": True}))
    said = "".join(c.choices[0].delta.content or "" for c in chunks if c.choices)
    ok(said == want and chunks[-1].usage.total_tokens == whole.usage.total_tokens, "a stream of it, with its usage", said)
    with client.chat.completions.stream(model="sequential", messages=USER) as stream:
        final = stream.get_final_completion()
    ok(final.choices[0].message.content == want, "the package's own gathering of a stream", final)
    odds = client.chat.completions.create(model="sequential", messages=USER, logprobs=True, top_logprobs=2)
    ok(len(odds.choices[0].logprobs.content[0].top_logprobs) == 2, "tokens with their probabilities")
    several = client.chat.completions.create(model="sequential:baseline", messages=USER, n=3, seed=1, temperature=2)
    ok(len({c.message.content for c in several.choices}) > 1, "several answers")
    events = list(client.chat.completions.create(model="sequential", messages=USER, stream=True, extra_body={"latentmas": {"trace": True}}))
    agents = [e.latentmas["trace"]["agent"] for e in events if getattr(e, "latentmas", None) and e.latentmas["event"] == "agent"]
    ok(agents == ["planner", "critic", "refiner", "judger"], "events of agents beside the choices", agents)


def others(client):
    plain = client.completions.create(model="sequential", prompt=SUM)
    ok(plain.choices[0].text == ask_alone(SUM, *FLAGS), "a completion of a prompt", plain)
    said = "".join(c.choices[0].text for c in client.completions.create(model="sequential", prompt=SUM, stream=True))
    ok(said == plain.choices[0].text, "and a stream of it", said)
    ok("sequential:text_mas" in [m.id for m in client.models.list()], "the models")
    ok(client.models.retrieve("sequential").owned_by == "latentmas", "and one of them")
    for error, claim, more in ((openai.NotFoundError, "a model that is not there", {"model": "none"}),
                               (openai.BadRequestError, "tools", {"tools": [{"type": "function", "function": {"name": "f"}}]})):
        try:
            client.chat.completions.create(**{"model": "sequential", "messages": USER, **more})
            ok(False, f"{claim} raises {error.__name__}")
        except error as e:
            ok(bool(e.body["message"]), f"{claim} raises {error.__name__}")


def schemas(server):
    """Each answer against the types that the package is generated with from OpenAI's description, strictly."""
    from openai.types import Completion, Model
    from openai.types.chat import ChatCompletion, ChatCompletionChunk

    def fits(kind, values, claim):
        try:
            for value in values:
                kind.model_validate(value, strict=True)
            ok(len(values) > 0, claim)
        except ValueError as e:
            ok(False, claim, e)

    asked = {"model": "sequential", "messages": USER, "logprobs": True, "top_logprobs": 2, "n": 2}
    plain = {"model": "sequential", "prompt": [SUM, SUM], "logprobs": 2}
    streamed = {"stream": True, "stream_options": {"include_usage": True}}
    fits(ChatCompletion, [server.ask("POST", "/v1/chat/completions", asked).json], "a whole answer has the described form")
    fits(ChatCompletionChunk, server.ask("POST", "/v1/chat/completions", {**asked, **streamed}).chunks, "so has each chunk")
    fits(Completion, [server.ask("POST", "/v1/completions", plain).json], "and a completion")
    # (The description has no null for the reason of a chunk that is not the last. All servers send it there.)
    chunks = server.ask("POST", "/v1/completions", {**plain, **streamed}).chunks
    for choice in (c for chunk in chunks[:-2] for c in chunk["choices"]):
        choice["finish_reason"] = choice["finish_reason"] or "stop"
    fits(Completion, chunks, "and its chunks")
    fits(Model, server.get("/v1/models").json["data"], "and each model")


async def together(port):
    async with openai.AsyncOpenAI(base_url=f"http://127.0.0.1:{port}/v1", api_key="none") as client:
        jobs = [client.chat.completions.create(model="sequential", messages=USER) for _ in range(20)]
        answers = await asyncio.gather(*jobs)
    ok(len({a.choices[0].message.content for a in answers}) == 1, "twenty at once, by the asynchronous client")


with Server(FLAGS) as server:
    with openai.OpenAI(base_url=f"http://127.0.0.1:{server.port}/v1", api_key="none") as client:
        chat(client)
        others(client)
    schemas(server)
    asyncio.run(together(server.port))
done()
