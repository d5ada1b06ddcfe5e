/* grade_compat_test.c - Python's digits, blanks, letters and int(), and the reference's gold. */
#include "support.h"

#include <string.h>

#include "base/mem.h"
#include "grade/compat.h"
#include "grade/pattern.h"
#include "grade/pystr.h"

static void expect(const char *want, char *got)
{
    if (want && got)
        assert_string_equal(got, want);
    else if (want || got)
        fail_msg("expected %s, got %s", want ? want : "nothing", got ? got : "nothing");
    lmi_free(got);
}

static void expect_gold(const char *want, const char *answer)
{
    char *got = NULL;

    assert_ok(lmi_compat_gold_number(&got, answer));
    expect(want, got);
}

static void test_gold_of_the_reference_ends_at_a_comma(void **state)
{
    (void)state;
    expect_gold("18", "9 * 2 = 18\n#### 18");
    expect_gold("1", "#### 1,430");
    expect_gold("-3.5", "####-3.5");
    expect_gold("+2", "####\n\xe2\x80\x89 +2"); /* a thin space is a blank */
    expect_gold("1", "#### 1\n#### 2");
    expect_gold("2", "#### x\n#### 2");
    expect_gold("5", "#####5");
    expect_gold("12", "#### 12. Then");
    expect_gold("\xd9\xa1", "#### \xd9\xa1"); /* an Arabic one */
}

static void test_gold_without_a_number_is_none(void **state)
{
    (void)state;
    expect_gold(NULL, "");
    expect_gold(NULL, "18");
    expect_gold(NULL, "### 18");
    expect_gold(NULL, "#### $18");
    expect_gold(NULL, "####");
    expect_gold(NULL, "#### -");
    expect_gold(NULL, "#### \xff"
                      "18");
}

static void expect_normal(const char *want, const char *text)
{
    char *got = NULL;

    assert_ok(lmi_compat_normal(&got, text));
    expect(want, got);
}

static void test_answers_are_stripped_and_lowered_as_by_python(void **state)
{
    (void)state;
    expect_normal("b", "\xe3\x80\x80 B\xc2\xa0\x1c\n");
    expect_normal("\xc3\xa4\xd0\xb6", "\xc3\x84\xd0\x96");
    expect_normal("i\xcc\x87", "\xc4\xb0");
    expect_normal("a\xe2\x80\x8b", "A\xe2\x80\x8b"); /* no blank: a space without width */
    expect_normal("\xef\xbf\xbd", "\xff");
    expect_normal("", " ");
    expect_normal("", "");
}

static void expect_int(const char *want, const char *text)
{
    lmi_buf out;
    bool is_int;

    lmi_buf_init(&out, 5000);
    is_int = lmi_py_int(&out, (lmi_span){text, strlen(text)});
    if (is_int != (want != NULL))
        fail_msg("int(\"%s\") %s", text, is_int ? "was read" : "was not read");
    if (want)
        assert_string_equal(lmi_buf_text(&out), want);
    lmi_buf_done(&out);
}

static void test_int_reads_what_python_reads(void **state)
{
    (void)state;
    expect_int("25", "025");
    expect_int("-25", " -0_25\n");
    expect_int("0", "-00");
    expect_int("0", "+0");
    expect_int("1000", "1_000");
    expect_int("105", "1\xd9\xa0\xef\xbc\x95"); /* digits of three scripts */
}

static void test_int_refuses_what_python_refuses(void **state)
{
    static const char *const texts[] = {"",   "-",    "+",   "- 5", "--5",  "5.0", "_5",
                                        "5_", "5__0", "5 0", "0x5", "five", "1e3", "\xef\xbf\xbd"};
    char digits[4302];
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
        expect_int(NULL, texts[i]);
    memset(digits, '0', sizeof(digits) - 1);
    digits[4301] = '\0';
    expect_int(NULL, digits);
    digits[4300] = '\0';
    expect_int("0", digits);
}

/* UTF-8 of a character that is not a surrogate. */
static size_t encode(char out[4], uint32_t c)
{
    static const unsigned char leads[] = {0, 0, 0xc0, 0xe0, 0xf0};
    const size_t len = c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
    size_t i;

    for (i = len - 1; i > 0; i--, c >>= 6)
        out[i] = (char)(0x80 | (c & 0x3f));
    out[0] = (char)(leads[len == 1 ? 0 : len] | c);
    return len;
}

/* Digits that Unicode 17 added: Python 3.14 knows 16. */
static bool is_newer(uint32_t c)
{
    return c >= 0x11de0 && c <= 0x11de9;
}

/* The table of zeros against the Unicode that PCRE2 was built with. */
static void test_digits_are_those_of_unicode_16(void **state)
{
    int error = 0;
    size_t where = 0;
    pcre2_code *code = pcre2_compile((PCRE2_SPTR) "^\\d$", PCRE2_ZERO_TERMINATED,
                                     PCRE2_UTF | PCRE2_UCP, &error, &where, NULL);
    pcre2_match_data *match = pcre2_match_data_create_from_pattern(code, NULL);
    size_t n_digits = 0;
    uint32_t c;

    (void)state;
    for (c = 1; c < 0x110000; c++) {
        char text[4];
        size_t len, n;
        bool is_digit;

        if ((c >= 0xd800 && c < 0xe000) || is_newer(c))
            continue;
        len = encode(text, c);
        assert_int_equal(lmi_py_char(&n, text), c);
        assert_int_equal(n, len);
        is_digit = pcre2_match(code, (PCRE2_SPTR)text, len, 0, 0, match, NULL) > 0;
        if (is_digit != (lmi_py_digit(c) >= 0))
            fail_msg("U+%04X is %s digit", (unsigned)c, is_digit ? "a" : "no");
        n_digits += is_digit;
    }
    assert_int_equal(n_digits, 760);
    pcre2_match_data_free(match);
    pcre2_code_free(code);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_gold_of_the_reference_ends_at_a_comma),
        cmocka_unit_test(test_gold_without_a_number_is_none),
        cmocka_unit_test(test_answers_are_stripped_and_lowered_as_by_python),
        cmocka_unit_test(test_int_reads_what_python_reads),
        cmocka_unit_test(test_int_refuses_what_python_refuses),
        cmocka_unit_test(test_digits_are_those_of_unicode_16),
    };

    return cmocka_run_group_tests_name("grade_compat", tests, NULL, NULL);
}
