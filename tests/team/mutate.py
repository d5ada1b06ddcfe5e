"""mutate.py - team files that are wrong in some way, most of them, made from ones that are right.

A mutant is decided by the seed and its number alone. First come those that are wrong on purpose,
each in a way of its own; the rest are drawn: a value, a key, an edge, a byte.
"""

import copy
import json
import random

CARRIES = ["memory", "text", "both", "embeds", "none"]
STRANGE = [None, True, False, 0, -1, 1, 1.5, 64, 65, 1025, 2**31, 2**53 + 1, 2**64, -2**63, 1e308, "", "a", "\0", "a\0b", "\x1b[2J", "\x9b",
           "\u2028", "é" * 33, "x" * 65, "{question}", "{outputs}", "{output:a}", "{output:", "{output:}", "{qestion}", "a\nb", [], {},
           [[]], [None], {"a": 1}, {"": ""}, ["a"], ["a", "a"], [0], "on", "memory", "\U0001f600" * 16]


def agents(names, prompt="{question} {outputs}", **more):
    return [dict(name=name, prompt=prompt, **more) for name in names]


def team(names, **more):
    return dict({"name": "mine", "agents": agents(names)}, **more)


def bases():
    """Good files: chains, graphs with every kind of edge, rounds, and every key there is."""
    full = team("abc", system="S", reasoning="on", chat_template_kwargs={"k": [1, {"a": None}]}, baseline="{question}",
                context={"latent": "L", "text": "T {outputs}"},
                formats={"number": "N", "choice": "C", "code": "D", "free": "F"}, rounds=2,
                models={"big": {"file": "big.gguf"}, "hub": {"hf": "a/b:Q4_K_M"}, "far": {"url": "http://h:1", "id": "m"}})
    full["agents"][0]["model"], full["agents"][2]["model"] = "far", "big"
    full["agents"][1].update(system="", think="<t>", latent_steps=3, max_new_tokens=9, speaks=True, reasoning="off",
                             sampling={"temperature": 0.5, "top_k": 3, "top_p": 0.9, "min_p": 0.1}, chat_template_kwargs={})
    named = team("abcd", rounds=3, edges=[{"from": "a", "to": ["b", "c"], "carry": "both"}, {"from": ["b", "c"], "to": "d"},
                                          {"from": "d", "to": ["a", "c"], "carry": "text", "next_round": True}])
    named["agents"][3]["prompt"] = "{output:a} {output:b}"
    named["edges"].append({"from": "b", "to": "d", "carry": "embeds", "next_round": True})
    named["edges"][1]["carry"] = "both"
    kinds = team("abcdef", edges=[{"from": x, "to": "f", "carry": c} for x, c in zip("abcde", CARRIES)])
    tools = team("abcd", edges=[{"from": "a", "to": ["b", "c"], "carry": "text"}, {"from": ["b", "c"], "to": "d", "carry": "text"}])
    tools["agents"][1] = {"name": "b", "command": ["true"]}
    tools["agents"][2] = {"name": "c", "command": ["echo", ""], "timeout_seconds": 0.5, "max_output_bytes": 100,
                          "memory_bytes": 268435456, "sandbox": True, "on_failure": "tell"}
    return [team("a"), team("abc"), full, named, kinds,
            team("abcd", edges=[{"from": ["a", "b", "c"], "to": "d"}]),
            team([f"agent {i}" for i in range(16)], rounds=64),
            team(["größe", "思考", "\"\\"], edges=[{"from": ["größe", "思考"], "to": "\"\\", "carry": "embeds"}]), tools]


def dump(value, indent=1):
    return json.dumps(value, indent=indent, ensure_ascii=False).encode("utf-8", "surrogatepass")


