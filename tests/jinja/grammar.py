"""Random templates from a typed grammar: most of them render, some do not, none runs long.

Every expression is made for a type, so that what is asked of a value mostly fits it; now and then
it does not. `{int}` in a table below stands for an expression of that type. Numbers that decide
how much is made (repeat, width, range) are small ones, type `n`. What has no defined text (an
address) or is random is not in here.
"""
import re

# What every template can see, with the types of its names.
CONTEXT = {
    "i": 7, "j": -3, "zero": 0, "f": 2.5, "g": -0.1, "whole": 4.0,
    "s": "Hello World", "t": "  ünïcödé \n", "csv": "a,b,,c d", "e": "", "num": "42", "dec": "-1.50",
    "h": "<b class=\"x\">R&D's</b>", "long": "The quick brown fox jumps over the lazy-dog, twice.\nAnd again: yes.",
    "il": [3, 1, 2, 2, -5], "fl": [1.5, -2.0, 0.25], "sl": ["b", "a", "C", "ä", "a"], "el": [],
    "mix": [1, "a", None, True, 2.5, [1, 2], {"k": "v"}, ""],
    "d": {"b": 2, "a": 1, "C": 3}, "ed": {}, "sd": {"x": "one", "y": "two <2>", "items": "shadow"},
    "nd": {"a": {"b": {"c": [1, {"d": "deep"}]}}, "1": "one", "none": None, "get": 5},
    "dl": [{"name": "Bo", "age": 3, "tags": ["x", "y"], "in": {"k": 2}},
           {"name": "al", "age": 1, "tags": [], "in": {"k": 1}},
           {"name": "Cy", "age": 2, "tags": ["z"], "in": {"k": 2}}],
    "pl": [["k1", 1], ["k2", 2], ["k0", 0]],
    "tree": [{"v": 1, "kids": [{"v": 2, "kids": []}, {"v": 3, "kids": [{"v": 4, "kids": []}]}]},
             {"v": 5, "kids": []}],
    "messages": [{"role": "system", "content": "Be terse.\n"}, {"role": "user", "content": " How? "},
                 {"role": "assistant", "content": "<think>\nhm\n</think>\n\nSo.", "tool_calls": None}],
    "nil": None, "yes": True, "no": False, "add_generation_prompt": True, "tools": None,
    "bos_token": "<s>", "eos_token": "</s>",
}

NAMES = {
    "int": ["i", "j", "zero", "i", "j"], "float": ["f", "g", "whole"],
    "str": ["s", "t", "csv", "e", "num", "dec", "h", "long", "bos_token", "eos_token"],
    "ilist": ["il", "il", "el"], "flist": ["fl"], "slist": ["sl", "sl", "el"], "list": ["mix", "il", "sl", "pl"],
    "dlist": ["dl"], "plist": ["pl", "d.items()", "d|dictsort"], "mlist": ["messages"],
    "dict": ["d", "ed", "sd", "nd"], "idict": ["d"], "msg": ["messages[0]", "messages[-1]", "messages.1"],
    "person": ["dl[0]", "dl.1", "dl|first"],
    "bool": ["yes", "no", "add_generation_prompt"], "none": ["nil", "tools"],
    "undef": ["nope", "missing", "d.nope", "s.nope", "nd['zz']", "il[99]", "nil.x", "nd.a.q"],
}

STRINGS = [
    "", "a", "abc", "Hello World", "  padded  ", "x,y,z", "a-b_c", "ÄÖü ß", "漢字", "👩‍🚀!", "<b>&'\"",
    "line1\nline2\n", "tab\there", "\n", " ", "3", "-7", "2.5", "1e3", "0x1f", " 12 ", "1_000", "name", "user",
    "a\\b", "{{ x }}", "{% y %}", "{# z #}", "foo bar baz", "ﬁ ǅ ς", "\u00a0x\u3000", "UPPER", "don't stop",
    "o'neil-smith mc-donald", "z\u200bw", "e\u0301", "<think>", "</think>", ",", "o", "l", "İ", "ẞ", "x\r\ny",
    "mixed CASE 1st", "\x7f\x1f", "é", "<|im_start|>", "key", "%", "50%",
]
KEYS = ["a", "b", "C", "x", "y", "name", "age", "k", "v", "role", "content", "1"]
INTS = ["0", "1", "2", "3", "5", "7", "10", "12", "42", "100", "255", "999", "1_000", "0xff", "0XA", "0o17", "0b101", "00"]
FLOATS = ["0.0", "0.1", "0.5", "1.5", "2.5", "3.5", "1e3", "1.0", "3.14159", "1e16", "1E-5", "1.5e22", "123456789.125",
          "0.30000000000000004", "1_0.5", "100.0", "2e-7", "1e15", "0.1e1", "99999.99995", "2.675"]

