/* jinja_text_test.c - texts, numbers and what is made of them, in templates, as Python has them. */
#include "jinja_claims.h"

static void test_case_is_that_of_unicode(void **state)
{
    static const claim claims[] = {
        {"{{ 'Ab\u00e4\u00df\ufb01'.upper() }}", "AB\u00c4SSFI"},
        {"{{ '\u0391\u03a3 \u0391\u03a3\u0391 \u03a3'.lower() }}",
         "\u03b1\u03c2 \u03b1\u03c3\u03b1 \u03c3"},
        {"{{ '\u0130'.lower()|length }}", "2"},
        {"{{ \"they're BILL's\".title() }}", "They'Re Bill'S"},
        {"{{ '\u01c6x \u00dfA'.capitalize() }}", "\u01c5x \u00dfa"},
        {"{{ 'aB\u00c4'.swapcase() }} {{ 'Stra\u00dfe'.casefold() }}", "Ab\u00e4 strasse"},
        {"{{ 'A1'.isupper() }} {{ 'a\u01c5'.islower() }} {{ 'Ab Cd'.istitle() }}",
         "True False True"},
    };

    (void)state;
    CHECK(claims);
}

static void test_classes_are_those_of_python(void **state)
{
    static const claim claims[] = {
        {"{{ '\u0665'.isdecimal() }} {{ '\u00b2'.isdecimal() }} {{ '\u00b2'.isdigit() }}",
         "True False True"},
        {"{{ '\u00bd'.isdigit() }} {{ '\u00bd'.isnumeric() }} {{ '\u4e00a'.isalnum() }}",
         "False True True"},
        {"{{ '\u0939\u093f'.isalpha() }} {{ '\u2163'.isalpha() }} {{ '\u00e9'.isalpha() }}",
         "False False True"},
        {"{{ '\x1c\u00a0'.isspace() }} {{ ''.isspace() }} {{ ''.isascii() }}", "True False True"},
        {"{{ 'a\u00ad'.isprintable() }} {{ ''.isprintable() }}", "False True"},
        {"{{ '_a1'.isidentifier() }} {{ '1a'.isidentifier() }}", "True False"},
    };

    (void)state;
    CHECK(claims);
    refuse("{{ '\u00e4'.isidentifier() }}", "not supported");
}

static void test_split_takes_white_space_or_a_separator(void **state)
{
    static const claim claims[] = {
        {"{{ ' a\u00a0 b  c '.split() }}", "['a', 'b', 'c']"},
        {"{{ ' a b  c '.split(none, 1) }} {{ ' a b  c '.rsplit(none, 1) }}",
         "['a', 'b  c '] [' a b', 'c']"},
        {"{{ 'a,,b'.split(',') }} {{ ''.split(',') }} {{ ''.split() }}", "['a', '', 'b'] [''] []"},
        {"{{ 'a,b,c'.split(',', maxsplit=1) }} {{ 'a,b,c'.rsplit(',', 1) }}",
         "['a', 'b,c'] ['a,b', 'c']"},
        {"{{ 'a\\r\\nb\\n\\nc'.splitlines() }} {{ 'a\\nb'.splitlines(true) }}",
         "['a', 'b', '', 'c'] ['a\\n', 'b']"},
        {"{{ 'a=b=c'.partition('=') }} {{ 'a=b=c'.rpartition('=') }} {{ 'a'.rpartition('=') }}",
         "('a', '=', 'b=c') ('a=b', '=', 'c') ('', '', 'a')"},
        {"{{ ', '.join(['a', 'b']) }} {{ '-'.join('abc') }}", "a, b a-b-c"},
    };

    (void)state;
    CHECK(claims);
    refuse("{{ 'a'.split('') }}", "empty");
    refuse("{{ ','.join(['a', 1]) }}", "item 1 is of type int");
}

