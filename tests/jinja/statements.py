"""Random templates: text, outputs and statements around the expressions of grammar.py."""
import grammar

WORDS = ["text", " ", "\n", "  ", "\n\n", "a b", "\t", "  \n", "\n    ", ".", "ünï", "漢", "{ ", "}", "}}", "%}", "#}", "'", "\"", "<|im_start|>user\n",
         "x{ ", "{ { ", "100%", "-", "\r\n", "\n\t \n", "\\n", "<b>&amp;</b>", "\u00a0\n", "\u2028", "end", "#", "##", " \n  ", "\x0b", "$"]
NAMES = ["a", "b", "c", "x", "y", "s", "i"]
BROKEN = ["{{ ", "{% if %}", "{% endif %}", "{{ 1 + }}", "{% for x %}", "{{ [1, 2 }}", "{{ (1 }}", "{% nosuch %}", "{{ x|nosuch }}", "{{ x is nosuch }}",
          "{% set 1 = 2 %}", "{% else %}", "{# open", "{% raw %}", "{{ 'open }}", "{{ a b }}", "{% if x %}", "{% for x in il %}", "{{ }}", "{% %}",
          "{{ 1..2 }}", "{{ x. }}", "{{ x[ }}", "{{ f(a=1, 2) }}", "{{ {1} }}", "{{ {'a' 1} }}", "{% endfor %}", "{% macro %}", "{% macro m(a=1, b) %}{% endmacro %}",
          "{% set x %}", "{{ 1 if }}", "{{ not }}", "{{ a = 1 }}", "{{ a := 1 }}", "{% break %}", "{% continue %}", "{{ $ }}", "{{ a ! b }}", "{{ ]] }}", "{% end %}",
          "{% include 'x' %}", "{% extends 'x' %}", "{% import 'x' as y %}", "{% from 'x' import y %}", "{% do x %}", "{% trans %}a{% endtrans %}", "{{ super() }}",
          "{{ x.__class__ }}", "{{ ''.__class__.__mro__ }}", "{{ x['__class__'] }}", "{% for loop in il %}{% endfor %}", "{% set loop = 1 %}{{ loop }}", "{{ 0777 }}",
          "{{ f(**1) }}", "{{ dict(1) }}", "{{ range() }}", "{{ range('a') }}", "{{ 1() }}", "{{ s() }}", "{{ nope() }}", "{{ nope.a.b }}", "{{ 1 / 0 }}", "{{ 'a' + 1 }}",
          "{{ raise_exception('no ' ~ s) }}", "{{ raise_exception('Only user and assistant roles!') }}", "{{ raise_exception() }}", "{{ raise_exception(1) }}",
          "{% call 1 %}{% endcall %}", "{% filter nosuch %}{% endfilter %}", "{% block q %}1{% endblock %}{% block q %}2{% endblock %}", "{% with a = %}{% endwith %}",
          "{% if x %}{% endfor %}", "{% for x in il recursive %}{{ loop() }}{% endfor %}", "{{ loop.index }}", "{% set ns.x = 1 %}", "{% set i.x = 1 %}", "{{ caller() }}",
          "{{ il.append(1) }}", "{{ d.update(x=1) }}", "{{ 'é\u0301' é }}", "{{ none.x.y }}", "{{ s.x.y }}", "{{ -s }}", "{{ il < s }}", "{{ 1 in 2 }}", "{% elif x %}",
          "{% debug %}", "{{ namespace(1) }}", "{{ 1|join(2)|nosuch(3) }}", "{% set x, y = 1 %}", "{% for a, *b in pl %}{% endfor %}", "{ {{{ 1 }}", "{{% if x %}", "{% set x, y = [1, 2, 3] %}", "{% for x, y in il %}{{ x }}{% endfor %}"]


