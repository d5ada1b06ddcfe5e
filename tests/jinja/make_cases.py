#!/usr/bin/env python3
"""Writes tests/jinja/cases.jsonl: sharp cases, their answers by jinja2 under transformers' settings.

usage: make_cases.py [--check]     --check: only say whether the file is what would be written

A case is (claim, template, fragment of our complaint or nothing). jinja2 decides what a case gives:
"out", the text; "raised", the words of the template itself; "complaint", where jinja2 refuses: how
it says so is not ours to copy, so the fragment is what our message must name.
"""
import json
import pathlib
import sys

import reference

CONTEXT = {
    "i": 7, "j": -3, "f": 2.5, "s": "Hello World", "e": "", "h": "<b>R&D's</b>", "il": [3, 1, 2, 2], "sl": ["b", "a", "C"],
    "d": {"b": 2, "a": 1, "C": 3}, "nil": None, "yes": True, "no": False,
    "dl": [{"name": "Bo", "age": 3}, {"name": "al", "age": 1}, {"name": "Cy", "age": 3}],
    "tree": [{"v": 1, "kids": [{"v": 2, "kids": []}]}, {"v": 3, "kids": []}],
    "messages": [{"role": "system", "content": "Be terse.\n"}, {"role": "user", "content": " How? "}],
}

