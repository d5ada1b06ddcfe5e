"""use_test.py - what latentmas.py gives: answers, streams, many questions, memories, files."""

import json
import math
import os

from common import DEMO, FEW, GREEDY, PAIR, SHELLS, SHORT, path, program, questions
from tap import claim, finish, raises

import latentmas

model = latentmas.Model(DEMO)
session = model.session(n_ctx=8 * 1024, n_lanes=8, n_threads=1)
team = latentmas.Team.builtin("sequential")
pair = latentmas.Team.parse(PAIR)


@claim("the same question gives the same text as `latentmas ask`, by each method")
def _():
    for method in ("baseline", "text_mas", "latent_mas"):
        theirs = program("ask", "-m", DEMO, "--method", method, "--temp", 0, "-n", 32, SHELLS)
        ours = session.ask(team, SHELLS, method=method, sampling=GREEDY, max_new_tokens=32)
        assert ours.text.strip() == theirs.strip(), (method, ours.text, theirs)


@claim("an answer has its agents' traces and counts, and the thoughts that n_near asks for")
def _():
    few = {"sampling": GREEDY, "max_new_tokens": 4, "latent_steps": 4}
    answer = session.ask(team, SHELLS, n_near=3, **few)
    assert [a.name for a in answer.agents] == ["planner", "critic", "refiner", "judger"]
    assert answer.n_thought == 12 and [len(a.thoughts) for a in answer.agents] == [4, 4, 4, 0]
    assert (
        answer.n_read == sum(a.n_read for a in answer.agents)
        and answer.agents[3].output == answer.text
    )
    first, second = answer.agents[0].thoughts[:2]
    assert len(first.head) == len(first.input) == 3 and first.norm > 0 and first.entropy >= 0
    assert math.isnan(first.cosine_before) and -1.01 < second.cosine_before < 1.01
    assert first.head[0].score >= first.head[1].score and isinstance(first.head[0].text, str)
    assert session.ask(team, SHELLS, **few).agents[0].thoughts == []


@claim("an answer outlives all that it came from")
def _():
    with latentmas.Model(DEMO) as other, other.session(n_ctx=2048, n_threads=1) as alone:
        answer = alone.ask(team, SHELLS, method="baseline", **FEW)
    assert "\\boxed{57}" in answer.text and answer.agents[0].input


@claim("20 questions at once give each the text that they give alone")
def _():
    texts = questions(20)
    alone = [session.ask(pair, text, **SHORT).text for text in texts]
    with session.solver(pair, **SHORT) as solver:
        ids = [solver.submit(text) for text in texts]
        assert ids == list(range(20)) and solver.n_open == 20
        solver.tick()
        assert len(solver.running()) == 8 and solver.running()[0].agent == "thinker"
        together = {answer.id: answer.text for answer in solver}
    assert [together[i] for i in ids] == alone


@claim("with a seed, draws are the question's: the id decides them, not the company")
def _():
    warm = {
        "sampling": latentmas.Sampling(temperature=9, top_k=0, top_p=1, seed=7),
        "max_new_tokens": 24,
    }
    alone = [session.ask(pair, SHELLS, id=i, **warm).text for i in range(4)]
    assert len(set(alone)) > 1
    with session.solver(pair, **warm) as solver:
        for i in reversed(range(4)):
            solver.submit(SHELLS, id=i)
        assert {a.id: a.text for a in solver} == dict(enumerate(alone))


@claim("a stream's pieces joined are the answer's text, and its answer is there behind them")
def _():
    stream = session.stream(pair, SHELLS, **SHORT)
    pieces = list(stream)
    assert len(pieces) > 5 and "".join(pieces) == stream.answer.text
    assert stream.answer.text == session.ask(pair, SHELLS, **SHORT).text


@claim("two streams of one solver, and a question beside them, keep their texts apart")
def _():
    texts = questions(3)
    alone = [session.ask(pair, text, **SHORT).text for text in texts]
    with session.solver(pair, **SHORT) as solver:
        first, second = solver.stream(texts[0]), solver.stream(texts[1])
        solver.submit(texts[2])
        begun = next(first)
        assert "".join(second) == alone[1] and begun + "".join(first) == alone[0]
        assert [a.text for a in solver] == [alone[2]]


@claim("a stream that is left before its end is canceled, and others go on")
def _():
    with session.solver(pair, **SHORT) as solver:
        for piece in solver.stream(SHELLS):
            break
        solver.submit(SHELLS)
        assert [a.status for a in solver] == [latentmas.Status.OK] and solver.n_open == 0
    with session.stream(pair, SHELLS, **SHORT) as stream:
        next(stream)
    raises(latentmas.Closed, "closed", next, stream)


@claim("callbacks hear the speech, each agent and the answer")
def _():
    said, agents, ended = [], [], []
    heard = {
        "on_speech": lambda id, text: said.append(text),
        "on_agent": lambda id, trace: agents.append(trace.name),
        "on_result": lambda answer: ended.append(answer.id),
    }
    answer = session.ask(team, SHELLS, id=5, **heard, **FEW)
    assert "".join(said) == answer.text and ended == [5]
    assert agents == ["planner", "critic", "refiner", "judger"]


