/* grade_exact_test.c - which number answers, and which numbers are equal. */
#include "support.h"

#include <string.h>

#include "base/mem.h"
#include "grade/exact/exact.h"
#include "grade/grade.h"

/* The way of lmi_grade_text() to the number alone. */
static char *predict(const char *text)
{
    const size_t len = strlen(text);
    char *number = NULL;
    lmi_answer answer;
    lmi_buf valid;

    lmi_buf_init(&valid, 3 * len);
    lmi_py_append(&valid, text, len);
    assert_ok(lmi_answer_init(&answer, (lmi_span){lmi_buf_text(&valid), valid.len}));
    assert_ok(lmi_exact_number(&number, &answer));
    lmi_answer_done(&answer);
    lmi_buf_done(&valid);
    return number;
}

static void expect_prediction(const char *want, const char *text)
{
    char *got = predict(text);

    if (want && got)
        assert_string_equal(got, want);
    else if (want || got)
        fail_msg("\"%s\": expected %s, got %s", text, want ? want : "nothing",
                 got ? got : "nothing");
    lmi_free(got);
}

static void expect_gold(const char *want, const char *answer)
{
    char *got = NULL;

    assert_ok(lmi_grade_gold(&got, answer));
    if (want && got)
        assert_string_equal(got, want);
    else if (want || got)
        fail_msg("\"%s\": expected %s, got %s", answer, want ? want : "nothing",
                 got ? got : "nothing");
    lmi_free(got);
}

static void test_gold_follows_the_last_four_hashes(void **state)
{
    (void)state;
    expect_gold("18", "She makes 9 * 2 = $18.\n#### 18");
    expect_gold("2", "#### 1\n#### 2");
    expect_gold("-3.5", "#### -3.5");
}

static void test_gold_with_commas_is_read(void **state)
{
    (void)state;
    expect_gold("1430", "#### 1,430");
    expect_gold("1234567", "#### 1,234,567 ");
    expect_gold("70000", "#### $70,000\n");
}

static void test_gold_that_is_no_number_is_none(void **state)
{
    (void)state;
    expect_gold(NULL, "no hashes, 12");
    expect_gold(NULL, "####");
    expect_gold(NULL, "#### twelve");
    expect_gold(NULL, "#### 12 apples");
    expect_gold(NULL, "#### 1.2.3");
    expect_gold(NULL, "#### -");
}

static void test_box_decides(void **state)
{
    (void)state;
    expect_prediction("19", "12 + 7 = 19. The answer is \\boxed{19}.");
    expect_prediction("5", "\\boxed{4} no, \\boxed{5}, surely not 6");
    expect_prediction(NULL, "it is 7, \\boxed{unknown}");
}

static void test_decorated_box_is_read(void **state)
{
    (void)state;
    expect_prediction("1430", "\\boxed{1,430}");
    expect_prediction("1430", "\\boxed{1{,}430}");
    expect_prediction("1430", "\\boxed{1\\,430}");
    expect_prediction("18", "\\boxed{\\$18}");
    expect_prediction("-5", "\\boxed{-\\$5}");
    expect_prediction("-5", "\\boxed{\xe2\x88\x92"
                            "5}");
    expect_prediction("50", "\\boxed{50\\%}");
    expect_prediction("18", "\\boxed{\\text{18 dollars}}");
    expect_prediction("18", "\\boxed{18\\text{ km}}");
    expect_prediction("5", "\\boxed{x = 5}");
    expect_prediction("9", "\\boxed{16 - 3 - 4 = 9}");
    expect_prediction("18", "\\boxed{18.}");
}

static void test_nested_braces_are_balanced(void **state)
{
    (void)state;
    expect_prediction("7", "\\boxed{\\text{about {7}}}");
    expect_prediction("7", "\\boxed{\\boxed{7}}");
    expect_prediction("3", "\\boxed{3} and then \\boxed{4");
}

static void test_empty_box_is_passed_over(void **state)
{
    (void)state;
    expect_prediction("6", "Put it in \\boxed{}. It is 6");
    expect_prediction("6", "\\boxed{6} goes into \\boxed{ }");
}

static void test_fraction_is_a_number(void **state)
{
    (void)state;
    expect_prediction("1/2", "\\boxed{\\frac{1}{2}}");
    expect_prediction("1/2", "\\boxed{1/2}");
    expect_prediction("3/4", "8 pieces, 3/4 eaten");
    expect_prediction("2 1/2", "\\boxed{2\\frac{1}{2}}");
}

static void test_box_of_two_numbers_is_none(void **state)
{
    (void)state;
    expect_prediction(NULL, "\\boxed{3, 4}");
    expect_prediction(NULL, "\\boxed{3-5}");
    expect_prediction(NULL, "\\boxed{2x + 1}");
}

