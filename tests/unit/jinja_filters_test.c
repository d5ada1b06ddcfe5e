/* jinja_filters_test.c - filters that wrap texts, strip tags and read numbers as jinja2 does. */
#include "base/clock.h"
#include "jinja_claims.h"

/* ---- wordwrap --------------------------------------------------------------------------- */

static void test_wordwrap_breaks_at_blanks_and_drops_them(void **state)
{
    static const claim claims[] = {
        {"{{ 'the quick fox'|wordwrap(9) }}", "the quick\nfox"},
        {"{{ 'a  b'|wordwrap(2) }}|{{ ' a'|wordwrap(1) }}", "a\nb|a"},
        {"{{ 'a\\tb c'|wordwrap(3) }}", "a\tb\nc"},
        {"{{ 'a\u00a0b c'|wordwrap(2) }}", "a\u00a0\nb\nc"}, /* no place to break, but blank */
    };

    (void)state;
    CHECK(claims);
}

static void test_wordwrap_keeps_the_lines_of_the_text(void **state)
{
    static const claim claims[] = {
        {"{{ 'a b\\n\\nc\\r\\nd\\u2028e'|wordwrap(3) }}", "a b\n\nc\nd\ne"},
        {"[{{ ''|wordwrap(0) }}] {{ 'aa bb'|wordwrap(2, wrapstring='|') }}", "[] aa|bb"},
        {"{{ 'a b'|wordwrap(1, true, '<'|safe) }} {{ '<b> c'|wordwrap(3, true, '/'|safe) }}",
         "a<b &lt;b&gt;/c"},
    };

    (void)state;
    CHECK(claims);
}

static void test_wordwrap_breaks_words_longer_than_a_line(void **state)
{
    static const claim claims[] = {
        {"{{ 'ab cdefgh'|wordwrap(4) }}", "ab c\ndefg\nh"},
        {"{{ 'ab cdefgh i'|wordwrap(4, false) }}", "ab\ncdefgh\ni"},
        {"{{ 'abc defgh'|wordwrap(3) }}", "abc\ndef\ngh"},
        {"[{{ 'ab cdefgh'|wordwrap(3)|replace('\\n', ']') }}", "[ab]cde]fgh"},
        {"{{ '\u00e4\u00f6\u00fc\u4e00'|wordwrap(3) }}", "\u00e4\u00f6\u00fc\n\u4e00"},
    };

    (void)state;
    CHECK(claims);
}

static void test_wordwrap_breaks_behind_hyphens_between_letters(void **state)
{
    static const claim claims[] = {
        {"{{ 'well-known'|wordwrap(6) }}", "well-\nknown"},
        {"{{ 'well-known'|wordwrap(6, break_on_hyphens=false) }}", "well-k\nnown"},
        {"{{ 'use -b x1-23'|wordwrap(7) }}", "use -b\nx1-23"},
        {"{{ 'ab e-mail'|wordwrap(5) }} {{ 'an e-mail'|wordwrap(6) }}", "ab e-\nmail an\ne-mail"},
        {"{{ 'one--two'|wordwrap(5) }}", "one--\ntwo"},
        {"{{ 'a-b aa-aa'|wordwrap(7) }}|{{ 'a-b aa-aa'|wordwrap(7, true, none, 1) }}",
         "a-b aa-\naa|a-b\naa-aa"},
    };

    (void)state;
    CHECK(claims);
}

static void test_wordwrap_refuses_what_has_no_lines(void **state)
{
    (void)state;
    refuse("{{ 'a'|wordwrap(0) }}", "above 0");
    refuse("{{ 5|wordwrap(3) }}", "found int");
    refuse("{{ 'a'|wordwrap('3') }}", "must be int");
}

/* ---- striptags -------------------------------------------------------------------------- */

