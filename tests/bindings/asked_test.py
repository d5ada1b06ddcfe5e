"""asked_test.py - what a question asks in its own way: sampling, stops, tokens, what was said before
it, and which of the solver's teams.
"""

import gc
import math

from common import DEMO, GREEDY, PAIR, SHELLS, SHORT, questions
from tap import claim, finish, raises

import latentmas

model = latentmas.Model(DEMO)
session = model.session(n_ctx=4 * 2048, n_lanes=4, n_threads=1)
team = latentmas.Team.builtin("sequential")
pair = latentmas.Team.parse(PAIR)
ALONE = {"method": "baseline", "sampling": GREEDY, "max_new_tokens": 24}
HOT = {"temperature": 5, "top_p": 1, "top_k": 0}
BEFORE = [
    {"role": "user", "content": "Tom has 3 apples and eats 1 of them. How many are left?"},
    {"role": "assistant", "content": "There are 2 apples left."},
    {"role": "user", "content": "And if he eats another one of those apples?"},
    {"role": "assistant", "content": "Then there is 1 apple left."},
]
SAILOR = {"role": "system", "content": "Speak like a sailor."}


def ask(solver, text=SHELLS, **question):
    """Alone in the solver."""
    solver.submit(text, **question)
    return next(solver).check()


@claim("a question's own seed and draws decide its text, whatever its id")
def _():
    with session.solver(pair, **ALONE) as solver:
        own = {"sampling": {**HOT, "seed": 7}, "draws": 5}
        first = ask(solver, id=1, **own).text
        assert ask(solver, id=2, **own).text == first
        assert ask(solver, id=3, **{**own, "draws": 6}).text != first
        assert ask(solver, id=4, sampling={**HOT, "seed": 8}, draws=5).text != first


@claim("what a question's sampling leaves out is its team's")
def _():
    with session.solver(pair, **ALONE) as solver:
        warm = solver.add(pair, **{**ALONE, "sampling": {**HOT, "seed": 7}})
        cold = ask(solver, id=1).text
        assert ask(solver, id=1, sampling={"seed": 9}).text == cold
        seven = ask(solver, id=1, team=warm).text
        assert ask(solver, id=1, team=warm, sampling={"seed": 9}).text not in (cold, seven)
        assert ask(solver, id=1, sampling={**HOT, "seed": 7}).text == seven
        assert ask(solver, id=1, team=warm, sampling={"temperature": 0}).text == cold


@claim("a text ends before its first stop, streamed or not")
def _():
    with session.solver(pair, **ALONE) as solver:
        whole = ask(solver).text
        for i in range(1, len(whole) - 5, 3):
            stop = whole[i : i + 4]
            stream = solver.stream(SHELLS, stops=["never said", stop])
            streamed = "".join(stream)
            assert stream.answer.text == whole[: whole.index(stop)].strip(), (stop, streamed)
            assert streamed.strip() == stream.answer.text
    assert session.ask(pair, SHELLS, stops=(whole[5:9],), **ALONE).text == whole[:5].strip()


@claim("the last agent speaks no more than the question says, the others what they may")
def _():
    with session.solver(pair, **{**SHORT, "method": "text_mas"}) as solver:
        whole, cut = ask(solver), ask(solver, max_new_tokens=3, logprobs=True)
    assert len(cut.tokens) == 3 and cut.agents[-1].is_cut
    assert [a.output for a in cut.agents[:-1]] == [a.output for a in whole.agents[:-1]]


@claim("joined tokens contain the text; each has its logprob and so many likeliest")
def _():
    heard = []
    with session.solver(team, on_token=lambda id, t: heard.append((id, t)), **SHORT) as solver:
        assert ask(solver).tokens == () and not heard
        answer = ask(solver, id=7, logprobs=True, top_logprobs=3)
    tokens = answer.tokens
    assert answer.text in b"".join(t.text for t in tokens).decode() and answer.text
    assert heard == [(7, token) for token in tokens]
    for token in tokens:
        assert len(token.text) == token.size and len(token.top) == 3
        assert token.top[0].token == token.token  # greedy
        assert math.isclose(token.top[0].score, token.logprob) and token.logprob <= 0
        assert token.top[0].score >= token.top[1].score >= token.top[2].score
    assert session.ask(team, SHELLS, logprobs=True, **SHORT).tokens[0].top == []