# (filter, type of what it takes, type of what it gives)
FILTERS = """
abs: int > int; abs: float > float; attr({key}): dict > any; attr("upper"): str > any
batch({n1}): list > llist; batch({n1}, {str}): list > llist; batch(2, fill_with={int}): ilist > llist
capitalize: str > str; capitalize: int > str; center: e > str; center({n}): str > str; center(width={n}): str > str
count: list > int; count: str > int; count: dict > int
d: undef > str; d({str}): undef > str; default({str}): undef > str; default({int}): int > int; default("", true): str > str
default({str}, true): none > any; default({str}, boolean={bool}): any > any; default(default_value={str}): undef > str
d({str}, true): str > str; default(value): any > any; default([]): undef > list; default({}): undef > dict
dictsort: dict > plist; dictsort(true): idict > plist; dictsort(by="value"): idict > plist
dictsort(false, "value", true): idict > plist; dictsort(reverse=true): idict > plist; dictsort(by="x"): idict > plist
e: str > html; escape: str > html; escape: any > html; e: html > html; forceescape: str > html; forceescape: html > html
filesizeformat: int > str; filesizeformat: float > str; filesizeformat(true): int > str; filesizeformat(binary=true): bint > str
filesizeformat: bint > str; filesizeformat: num > str
first: list > any; first: str > str; first: ilist > int; first: el > undef; first: slist > str; first: dict > any
float: str > float; float: int > float; float({float}): str > float; float(default={float}): list > float; float: none > float
forceescape: int > html; format({str}): fmt1 > str; format({int}, {str}): fmt2 > str; format(a={int}, b={str}): fmtk > str
groupby("name"): dlist > list; groupby("in.k"): dlist > list; groupby("age"): dlist > list; groupby("zz", default=1): dlist > list
groupby("name", case_sensitive=true): dlist > list; groupby(1): plist > list; groupby("role"): mlist > list
indent: str > str; indent({n}): str > str; indent({n}, true): str > str; indent({n}, first={bool}, blank={bool}): str > str
indent("> "): str > str; indent(width={str}, blank=true): long > str; indent(2): html > html; indent({n}, true): long > str
int: str > int; int: float > int; int({int}): str > int; int(0, 16): hex > int; int(base=2): bin > int; int(default=-1): any > int
int: bool > int; int: none > int; int(0, 8): str > int; int: num > int
items: dict > plist; items|list: dict > plist; items|list: undef > list; items: idict > plist
join: slist > str; join({str}): slist > str; join({str}): ilist > str; join({str}): list > str; join(", "): dict > str
join({str}, attribute="name"): dlist > str; join(", ", "age"): dlist > str; join("|"): str > str; join({str}): plist > str
join({html}): slist > str; join(","): hlist > str; join(d={str}): slist > str; join(attribute="in.k"): dlist > str
last: list > any; last: str > str; last: ilist > int; last: slist > str; last: el > undef; last: dict > any
length: list > int; length: str > int; length: dict > int; length: undef > int; length: slist > int; length: html > int
list: str > slist; list: list > list; list: dict > slist; list: range > ilist; list: undef > list; list: ilist > ilist
lower: str > str; lower: any > str; upper: str > str; upper: any > str; title: str > str; title: any > str; lower: html > html
map("upper")|list: slist > slist; map("int")|list: slist > ilist; map(attribute="name")|list: dlist > slist
map(attribute="zz", default={int})|list: dlist > ilist; map("default", {str})|list: list > list; map("string")|list: list > slist
map("replace", {str}, {str})|list: slist > slist; map("round", 1)|list: flist > flist; map(attribute=0)|list: plist > slist
map("length")|list: slist > ilist; map("trim")|join({str}): slist > str; map(attribute="in.k")|sum: dlist > int
map("tojson")|join(","): list > str; map("abs")|sum: ilist > int; map(attribute="tags")|map("first")|list: dlist > list
map("nosuch")|list: list > list; map(attribute="name", dflt=1)|list: dlist > list; map|list: list > list; map("string"): ilist > slist
map("indent", first=true)|list: slist > slist; map(attribute="content")|map("trim")|list: mlist > slist
max: ilist > int; max: slist > str; min: ilist > int; min: slist > str; min: el > undef; max(attribute="age"): dlist > any
min(case_sensitive=true): slist > str; max(true): slist > str; min(attribute="name"): dlist > any; max: str > str; min: fl > float
pprint: any > str; pprint: dict > str; pprint: list > str; pprint: str > str; pprint: long > str; pprint: dl > str; pprint: float > str
reject("odd")|list: ilist > ilist; reject|list: list > list; reject("string")|list: list > list; reject("in", {slist})|list: slist > slist
rejectattr("tags")|list: dlist > dlist; rejectattr("age", ">", 1)|list: dlist > dlist; rejectattr("zz", "defined")|list: dlist > dlist
replace({str}, {str}): str > str; replace({str}, {str}, {n}): str > str; replace("l", "L", count=1): str > str; replace("", "-"): str > str
replace("<", "["): html > html; replace("b", h): html > html; replace({int}, {int}): int > str; replace("a", "b"): any > str
reverse: str > str; reverse|list: list > list; reverse|join: slist > str; reverse|list: dict > list; reverse: html > html
round: float > float; round({n}): float > float; round(1, "floor"): float > float; round(2, "ceil"): float > float; round(-1): int > num
round(method="floor"): float > float; round|int: float > int; round: int > num; round(-2): float > float
safe: str > html; safe: int > html; safe: html > html; safe: any > html
select("even")|list: ilist > ilist; select|list: list > list; select("gt", {int})|list: ilist > ilist; select("number")|list: list > list
select("equalto", {str})|list: slist > slist; select("divisibleby", 2)|list: ilist > ilist; select("defined")|list: list > list
select("lt", 2)|first: ilist > any; select("nosuch")|list: list > list; select(">=", 2)|list: ilist > ilist; select("eq", 2)|length: ilist > int
selectattr("age")|list: dlist > dlist; selectattr("age", "eq", {int})|list: dlist > dlist; selectattr("name", "in", {slist})|list: dlist > dlist
selectattr("role", "equalto", "user")|map(attribute="content")|list: mlist > slist; selectattr("in.k", ">", 1)|list: dlist > dlist
selectattr("tags")|map(attribute="name")|join(", "): dlist > str; selectattr(0, "eq", "k1")|list: plist > list
selectattr("zz", "undefined")|list: dlist > dlist; selectattr("role", "==", "system")|list: mlist > mlist; selectattr|list: dlist > dlist
slice({n1})|list: list > llist; slice({n1}, {str})|list: list > llist; slice(2, fill_with={int})|list: ilist > llist; slice(3)|list: str > llist
sort: ilist > ilist; sort: slist > slist; sort(true): ilist > ilist; sort(case_sensitive=true): slist > slist; sort: list > list
sort(attribute="age"): dlist > dlist; sort(reverse=true, attribute="name"): dlist > dlist; sort(attribute="in.k,name"): dlist > dlist
sort: str > slist; sort: dict > slist; sort(attribute=1): plist > plist; sort(reverse=yes): slist > slist; sort(attribute="name,age"): dlist > dlist
string: any > str; string: int > str; string: list > str; string: html > html; string: dict > str; string: float > str; string: none > str
striptags: h > str; striptags: html > str; striptags: str > str; striptags: int > str
sum: ilist > int; sum: fl > float; sum(attribute="age"): dlist > int; sum(start={int}): ilist > int; sum("in.k", 10): dlist > int
sum(start=[]): llist > list; sum(start=""): slist > str; sum: el > int; sum(attribute="in.k", start=0.5): dlist > float
tojson: any > str; tojson: dict > str; tojson: list > str; tojson(indent={n}): dict > str; tojson(indent=2): list > str; tojson: str > str
tojson(sort_keys=true): dict > str; tojson(separators=(",", ":")): list > str; tojson(ensure_ascii=true): str > str; tojson: float > str
tojson(indent="--"): list > str; tojson(true): str > str; tojson(false, 4): dict > str; tojson(indent=none, sort_keys=yes): d > str; tojson: undef > str
tojson(separators=("; ", " = "), indent=1): dict > str; tojson: dl > str; tojson(indent=4, ensure_ascii=False): dl > str; tojson: mix > str; tojson: html > str
trim: str > str; trim({str}): str > str; trim(chars=" H"): str > str; trim: html > html; trim: int > str; trim(none): str > str
truncate({n}): str > str; truncate: long > str; truncate({n}, true): str > str; truncate(12, false, "…"): long > str
truncate(9, true, "", 0): long > str; truncate(length=20, end="!", leeway=0): long > str; truncate(3): long > str; truncate(11): str > str
unique|list: slist > slist; unique|list: ilist > ilist; unique(true)|list: slist > slist; unique(attribute="in.k")|list: dlist > dlist
unique|list: str > slist; unique|join: list > str; unique(case_sensitive=true)|list: slist > slist
urlencode: str > str; urlencode: idict > str; urlencode: sd > str; urlencode: pl > str; urlencode: int > str; urlencode: long > str; urlencode: h > str
urlize: url > str; urlize(10): url > str; urlize(nofollow=true): url > str; urlize(target="_blank"): url > str; urlize(rel="x"): url > str; urlize: str > str
wordcount: str > int; wordcount: long > int; wordcount: html > int; wordcount: int > int
wordwrap: long > str; wordwrap({n1}): long > str; wordwrap(12, false): long > str; wordwrap(10, true, "|"): long > str; wordwrap(8, break_on_hyphens=false): long > str
wordwrap(width=5, wrapstring="\\n  "): str > str; wordwrap({n1}): str > str
xmlattr: sd > str; xmlattr: idict > str; xmlattr(false): idict > str; xmlattr: ed > str; xmlattr(autospace=false): ad > str; xmlattr: ad > str
"""