static void test_striptags_takes_tags_and_comments_out(void **state)
{
    static const claim claims[] = {
        {"{{ '<p>a <b class=\"x\">b</b></p>'|striptags }}", "a b"},
        {"{{ 'a<!-- <b> --> c'|striptags }} {{ 'a<!-->b'|striptags }}", "a c a<!-->b"},
        {"{{ 'a <b'|striptags }} {{ '<i>a</i> < b'|striptags }}", "a <b a < b"},
        {"{{ ' a\\n\\t\u00a0b '|striptags }}|{{ none|striptags }}", "a b|None"},
    };

    (void)state;
    CHECK(claims);
}

static void test_striptags_reads_named_references(void **state)
{
    static const claim claims[] = {
        {"{{ '&lt;b&gt; &amp;amp; &quot;&apos;'|striptags }}", "<b> &amp; \"'"},
        {"{{ '&eacute;&yuml;&hearts;&lang;'|striptags }}", "\u00e9\u00ff\u2665\u27e8"},
        {"{{ '?a=1&copy=2&notit &T;'|striptags }}", "?a=1\u00a9=2\u00acit &T;"},
        {"{{ '&nbsp;a'|striptags|length }} {{ '&rarr'|striptags }}", "2 &rarr"},
    };

    (void)state;
    CHECK(claims);
    refuse("{{ '&rarrw;'|striptags }}", "&rarrw; is not supported");
    refuse("{{ '&bogus;'|striptags }}", "&bogus; is not supported");
}

static void test_striptags_reads_numbers_as_html_does(void **state)
{
    static const claim claims[] = {
        {"{{ '&#65;&#x42;&#X43 &#68'|striptags }}", "ABC D"},
        {"{{ '&#128;&#x99;'|striptags }}", "\u20ac\u2122"},
        {"{{ '&#0;&#xd800;&#99999999999;'|striptags }}", "\ufffd\ufffd\ufffd"},
        {"{{ 'a&#1;&#11;&#xfdd0;b'|striptags }}", "ab"},
        {"{{ '&#;&#x;&#xg;'|striptags }}", "&#;&#x;&#xg;"},
    };

    (void)state;
    CHECK(claims);
    refuse("{{ ('&#' ~ '0' * 4301)|striptags }}", "4300 digits");
}

/* ---- Numbers ---------------------------------------------------------------------------- */

static void test_int_falls_back_to_a_float(void **state)
{
    static const claim claims[] = {
        {"{{ '-9223372036854775808'|int(0, 8) }}", "-9223372036854775808"},
        {"{{ '19'|int(0, 8) }} {{ '1e3'|int(0, 2) }} {{ '1e3'|int(0, 16) }}", "19 1000 483"},
        {"{{ '0x1F'|int(0, 16) }} {{ '0b11'|int(0, 0) }} {{ '0o17'|int(7, 16) }}", "31 3 7"},
        {"{{ '12'|int(0, 4294967306) }} {{ '12.7'|int(0, none) }}", "12 12"},
        {"{{ 'inf'|int(5) }} {{ 'nan'|int(5) }}", "5 5"},
    };

    (void)state;
    CHECK(claims);
    refuse("{{ '9223372036854775808'|int }}", "integer beyond 64 bits is not supported");
    refuse("{{ '8' * 22|int(0, 8) }}{{ '9e18'|int(0, 8) * 2 }}", "integer beyond 64 bits");
    refuse("{{ '1e19'|int }}", "integer beyond 64 bits is not supported");
}

static void test_round_is_exact_in_tens_too(void **state)
{
    static const claim claims[] = {
        {"{{ 25|round(-1) }} {{ 35|round(-1) }} {{ 25.1|round(-1) }} {{ 2.675|round(2) }}",
         "20 40 30.0 2.67"},
        {"{{ 5e23|round(-24) }} {{ 6e23|round(-24) }} {{ 5e23|round(-25) }}", "0.0 1e+24 0.0"},
        {"{{ 1.5e-310|round(310) }} {{ -0.4|round }}", "2e-310 -0.0"},
        {"{{ 9223372036854775807|round(2, 'floor') }}", "9.223372036854776e+18"},
        {"{{ 5000000000000000000|round(-19) }} {{ -1|round(-40) }}", "0 0"},
    };

    (void)state;
    CHECK(claims);
    refuse("{{ 9223372036854775807|round(-1) }}", "beyond 64 bits");
    refuse("{{ 5000000000000000001|round(-19) }}", "beyond 64 bits");
    refuse("{{ 1.7e308|round(-308) }}", "too large");
    refuse("{{ 1.0|round(-400, 'ceil') }}", "no integer");
}