static void test_search_counts_characters(void **state)
{
    static const claim claims[] = {
        {"{{ '\u00e4\u00f6\u00fc\u00f6'.find('\u00f6') }} "
         "{{ '\u00e4\u00f6\u00fc\u00f6'.rfind('\u00f6') }}",
         "1 3"},
        {"{{ 'abc'.find('') }} {{ 'abc'.find('', 3) }} {{ 'abc'.find('', 4) }}", "0 3 -1"},
        {"{{ 'abcabc'.find('a', 1) }} {{ 'abcabc'.find('c', -2) }} {{ 'abc'.find('c', 0, -1) }}",
         "3 5 -1"},
        {"{{ 'aaaa'.count('aa') }} {{ 'abc'.count('') }}", "2 4"},
        {"{{ 'abc'.startswith(('x', 'ab')) }} {{ 'abc'.endswith('b', 0, 2) }}", "True True"},
        {"{{ 'abcb'.index('b') }} {{ 'abcb'.rindex('b') }}", "1 3"},
    };

    (void)state;
    CHECK(claims);
    refuse("{{ 'abc'.index('x') }}", "index()");
    refuse("{{ 'abc'.startswith(['a']) }}", "must be str, not list");
}

static void test_ends_are_stripped_and_filled(void **state)
{
    static const claim claims[] = {
        {"[{{ '\u2003 a\\x1c'.strip() }}] {{ 'xxaxx'.strip('x') }} {{ 'xa'.rstrip('x') }}",
         "[a] a xa"},
        {"{{ 'abc'.removeprefix('ab') }} {{ 'abc'.removesuffix('ab') }}", "c abc"},
        {"[{{ 'ab'.center(5) }}] [{{ 'abc'.center(6, '*') }}] [{{ '\u00e4'.ljust(3, '\u00f6') }}]",
         "[  ab ] [*abc**] [\u00e4\u00f6\u00f6]"},
        {"{{ '-12'.zfill(5) }} {{ 'ab'.rjust(4) }}", "-0012   ab"},
        {"{{ 'a\\tbc\\n\\td'.expandtabs(4) }}", "a   bc\n    d"},
        {"{{ 'aXbX'.replace('X', '-') }} {{ 'abc'.replace('', '-', 2) }}", "a-b- -a-bc"},
    };

    (void)state;
    CHECK(claims);
    refuse("{{ 'a'.center(5, 'xy') }}", "fill character");
    refuse("{{ 'a'.replace(old='a', new='b') }}", "takes no keyword arguments");
}

static void test_safe_texts_stay_safe_and_escape_what_they_take_in(void **state)
{
    static const claim claims[] = {
        {"{{ ['<a>'|safe] }} {{ [('a'|safe).upper()] }}", "[Markup('<a>')] [Markup('A')]"},
        {"{{ ('a'|safe).replace('a', '<') }} {{ ('&'|safe).join(['<', 1]) }}", "&lt; &lt;&1"},
        {"{{ [('a b'|safe).split()] }}", "[[Markup('a'), Markup('b')]]"},
    };

    (void)state;
    CHECK(claims);
    refuse("{{ ('{}'|safe).format(1) }}", "not supported on a safe text");
    refuse("{{ ('%s'|safe) % 1 }}", "not supported on a safe text");
}

static void test_what_python_has_and_this_engine_lacks_is_named(void **state)
{
    (void)state;
    refuse("{{ 'a'.encode() }}", "str.encode is not supported");
    refuse("{{ 'a'.translate({}) }}", "str.translate is not supported");
    refuse("{{ ('a'|safe).striptags() }}", "Markup.striptags is not supported");
    refuse("{{ '{:n}'.format(1) }}", "unknown format code 'n'");
}