@claim("one question is canceled, others go on")
def _():
    with session.solver(pair, **SHORT) as solver:
        solver.submit(SHELLS, id=1)
        solver.submit(SHELLS, id=2)
        solver.cancel(1)
        ended = {a.id: a.status for a in solver}
    assert ended == {1: latentmas.Status.CANCELED, 2: latentmas.Status.OK}, ended


@claim("a control is another experiment: with nothing handed over, the secret is not solved")
def _():
    secret = latentmas.Team.open("models/secret_team.json")
    with open("src/data/demo_secret.jsonl", encoding="utf-8") as file:
        row = json.loads(file.readline())
    more = {"note": row["note"], "kind": "number", "sampling": GREEDY, "max_new_tokens": 128}
    kept = session.ask(secret, row["question"], **more)
    none = session.ask(secret, row["question"], control="none", **more)
    assert kept.agents[-1].n_kept > 0 and none.agents[-1].n_kept == 0
    assert "\\boxed{30}" in kept.text and "\\boxed{30}" not in none.text, (kept.text, none.text)


@claim("a keep rule drops cells: the last 16 stay, and the first 4")
def _():
    answer = session.ask(team, SHELLS, keep_rule="last:16", **SHORT)
    assert answer.n_dropped > 0 and answer.agents[1].n_kept == 16 + 4
    latentmas.keep_check("knn:0.8")
    raises(latentmas.Invalid, "keep", latentmas.keep_check, "first:few")


@claim("what a question needs is what sizes a session for it")
def _():
    needs = team.needs(model, SHELLS, **SHORT)
    assert len(needs) == 1 and 0 < needs[0].n_cells < 1024
    with model.session(n_ctx=needs[0].n_cells, n_lanes=needs[0].n_lanes, n_threads=1) as small:
        assert small.ask(team, SHELLS, **SHORT).text


@claim("a team tells its agents, edges, rounds, models, remarks and source; one is made of a dict")
def _():
    assert team.name == "sequential" and len(team.agents) == 4 and team.n_rounds == 1
    assert [(e.from_, e.to, e.carry) for e in team.edges] == [
        (i, i + 1, "memory") for i in range(3)
    ]
    again = latentmas.Team.parse(json.loads(team.source))
    assert again.agents == team.agents and again.edges == team.edges
    assert "sequential" in latentmas.team_names() and team.can_answer("latent_mas", "number")
    relay = latentmas.Team.open("models/relay_team.json")
    assert relay.models and relay.agents[1].model == relay.models[0].name == "b"


@claim("agents on two models: hosts are given by name")
def _():
    relay = latentmas.Team.open("models/relay_team.json")
    with latentmas.Model("models/relay_a.gguf") as a, latentmas.Model("models/relay_b.gguf") as b:
        there = b.session(n_ctx=2048, n_threads=1)
        with open("models/relay.jsonl", encoding="utf-8") as file:
            row = json.loads(file.readline())
        hosts = [latentmas.Host(name="b", model=b, session=there)]
        asked = {"note": row["note"], "kind": "number", "hosts": hosts, **FEW}
        answer = a.session(n_ctx=2048, n_threads=1).ask(relay, row["question"], **asked)
        assert [trace.model for trace in answer.agents] == [None, "b", None, "b"]
        assert "\\boxed{418}" in answer.text and answer.agents[0].crossing
        assert len(relay.needs(a, row["question"], **asked)) == 2


@claim("a memory thought by hand in two calls is the memory thought in one, and says the same")
def _():
    def think(*steps):
        with session.memory() as memory:
            memory.read("reader", model.info.bos + SHELLS)
            for n in steps:
                memory.think("thinker", n)
            text = memory.speak("speaker", 24, GREEDY)
            return text, memory.segments, memory.n_pos

    assert think(8) == think(3, 5)
    text, segments, n_pos = think(8)
    assert text
    assert [(s.agent, s.kind) for s in segments] == [
        ("reader", "prompt"),
        ("thinker", "thought"),
        ("speaker", "text"),
    ]
    assert segments[1].n == 8 and n_pos == segments[2].pos + segments[2].n


@claim("a copy is what the memory was, and reads on as it does")
def _():
    with session.memory() as memory:
        memory.read("reader", model.info.bos + SHELLS)
        memory.think("thinker", 8)
        with memory.copy() as copy:
            assert copy.segments == memory.segments
            for each in (memory, copy):
                each.read("reader", " Answer:")
            assert copy.speak("speaker", 24, GREEDY) == memory.speak("speaker", 24, GREEDY) != ""


@claim("pieces of speech are heard as they come, and are the text")
def _():
    with session.memory() as memory:
        memory.read("reader", SHELLS)
        pieces = []
        assert memory.speak("speaker", 24, GREEDY, pieces.append) == "".join(pieces) != ""