@claim("questions at once keep their tokens apart")
def _():
    texts = questions(6)
    alone = [session.ask(pair, text, logprobs=True, **SHORT).tokens for text in texts]
    with session.solver(pair, **SHORT) as solver:
        for text in texts:
            solver.submit(text, logprobs=True)
        together = {answer.id: answer.tokens for answer in solver}
    ids = lambda tokens: [token.token for token in tokens]
    assert [ids(together[i]) for i in range(6)] == [ids(tokens) for tokens in alone]


@claim("what was said before stands between the system text and the question")
def _():
    answer = session.ask(team, SHELLS, system=SAILOR["content"], before=BEFORE[:2], **SHORT)
    said = [SAILOR["content"], BEFORE[0]["content"], BEFORE[1]["content"], SHELLS]
    at = [answer.agents[0].input.find(text) for text in said]
    assert -1 not in at and at == sorted(at), at


@claim("messages as OpenAI's API has them are the system text, what was said before, the question")
def _():
    last = {"role": "user", "content": SHELLS}
    told = session.ask(team, SHELLS, system=SAILOR["content"], before=BEFORE, **SHORT)
    for messages in ([SAILOR, *BEFORE, last], (*BEFORE, {**SAILOR, "role": "developer"}, last)):
        answer = session.ask(team, messages, **SHORT)
        assert answer.agents[0].input == told.agents[0].input and answer.text == told.text
    stream = session.stream(team, [SAILOR, *BEFORE, last], **SHORT)
    assert "".join(stream).strip() == told.text
    plain = session.ask(team, [last], **SHORT)
    assert plain.agents[0].input == session.ask(team, SHELLS, **SHORT).agents[0].input
    more = team.needs(model, [*BEFORE, last], **SHORT)[0]
    assert more.n_cells > team.needs(model, SHELLS, **SHORT)[0].n_cells


@claim("a conversation that is kept gives the same answer, and its tokens are not read again")
def _():
    with session.solver(team, method="text_mas", **SHORT) as solver:
        fresh = [ask(solver, before=BEFORE[:n]) for n in (2, 4)]
    own = [answer.n_shared for answer in fresh]  # what agents have of those before them
    with session.solver(team, method="text_mas", kept_size=64 << 20, **SHORT) as solver:
        kept = [ask(solver, before=BEFORE[:n]) for n in (2, 4, 4)]
    assert [answer.text for answer in kept] == [fresh[0].text, fresh[1].text, fresh[1].text]
    assert kept[0].n_shared == own[0] and own[1] < kept[1].n_shared < kept[2].n_shared


@claim("no realm takes what another keeps")
def _():
    with session.solver(pair, kept_size=64 << 20, **ALONE) as solver:
        shared = [ask(solver, before=BEFORE, realm=realm).n_shared for realm in (0, 1, 1)]
    assert shared[:2] == [0, 0] and shared[2] > 0, shared


@claim("teams in one solver answer as alone, all at once")
def _():
    sides = [(pair, "latent_mas"), (team, "text_mas"), (team, "baseline")]
    alone = [session.ask(one, SHELLS, method=how, **SHORT) for one, how in sides]
    with session.solver(pair, method="latent_mas", **SHORT) as solver:
        added = [solver.add(one, method=how, **SHORT) for one, how in sides[1:]]
        assert added == [1, 2] and solver.teams == [pair, team, team]
        for number in (2, 0, 1):
            solver.submit(SHELLS, id=number, team=number)
        together = {answer.id: answer.check() for answer in solver}
        stream = solver.stream(SHELLS, team=1)
        assert "".join(stream).strip() == alone[1].text
    for number, one in enumerate(alone):
        assert together[number].text == one.text
        assert [a.name for a in together[number].agents] == [a.name for a in one.agents]