CASES = [
    # ---- Text and the blanks around tags ----
    ("one newline at the end of a template is dropped", "a\n"),
    ("of two newlines at the end one stays", "a\n\n"),
    ("a newline behind a block tag is dropped", "a{% if yes %}\nb\n{% endif %}\nc"),
    ("a newline behind an output stays", "{{ i }}\n{{ j }}\n."),
    ("blanks before a block tag that begins a line are dropped", "a\n  \t{% if yes %}b{% endif %}\n  c"),
    ("blanks before a block tag in the middle of a line stay", "a  {% if yes %}b{% endif %}"),
    ("blanks before an output stay", "a\n  {{ i }}"),
    ("a plus keeps the blanks before a tag", "a\n  {%+ if yes %}b{% endif %}"),
    ("a plus keeps the newline behind a tag", "{% if yes +%}\nb{% endif %}"),
    ("a minus takes all blanks and newlines before a tag", "a \n\n \t{%- if yes %}b{% endif %}"),
    ("a minus takes all blanks and newlines behind a tag", "{% if yes -%} \n\n \tb{% endif %}"),
    ("a minus strips around an output", "a \n {{- i -}} \n b"),
    ("a minus before a number in an output strips, and is no sign", "a {{-1}}"),
    ("a plus before a number in an output is a sign of nothing", "a {{+1}}"),
    ("a no-break space and a zero-width space before a tag are told apart", "a\n\u00a0{%- if yes %}b{% endif %}\u200b{%- if yes %}c{% endif %}"),
    ("a comment leaves nothing, nor the newline behind it", "a{# b\n{{ c }} #}\nd"),
    ("blanks before a comment that begins a line are dropped", "a\n  {# b #}\nc"),
    ("a comment strips with a minus", "a  {#- b -#}  c"),
    ("raw text is not a template", "{% raw %}\n{{ x }}{% if %}{# c #}{% endraw %}\n."),
    ("raw strips with a minus", "a {%- raw -%} {{ x }} {%- endraw -%} b"),
    ("a carriage return and newline count as one newline", "a\r\n{% if yes %}\r\nb\r\n{% endif %}\r\nc\r\n"),
    ("a carriage return alone is a newline", "a\r{% if yes %}\rb{% endif %}\r"),
    ("braces that open nothing are text", "{ { } }} %} #} { %"),
    ("a block tag may span lines", "{%\n if\n yes\n%}a{%\nendif\n%}"),
    ("a template of nothing is a text of nothing", ""),
    ("a template of blanks is these blanks", "  \n \t"),
    # ---- Literals ----
    ("numbers may be written in other bases and with underscores", "{{ 0xff }} {{ 0b101 }} {{ 0o17 }} {{ 1_000 }} {{ 0XA }}"),
    ("floats print as Python prints them", "{{ 1.0 }} {{ 1e3 }} {{ 0.1 + 0.2 }} {{ 1e16 }} {{ 1e-5 }} {{ 123456789.125 }} {{ 5e-324 }} {{ 1.5e300 * 1e300 }}"),
    ("strings know Python's escapes", r"""{{ "a\n\t\\\"\x41\u00e9\U0001F600\101\q" }}{{ 'it\'s' }}"""),
    ("strings side by side are one", "{{ 'a' \"b\" 'c' }}"),
    ("a newline in a string stays", "{{ 'a\nb' }}"),
    ("both spellings of the constants are known", "{{ true }}{{ True }}{{ false }}{{ False }}{{ none }}{{ None }}"),
    ("lists, tuples and dicts print as in Python", "{{ [1, 'a', [], ()] }} {{ (1,) }} {{ {'a': none, 1: 2.0} }}"),
    ("a trailing comma changes a list in nothing and makes a tuple", "{{ [1, 2,] }}{{ {'a': 1,} }}{{ (1,) }}{{ 1, 2 }}"),
    ("the quote of a printed string depends on what is in it", """{{ ['a', "it's", 'a"b', 'a"\\'b', 'x\\ny\\\\', 'é\\u200b\\x7f'] }}"""),
    ("of equal keys the last value counts", "{{ {'a': 1, 'a': 2, 1: 'x', 1.0: 'y', true: 'z'} }}"),
    # ---- Operators ----
    ("division gives a float, the double slash rounds down", "{{ 7 / 2 }} {{ 6 / 2 }} {{ 7 // 2 }} {{ -7 // 2 }} {{ 7.5 // 2 }}"),
    ("the remainder has the divisor's sign", "{{ -7 % 3 }} {{ 7 % -3 }} {{ -7.5 % 2 }}"),
    ("powers go from left to right and a minus binds tighter", "{{ 2 ** 3 ** 2 }} {{ -2 ** 2 }} {{ 2 ** -1 }}"),
    ("a filter binds tighter than a minus does not", "{{ -3|abs }} {{ -i|abs }} {{ 1 - -i }}"),
    ("the tilde binds tighter than plus and looser than times", "{{ 1 ~ 2 * 3 }} {{ 2 * 3 ~ 1 }}"),
    ("the tilde joins anything as text", "{{ 1 ~ none ~ true ~ 1.5 ~ [1] ~ nope ~ 'a' }}"),
    ("comparisons chain", "{{ 1 < 2 < 3 }} {{ 3 > 2 > 2 }} {{ 1 < 3 > 2 }}"),
    ("equality goes across kinds of numbers only", "{{ 1 == 1.0 }} {{ true == 1 }} {{ '1' == 1 }} {{ [1] == (1,) }} {{ none == false }}"),
    ("lists are compared item by item", "{{ [1, 2] < [1, 3] }} {{ [1] < [1, 0] }} {{ 'a' < 'b' }} {{ 'Z' < 'a' }}"),
    ("and and or give one of their sides", "{{ 0 or 'x' }} {{ '' and 'y' }}| {{ none or [] or 'z' }} {{ 'a' and 'b' }}"),
    ("not binds looser than in and is", "{{ not 1 in [2] }} {{ not i is defined }} {{ not i == 7 }}"),
    ("in looks into text, lists and keys", "{{ 'ell' in s }} {{ 2 in il }} {{ 'a' in d }} {{ 2 in d }} {{ 'x' not in s }} {{ '' in '' }}"),
    ("an inline if without else gives nothing", "[{{ 'a' if no }}]{{ ('a' if no) is undefined }}"),
    ("inline ifs chain to the right", "{{ 'a' if no else 'b' if no else 'c' }}"),
    ("text and lists repeat", "{{ 'ab' * 3 }} {{ 2 * [1] }} {{ 'a' * 0 }}{{ 'a' * -1 }}"),
    ("text is formatted with a percent sign", "{{ '%s is %d, %5.2f|%-4s|%03d|%x|%%|%r' % ('a', 3, 2.5, 'b', 7, 255, 'c') }}{{ ' %(a)s' % d }}"),
    ("booleans count as numbers", "{{ true + true }} {{ true * 3 }} {{ false + 1.5 }} {{ -true }}"),
    # ---- Access ----
    ("a dot finds keys, and methods before keys", "{{ d.a }} {{ d['a'] }} {{ d.items is callable }} {{ {'items': 1}.items is callable }} {{ {'items': 1}['items'] }}"),
    ("a dot with a number is an index", "{{ il.0 }} {{ dl.1.name }}"),
    ("an index counts from the end where it is negative", "{{ il[-1] }} {{ s[-1] }} {{ s[4] }}"),
    ("an index past the end gives nothing", "[{{ il[9] }}][{{ s[99] }}][{{ d.zz }}][{{ d['zz'] }}]{{ il[9] is defined }}"),
    ("slices take start, stop and step", "{{ il[1:] }} {{ il[:-1] }} {{ il[::2] }} {{ s[::-1] }} {{ il[5:] }} {{ il[-99:2] }} {{ (1, 2, 3)[1:] }}"),
    ("text is counted in characters, not bytes", "{{ 'éa漢'|length }} {{ 'éa漢'[1:] }} {{ 'éa漢'[::-1] }} {{ '漢字'.find('字') }}"),
    ("private attributes are not there", "[{{ s.__class__ }}]{{ s.__class__ is defined }}"),
    ("an attribute of a private attribute is refused", "{{ s.__class__.__mro__ }}", "__class__"),
    # ---- Undefined ----
    ("an unknown name prints as nothing", "[{{ nope }}]{{ nope is defined }}{{ nope is undefined }}"),
    ("an unknown name is false, empty and equal to another one", "{{ nope or 'x' }}{{ nope|length }}{{ nope|list }}{{ nope == missing }}{{ nope is none }}"),
    ("a loop over an unknown name runs never", "{% for x in nope %}a{% else %}b{% endfor %}"),
    ("an attribute of an unknown name is refused", "a\n {{ nope.x }}", "nope"),
    ("a call of an unknown name is refused", "{{ nope() }}", "nope"),
    ("arithmetic with an unknown name is refused", "{{ nope + 1 }}", "nope"),
    ("an attribute of an attribute that is not there is refused", "{{ d.zz.y }}", "zz"),
    # ---- Filters ----
    ("default steps in for what is undefined, and if told, for what is false", "{{ nope|default('x') }} [{{ e|default('x') }}] {{ e|default('x', true) }} {{ nil|d('x') }} [{{ nope|d }}]"),
    ("join puts text between, of an attribute if told", "{{ il|join(', ') }} {{ dl|join('/', attribute='name') }} {{ 'abc'|join('-') }} {{ d|join }}"),
    ("map takes an attribute or a filter", "{{ dl|map(attribute='name')|list }} {{ sl|map('upper')|join }} {{ sl|map('replace', 'a', 'x')|list }} {{ dl|map(attribute='zz', default=0)|list }}"),
    ("select and reject take a test", "{{ il|select('odd')|list }} {{ il|reject('gt', 2)|list }} {{ [0, 1, '', 'a']|select|list }}"),
    ("selectattr and rejectattr look at an attribute", "{{ dl|selectattr('age', 'eq', 3)|map(attribute='name')|list }} {{ dl|rejectattr('age', '>', 1)|list|length }}"),
    ("sort ignores case unless told, and may look at attributes", "{{ sl|sort }} {{ sl|sort(case_sensitive=true) }} {{ il|sort(reverse=true) }} {{ dl|sort(attribute='age,name')|map(attribute='name')|list }}"),
    ("dictsort sorts by key or value", "{{ d|dictsort }} {{ d|dictsort(true) }} {{ d|dictsort(by='value', reverse=true) }}"),
    ("groupby gives pairs that also have names", "{% for g in dl|groupby('age') %}{{ g.grouper }}:{{ g.list|length }} {% endfor %}{% for k, l in dl|groupby('age') %}{{ k }}={{ l|map(attribute='name')|join }} {% endfor %}"),
    ("unique keeps the first, whatever its case", "{{ ['a', 'A', 'b', 'a']|unique|list }} {{ il|unique|list }}"),
    ("batch and slice cut lists into rows and columns", "{{ [1, 2, 3, 4, 5]|batch(2, 0)|list }} {{ [1, 2, 3, 4, 5]|slice(3)|list }} {{ [1, 2, 3]|slice(2, 'x')|list }}"),
    ("sum, min and max", "{{ il|sum }} {{ dl|sum(attribute='age') }} {{ il|sum(start=10) }} {{ il|min }} {{ il|max }} {{ sl|max }} {{ (dl|min(attribute='age')).name }}"),
    ("first and last, of nothing too", "{{ il|first }}{{ il|last }}{{ s|first }}[{{ []|first }}]"),
    ("int and float read what they can and else give a default", "{{ '42'|int }} {{ ' 7 '|int }} {{ 'x'|int }} {{ 'x'|int(-1) }} {{ '3.9'|int }} {{ '0x1f'|int(0, 16) }} {{ 'ff'|int(base=16) }} {{ 2.9|int }} {{ '1e3'|float }} {{ 'x'|float }} {{ nil|int }}"),
    ("round goes to the even half and gives a float", "{{ 2.5|round }} {{ 3.5|round }} {{ 2.675|round(2) }} {{ 2.1|round(0, 'ceil') }} {{ -2.1|round(0, 'floor') }} {{ 42.55|round(1, 'floor') }} {{ 7|round }}"),
    ("indent leaves the first line and empty lines alone unless told", "{{ 'a\nb\n\nc'|indent }}|{{ 'a\n\nb'|indent(2, true, true) }}|{{ 'a\nb'|indent('> ', first=true) }}"),
    ("truncate cuts at a word and leaves a few characters' grace", "{{ 'foo bar baz qux'|truncate(9) }} {{ 'foo bar baz qux'|truncate(9, true) }} {{ 'foo bar baz qux'|truncate(11) }} {{ 'foo bar baz qux'|truncate(12, false, '..', 0) }}"),
    ("wordwrap breaks at blanks, hyphens and long words", "{{ 'the quick-brown fox jumpsoverthelazydog'|wordwrap(10) }}|{{ 'aaaa bbbbbbbb'|wordwrap(5, false) }}"),
    ("title, capitalize, upper and lower know more than ASCII", "{{ \"hello o'neil wORLD-wide ß\"|title }} {{ 'éCOLE'|capitalize }} {{ 'straße ﬁ'|upper }} {{ 'ÀΣ İ'|lower }}"),
    ("str.title and the filter title differ at an apostrophe", "{{ \"don't stop\".title() }} {{ \"don't stop\"|title }}"),
    ("trim takes blanks of Unicode, or what it is told", "[{{ ' \u00a0\u3000a\n'|trim }}][{{ 'xxaxx'|trim('x') }}]"),
    ("replace replaces all or the first few", "{{ 'aaa'|replace('a', 'b', 2) }} {{ 'aaa'|replace('a', '') }} {{ 'ab'|replace('', '-') }} {{ 121|replace(1, 3) }}"),
    ("reverse turns text and lists around", "{{ 'abc'|reverse }} {{ il|reverse|list }}"),
    ("length and count are one", "{{ il|length }} {{ s|count }} {{ d|length }}"),
    ("items of a dict, and of nothing", "{{ d|items|list }} {{ nope|items|list }}"),
    ("attr finds methods and not keys", "{{ s|attr('upper') is callable }} [{{ d|attr('a') }}]"),
    ("format fills in a text", "{{ '%s-%s'|format('a', 1) }} {{ '%(x)s'|format(x=2) }}"),
    ("escape makes markup that escapes what is added to it", "{{ h|e }} {{ ('<'|safe) ~ '<' }} {{ ('<'|e) + '>' }} {{ h|safe }} {{ h|e|e }} {{ h|forceescape }}"),
    ("striptags and urlencode", "{{ '<p>a <b>b</b>\n c &amp; d</p>'|striptags }} {{ 'a b/ü&?'|urlencode }} {{ d|urlencode }}"),
    ("xmlattr leaves out what is none", "<a{{ {'x': 1, 'y': nil, 'z': '<\"'}|xmlattr }}>"),
    ("filesizeformat counts in tens or in twos", "{{ 1|filesizeformat }} {{ 1000|filesizeformat }} {{ 1500000|filesizeformat }} {{ 1048576|filesizeformat(true) }}"),
    ("center, wordcount and string", "[{{ 'ab'|center(7) }}] {{ 'a b, c'|wordcount }} {{ (1|string) + 'x' }}"),
    ("a filter block filters what is inside", "{% filter upper|trim %}  a {{ s }}\n {% endfilter %}"),
    ("an unknown filter is named with its line", "a\n{{ s|nosuch }}", "nosuch"),
    ("an unknown filter where nothing goes is no error", "{% if no %}{{ s|nosuch }}{% endif %}ok"),
    ("an unknown test where nothing goes is no error", "{{ (s is nosuch) if no else 'ok' }}"),
    # ---- tojson ----
    ("tojson leaves letters and HTML alone", "{{ {'a': 'é<b>\"\\n\u2028', 'b': [1, 2.0, true, none]}|tojson }}"),
    ("tojson indents", "{{ {'a': [1, {}], 'b': {'c': []}}|tojson(indent=2) }}"),
    ("tojson sorts, separates and escapes when told", "{{ d|tojson(sort_keys=true) }} {{ d|tojson(separators=(',', ':')) }} {{ 'é😀'|tojson(ensure_ascii=true) }}"),
    ("tojson turns keys into text", "{{ {1: 'a', none: 'b', true: 'c', 1.5: 'd'}|tojson }}"),
    ("tojson escapes control characters", "{{ 'a\\x00\\x1f\\x7f\\b\\f\\t\\r\\\\/' | tojson }}"),
    ("tojson of what is undefined is refused", "{{ {'a': nope}|tojson }}", "ndefined"),
    # ---- Tests ----
    ("tests of kind", "{{ 1 is integer }}{{ true is integer }}{{ 1.0 is float }}{{ true is number }}{{ 'a' is string }}{{ d is mapping }}{{ 'a' is sequence }}{{ d is iterable }}{{ 1 is iterable }}{{ true is boolean }}"),
    ("tests of value", "{{ 3 is odd }}{{ 4 is even }}{{ 9 is divisibleby 3 }}{{ 1 is sameas true }}{{ none is none }}{{ 2 is in [1, 2] }}{{ 'A' is upper }}{{ 1 is eq 1 }}{{ 2 is gt(1) }}"),
    ("is not turns a test around", "{{ i is not none }}{{ nope is not defined }}{{ i is not divisibleby 2 }}"),
    ("a test takes one argument without brackets", "{{ i is divisibleby 7 and yes }}{{ 'a' is in 'abc' or no }}"),
    # ---- Methods ----
    ("split and its kin", "{{ 'a,b,,c'.split(',') }} {{ ' a  b '.split() }} {{ 'a,b,c'.split(',', 1) }} {{ 'a,b,c'.rsplit(',', 1) }} {{ 'a\\nb\\r\\nc\\n'.splitlines() }} {{ 'a=b'.partition('=') }}"),
    ("strip takes characters, not words", "{{ 'abcba'.strip('ab') }} {{ ' a '.lstrip() }}| {{ '\\n\\na'.lstrip('\\n') }} {{ 'a</s>'.rstrip('</s>') }}"),
    ("startswith and endswith, of several too", "{{ s.startswith('He') }} {{ s.endswith(('x', 'd')) }} {{ s.startswith('l', 2) }}"),
    ("find gives -1 and index refuses", "{{ s.find('o') }} {{ s.find('z') }} {{ s.rfind('o') }} {{ s.count('l') }} {{ s.index('l') }}"),
    ("index of what is not there is refused", "{{ s.index('z') }}", "line 1"),
    ("methods of case", "{{ 'aB c'.upper() }} {{ 'aB c'.lower() }} {{ 'aB c'.title() }} {{ 'aB c'.capitalize() }} {{ 'aB'.swapcase() }} {{ 'A'.isupper() }} {{ '12'.isdigit() }}"),
    ("str.format fills in places", "{{ '{} {1}'.replace('1', '').format(1, 2) }} {{ '{0}-{a}'.format('x', a=2) }} {{ '{:>5}|{:05.1f}|{:,}'.format('a', 2.5, 12345) }}"),
    ("join, zfill, ljust, removeprefix", "{{ '-'.join(sl) }} {{ '7'.zfill(3) }} {{ 'a'.ljust(3, '.') }} {{ 'prefix'.removeprefix('pre') }} {{ 'a.txt'.removesuffix('.txt') }}"),
    ("a dict has items, keys, values and get", "{{ d.items()|list }} {{ d.keys()|list }} {{ d.values()|list }} {{ d.get('a') }} {{ d.get('z') }} {{ d.get('z', 0) }} {{ d.items() }}"),
    ("methods that change a value are refused", "{% set x = il.append(1) %}", "append"),
    ("a method that no text has is refused", "{{ s.nosuch() }}", "nosuch"),
    # ---- Statements ----
    ("if, elif and else", "{% for n in [1, 2, 3] %}{% if n == 1 %}a{% elif n == 2 %}b{% else %}c{% endif %}{% endfor %}"),
    ("a loop knows where it is", "{% for x in sl %}{{ loop.index }}{{ loop.index0 }}{{ loop.revindex }}{{ loop.revindex0 }}{{ loop.first }}{{ loop.last }}{{ loop.length }}{{ loop.depth }} {% endfor %}"),
    ("a loop knows its neighbours and changes", "{% for x in il %}{{ loop.previtem }}<{{ x }}>{{ loop.nextitem|d('.') }}{{ loop.changed(x) }}{{ loop.cycle('a', 'b') }} {% endfor %}"),
    ("a loop filters, and counts what is left", "{% for x in il if x > 1 %}{{ loop.index }}/{{ loop.length }}:{{ x }} {% else %}none{% endfor %}"),
    ("a loop over nothing takes its else", "{% for x in [] %}a{% else %}b{% endfor %}{% for x in il if x > 9 %}a{% else %}c{% endfor %}"),
    ("a loop unpacks", "{% for k, v in d.items() %}{{ k }}={{ v }} {% endfor %}{% for a, (b, c) in [(1, (2, 3))] %}{{ a }}{{ b }}{{ c }}{% endfor %}"),
    ("break and continue", "{% for x in range(9) %}{% if x == 2 %}{% continue %}{% endif %}{% if x == 5 %}{% break %}{% endif %}{{ x }}{% endfor %}"),
    ("a recursive loop calls itself", "{% for n in tree recursive %}{{ n.v }}@{{ loop.depth }}[{{ loop(n.kids) }}]{% endfor %}"),
    ("what is set in a loop is gone behind it", "{% set x = 1 %}{% for q in [1, 2] %}{{ x }}{% set x = q %}{{ x }} {% endfor %}{{ x }}"),
    ("what is set in an if stays", "{% if yes %}{% set x = 1 %}{% endif %}{{ x }}"),
    ("a namespace carries values out of a loop", "{% set ns = namespace(n=0, l=[]) %}{% for x in il %}{% set ns.n = ns.n + x %}{% endfor %}{{ ns.n }}{{ ns.zz is defined }}"),
    ("set unpacks and captures", "{% set a, b = 1, 2 %}{{ a }}{{ b }}{% set c %} x{{ a }} {% endset %}[{{ c }}]{% set u | upper | trim %} y {% endset %}[{{ u }}]"),
    ("a macro has defaults, which may look at what came before", "{% macro m(a, b=2, c=a) %}{{ a }}{{ b }}{{ c }};{% endmacro %}{{ m(1) }}{{ m(1, c=3) }}{{ m() }}"),
    ("a macro takes more when it asks for varargs and kwargs", "{% macro m(a) %}{{ a }}{{ varargs }}{{ kwargs }}{% endmacro %}{{ m(1, 2, 3, x=4) }}"),
    ("a macro that asks for no more refuses more", "{% macro m(a) %}{% endmacro %}{{ m(1, 2) }}", "m"),
    ("a macro calls itself", "{% macro m(n) %}{{ n }}{% if n %}{{ m(n - 1) }}{% endif %}{% endmacro %}{{ m(3) }}"),
    ("a macro sees the names of the template, also later ones, not its loop", "{% macro m() %}{{ x }}{{ q }}{% endmacro %}{{ m() }}{% set x = 1 %}{{ m() }}{% for q in [5] %}{{ m() }}{% endfor %}"),
    ("a call block hands its body over", "{% macro box(t) %}[{{ t }}|{{ caller() }}|{{ caller() }}]{% endmacro %}{% call box('a') %}x{{ i }}{% endcall %}"),
    ("a call block's body takes arguments", "{% macro each(l) %}{% for q in l %}{{ caller(q, b=1) }},{% endfor %}{% endmacro %}{% call(a, b=0) each(il) %}{{ a }}{{ b }}{% endcall %}"),
    ("with has names of its own", "{% set x = 1 %}{% with x = 2, y = x %}{{ x }}{{ y }}{% endwith %}{{ x }}{{ y }}"),
    ("a generation block is its body, with names of its own", "{% set x = 1 %}a\n  {% generation %}\n b{{ x }}{% set x = 2 %}{{ x }}\n  {% endgeneration %}\n{{ x }}"),
    ("print is a tag too", "{% print i %}{% print 1, 2 %}"),
    ("range, dict, cycler and joiner", "{{ range(3)|list }}{{ range(5, 0, -2)|list }}{{ range(2) }}{{ dict(a=1, b=2) }}{% set c = cycler('a', 'b') %}{{ c.next() }}{{ c.next() }}{{ c.next() }}{{ c.current }}{% set j = joiner(',') %}{{ j() }}{{ j() }}"),
    ("strftime_now formats the time that it is given", "{{ strftime_now('%Y-%m-%d %H:%M:%S %A %d %b %j %y %p') }}"),
    # ---- What refuses ----
    ("raise_exception refuses in the template's words", "a{{ raise_exception('Conversation roles must alternate: ' ~ messages[0].role) }}"),
    ("raise_exception takes what is not text", "{{ raise_exception(7) }}"),
    ("a name that is never defined in a raise is nothing", "{{ raise_exception(nope) }}"),
    ("an unclosed output is refused with its line", "a\n{{ i", "line 2"),
    ("an unclosed block is refused", "{% if yes %}a", "endif"),
    ("an unclosed comment is refused", "a {# b", "comment"),
    ("an unclosed raw block is refused", "{% raw %} a", "raw"),
    ("a tag that nobody knows is refused", "{% nosuch %}", "nosuch"),
    ("an end tag without a beginning is refused", "a{% endfor %}", "endfor"),
    ("a wrong bracket is refused", "{{ (1] }}", "]"),
    ("an unclosed string is refused", "{{ 'a }}", "line 1"),
    ("an empty output is refused", "{{ }}", "line 1"),
    ("an assignment to a constant is refused", "{% set 1 = 2 %}", "line 1"),
    ("a break outside of a loop is refused", "{% break %}", "break"),
    ("text and numbers do not add", "{{ 'a' + 1 }}", "str"),
    ("a division by zero is refused", "{{ 1 / 0 }}", "zero"),
    ("unpacking the wrong number is refused", "{% for a, b in [[1, 2, 3]] %}{% endfor %}", "line 1"),
    ("a number is not iterable", "{% for x in 5 %}{% endfor %}", "int"),
    ("a list is no key", "{{ {[1]: 2} }}", "list"),
    ("other files are refused", "{% include 'x' %}", "include"),
    ("a test of a test is refused", "{{ 1 is odd is even }}", "is"),
    ("a range of too many is refused", "{{ range(1000000)|length }}", "range"),
    # ---- What 20,000 made templates found ----
    ("the parts of a safe text are plain texts", "{{ h|safe|list }}{{ (h|safe|title) + '<' }}"),
    ("a comment of which only the beginning is there ends the template", "a{#"),
    ("raw text of which only the beginning is there ends the template", "a{% raw %}"),
    ("a slice of a constant without slices is undefined", "[{{ 1[:] }}{{ none[1:2] }}{{ (i and 1)|default }}{{ {}[:]|default('x') }}]"),
    ("a slice of a value without slices is an error", "{{ i[:] }}", "sliced"),
    ("an unknown filter on a block is an error even where nothing goes", "{% if no %}{% filter nof %}{% endfilter %}{% endif %}", "filter"),
    ("an unknown test of a loop is an error even where nothing goes", "{% if no %}{% for x in il if x is nof %}{% endfor %}{% endif %}", "test"),
    ("a filtered loop puts its items together anew", "{% for a, b in [[1, 2], 'ab'] if a %}{{ loop.nextitem }}{% endfor %}"),
    ("numbers have their methods and parts", "{{ i.bit_length() }} {{ j.bit_count() }} {{ i.real }} {{ i.imag }} {{ f.imag }} {{ yes.numerator }} {{ j.denominator }} {{ f.conjugate() }} {{ f.is_integer() }} {{ i.is_integer() }} {{ (0.1).as_integer_ratio() }} {{ (-1e18).as_integer_ratio() }}"),
    ("floats print as hexadecimals", "{{ f.hex() }} {{ (0.1).hex() }} {{ (-0.0).hex() }} {{ (5e-324).hex() }} {{ (1e308).hex() }}"),
    ("infinity has no ratio", "{{ (f * 1e308).as_integer_ratio() }}", "infinity"),
    ("floor division rounds step by step", "{{ 1e16 // -1.5 }} {{ 7.5 // -2 }} {{ -7.5 // 2 }} {{ 0.0 // -3 }} {{ 5.5 // 0.1 }}"),
    ("a block whose filter gives no text is told at the end, after what the template raises", "{% filter length %}a{% endfilter %}{{ raise_exception('stop') }}"),
    ("a block whose filter gives no text is refused", "a{% filter length %}a{% endfilter %}b", "found int"),
    ("a date may hold a NUL, or come to nothing", r"[{{ strftime_now('%Y\0%d\0') }}|{{ strftime_now('%Z') }}|{{ strftime_now('\0') }}|{{ strftime_now('') }}]"),
    ("a line keeps no blank before a long word that has no room", "{{ s|wordwrap(3) }}"),
]