static void test_explicit_answer_goes_before_the_last_number(void **state)
{
    (void)state;
    expect_prediction("18", "The answer is 18. I used 9 of 12 eggs.");
    expect_prediction("1430", "#### 1,430\nin 3 steps");
}

static void test_without_box_the_last_number_answers(void **state)
{
    (void)state;
    expect_prediction("42", "first 7, then 42.");
    expect_prediction("1430", "It costs $1,430.");
    expect_prediction("0.5", "so 0.5");
    expect_prediction("12", "H2O takes 12 km, not H2");
    expect_prediction(NULL, "no number at all");
    expect_prediction(NULL, "");
}

static void test_minus_between_operands_is_no_sign(void **state)
{
    (void)state;
    expect_prediction("3", "16-3");
    expect_prediction("5", "from 3-5");
    expect_prediction("-5", "it is -5");
    expect_prediction("3", "(2)-3");
}

static void test_equal_numbers_may_be_written_differently(void **state)
{
    (void)state;
    assert_true(lmi_grade_same("18", "18.00"));
    assert_true(lmi_grade_same("018", "18"));
    assert_true(lmi_grade_same("+18", "18."));
    assert_true(lmi_grade_same(".5", "0.50"));
    assert_true(lmi_grade_same("-0", "0"));
    assert_true(lmi_grade_same("12345678901234567890", "12345678901234567890.0"));
}

static void test_fractions_are_equal_by_value(void **state)
{
    (void)state;
    assert_true(lmi_grade_same("1/2", "0.5"));
    assert_true(lmi_grade_same("50/100", "1/2"));
    assert_true(lmi_grade_same("2 1/2", "2.5"));
    assert_true(lmi_grade_same("-2 1/2", "-5/2"));
    assert_true(lmi_grade_same("1.5/0.5", "3"));
    assert_true(lmi_grade_same("1.5e3", "1500"));
    assert_true(lmi_grade_same("25e-1", "2.5"));
    assert_true(lmi_grade_same("0/7", "-0"));
    assert_true(lmi_grade_same("1e99", "10e98"));
    assert_false(lmi_grade_same("1/3", "0.333333333333333333333333"));
    assert_false(lmi_grade_same("-1/2", "1/2"));
    assert_false(lmi_grade_same("2 1/2", "21/2"));
}

static void test_what_only_looks_like_a_number_is_none(void **state)
{
    static const char *const texts[] = {"1/0",  "0/0",   "1/",  "/2",    "1/2/3", "1e",      "1e+",
                                        "e5",   "1e100", "1 2", "2 1/0", "2 /3",  "1.5 1/2", "--1",
                                        "1e 5", ".",     "1,5", "0x10",  "inf"};
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
        if (lmi_number_is(texts[i]))
            fail_msg("\"%s\" was taken for a number", texts[i]);
}

static void test_whole_numbers_are_told_from_others(void **state)
{
    (void)state;
    assert_true(lmi_number_is_whole("025"));
    assert_true(lmi_number_is_whole("25.0"));
    assert_true(lmi_number_is_whole("-50/2"));
    assert_true(lmi_number_is_whole("2.5e1"));
    assert_true(lmi_number_is_whole("1 4/2"));
    assert_true(lmi_number_is_whole("0"));
    assert_false(lmi_number_is_whole("1/2"));
    assert_false(lmi_number_is_whole("2.5"));
    assert_false(lmi_number_is_whole("25e-1"));
    assert_false(lmi_number_is_whole("x"));
}

/* The longest numbers there are, multiplied crosswise. */
static void test_longest_numbers_are_compared_exactly(void **state)
{
    char a[LMI_NUMBER_MAX + 1];
    char b[LMI_NUMBER_MAX + 1];

    (void)state;
    memset(a, '9', LMI_NUMBER_MAX);
    a[LMI_NUMBER_MAX] = '\0';
    memcpy(b, a, sizeof(b));
    assert_true(lmi_grade_same(a, b));
    b[LMI_NUMBER_MAX - 1] = '8';
    assert_false(lmi_grade_same(a, b));
    memcpy(a + LMI_NUMBER_MAX / 2, "/7", 2);
    memcpy(b, a, sizeof(b));
    memcpy(a + LMI_NUMBER_MAX - 4, "9e99", 4);
    assert_false(lmi_grade_same(a, b)); /* no exponent below a line */
    assert_true(lmi_grade_same(b, b));
}