METHODS = """
upper(): str > str; lower(): str > str; title(): str > str; capitalize(): str > str; strip(): str > str; lstrip(): str > str; rstrip(): str > str
strip({str}): str > str; lstrip("\\n"): str > str; rstrip("d"): str > str; strip(none): str > str; swapcase(): str > str; casefold(): str > str
split(): str > slist; split({sep}): str > slist; split(",")[0]: str > str; split("</think>")[-1]: str > str; split({sep}, 1): str > slist
rsplit(",", 1): str > slist; rsplit(): str > slist; split(maxsplit=1): str > slist; split(sep=","): str > slist; splitlines(): str > slist; splitlines(true): str > slist
partition({sep}): str > list; rpartition({sep}): str > list; split(none, 1): str > slist; rsplit(","): str > slist; split(""): str > slist
replace({str}, {str}): str > str; replace("l", "L", 1): str > str; startswith({str}): str > bool; endswith({str}): str > bool
startswith(("a", "H")): str > bool; endswith("d", 2): str > bool; startswith("l", 2, 9): str > bool; find({str}): str > int; rfind("l"): str > int
index("l"): s > int; index({str}): str > int; count("l"): str > int; count({str}): str > int; join({slist}): str > str; join({ilist}): str > str
find("o", 5): str > int; count("l", 3): str > int; rindex("o"): s > int; find("l", -4, -1): str > int
isdigit(): str > bool; isalpha(): str > bool; isupper(): str > bool; islower(): str > bool; isspace(): str > bool; isalnum(): str > bool; istitle(): str > bool
isnumeric(): str > bool; isdecimal(): str > bool; isidentifier(): str > bool; isascii(): str > bool; isprintable(): str > bool
zfill({n}): str > str; zfill(6): dec > str; ljust({n}): str > str; rjust({n}, "*"): str > str; center({n}, "-"): str > str; expandtabs(4): str > str; expandtabs(): str > str
removeprefix({str}): str > str; removesuffix("d"): str > str; format({int}): ffmt1 > str; format({str}, {int}): ffmt2 > str; format(a={str}, b={float}): ffmtk > str
encode(): str > any; translate(d): str > str; maketrans("a", "b"): str > dict; format(d): str > str
items()|list: dict > plist; keys()|list: dict > slist; values()|list: dict > list; get({key}): dict > any; get({key}, {str}): dict > any; items(): idict > plist
get("a"): idict > int; get("name", "?"): person > str; get("role"): msg > str; get("zz"): dict > none; copy(): dict > dict; keys(): dict > slist; values(): dict > list
get("tool_calls", [])|length: msg > int; update({"q": 1}): dict > none; pop("a"): dict > any; setdefault("a", 1): dict > any; clear(): dict > none; popitem(): dict > any
index(1): il > int; index({int}): ilist > int; count(2): ilist > int; count({str}): slist > int; copy(): list > list; append(1): list > none; pop(): list > any
insert(0, 1): list > none; extend([1]): list > none; sort(): list > none; reverse(): list > none; remove(1): list > none; clear(): list > none
is_integer(): float > bool; bit_length(): int > int; as_integer_ratio(): float > list; conjugate(): int > int; hex(): float > str; nosuch(): str > any; upper: any > any
"""