static void test_floats_print_their_shortest_digits(void **state)
{
    static const claim claims[] = {
        {"{{ 1.0 }} {{ 0.1 }} {{ 1/3 }} {{ -0.0 }}", "1.0 0.1 0.3333333333333333 -0.0"},
        {"{{ 1e15 }} {{ 1e16 }} {{ 0.0001 }} {{ 0.00001 }}",
         "1000000000000000.0 1e+16 0.0001 1e-05"},
        {"{{ 5e-324 }} {{ 1.7976931348623157e308 }} {{ 5.684341886080802e-14 }}",
         "5e-324 1.7976931348623157e+308 5.684341886080802e-14"},
        {"{{ 1e308 * 10 }} {{ -1e308 * 10 }} {{ 1e308 * 10 - 1e308 * 10 }}", "inf -inf nan"},
    };

    (void)state;
    CHECK(claims);
}

static void test_values_print_as_python_prints_them(void **state)
{
    static const claim claims[] = {
        {"{{ [1, 1.5, none, true, 'a', nope] }}", "[1, 1.5, None, True, 'a', Undefined]"},
        {"{{ (1,) }} {{ () }} {{ range(3) }} {{ range(1, 7, 2) }}",
         "(1,) () range(0, 3) range(1, 7, 2)"},
        {"{{ {'a': {1: []}} }} {{ {'a': 1}.keys() }} {{ {'a': 1}.items() }}",
         "{'a': {1: []}} dict_keys(['a']) dict_items([('a', 1)])"},
        {"{% set n = namespace(a=1) %}{{ n }}", "<Namespace {'a': 1}>"},
        {"{{ [\"it's\", 'say \"x\"', 'both \\' \"'] }}", "[\"it's\", 'say \"x\"', 'both \\' \"']"},
        {"{{ ['\\n\\t\\\\\\x00\u00a0\u00e4\u200b\U000e0001'] }}",
         "['\\n\\t\\\\\\x00\\xa0\u00e4\\u200b\\U000e0001']"},
    };

    (void)state;
    CHECK(claims);
    refuse("{{ cycler }}", "is not supported");
    refuse("{{ [1]|map('string') }}", "is not supported");
}

static void test_tojson_writes_as_json_dumps(void **state)
{
    static const claim claims[] = {
        {"{{ {'a': [1, 2.0, none, true], 'b': {}}|tojson }}",
         "{\"a\": [1, 2.0, null, true], \"b\": {}}"},
        {"{{ [[], {}, (1, 2)]|tojson(indent=2) }}", "[\n  [],\n  {},\n  [\n    1,\n    2\n  ]\n]"},
        {"{{ {'b': 1, 'a': 2}|tojson(sort_keys=true, separators=(',', ':')) }}",
         "{\"a\":2,\"b\":1}"},
        {"{{ {1: 'a', 1.5: 'b', none: 'c', false: 'd'}|tojson }}",
         "{\"1\": \"a\", \"1.5\": \"b\", \"null\": \"c\", \"false\": \"d\"}"},
        {"{{ '\"\\\\\\n\\b\\x1f\x7f\u00e4<'|tojson }}", "\"\\\"\\\\\\n\\b\\u001f\x7f\u00e4<\""},
        {"{{ '\x7f\u00e4\U0001f600'|tojson(ensure_ascii=true) }}",
         "\"\\u007f\\u00e4\\ud83d\\ude00\""},
        {"{{ [1e308 * 10, 1e308 * 10 - 1e308 * 10]|tojson }}", "[Infinity, NaN]"},
    };

    (void)state;
    CHECK(claims);
    refuse("{{ nope|tojson }}", "not JSON serializable");
    refuse("{{ range(2)|tojson }}", "not JSON serializable");
    refuse("{{ {(1, 2): 3}|tojson }}", "keys must be");
    refuse("{{ {1: 2, 'a': 3}|tojson(sort_keys=true) }}", "'<' not supported");
}