def case(claim, template, fragment=None):
    want = reference.expected(template, json.loads(json.dumps(CONTEXT)))
    if want.out is not None:
        answer = {"out": want.out}
    elif want.refused:
        answer = {"raised": want.err}
    else:
        answer = {"complaint": fragment, "jinja2": want.err}
    if (fragment is None) == ("complaint" in answer):
        sys.exit(f"make_cases.py: {claim}: {template!r} gives {want}")
    return {"claim": claim, "template": template, **answer}


def main():
    why = reference.missing()
    if why:
        print(f"make_cases.py: {why}", file=sys.stderr)
        return 2
    claims = [c[0] for c in CASES]
    twice = {c for c in claims if claims.count(c) > 1}
    if twice:
        sys.exit(f"make_cases.py: claimed twice: {twice}")
    lines = [{"ctx": CONTEXT, "now": reference.NOW}] + [case(*c) for c in CASES]
    text = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)
    path = pathlib.Path(__file__).with_name("cases.jsonl")
    if "--check" in sys.argv[1:]:
        same = path.exists() and path.read_text(encoding="utf-8") == text
        print(f"{'ok' if same else 'not ok'} 1 - cases.jsonl is what jinja2 {reference.JINJA2} gives ({len(CASES)} cases)")
        return 0 if same else 1
    path.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