TESTS = """
defined: undef; defined: any; undefined: undef; undefined: any; none: none; none: any; boolean: any; true: bool; false: bool; true: any; false: any
integer: int; integer: any; float: float; float: any; number: any; string: any; string: str; mapping: dict; mapping: any; sequence: list; sequence: any
iterable: any; iterable: str; callable: any; escaped: html; escaped: str; lower: str; upper: str; odd: int; even: int; odd: float
divisibleby({n1}): int; divisibleby {n1}: int; sameas({any}): any; sameas none: none; sameas(true): bool; in {slist}: str; in({ilist}): int; in {dict}: str
eq {int}: int; equalto({str}): str; ne {int}: int; gt {int}: int; greaterthan({int}): int; ge {int}: int; lt {int}: int; lessthan {float}: float; le {int}: int
eq({any}): any; filter: strname; test: strname; nosuch: any; in {str}: str; iterable: none; eq none: any; sameas(1): int; eq 1.0: int
"""

FORMATS = {
    "fmt1": ["%s", "a %s b", "%r", "%5s|", "%-8s|", "%.2s", "%%%s", "%s %s"],
    "fmt2": ["%d: %s", "%05d %s", "%+d %r", "%x %s", "%5.1f %s", "%-5d|%s", "%c %s", "%o %s", "%e|%s", "%g %10s", "% d %s", "%i%%%s", "%X%s"],
    "fmtk": ["%(a)s", "%(a)d-%(b)s", "%(a)03d", "%(b)r %(c)s"],
    "ffmt1": ["{}", "{0} {0}", "{:>5}", "{:05d}", "{:,}", "{:x}", "{{{}}}", "{!r}", "{:<4}|", "{:^7}|", "{:+}"],
    "ffmt2": ["{} {}", "{1} {0}", "{0:>8}{1:03}", "{!s}{}"],
    "ffmtk": ["{a}-{b}", "{a:>6} {b:.2f}", "{b:e}", "{a!r}", "{b:8.3f}|"],
}