@claim("a memory saved here is loaded by the program, and the other way, and says the same")
def _():
    with open(path("text"), "w", encoding="utf-8") as file:
        file.write(SHELLS)
    program(
        "memory", "save", "-m", DEMO, path("theirs"), "--read", path("text"), "--latent_steps", 4
    )
    with session.load_memory(path("theirs")) as theirs:
        assert theirs.rebuilt is None
        theirs.save(path("ours"))
        said = theirs.speak("speaker", 20, GREEDY)
    for name in ("theirs", "ours"):
        told = program("memory", "load", "-m", DEMO, path(name), "--speak", 20)
        assert said.strip() in told, (said, told)
    info = latentmas.memory_file_info(path("ours"))
    assert info.fingerprint == model.info.fingerprint and info.n_thoughts == 4
    assert [s.kind for s in info.segments] == ["prompt", "thought"] and info.can_speak


@claim("a memory file is sealed by a key, or signed, and refused without")
def _():
    with open(path("key"), "wb") as file:
        file.write(os.urandom(32))
    with open(path("wrong"), "wb") as file:
        file.write(os.urandom(32))
    latentmas.keygen(path("pair"))
    with session.memory() as memory:
        memory.read("reader", SHELLS)
        memory.save(path("sealed"), key_file=path("key"))
        memory.save(path("signed"), sign_file=path("pair"))
    session.load_memory(path("sealed"), key_file=path("key")).close()
    session.load_memory(path("signed"), signed_by_file=path("pair.pub")).close()
    raises(latentmas.FormatWrong, "", session.load_memory, path("sealed"), key_file=path("wrong"))
    assert latentmas.memory_file_info(path("signed")).signed_by
    latentmas.memory_file_check(key_file=path("key"))
    raises(latentmas.FileFailed, "absent", latentmas.memory_file_check, key_file=path("absent"))


@claim("a memory goes out as an AVP frame and comes in again")
def _():
    with session.memory() as memory:
        memory.read("reader", model.info.bos + SHELLS)
        memory.think("thinker", 4)
        memory.export(path("cells"), payload="cells", dtype="f32")
        memory.export(path("thoughts"), payload="thoughts", dtype="f32", is_packed=True)
        n_pos = memory.n_pos
    assert (
        latentmas.avp_n_pos(path("cells")) == n_pos and latentmas.avp_n_pos(path("thoughts")) == 4
    )
    with session.import_memory(path("cells")) as cells:
        assert cells.n_pos == n_pos
        cells.read("reader", " Answer:")
        assert cells.speak("speaker", 8, GREEDY)


@claim("a solver begins with a memory, and hands its last agent's to on_memory, to copy and save")
def _():
    kept = session.memory()

    def keep(id, memory):
        memory.copy_to(kept)
        memory.save(path("after"))
        raises(latentmas.Invalid, "nothing else", memory.read, "x", "y")
        raises(latentmas.Invalid, "callback", session.memory)
        lent.append(memory)

    lent = []
    with session.memory() as origin:
        origin.read("reader", model.info.bos + "Mia counts 39 shells.")
        answer = session.ask(team, "How many?", origin=origin, on_memory=keep, **SHORT)
        assert answer.agents[0].n_kept == origin.n_pos
    assert kept.n_pos > 0 and latentmas.memory_file_info(path("after")).n_pos == kept.n_pos
    raises(latentmas.Closed, "closed", lent[0].save, path("later"))
    kept.close()


@claim("a chat turn, tokens and the target norm are the library's")
def _():
    turn = model.format_chat("Hello", "Be brief.", kwargs='{"a": 1}', reasoning="off")
    assert 0 <= turn.find("Be brief.") < turn.find("Hello"), turn
    chat = latentmas.ChatParams(kwargs='{"a": 1}', date="2026-11-28")
    assert session.ask(team, SHELLS, chat=chat, **SHORT).text
    raises(latentmas.Invalid, "kwargs", model.format_chat, "Hello", kwargs="[]")
    assert model.count_tokens("") == 0 and model.count_tokens(SHELLS) > 10
    assert 0.1 < model.target_norm() < 10
    assert model.info.n_embd == 192 and model.info.cannot_think is None


@claim("devices, cores and versions are told; measure gives milliseconds; a model is synthesized")
def _():
    assert latentmas.devices() and latentmas.n_cores() >= 1 and latentmas.version()
    with model.session(n_ctx=512, n_threads=1) as small:
        assert 0 < small.measure("read", 8) < 60000 and small.measure("think", 2, depth=4) > 0
    assert latentmas.synthetic_shapes()
    told = []
    raises(latentmas.Invalid, "", latentmas.synthesize, path("m.gguf"), "no-such:q8_0", told.append)


@claim("a model's loading tells its progress; the log has lines")
def _():
    told, lines = [], []
    latentmas.set_log(lambda level, line: lines.append((level, line)))
    with latentmas.Model(DEMO, progress=told.append) as other:
        other.session(n_ctx=512, n_threads=1).close()
    latentmas.set_log(None)
    assert told and told[-1] == 1.0 and told == sorted(told)
    assert lines and {level for level, _ in lines} <= {"error", "warn", "info", "debug"}


finish()