static void test_percent_formats_as_python(void **state)
{
    static const claim claims[] = {
        {"{{ '%s|%5s|%-5s|%.2s' % ('a', 'b', 'c', 'def') }}", "a|    b|c    |de"},
        {"{{ '%d|%05d|%+d|% d|%.3d|%-5d|' % (1, -2, 3, 4, 5, 6) }}", "1|-0002|+3| 4|005|6    |"},
        {"{{ '%x|%#X|%#o|%c' % (255, 255, 8, 228) }}", "ff|0XFF|0o10|\u00e4"},
        {"{{ '%.2f|%e|%g|%G|%08.3f' % (2.675, 12345.678, 1e-5, 1e20, -3.14159) }}",
         "2.67|1.234568e+04|1e-05|1E+20|-003.142"},
        {"{{ '%r %a %%' % ('\u00e4', '\u00e4') }}", "'\u00e4' '\\xe4' %"},
        {"{{ '%*d|%-*d|%.*f' % (4, 1, 4, 2, 1, 0.25) }}", "   1|2   |0.2"},
        {"{{ '%(a)s %(b)03d' % {'a': 1, 'b': 2} }}", "1 002"},
        {"{{ '%s' % [1, 2] }} {{ 'x' % [1] }} {{ 'x' % {} }}", "[1, 2] x x"},
    };

    (void)state;
    CHECK(claims);
    refuse("{{ '%s' % (1, 2) }}", "not all arguments");
    refuse("{{ '%s %s' % 1 }}", "not enough arguments");
    refuse("{{ '%d' % 'a' }}", "expects a number, found str");
    refuse("{{ '%(a)s' % {} }}", "does not have");
    refuse("{{ '%' % 1 }}", "end of the format");
    refuse("{{ '%99999999999d' % 1 }}", "too many digits");
}

static void test_format_fills_its_fields(void **state)
{
    static const claim claims[] = {
        {"{{ '{} {}'.format(1, 'b') }} {{ '{1}{0}{1}'.format(1, 2) }} {{ '{a}'.format(a=3) }}",
         "1 b 212 3"},
        {"{{ '{0.a.b[1]} {{x}}'.format({'a': {'b': 'xyz'}}) }}", "y {x}"},
        {"{{ '{:>5}|{:*^5}|{:<5}|{:05}|{!r:6}'.format(1, 'a', 2.5, -3, 'q') }}",
         "    1|**a**|2.5  |-0003|'q'   "},
        {"{{ '{:,}|{:010,}|{:,.2f}|{:_x}|{:#b}|{:+d}'.format(1234567, 1234, 1234.5, 70000, 5, 6) "
         "}}",
         "1,234,567|00,001,234|1,234.50|1_1170|0b101|+6"},
        {"{{ '{:.3}|{:.3}|{:.1}|{:%}|{:e}'.format(12.0, 12345.0, 0.317, 0.25, 1.5) }}",
         "12.0|1.23e+04|0.3|25.000000%|1.500000e+00"},
        {"{{ '{:.1}|{:.3}|{:#}|{:#}'.format(0.0, 0.0, 1e21, 5e-5) }}", "0e+00|0.0|1.e+21|5.e-05"},
        {"{{ '{:{}}|{:{w}.{p}}'.format(1, 3, 2.345, w=6, p=2) }}", "  1|   2.3"},
        {"{{ '{}{:5}'.format(true, true) }} [{{ '{}'.format(nope) }}]", "True    1 []"},
        {"{{ '{a}'.format_map({'a': 1}) }}", "1"},
    };

    (void)state;
    CHECK(claims);
    refuse("{{ '{'.format(1) }}", "single '{'");
    refuse("{{ '{} {0}'.format(1) }}", "not both");
    refuse("{{ '{1}'.format(1) }}", "argument 1");
    refuse("{{ '{:d}'.format('a') }}", "unknown format code 'd'");
    refuse("{{ '{:5}'.format(none) }}", "takes no format");
    refuse("{{ '{:{:{}}}'.format(1, 2, 3) }}", "nested too deeply");
    refuse("{{ '{:.99999}'.format(1.5) }}", "precision");
}