static void test_other_numbers_are_not_equal(void **state)
{
    (void)state;
    assert_false(lmi_grade_same("18", "-18"));
    assert_false(lmi_grade_same("18", "180"));
    assert_false(lmi_grade_same("1.8", "18"));
    assert_false(lmi_grade_same("12345678901234567890", "12345678901234567891"));
    assert_false(lmi_grade_same(NULL, "18"));
    assert_false(lmi_grade_same("18", NULL));
    assert_false(lmi_grade_same("", ""));
    assert_false(lmi_grade_same("x", "x"));
}

static void test_number_beyond_the_limit_is_none(void **state)
{
    char text[1000];

    (void)state;
    memset(text, '7', sizeof(text) - 1);
    text[sizeof(text) - 1] = '\0';
    expect_prediction(NULL, text);
}

/* A model caught in a loop repeats the opening of a box: grading must stay quick. */
static void test_thousands_of_open_boxes_are_graded_at_once(void **state)
{
    lmi_buf text;
    int i;

    (void)state;
    lmi_buf_init(&text, 1 << 24);
    lmi_buf_puts(&text, "\\boxed{12} ");
    for (i = 0; i < 100000; i++)
        lmi_buf_puts(&text, "\\boxed{");
    expect_prediction("12", lmi_buf_text(&text));
    lmi_buf_done(&text);
}

/* ---- Which part of a text answers, for people who look at a verdict ---- */

static const struct {
    lmi_grade_kind kind;
    const char *text, *exact, *compat;
} places[] = {
    {LMI_GRADE_NUMBER, "It is \\boxed{18}.", "a box", "a box"},
    {LMI_GRADE_NUMBER, "#### 18", "a statement", "the last number"},
    {LMI_GRADE_NUMBER, "The answer is 18.", "a statement", "the last number"},
    {LMI_GRADE_NUMBER, "I saw 3 and 18", "the last number", "the last number"},
    {LMI_GRADE_NUMBER, "nothing", NULL, NULL},
    {LMI_GRADE_INTEGER, "\\boxed{18}", "a box", "a box"},
    {LMI_GRADE_CHOICE, "\\boxed{B}", "a box", "a box"},
    {LMI_GRADE_CHOICE, "The answer is B.", "a statement", NULL},
    {LMI_GRADE_CHOICE, "B is correct.", "a remark", NULL},
    {LMI_GRADE_CHOICE, "Hm.\nB", "the last words", NULL},
    {LMI_GRADE_CHOICE, "B. copper\nIt conducts well.", "a line that is an option", NULL},
    {LMI_GRADE_TEXT, "Well.\nParis", "the last line", NULL},
};

static void assert_same(const char *found, const char *want)
{
    if (want)
        assert_string_equal(found ? found : "nothing", want);
    else
        assert_null(found);
}

static void test_a_verdict_says_where_its_answer_stands(void **state)
{
    static const char *const options[] = {"iron", "copper", "zinc", "tin"};
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
        const bool is_choice = places[i].kind == LMI_GRADE_CHOICE;
        const lmi_gold gold = {.kind = places[i].kind,
                               .exact = is_choice ? "B" : "18",
                               .options = is_choice ? options : NULL,
                               .n_options = is_choice ? 4 : 0};
        lmi_grade grade;

        assert_ok(lmi_grade_text(&grade, &gold, places[i].text, strlen(places[i].text)));
        assert_same(grade.exact_from, places[i].exact);
        assert_same(grade.compat_from, places[i].compat);
        lmi_grade_done(&grade);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_gold_follows_the_last_four_hashes),
        cmocka_unit_test(test_gold_with_commas_is_read),
        cmocka_unit_test(test_gold_that_is_no_number_is_none),
        cmocka_unit_test(test_box_decides),
        cmocka_unit_test(test_decorated_box_is_read),
        cmocka_unit_test(test_nested_braces_are_balanced),
        cmocka_unit_test(test_empty_box_is_passed_over),
        cmocka_unit_test(test_fraction_is_a_number),
        cmocka_unit_test(test_box_of_two_numbers_is_none),
        cmocka_unit_test(test_explicit_answer_goes_before_the_last_number),
        cmocka_unit_test(test_without_box_the_last_number_answers),
        cmocka_unit_test(test_minus_between_operands_is_no_sign),
        cmocka_unit_test(test_equal_numbers_may_be_written_differently),
        cmocka_unit_test(test_fractions_are_equal_by_value),
        cmocka_unit_test(test_what_only_looks_like_a_number_is_none),
        cmocka_unit_test(test_whole_numbers_are_told_from_others),
        cmocka_unit_test(test_longest_numbers_are_compared_exactly),
        cmocka_unit_test(test_other_numbers_are_not_equal),
        cmocka_unit_test(test_number_beyond_the_limit_is_none),
        cmocka_unit_test(test_thousands_of_open_boxes_are_graded_at_once),
        cmocka_unit_test(test_a_verdict_says_where_its_answer_stands),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