@claim("the solver's callbacks hear of all its teams, and one may add a team")
def _():
    heard, agents = [], []

    def add_one(id, trace):
        agents.append((id, trace.name))
        if len(solver.teams) == 1:
            solver.submit(SHELLS, id=8, team=solver.add(team, **ALONE))

    with session.solver(pair, on_agent=add_one, on_result=heard.append, **SHORT) as solver:
        solver.submit(SHELLS, id=4)
        ended = list(solver)
    assert [answer.id for answer in ended] == [answer.id for answer in heard] == [4, 8]
    assert [id for id, _ in agents] == [4, 4, 8]


@claim("a team and an origin that were added are kept, and closing one closes the solver")
def _():
    expected = session.ask(pair, SHELLS, **SHORT).text
    solver = session.solver(team, **SHORT)
    solver.add(latentmas.Team.parse(PAIR), **SHORT)
    solver.teams.clear()
    gc.collect()
    assert ask(solver, team=1).text == expected
    with session.memory() as origin:
        origin.read("reader", model.info.bos + SHELLS)
        assert solver.add(pair, origin=origin, **SHORT) == 2
        raises(latentmas.Invalid, "close the solver", origin.read, "x", "y")
    assert solver.is_closed
    solver, own = session.solver(team, **SHORT), latentmas.Team.parse(PAIR)
    solver.add(own, **SHORT)
    own.close()
    raises(latentmas.Closed, "closed", solver.submit, SHELLS, team=1)


@claim("what a question was made of may go, or change, once it is submitted")
def _():
    said = [dict(message) for message in BEFORE]
    asked = {"sampling": dict(GREEDY), "stops": ["never said"], "system": SAILOR["content"]}
    expected = session.ask(
        team, SHELLS, before=BEFORE, stops=["never said"], system=asked["system"], **SHORT
    )
    with session.solver(team, **{**SHORT, "sampling": HOT}) as solver:
        solver.submit(SHELLS, before=said, **asked)
        said[0]["content"], asked["sampling"]["temperature"] = "x", 9
        del said, asked
        gc.collect()
        litter = [bytes([i]) * 100 for i in range(99)]
        assert next(solver).check().text == expected.text and litter


@claim("what breaks a limit is refused with one line that names it, and nothing is asked")
def _():
    with session.solver(pair, **SHORT) as solver:
        refused = lambda word, *text, **q: raises(
            latentmas.Invalid, word, solver.submit, *(text or (SHELLS,)), **q
        )
        refused("stops: a list is needed", stops="x")
        refused("a stop must be", stops=[""])
        refused("at most 64 stops", stops=["x"] * (latentmas.LIMITS["STOPS_MAX"] + 1))
        refused("1024 bytes", stops=["x" * (latentmas.LIMITS["STOP_SIZE_MAX"] + 1)])
        refused("max_new_tokens", max_new_tokens=-1)
        refused("needs logprobs=True", top_logprobs=3)
        refused("64", logprobs=True, top_logprobs=latentmas.LIMITS["NEAR_MAX"] + 1)
        refused("temperature", sampling={"temperature": -1})
        refused("sampling: ", sampling="greedy")
        refused("none of number 1", team=1)
        refused("team: ", team=pair)
        refused("before: a list is needed", before=BEFORE[0])
        refused("before: ", before=["Hello"])
        refused("role user or assistant, got tool", before=[{"role": "tool", "content": "x"}])
        refused("needs a text", before=[{"role": "user"}])
        refused("messages[0]: ", ["Hello"])
        refused("messages[1]: ", [BEFORE[0], {"role": "assistant", "content": None}])
        refused("the last one must be the user's", BEFORE)
        refused("the last one must be the user's", [])
        refused("system: the messages say it", [SAILOR, BEFORE[0]], system="x")
        refused("before: the messages say it", BEFORE[:3], before=BEFORE)
        raises(TypeError, "do you mean stops?", solver.submit, SHELLS, stop=["x"])
        for name, value in (("on_token", print), ("speaker", pair), ("hosts", [{"name": "b"}])):
            raises(latentmas.Invalid, f"{name}: give it to", solver.add, pair, **{name: value})
        raises(latentmas.Invalid, "latent_steps", solver.add, pair, latent_steps=-5)
        raises(TypeError, "a Team is needed", solver.add, "sequential")
        assert solver.n_open == 0 and solver.teams == [pair]
    raises(latentmas.Closed, "closed", solver.add, pair)


finish()