def directed():
    """(what, bytes) of each file that is wrong on purpose."""
    def edges(what, edges, names="abc", **more):
        return what, dump(team(names, edges=edges, **more))

    chain = [{"from": "a", "to": "b"}, {"from": "b", "to": "c"}]
    many = [f"n{i}" for i in range(65)]
    good = dump(team("abc"))
    yield edges("a circle", chain + [{"from": "c", "to": "a"}])
    yield edges("a circle of one", chain + [{"from": "b", "to": "b"}])
    yield edges("an unknown name", chain + [{"from": "a", "to": "z"}])
    yield edges("two outputs", [{"from": "a", "to": ["b", "c"]}])
    yield edges("nobody is used", [])
    yield edges("one is in no edge", [{"from": "a", "to": "b"}])
    yield edges("an edge twice", chain + [{"from": "a", "to": "b", "carry": "text"}])
    yield edges("an edge twice in one", [{"from": ["a", "a"], "to": ["b", "c"]}] + chain)
    yield edges("no ends", chain + [{}])
    yield edges("no from", chain + [{"to": "c"}])
    yield edges("empty ends", chain + [{"from": [], "to": "c"}])
    yield edges("too many ends", chain + [{"from": ["a"] * 65, "to": "c"}])
    yield edges("ends in ends", chain + [{"from": [["a"]], "to": "c"}])
    yield edges("an unknown carry", chain + [{"from": "a", "to": "c", "carry": "thought"}])
    yield edges("a carry that is no word", chain + [{"from": "a", "to": "c", "carry": 1}])
    yield edges("next_round that is a word", chain + [{"from": "c", "to": "a", "next_round": "yes"}])
    yield edges("a keep that is no rule", chain + [{"from": "a", "to": "c", "keep": "knn:2"}])
    yield edges("a keep of more than all", chain + [{"from": "a", "to": "c", "keep": "attention:32"}])
    yield edges("a keep that is no word", chain + [{"from": "a", "to": "c", "keep": 0.5}])
    yield edges("a keep of text", chain + [{"from": "a", "to": "c", "carry": "text", "keep": "last:4"}])
    yield edges("an edge that is a word", ["a > b"])
    for what, models in (("models that are a list", ["big"]), ("a model that is a word", {"big": "big.gguf"}), ("a model nowhere", {"big": {}}),
                         ("a model in two places", {"big": {"file": "f", "hf": "a/b"}}), ("an id without a server", {"big": {"file": "f", "id": "m"}}),
                         ("a model without a name", {"": {"file": "f"}}), ("a file without a name", {"big": {"file": ""}}),
                         ("a URL of a mile", {"big": {"url": "http://" + "h" * 5000}}), ("a file of two lines", {"big": {"file": "a\nb"}}),
                         ("too many models", {f"m{i}": {"file": "f"} for i in range(16)})):
        yield what, dump(team("abc", models=models))
    yield "a model that is not there", dump(dict(team("abc"), models={"big": {"file": "f"}}, agents=agents("ab") + agents("c", model="bog")))
    yield "a model where none are", dump(dict(team("abc"), agents=agents("abc", model="big")))
    yield "a program on a model", dump(dict(team("a"), models={"big": {"file": "f"}}, agents=[{"name": "p", "command": ["true"], "model": "big"}]))
    yield edges("edges that are an object", {"from": "a", "to": "b"})
    yield edges("edges that are null", None)
    yield edges("too many edges", [{"from": many[:64], "to": many[:64], "next_round": True}, {"from": many[:63], "to": many[63]}], many[:64])
    yield edges("too many turns", [{"from": many[:63], "to": many[63]}], many[:64], rounds=17)
    yield "text that is lost", dump({"name": "m", "agents": [{"name": x, "prompt": "{question}"} for x in "ab"],
                                     "edges": [{"from": "a", "to": "b", "carry": "text"}]})
    yield "a slot that stays empty", dump({"name": "m", "agents": [{"name": "a", "prompt": "{question}"}, {"name": "b", "prompt": "{output:a}"}],
                                           "edges": [{"from": "a", "to": "b"}]})
    yield "a slot of nobody", dump({"name": "m", "agents": agents("ab", "{question}{output:zzz}"), "edges": [{"from": "a", "to": "b", "carry": "text"}]})
    yield "nothing reaches one", dump({"name": "m", "agents": [{"name": "a", "prompt": "hm"}, {"name": "b", "prompt": "{question}"}],
                                       "edges": [{"from": "a", "to": "b"}]})
    yield "too many agents", dump(team(many))
    yield "one name twice", dump(team("aba"))
    for rounds in (0, -1, 65, 1.0, 2**64, "2", None, [2], 1e400):
        yield f"rounds of {rounds}", dump(team("ab", rounds=rounds)).replace(b"Infinity", b"1e400")
    yield "an empty file", b""
    yield "white space", b" \n\t\n"
    yield "a byte order mark alone", b"\xef\xbb\xbf"
    yield "a byte order mark before", b"\xef\xbb\xbf" + good
    yield "two of them", b"\xef\xbb\xbf" * 2 + good
    yield "a byte order mark inside", good.replace(b": ", b":\xef\xbb\xbf", 1)
    yield "UTF-16", good.decode().encode("utf-16")
    yield "UTF-32", good.decode().encode("utf-32")
    yield "zeros", bytes(100)
    yield "a zero behind", good + b"\0"
    yield "a zero inside", good.replace(b"mine", b"mi\0ne")
    yield "an escaped zero", good.replace(b"mine", b"mi\\u0000ne")
    yield "an escaped zero in a key", good.replace(b'"name"', b'"name\\u0000"', 1)
    yield "an escaped newline in a key", good.replace(b'"name"', b'"na\\nme"', 1)
    yield "a lone surrogate", good.replace(b"mine", b"\\ud800")
    yield "surrogates in the wrong order", good.replace(b"mine", b"\\udc00\\ud800")
    yield "a surrogate in UTF-8", good.replace(b"mine", b"\xed\xa0\x80")
    yield "an overlong character", good.replace(b"mine", b"\xc0\xaf")
    yield "half a character", good.replace(b"mine", b"\xe2\x82")
    yield "a character that is none", good.replace(b"mine", b"\xf4\x90\x80\x80")
    yield "Latin-1", good.replace(b"mine", b"gr\xfc\xdfe")
    yield "a comment", b"// a team\n" + good
    yield "a trailing comma", good.replace(b"]", b",]")
    yield "a key twice", good.replace(b'"name": "mine"', b'"name": "mine", "name": "mine"')
    yield "a file twice", good + good
    yield "deep arrays", b"[" * 100000
    yield "deep objects", b'{"a":' * 70000
    yield "deep but closed", b'{"chat_template_kwargs": ' + b"[" * 5000 + b"]" * 5000 + b"}"
    yield "as deep as may be", dump(team("ab", chat_template_kwargs={"a": json.loads("[" * 60 + "]" * 60)}))
    yield "many keys", dump(team("ab", chat_template_kwargs={str(i): i for i in range(5000)}))
    yield "a long number", good.replace(b'"mine"', b"9" * 5000)
    yield "a long key", good.replace(b'"mine"', b'"mine", "' + b"k" * 5000 + b'": 1')
    yield "a long name", good.replace(b"mine", b"m" * 100000)
    yield "a file of 1 MiB", good + b" " * (2**20 - len(good))
    yield "and a byte more", good + b" " * (2**20 - len(good) + 1)
    yield "the same of quotes", b'"' * (2**20 + 1)
    yield "one line of lines", b"\n" * 100000 + b"x"
    yield "no object", b'["name"]'
    yield "a number", b"1"
    yield "NaN", good.replace(b'"mine"', b"NaN")