class Templates(grammar.Expressions):
    """`make()` gives one template."""

    def make(self):
        self.scope, self.macros, self.blocks, self.budget, self.loops = [{}], [], 0, self.rng.choice([1, 2, 3, 4, 6, 10, 16, 24]), 0
        self.neatness = self.rng.choice([0.0, 0.3, 0.8])
        text = self.body()
        text += self.pick(["", "", "\n", "\n\n", "\r\n", " ", " \n"])
        if self.chance(0.04):
            text = text.replace("\r\n", "\n").replace("\n", self.pick(["\r\n", "\r"]))
        if self.chance(0.03):
            text = self.broken(text)
        return text

    def broken(self, text):
        """Cut, or with something lost or doubled, or with an error in the middle."""
        at = self.rng.randrange(len(text) + 1)
        end = at + self.rng.randrange(8)
        return self.pick([text[:at], text[:at] + text[end:], text[:end] + text[at:], text[:at] + self.pick("{}%#|()[]'\"\\~.,:=-+ \n\0$!`@?;é") + text[at:]])

    # ---- Tags ----

    def tag(self, inside, space=None):
        """{% inside %}, with any of the whitespace controls."""
        left = self.rng.choices(["", "-", "+"], [6, 3 - 2 * self.neatness, 1])[0]
        right = self.rng.choices(["", "-", "+"], [6, 3 - 2 * self.neatness, 1])[0]
        blank = space or self.pick([" ", " ", " ", " ", "", "  ", "\n", "\t"])
        inside = inside.replace("~~", blank)
        return "{%" + left + (blank if left or blank else " ") + inside + (blank or ("" if inside[-1] not in "-+" else " ")) + right + "%}"

    def output(self):
        left = self.rng.choices(["", "-"], [7, 1])[0]
        right = self.rng.choices(["", "-"], [7, 1])[0]
        kind = self.pick(["int", "float", "str", "str", "str", "bool", "list", "dict", "any", "ilist", "slist", "html", "undef"])
        text = self.expr(kind, self.pick([1, 2, 2, 3]))
        if self.loops and self.chance(0.3):
            text = self.loop_value()
        if text.startswith("{") or text.endswith("}"):
            text = f" {text} "
        blank = self.pick([" ", " ", " ", "", "\n"])
        return "{{" + left + blank + text + blank + right + "}}"

    def loop_value(self):
        return self.pick(["loop.index", "loop.index0", "loop.revindex", "loop.revindex0", "loop.first", "loop.last", "loop.length", "loop.depth", "loop.depth0",
                          "loop.previtem", "loop.nextitem", "loop.cycle('odd', 'even')", "loop.cycle(1, 2, 3)", "loop.changed(loop.index // 2)", "loop.previtem is defined",
                          "loop.nextitem|d('end')", "loop", "', ' if not loop.last", "loop.index ~ '/' ~ loop.length", "loop.zzz", "loop['index']", "loop|string"])

    def words(self):
        return "".join(self.pick(WORDS) for _ in range(self.pick([1, 1, 2, 3])))

    # ---- Bodies ----

    def body(self, depth=0):
        parts = []
        for _ in range(self.pick([1, 2, 3, 4]) if depth else 99):
            if self.budget <= 0:
                break
            self.budget -= 1
            parts.append(self.part(depth))
            if self.chance(0.6):
                parts.append(self.words())
        return "".join(parts)

    def inside(self, depth, **names):
        """A body with these names in scope."""
        self.scope.append(names)
        text = self.body(depth + 1) or self.words()
        self.scope.pop()
        return text

    def part(self, depth):
        if depth > 3:
            return self.output()
        return self.one_of(
            (14, self.output), (5, self.assign), (4, self.when, depth), (5, self.loop, depth), (2, self.macro, depth), (2, self.call_macro), (0.8, self.call_block, depth),
            (1, self.filter_block, depth), (1, self.scoped, depth), (0.8, self.raw), (1, self.comment), (0.5, self.generation, depth), (0.03, self.escaping, depth),
            (0.03, self.block, depth), (1, self.namespace, depth), (1, self.set_block, depth), (0.5, self.printed), (0.5, self.leave), (0.5, self.recursion),
            (0.4, self.objects), (0.16, lambda: self.pick(BROKEN)), (0.8, self.chat), (0.5, self.shadow, depth), (0.3, self.odd_call))

    def kind(self):
        return self.pick(["int", "float", "str", "str", "bool", "ilist", "slist", "list", "dict", "none", "html"])

    def assign(self):
        if self.chance(0.12):
            kinds = [self.kind(), self.kind()]
            text = f"set {'x, y' if self.chance(0.8) else '(x, y)'} = {self.expr(kinds[0], 1)}, {self.expr(kinds[1], 1)}"
            self.scope[-1].update(x=kinds[0], y=kinds[1])
        else:
            name, kind = self.pick(NAMES), self.kind()
            text = f"set {name}{self.pick([' = ', ' = ', '='])}{self.expr(kind, 2)}"
            self.scope[-1][name] = kind
        return self.tag(text)

    def set_block(self, depth):
        name = self.pick(NAMES)
        using = self.pick(["", "", "|upper", " | trim", "|replace('a', 'b')|title", "|int", "|length", "|e", "|indent(2, true)"])
        text = self.tag(f"set {name}{using}") + self.inside(depth) + self.tag("endset")
        self.scope[-1][name] = "str"
        return text

    def when(self, depth):
        text = self.tag(f"if {self.expr('bool' if self.chance(0.7) else 'any', 2)}") + self.inside(depth)
        for _ in range(self.pick([0, 0, 0, 1, 2])):
            text += self.tag(f"elif {self.expr('bool', 1)}") + self.inside(depth)
        if self.chance(0.4):
            text += self.tag("else") + self.inside(depth)
        return text + self.tag("endif")

    def loop(self, depth):
        target, over, names = self.pick([
            (self.pick(NAMES), self.expr("ilist", 1), "int"), (self.pick(NAMES), self.expr("slist", 1), "str"), (self.pick(NAMES), self.expr("list", 1), "any"),
            ("x", self.expr("dlist", 1), "person"), ("message", "messages", "msg"), ("x, y", self.expr("plist", 1), "any"), ("(x, y)", "pl", "any"),
            ("a, b", self.expr("dict", 1) + ".items()", "any"), ("x", f"range({self.pick(['3', '1, 4', '5, 0, -2', '0', 'i'])})", "int"), ("x", "d", "str"),
            ("c", self.expr("str", 1), "str"), ("x, (a, b)", "[(1, (2, 3)), (4, 'ab')]", "any"), ("x", self.expr("undef", 0), "any"), ("x, y", "dl|groupby('in.k')", "any"),
            ("x", "sl|map('upper')", "str"), ("x", "il|select('odd')", "int"), ("x", "il|batch(2, 0)", "ilist"), ("x", "[1, 2, 3]|reverse", "int"), 
            ("x", "messages[1:]", "msg"), ("x", "1, 2, 3", "int"), ("x", self.expr("any", 1), "any")])
        text = f"for {target} in {over}"
        if self.chance(0.2):
            text += f" if {self.scoped_bool({n: names for n in target.replace('(', '').replace(')', '').split(', ')})}"
        if self.chance(0.05):
            text += " recursive"
        self.loops += 1
        body = self.inside(depth, **{name.strip("()*"): names for name in target.split(", ")})
        if self.chance(0.15):
            body += self.tag(f"if {self.pick(['loop.index > 1', 'loop.first', 'loop.last', 'x', 'loop.index is even'])}") + self.tag(self.pick(["break", "continue"])) + self.tag("endif") + self.words()
        self.loops -= 1
        text = self.tag(text) + body
        if self.chance(0.2):
            text += self.tag("else") + self.inside(depth)
        return text + self.tag("endfor")

    def scoped_bool(self, names):
        self.scope.append(names)
        text = self.expr("bool", 1)
        self.scope.pop()
        return text if " if " not in text else f"({text})"

    def macro(self, depth):
        name = self.pick(["m", "render_it", "n"])
        takes = self.pick(["", "a", "a, b", "a, b=2", "a=1, b='z'", "x, y=x", "a, b=none, c=[]", "x=i", "a, b=a|string ~ '!', c=b"])
        names = {part.split("=")[0].strip(): "any" for part in takes.split(", ") if part}
        extra = self.pick(["", "", "", "{{ varargs }}", "{{ kwargs }}", "{{ varargs|length }}{{ kwargs.zz }}", "{{ caller() if caller }}", "{{ caller is defined }}"])
        loops, self.loops = self.loops, 0
        text = self.tag(f"macro {name}({takes})") + self.inside(depth, **names) + extra + self.tag("endmacro")
        self.loops = loops
        if not depth:
            self.macros.append((name, takes, extra))
        return text

    def arguments(self, takes, extra):
        given = [part for part in takes.split(", ") if part and ("=" not in part or self.chance(0.5))]
        texts = [self.expr(self.pick(["int", "str", "any"]), 1) for _ in given]
        if texts and self.chance(0.2):
            texts[-1] = f"{given[-1].split('=')[0]}={texts[-1]}"
        elif "varargs" in extra and self.chance(0.5):
            texts += ["1", "'two'"] if len(texts) == len([p for p in takes.split(", ") if p]) else []
        if "kwargs" in extra and self.chance(0.5):
            texts.append("zz=" + self.expr("any", 0))
        if self.chance(0.03):
            texts.append(self.pick(["9", "qq=1", "*il", "**d", "*(1, 2)", "a=1"]))
        return ", ".join(texts)

    def call_macro(self):
        if not self.macros:
            return self.output()
        name, takes, extra = self.pick(self.macros)
        behind = self.pick(["", "", "", "|upper", "|trim", " ~ '.'", "|length", ".x", "|e"])
        about = self.pick(["name", "arguments", "catch_kwargs", "catch_varargs", "caller"])
        return "{{ " + (f"{name}.{about}" if self.chance(0.08) else f"{name}({self.arguments(takes, extra)}){behind}") + " }}"

    def call_block(self, depth):
        body = self.inside(depth, a="any")
        if not self.macros or self.chance(0.4):
            return (self.tag("macro w(t)") + "[{{ t }}:{{ caller() }}" + self.pick(["", "|{{ caller() }}"]) + "]" + self.tag("endmacro") +
                    self.tag(f"call w({self.expr('str', 1)})") + body + self.tag("endcall"))
        if self.chance(0.4):
            return (self.tag("macro each(l)") + "{% for q in l %}{{ caller(q) }},{% endfor %}" + self.tag("endmacro") +
                    self.tag(f"call({self.pick(['a', 'a, b=2', 'a=0'])}) each({self.expr('ilist', 1)})") + body + self.tag("endcall"))
        name, takes, extra = self.pick(self.macros)
        return self.tag(f"call {name}({self.arguments(takes, extra)})") + body + self.tag("endcall")

    def filter_block(self, depth):
        name = self.pick(["upper", "trim", "indent(2)", "replace('a', 'A')", "lower|title", "e", "wordwrap(20)", "length", "reverse", "center(30)", "striptags", "default('x')",
                          "indent(3, true)", "tojson", "truncate(10, true)", "urlencode", "list"])
        return self.tag(f"filter {name}") + self.inside(depth) + self.tag("endfilter")

    def scoped(self, depth):
        kind = self.kind()
        more = self.pick(["", "", ", y = 1", ", b = a", ", c = x|d('-')"])
        name = self.pick(NAMES)
        return self.tag(f"with {name} = {self.expr(kind, 1)}{more}" if self.chance(0.9) else "with") + self.inside(depth, **{name: kind}) + self.tag("endwith")

    def raw(self):
        opening = self.pick(["{% raw %}", "{%- raw -%}", "{%+ raw %}", "{%raw%}", "{%\n raw -%}"])
        return opening + self.pick([" {{ x }} ", "{% if %}", "\n  {% x %}\n", "{# c #}", "}} {{", "  {%- raw -%} ", "\n\n", "", " {% endif %} "]) + self.tag("endraw")

    def comment(self):
        return self.pick(["{#", "{#", "{#-", "{#+"]) + self.pick([" a ", "", "{{ x }}", "\n  b\n", " {% if %} ", "-", " # ", "'"]) + self.pick(["#}", "#}", "-#}", "+#}"]) + self.pick(["", "\n", "  \n x"])

    def generation(self, depth):
        return self.tag("generation") + self.inside(depth) + self.tag("endgeneration")

    def escaping(self, depth):
        return self.tag(f"autoescape {self.pick(['true', 'true', 'false', 'yes'])}") + self.inside(depth) + self.tag("endautoescape")

    def block(self, depth):
        self.blocks += 1
        name = f"b{self.blocks}"
        end = self.pick(["endblock", f"endblock {name}"])
        again = self.pick(["", "", "{{ self." + name + "() }}"])
        return self.tag(f"block {name}{self.pick(['', ' scoped', ' required' if self.chance(0.1) else ''])}") + self.inside(depth) + self.tag(end) + again

    def namespace(self, depth):
        kind = self.pick(["int", "str", "bool"])
        value = {"int": "0", "str": "''", "bool": "false"}[kind]
        change = {"int": "ns.v = ns.v + 1", "str": f"ns.v = ns.v ~ {self.expr('str', 0)}", "bool": "ns.v = not ns.v"}[kind]
        more = self.pick(["", "", "{{ ns.w }}", "{{ ns.w is defined }}", "{{ ns }}", "{% set ns.w = 5 %}{{ ns.w }}", "{{ ns['v'] }}"])
        make = self.pick([f"namespace(v={value})", f"namespace(v={value}, u=il)", f"namespace(dict(v={value}))"])
        body = self.inside(depth, x="int") if self.chance(0.5) else ""
        return (self.tag(f"set ns = {make}") + self.tag("for x in il") + self.tag(f"set {change}") + body + self.tag("endfor") + "{{ ns.v }}" + more)

    def printed(self):
        return self.tag(f"print {self.expr('any', 1)}" + self.pick(["", "", f", {self.expr('int', 1)}"]))

    def leave(self):
        return self.tag(self.pick(["break", "continue"])) if self.loops else self.output()

    def recursion(self):
        return self.pick([
            "{%- for n in tree recursive %}[{{ n.v }}{{ loop.depth }}{% if n.kids %}{{ loop(n.kids) }}{% endif %}]{%- endfor %}",
            "{% for n in tree recursive -%}{{ n.v }}{{ '(' ~ loop(n.kids) ~ ')' if n.kids }}{{ loop.index }}{% else %}none{%- endfor %}",
            "{% macro down(n) %}{{ n }}{% if n > 0 %},{{ down(n - 1) }}{% endif %}{% endmacro %}{{ down(" + self.pick("0123i") + ") }}",
            "{% macro show(v, k=0) %}{% if v is mapping %}{% for a, b in v.items() %}{{ ' ' * k }}{{ a }}: {{ show(b, k + 2) }}\n{% endfor %}{% elif v is string %}'{{ v }}'"
            "{% elif v is iterable %}{% for q in v %}- {{ show(q, k + 1) }}{% endfor %}{% else %}{{ v|tojson }}{% endif %}{% endmacro %}{{ show(" + self.expr("any", 1) + ") }}",
            "{% macro t(l) %}{% for q in l %}{{ q.v }}{{ t(q.kids) }}{% endfor %}{% endmacro %}{{ t(tree) }}"])

    def objects(self):
        return self.pick([
            "{% set j = joiner() %}{% for x in sl %}{{ j() }}{{ x }}{% endfor %}", "{% set j = joiner('|') %}{{ j() }}{{ j() }}{{ j() }}",
            "{% set c = cycler('a', 'b', 3) %}{{ c.next() }}{{ c.current }}{{ c.next() }}{{ c.next() }}{{ c.reset() }}{{ c.current }}{{ c.next() }}",
            "{% for x in il %}{% if loop.changed(x) %}{{ x }}{% endif %}{% endfor %}", "{{ dict(a=1, **{'b': 2}) }}", "{{ dict([('a', 1), ('b', 2)], c=3) }}", "{{ range(10)[2:5]|list }}",
            "{{ range(3) }}", "{{ range(5)|length }}{{ 3 in range(5) }}{{ range(7)[-1] }}", "{{ d.items() }}", "{{ d.keys()|list }}{{ d.values() }}", "{{ d.keys() }}", "{{ nope }}{{ nope|length }}{{ nope|list }}",
            "{{ nope == missing }}{{ nope ~ 'x' }}{{ nope is none }}", "{{ loop is defined }}", "{{ namespace(a=1) }}", "{{ (1, 2) }}{{ (1,) }}{{ () }}", "{{ [1, [2, {'a': none}]] }}", "{{ 1.0 }}{{ 1e20 }}{{ 1e-7 }}",
            "{{ 'a' 'b' \"c\" }}", "{{ [[1, 2], [3]] | sum(start=[]) }}", "{{ lipsum is callable }}{{ range is callable }}{{ dict is callable }}", "{{ true + true }}{{ true ~ 1 }}{{ [true, none, 1.5, 'é\\n'] }}",
            "{{+ 1 }}{{- 2 -}}{{ 3 }}", "{{ 1 if false }}", "{{ (1 if false) is undefined }}", "{{ 7 // 2 }}{{ -7 // 2 }}{{ -7 % 3 }}{{ 7 % -3 }}{{ 2 ** 10 }}", "{{ 1 < 2 < 3 }}{{ 1 < 3 > 2 }}{{ 3 > 2 > 2 }}",
            "{{ self }}", "{{ self is defined }}", "{{ varargs is defined }}{{ kwargs is defined }}{{ caller is defined }}"])

    def chat(self):
        """What chat templates are made of."""
        return self.pick([
            "{% for message in messages %}{{ '<|' + message['role'] + '|>' }}\n{{- message.content | trim }}{% if not loop.last %}\n{% endif %}{% endfor %}{% if add_generation_prompt %}<a>{% endif %}",
            "{% if messages[0]['role'] == 'system' %}{% set loop_messages = messages[1:] %}{% set system_message = messages[0]['content'] %}{% else %}{% set loop_messages = messages %}{% endif %}{{ loop_messages|length }}{{ system_message|trim }}",
            "{%- for m in messages %}\n    {%- if (m.role == 'user') != (loop.index0 % 2 == 0) %}\n        {{- raise_exception('Roles must alternate ' ~ m.role) }}\n    {%- endif %}\n{%- endfor %}",
            "{%- set ns = namespace(last=messages|length - 1, seen=false) %}\n{%- for m in messages[::-1] %}\n  {%- set index = (messages|length - 1) - loop.index0 %}\n  {%- if not ns.seen and m.role == 'user' %}{% set ns.seen = true %}{% set ns.last = index %}{% endif %}\n{%- endfor %}{{ ns.last }}",
            "{% for m in messages %}{% if '</think>' in m.content %}{{ m.content.split('</think>')[-1].lstrip('\\n') }}|{{ m.content.split('</think>')[0].rstrip('\\n').split('<think>')[-1].lstrip('\\n') }}{% endif %}{% endfor %}",
            "{{ bos_token }}{% for m in messages if m.role != 'system' %}{{ m.role|upper }}: {{ m.content|tojson }}{{ eos_token }}{% endfor %}", "{{ messages|selectattr('role', 'equalto', 'user')|list|length }}{{ messages|map(attribute='role')|join(',') }}",
            "{% if tools is not none and tools %}x{% elif tools is defined %}y{% endif %}", "{%- if not date_string is defined %}{%- set date_string = strftime_now('%d %b %Y') %}{%- endif %}{{ date_string }}", "{{ messages | tojson(indent=4) }}",
            "{% set content = messages[1].content if messages[1].content is string else '' %}{{ content }}|{{ 'tool_calls' in messages[2] }}{{ messages[2].tool_calls is defined }}", "{{ messages[0].get('content', '')|trim|indent(2) }}"])

    def shadow(self, depth):
        """Names that are set, read and set again around scopes."""
        name = self.pick(NAMES)
        show = "{{ " + name + self.pick([" }}", "|d('-') }}", " is defined }}"])
        change = self.tag(f"set {name} = {self.pick(['1', name + ' ~ 1', repr('z'), 'loop.index|d(0)', name])}")
        opening, closing = self.pick([("for q in [1, 2]", "endfor"), ("if yes", "endif"), ("if no", "endif"), ("with", "endwith"), ("with " + name + " = 5", "endwith"), ("set cap", "endset"), ("filter upper", "endfilter"),
                                      ("macro sh()", "endmacro"), ("generation", "endgeneration"), ("autoescape no", "endautoescape"), ("for " + name + " in [1, 2]", "endfor"), (f"macro sh({name}=3)", "endmacro")])
        call = "{{ sh() }}" if "macro" in opening else ""
        parts = [show, change, self.tag(opening) + show + self.pick([change, "", self.inside(depth)]) + show + self.tag(closing), call, show, self.pick([change, ""]), call]
        if self.chance(0.3):
            self.rng.shuffle(parts)
        return "".join(parts)

    def odd_call(self):
        return self.pick(["{{ range(*[1, 5])|list }}", "{{ range(1, stop=3)|list }}", "{{ dict(**d)|length }}", "{{ 'x'.join(sl) }}", "{{ '{} {}'.format(*sl[:2]) }}", "{{ s.upper().lower().title() }}", "{{ (s|upper).lower() }}",
                          "{{ s.replace('l', 'L').split('o')[0]|length }}", "{{ [s, t]|map('trim')|map('upper')|join('-') }}", "{{ s[0]|upper ~ s[1:] }}", "{{ i|string ~ j|string }}", "{{ -i|abs }}{{ (-i)|abs }}{{ 2 ** -1 }}", "{{ not yes is defined }}",
                          "{{ 1 + 2 ~ 3 }}", "{{ 1 ~ 2 * 3 }}", "{{ 2 * 3 ~ 1 }}", "{{ i is divisibleby 7 and j is odd }}", "{{ i in [7] is true }}", "{{ s is string is true }}", "{{ nope is defined or s }}", "{{ 'a' if yes else 'b' if no else 'c' }}", "{{ d.a + d['b'] * d.C }}",
                          "{{ s|default('x')|upper|length }}", "{{ il|sort|reverse|first }}", "{{ il[1:]|sum + il|length }}", "{{ messages[-1].content.split('\\n')|length }}", "{{ range(200000)|length }}", "{{ 'a'|e|safe ~ '<' }}", "{{ ('<' ~ h|safe) ~ '>' }}"])