static void test_numbers_are_read_as_python_reads_them(void **state)
{
    static const claim claims[] = {
        {"{{ ' 1_000 '|int }} {{ '1__0'|int(7) }} {{ '-\u0663'|int }} {{ '+5'|int }}",
         "1000 7 -3 5"},
        {"{{ '0x1f'|int(7, 16) }} {{ '0b11'|int(7, 0) }} {{ '010'|int(7, 0) }}", "31 3 10"},
        {"{{ '9223372036854775807'|int }} {{ '-9223372036854775808'|int }}",
         "9223372036854775807 -9223372036854775808"},
        {"{{ '1e3'|float }} {{ ' .5 '|float }} {{ '1_0.5'|float }} {{ '-Infinity'|float }}",
         "1000.0 0.5 10.5 -inf"},
        {"{{ '1e'|float(2.5) }} {{ '0x1p3'|float(2.5) }} {{ ''|float(2.5) }}", "2.5 2.5 2.5"},
        {"{{ '\u2003\u0663 '|int }} {{ '3\x1c'|int(7) }} {{ '\x1d\u0663'|float(2.5) }}", "3 7 2.5"},
    };

    (void)state;
    CHECK(claims);
    refuse("{{ '9223372036854775808'|int }}", "64 bits");
}

static void test_texts_that_grow_without_end_are_stopped(void **state)
{
    (void)state;
    refuse("{{ 'a'.center(1000000000000) }}", "is allowed");
    refuse("{{ '{:1000000000}'.format(1) }}", "is allowed");
    refuse("{{ '{:01000000000,}'.format(1) }}", "is allowed");
    refuse("{{ '%1000000000d' % 1 }}", "is allowed");
    refuse("{{ '%.1000000000d' % 1 }}", "is allowed");
    refuse("{{ '%.1000000000f' % 1 }}", "precision");
    refuse("{{ '\t'.expandtabs(1000000000000) }}", "is allowed");
    refuse("{% set ns = namespace(x='a') %}{% for i in range(60) %}"
           "{% set ns.x = ns.x.replace('a', 'aa') %}{% endfor %}",
           "of memory");
}

static void test_long_texts_cost_work(void **state)
{
    static const char *const calls[] = {"x.find('b')",    "x.rfind('b')", "x.count('b')",
                                        "x.isupper()",    "x.strip('b')", "x.startswith('b', 9)",
                                        "x.split('b')",   "x.lower()",    "x.partition('b')",
                                        "x.splitlines()", "x|tojson",     "'%s' % x",
                                        "'{}'.format(x)"};
    char template[256];
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(calls) / sizeof(calls[0]); i++) {
        snprintf(template, sizeof(template),
                 "{%% set x = 'a'.center(1000000, 'a') %%}{%% for i in range(90000) %%}"
                 "{%% set y = %s %%}{%% endfor %%}",
                 calls[i]);
        refuse(template, "more ");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_case_is_that_of_unicode),
        cmocka_unit_test(test_classes_are_those_of_python),
        cmocka_unit_test(test_split_takes_white_space_or_a_separator),
        cmocka_unit_test(test_search_counts_characters),
        cmocka_unit_test(test_ends_are_stripped_and_filled),
        cmocka_unit_test(test_safe_texts_stay_safe_and_escape_what_they_take_in),
        cmocka_unit_test(test_what_python_has_and_this_engine_lacks_is_named),
        cmocka_unit_test(test_floats_print_their_shortest_digits),
        cmocka_unit_test(test_values_print_as_python_prints_them),
        cmocka_unit_test(test_tojson_writes_as_json_dumps),
        cmocka_unit_test(test_percent_formats_as_python),
        cmocka_unit_test(test_format_fills_its_fields),
        cmocka_unit_test(test_numbers_are_read_as_python_reads_them),
        cmocka_unit_test(test_texts_that_grow_without_end_are_stopped),
        cmocka_unit_test(test_long_texts_cost_work),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