def places(value, path=()):
    """Paths to all values in a document."""
    yield path
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in inner:
        yield from places(item, path + (key,))


def holder(document, path):
    for key in path[:-1]:
        document = document[key]
    return document


def change_value(rng, document):
    path = rng.choice([p for p in places(document) if p])
    holder(document, path)[path[-1]] = copy.deepcopy(rng.choice(STRANGE))


def drop(rng, document):
    path = rng.choice([p for p in places(document) if p])
    del holder(document, path)[path[-1]]


def change_key(rng, document):
    inside = [p for p in places(document) if p and isinstance(p[-1], str)]
    path = rng.choice(inside)
    where = holder(document, path)
    key = rng.choice([path[-1] + "x", path[-1].upper(), path[-1][1:], "", rng.choice(inside)[-1], "edges", "rounds", "\n"])
    where[key] = where.pop(path[-1])


def move(rng, document):
    paths = [p for p in places(document) if p]
    one, other = rng.choice(paths), rng.choice(paths)
    item = copy.deepcopy(holder(document, one)[one[-1]])
    holder(document, other)[other[-1]] = item


def change_edges(rng, document):
    agents = document.get("agents")
    names = [a["name"] for a in agents if isinstance(a, dict) and "name" in a] if isinstance(agents, list) else []
    edges = document.get("edges")
    if not names or not isinstance(edges, list):
        document["edges"] = edges = []
    some = lambda: rng.choice([rng.choice(names or ["a"]), rng.sample(names, rng.randint(0, len(names)))])
    for _ in range(rng.randint(1, 4)):
        edge = {"from": some(), "to": some()}
        if rng.random() < 0.5:
            edge["carry"] = rng.choice(CARRIES)
        if rng.random() < 0.2:
            edge["keep"] = rng.choice(["knn:0.5", "last:3", "thoughts", "all", "knn:0.5:bottom:1", "attention:0.5:2", "most"])
        if rng.random() < 0.5:
            edge["next_round"] = rng.random() < 0.7
        edges.insert(rng.randint(0, len(edges)), edge)


def change_bytes(rng, data):
    data = bytearray(data)
    for _ in range(rng.choice([1, 1, 2, 8])):
        at = rng.randrange(len(data) + 1)
        how = rng.randrange(6)
        if how == 0 and at < len(data):
            data[at] ^= 1 << rng.randrange(8)
        elif how == 1:
            data[at:at] = rng.choice([b"\0", b"\xff", b"\xc3", b"\xed\xa0\x80", b'"', b"{", b"]", b",", b"\\", b"\r", b"\xef\xbb\xbf", b"1e999"])
        elif how == 2:
            del data[at:at + rng.choice([1, 2, 30])]
        elif how == 3:
            data[at:at] = data[at:at + rng.choice([1, 10, 100])]
        elif how == 4:
            del data[at:]
        elif at < len(data):
            data[at] = rng.randrange(256)
    return bytes(data)


def drawn(rng):
    document = copy.deepcopy(rng.choice(bases()))
    changes = [change_value, change_value, drop, change_key, move, change_edges]
    for _ in range(rng.choice([0, 1, 1, 1, 2, 3])):
        try:
            rng.choice(changes)(rng, document)
        except (KeyError, IndexError, TypeError, AttributeError):
            pass
    data = dump(document, rng.choice([None, 1]))
    return change_bytes(rng, data) if rng.random() < 0.35 else data


def mutants(seed, count):
    """`count` pairs (what, bytes)."""
    made = list(directed())[:count]
    yield from made
    for number in range(len(made), count):
        yield f"mutant {number}", drawn(random.Random(f"{seed} {number}"))