# Types that are a choice of texts.
LITERALS = {
    "e": ["e", "''"], "el": ["el", "[]"], "il": ["il"], "fl": ["fl"], "dl": ["dl"], "pl": ["pl"], "sd": ["sd"], "d": ["d"], "ed": ["ed", "{}"],
    "mix": ["mix"], "s": ["s"], "h": ["h"], "long": ["long"], "dec": ["dec", "'7'", "'+3'"],
    "n": ["0", "1", "2", "3", "4", "8", "11", "-1", "20"], "n1": ["1", "2", "3", "4", "12"],
    "num": ["i", "f", "num", "1", "0.5", "'3'", "yes"], "hex": ["'ff'", "'0x1F'", "'zz'", "'-a'"], "bin": ["'101'", "'0b11'", "'2'"],
    "bint": ["1048576", "2147483648", "123456789012", "9007199254740993", "1000000", "1500", "999_999_999"],
    "sep": ["','", "' '", "'o'", "', '", "'\\n'", "'zz'", "'l'"], "range": ["range(4)", "range(1, 9, 3)", "range(i, 0, -2)", "range(0)"],
    "strname": ["'upper'", "'even'", "'nosuch'", "'tojson'", "'d'", "'=='"], "value": ["i", "nope"],
    "llist": ["[[1], [2, 3]]", "pl", "[[], []]", "((1, 2), (3,))", "il|batch(2)|list"],
    "hlist": ["['<', h|e]", "[h|safe, h]", "('<' | e, '&')"], "ad": ["{'a-b': h, 'n': none, 'u': nope}", "{'a b': 1}", "{'x': h|safe, 'y': 2.5}"],
    "url": ["'see http://a.example/x?y=1&z=2.'", "'www.example.org (https://b.example)'", "'mail me@x.example now'", "h"],
}

# ---- The tables, read -----------------------------------------------------------------


def read_table(table):
    """{type taken: [(text, type given)]}"""
    entries = {}
    for text, takes, gives in re.findall(r"\s*(.+?): (\w+) > (\w+)\s*(?:;|\n|$)", table):
        entries.setdefault(takes, []).append((text, gives))
    return entries


def by_result(table):
    """{type given: [(text, type taken)]}"""
    entries = {}
    for takes, made in table.items():
        for text, gives in made:
            entries.setdefault(gives, []).append((text, takes))
    return entries


FILTERS_FOR, METHODS_FOR = read_table(FILTERS), read_table(METHODS)
FILTERS_TO, METHODS_TO = by_result(FILTERS_FOR), by_result(METHODS_FOR)
TESTS_FOR = {}
for _text, _takes in re.findall(r"\s*(.+?): (\w+)\s*(?:;|\n|$)", TESTS):
    TESTS_FOR.setdefault(_takes, []).append(_text)

# Types that may stand in for another one.
NARROWER = {
    "any": ["int", "float", "str", "list", "dict", "bool", "none", "slist", "ilist", "html", "undef"],
    "list": ["ilist", "slist", "mix", "plist", "dlist"], "dict": ["idict", "sd", "person", "msg", "dict"],
    "idict": ["d"], "html": ["html"], "msg": ["msg"], "person": ["person"],
}
PLAIN = ["int", "float", "str", "list", "dict", "bool", "none", "ilist", "slist"]