static void test_filesizeformat_takes_the_unit_by_exact_powers(void **state)
{
    static const claim claims[] = {
        {"{{ 1|filesizeformat }}, {{ 999.9|filesizeformat }}, {{ 1000|filesizeformat }}",
         "1 Byte, 999 Bytes, 1.0 kB"},
        {"{{ '1024'|filesizeformat(true) }}, {{ (1048576 * 3)|filesizeformat(true) }}",
         "1.0 KiB, 3.0 MiB"},
        {"{{ 1e24|filesizeformat }}, {{ 1e27|filesizeformat }}", "1000.0 ZB, 1000.0 YB"},
        {"{{ -5e20|filesizeformat }}, {{ -0.5|filesizeformat }}",
         "-500000000000000000000 Bytes, 0 Bytes"},
        {"{{ 'inf'|filesizeformat }}, {{ '-nan'|filesizeformat }}", "inf YB, nan YB"},
    };

    (void)state;
    CHECK(claims);
    refuse("{{ '-inf'|filesizeformat }}", "infinity");
    refuse("{{ 'many'|filesizeformat }}", "needs a number");
}

static void test_title_starts_words_behind_brackets_and_hyphens(void **state)
{
    static const claim claims[] = {
        {"{{ \"foo-bar (bAZ) [q] {r} <s> BILL's\"|title }}", "Foo-Bar (Baz) [Q] {R} <S> Bill's"},
        {"{{ '\u00dfA \u0391\u03a3\u0391\u03a3'|title }}|{{ '- -'|title }}|{{ ''|title }}",
         "SSa \u0391\u03c3\u03b1\u03c2|- -|"},
    };

    (void)state;
    CHECK(claims);
}

/* ---- Padding ---------------------------------------------------------------------------- */

/* What is too wide is refused before it is written: byte by byte it took a quarter of a second. */
static void test_a_width_beyond_the_limits_is_refused_at_once(void **state)
{
    static const char *const wide[] = {
        "{{ '%01360308924.2f' % 2.5 }}",         "{{ '%1360308924s' % 'a' }}",
        "{{ '{:1360308924}'.format('a') }}",     "{{ 'a'.center(9223372036854775807) }}",
        "{{ 'a'.zfill(1360308924) }}",           "{{ 'a'.ljust(99999999, '\u20ac') }}",
        "{{ '{:\u20ac>999999999}'.format(1) }}",
    };
    const double begin = lmi_now_ms();
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(wide) / sizeof(wide[0]); i++)
        refuse(wide[i], "the template");
    assert_true(lmi_now_ms() - begin < 100);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_wordwrap_breaks_at_blanks_and_drops_them),
        cmocka_unit_test(test_wordwrap_keeps_the_lines_of_the_text),
        cmocka_unit_test(test_wordwrap_breaks_words_longer_than_a_line),
        cmocka_unit_test(test_wordwrap_breaks_behind_hyphens_between_letters),
        cmocka_unit_test(test_wordwrap_refuses_what_has_no_lines),
        cmocka_unit_test(test_striptags_takes_tags_and_comments_out),
        cmocka_unit_test(test_striptags_reads_named_references),
        cmocka_unit_test(test_striptags_reads_numbers_as_html_does),
        cmocka_unit_test(test_int_falls_back_to_a_float),
        cmocka_unit_test(test_round_is_exact_in_tens_too),
        cmocka_unit_test(test_filesizeformat_takes_the_unit_by_exact_powers),
        cmocka_unit_test(test_a_width_beyond_the_limits_is_refused_at_once),
        cmocka_unit_test(test_title_starts_words_behind_brackets_and_hyphens),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