class Expressions:
    """Texts of expressions. `self.scope` has the names that statements have set."""

    def __init__(self, rng):
        self.rng, self.scope = rng, [{}]

    def chance(self, share):
        return self.rng.random() < share

    def pick(self, options):
        return self.rng.choice(options)

    def one_of(self, *weighted):
        """One of (weight, function, arguments...), called."""
        chosen = self.rng.choices(weighted, [w[0] for w in weighted])[0]
        return chosen[1](*chosen[2:])

    # ---- What stands for itself ----

    def string(self, value=None):
        value = self.pick(STRINGS) if value is None else value
        quote = self.pick("\"'")
        out = ""
        for c in value:
            if c in (quote, "\\"):
                out += "\\" + c
            elif c == "\n" and self.chance(0.8):
                out += "\\n"
            elif c in "\r\x7f\x1f" or ord(c) > 126 and self.chance(0.2):
                out += f"\\x{ord(c):02x}" if ord(c) < 256 else f"\\u{ord(c):04x}" if ord(c) < 65536 else f"\\U{ord(c):08x}"
            else:
                out += c
        if self.chance(0.02):
            out += self.pick(["\\d", "\\a", "\\101", "\\N{BULLET}", "\\t", "\\/", "\\e", "\\\n", "\\0", "\\b\\f\\v", "\\8"])
        out = quote + out + quote
        return out + " " + self.string() if self.chance(0.01) else out

    def name(self, kind):
        """A name in scope of that type, or None."""
        names = [name for scope in self.scope for name, is_a in scope.items() if is_a == kind]
        return self.pick(names) if names and self.chance(0.6) else self.pick(NAMES[kind]) if kind in NAMES else None

    def constant(self, kind):
        if kind in LITERALS:
            return self.pick(LITERALS[kind])
        if kind in FORMATS:
            return self.string(self.pick(FORMATS[kind]))
        return {
            "int": lambda: self.pick(INTS), "float": lambda: self.pick(FLOATS), "str": self.string,
            "bool": lambda: self.pick(["true", "false", "True", "False"]), "none": lambda: self.pick(["none", "None"]),
            "ilist": lambda: self.sequence("int"), "flist": lambda: self.sequence("float"), "slist": lambda: self.sequence("str"),
            "list": lambda: self.sequence("any"), "dict": self.dictionary, "key": lambda: self.string(self.pick(KEYS)),
            "undef": lambda: self.pick(["nope", "missing"]), "html": lambda: self.pick(["h|e", "'<'|safe", "h|safe", "s|escape"]),
        }.get(kind, lambda: self.name(kind) or "none")()

    def sequence(self, kind):
        items = [self.expr(kind, 0) for _ in range(self.pick([0, 1, 2, 3, 3, 4]))]
        comma = "," if len(items) == 1 or items and self.chance(0.1) else ""
        if self.chance(0.1):
            return f"({', '.join(items)}{comma})"
        return f"[{', '.join(items)}{comma if len(items) > 1 else ''}]"

    def dictionary(self):
        pairs = [(self.constant("key") if self.chance(0.9) else self.constant("int"), self.expr("any", 0))
                 for _ in range(self.pick([0, 1, 2, 3]))]
        if self.chance(0.15):
            return "dict(" + ", ".join(f"{key}={value}" for key, (_, value) in zip("abc", pairs)) + ")"
        return "{" + ", ".join(f"{key}: {value}" for key, value in pairs) + ("," if pairs and self.chance(0.05) else "") + "}"

    # ---- What is made of others ----

    def fill(self, text, depth):
        return re.sub(r"\{(\w+)\}", lambda m: self.expr(m[1], min(depth, 1) if self.chance(0.3) else 0), text)

    def atom(self, kind, depth):
        """`kind`, safe to put an operator behind."""
        text = self.expr(kind, depth)
        if re.fullmatch(r"[\w.]+|'[^'\\]*'|\"[^\"\\]*\"|\[[^\[\]]*\]", text) or self.chance(0.06):
            return text
        return f"({text})"

    def expr(self, kind, depth=2):
        if kind not in ("n", "n1") and self.chance(0.006):
            kind = self.pick(PLAIN)  # something else than what was asked for
        if kind in ("n", "n1", "bint") or kind in FORMATS:
            return self.constant(kind)
        if kind in NARROWER and self.chance(0.7):
            return self.expr(self.pick(NARROWER[kind]), depth)
        if depth <= 0 or self.chance(0.15):
            return (self.name(kind) if self.chance(0.5) else None) or self.constant(kind)
        return self.one_of((5, self.filtered, kind, depth), (2.5, self.called, kind, depth), (5, self.computed, kind, depth),
                           (0.6, self.conditional, kind, depth), (0.3, self.defaulted, kind, depth))

    def filtered(self, kind, depth):
        if kind not in FILTERS_TO:
            return self.computed(kind, depth)
        text, takes = self.pick(FILTERS_TO[kind])
        blank = " " if self.chance(0.3) else ""
        return f"{self.atom(takes, depth - 1)}{blank}|{blank}{self.fill(text, depth - 1)}"

    def called(self, kind, depth):
        if kind not in METHODS_TO:
            return self.filtered(kind, depth)
        text, takes = self.pick(METHODS_TO[kind])
        if self.chance(0.85) and any(w in text for w in ("append", "pop", "insert", "extend", "update", "clear", "sort", "reverse", "remove",
                                                          "setdefault", "nosuch", "encode", "maketrans", "translate", "hex")):
            return self.filtered(kind, depth)
        return f"{self.atom(takes, depth - 1)}.{self.fill(text, depth - 1)}"

    def conditional(self, kind, depth):
        text = f"{self.expr(kind, depth - 1)} if {self.expr('bool', depth - 1)}"
        if self.chance(0.85):
            text += f" else {self.expr(kind, depth - 1)}"
        return f"({text})"

    def defaulted(self, kind, depth):
        return f"({self.expr(self.pick(['undef', 'none', kind]), 0)} or {self.expr(kind, depth - 1)})"

    def computed(self, kind, depth):
        maker = {"int": self.arithmetic, "float": self.real, "str": self.text, "bool": self.truth, "list": self.joined,
                 "ilist": self.joined, "slist": self.joined, "any": self.element, "undef": self.absent, "dict": self.inner}.get(kind)
        return maker(kind, depth - 1) if maker else self.name(kind) or self.constant(kind)

    def arithmetic(self, kind, depth):
        a, b = self.atom("int", depth), self.atom("int", depth)
        return self.one_of(
            (6, lambda: f"{a} {self.pick('+-*')} {b}"), (2, lambda: f"{a} {self.pick(['//', '%'])} {self.pick(['2', '3', '-3', '7', 'i', 'j'])}"),
            (1, lambda: f"{self.pick(['-', '+', '- '])}{a}"), (1, lambda: f"{self.pick(['2', '3', '-2', '10', 'j'])} ** {self.pick('01234')}"),
            (0.5, lambda: f"{self.pick('23')} ** {self.pick('23')} ** {self.pick('012')}"), (1, lambda: f"{self.constant('bint')} {self.pick('+-')} {a}"),
            (1, lambda: f"{a}{self.pick(['+', '-', '*'])}{b}"), (1, lambda: f"{a} {self.pick('+-*')} {b} {self.pick(['+', '-', '*', '%', '//'])} 3"),
            (0.3, lambda: f"-{a} ** 2"), (0.3, lambda: f"({self.expr('bool', depth)}) + {a}"), (0.5, lambda: f"d[{self.string(self.pick(['a', 'b', 'C']))}]"),
            (0.5, lambda: f"{self.atom('ilist', depth)}[{self.pick(['0', '1', '-1', 'i', '9'])}]"))

    def real(self, kind, depth):
        a, b = self.atom(self.pick(["int", "float"]), depth), self.atom("float", depth)
        return self.one_of((5, lambda: f"{a} {self.pick('+-*')} {b}"), (3, lambda: f"{a} / {self.pick(['2', '3', 'f', '0.1', '-7', 'i', 'whole'])}"),
                           (1, lambda: f"{b} {self.pick(['//', '%'])} {self.pick(['2', '0.3', '-1.5'])}"), (1, lambda: f"-{b}"),
                           (1, lambda: f"{self.pick(['2', '2.5', 'f', '9'])} ** {self.pick(['-1', '0.5', '2', '-2.0', '3'])}"), (0.1, lambda: f"{a} / zero"))

    def text(self, kind, depth):
        a, b = self.atom("str", depth), self.atom("str", depth)
        index = self.pick(["0", "1", "-1", "i", "99", "-3"])
        return self.one_of(
            (4, lambda: f"{a} + {b}"), (3, lambda: f"{a} ~ {self.atom(self.pick(['str', 'int', 'any', 'float', 'html']), depth)}"),
            (1, lambda: f"{a} * {self.constant('n')}"), (2, lambda: f"{a}{self.slicing()}"), (1, lambda: f"{a}[{index}]"),
            (1, lambda: f"{a} ~ {b} ~ {self.atom('any', depth)}"), (1, lambda: f"messages[{self.pick(['0', '-1', '1'])}]{self.pick(['.content', '.role', '[' + chr(39) + 'content' + chr(39) + ']'])}"),
            (0.7, lambda: f"{self.string('%s')} % {a}"), (0.7, lambda: f"{self.string('%s:%d')} % ({a}, {self.constant('int')})"),
            (0.5, lambda: f"{self.string('%(a)s %(b)5d')} % d"), (0.5, lambda: f"{self.constant('html')} + {a}"), (0.3, lambda: f"{a} + {self.constant('html')}"),
            (0.3, lambda: f"{self.pick(['%5.2f', '%e', '%g', '%08.3f', '%+.1f', '%.0f', '%G'])!r} % {self.constant('float')}"),
            (0.3, lambda: "strftime_now(" + self.string(self.pick(["%Y-%m-%d", "%d %b %Y", "%H:%M:%S %A %B %j", "%y/%m %p %I %%", "%B %-d"])) + ")"))

    def slicing(self):
        parts = [self.pick(["", "", "0", "1", "2", "-1", "-3", "5", "99"]) for _ in range(self.pick([2, 2, 2, 3]))]
        if len(parts) == 3:
            parts[2] = self.pick(["", "-1", "2", "-2", "1"])
        return f"[{':'.join(parts)}]"

    def truth(self, kind, depth):
        return self.one_of(
            (3, self.compared, depth), (3, self.tested, depth), (2, self.contained, depth),
            (1, lambda: f"not {self.atom(self.pick(['bool', 'any']), depth)}"),
            (2, lambda: f"{self.atom('bool', depth)} {self.pick(['and', 'or'])} {self.atom('bool', depth)}"),
            (0.5, lambda: f"{self.atom('any', depth)} {self.pick(['and', 'or'])} {self.atom('any', depth)}"),
            (0.5, lambda: f"{self.atom('bool', depth)} and not {self.atom('bool', depth)} or {self.atom('bool', depth)}"))

    def compared(self, depth):
        kind = self.pick(["int", "int", "float", "str", "str", "ilist", "bool"])
        sign = ["==", "!=", "<", ">", "<=", ">="]
        text = f"{self.atom(kind, depth)} {self.pick(sign)} {self.atom(kind, depth)}"
        if self.chance(0.15):
            text += f" {self.pick(sign)} {self.atom(kind, depth)}"
        if self.chance(0.15):
            text = f"{self.atom('any', depth)} {self.pick(['==', '!='])} {self.atom('any', depth)}"
        return text

    def contained(self, depth):
        word = self.pick(["in", "in", "not in"])
        takes, within = self.pick([("str", "str"), ("str", "slist"), ("int", "ilist"), ("key", "dict"), ("any", "list"), ("str", "msg")])
        prefix = "not " if self.chance(0.1) else ""
        return f"{prefix}{self.atom(takes, depth)} {word} {self.atom(within, depth)}"

    def tested(self, depth):
        takes = self.pick(list(TESTS_FOR))
        text = self.pick(TESTS_FOR[takes])
        if text.startswith("nosuch") and self.chance(0.9):
            return self.tested(depth)
        word = self.pick(["is", "is", "is not"])
        return f"{self.atom(takes, depth)} {word} {self.fill(text, depth)}"

    def joined(self, kind, depth):
        a, b = self.constant(kind) if self.chance(0.3) else self.atom(kind, depth), self.atom(kind, depth)
        return self.one_of((2, lambda: f"{a} + {b}"), (1, lambda: f"{a} * {self.pick('0123')}"), (2, lambda: f"{a}{self.slicing()}"),
                           (1, lambda: f"range({self.pick(['3', '1, 5', '6, 0, -2', '0', 'i'])})|list"))

    def element(self, kind, depth):
        return self.one_of(
            (2, lambda: f"{self.atom('list', depth)}[{self.pick(['0', '-1', '1', '9'])}]"), (2, lambda: f"{self.atom('dict', depth)}.{self.pick(['a', 'b', 'x', 'items', 'k'])}"),
            (2, lambda: f"{self.atom('dict', depth)}[{self.constant('key')}]"), (1, lambda: f"dl[{self.pick('012')}].{self.pick(['name', 'age', 'tags', 'zz'])}"),
            (1, lambda: f"nd.a.b{self.pick(['.c', '.c[0]', '.c.1.d', '[' + chr(34) + 'c' + chr(34) + '][1]', '.zz'])}"), (1, lambda: f"{self.atom('list', depth)}.{self.pick('012')}"),
            (0.4, lambda: f"{self.atom('dict', depth)}[{self.pick(['1', 'none', 'true', '1.0', '(1, 2)'])}]"), (0.5, lambda: f"mix{self.slicing()}"))

    def absent(self, kind, depth):
        return self.pick([f"{self.atom('dict', depth)}.zzz", f"{self.atom('str', depth)}.zzz", f"{self.atom('list', depth)}[77]", "nope", "nil.y", "i.zz"])

    def inner(self, kind, depth):
        return self.pick(["nd.a", "nd.a.b", "dl[0]", "dl[1]['in']", "messages[0]", "dict(d, z=1)", "dict(pl)", "tree[0]", "dict(d, **sd)"])
