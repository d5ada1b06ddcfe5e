/*
 * grade_limits_test.c - whatever a model writes is graded, and soon.
 *
 * Megabytes of what a model caught in a loop repeats must take less than a second of the processor
 * (more where a sanitizer watches); and texts put together by chance must neither crash
 * nor fail.
 */
#include "support.h"

#include <string.h>
#include <time.h>

#include "base/buf.h"
#include "grade/grade.h"
#include "grade/pieces.h"

enum { FLOOD = 10 * 1000 * 1000, BIG = FLOOD / 10 };

static const double SECONDS_MAX = SUPPORT_IS_SANITIZED ? 20 : 1;

static const char *const options[] = {"iron", "copper", "25 mg", "B cells"};
static const lmi_gold golds[] = {
    {LMI_GRADE_NUMBER, "18", "18", NULL, 0},
    {LMI_GRADE_CHOICE, "B", "b", options, 4},
    {LMI_GRADE_TEXT, "Paris", "paris", NULL, 0},
    {LMI_GRADE_INTEGER, "18", "18", NULL, 0},
};

static void expect_in_time(const char *what, size_t size, const char *kind, clock_t start)
{
    const double seconds = (double)(clock() - start) / CLOCKS_PER_SEC;

    if (seconds > SECONDS_MAX * (size < FLOOD ? 0.5 : 1))
        fail_msg("\"%s\" repeated took %.2f s as %s", what, seconds, kind);
}

/* Grade a text as every kind but integer, which is read as numbers are. `what` is for messages. */
static void expect_text_quick(const char *what, const lmi_buf *text)
{
    static const char *const kinds[] = {"number", "choice", "text"};
    lmi_code code;
    clock_t start;
    size_t i;

    for (i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
        lmi_grade grade;

        start = clock();
        assert_ok(lmi_grade_text(&grade, &golds[i], lmi_buf_text(text), text->len));
        expect_in_time(what, text->len, kinds[i], start);
        lmi_grade_done(&grade);
    }
    start = clock();
    assert_ok(lmi_code_find(&code, lmi_buf_text(text), text->len));
    expect_in_time(what, text->len, "code", start);
    lmi_code_done(&code);
}

/* `before`, then `piece` over and over up to `size`, then `after`. */
static void expect_size_quick(size_t size, const char *before, const char *piece, const char *after)
{
    lmi_buf text;

    lmi_buf_init(&text, FLOOD + 1000);
    lmi_buf_puts(&text, before);
    while (text.len < size)
        lmi_buf_puts(&text, piece);
    lmi_buf_puts(&text, after);
    expect_text_quick(piece, &text);
    lmi_buf_done(&text);
}

/* The same with one megabyte, in half the time: what is quadratic takes far longer. */
static void expect_quick(const char *before, const char *piece, const char *after)
{
    expect_size_quick(BIG, before, piece, after);
}

/* The same as a number alone. */
static void expect_number_quick(const char *before, const char *piece, const char *after)
{
    lmi_grade grade;
    lmi_buf text;
    clock_t start;

    lmi_buf_init(&text, BIG + 1000);
    lmi_buf_puts(&text, before);
    while (text.len < BIG)
        lmi_buf_puts(&text, piece);
    lmi_buf_puts(&text, after);
    start = clock();
    assert_ok(lmi_grade_text(&grade, &golds[0], lmi_buf_text(&text), text.len));
    expect_in_time(piece, text.len, "number", start);
    lmi_grade_done(&grade);
    lmi_buf_done(&text);
}

static void test_ten_megabytes_are_graded_within_a_second(void **state)
{
    static const char *const floods[] = {"\\boxed{", "{", "1,", "`", "\xff"};
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(floods) / sizeof(floods[0]); i++)
        expect_size_quick(FLOOD, "", floods[i], "");
}

static void test_open_boxes_without_end_are_graded_at_once(void **state)
{
    (void)state;
    expect_quick("", "\\boxed{", "}");
    expect_quick("", "\\boxed{ }", "");
    expect_quick("", "\\boxed{1", "");
    expect_quick("", "\\fbox  {", "}}}}");
    expect_quick("", "\\boxed", "{");
}

static void test_braces_and_backslashes_are_graded_at_once(void **state)
{
    (void)state;
    expect_quick("", "}", "");
    expect_quick("", "{}", "");
    expect_quick("", "\\", "}");
    expect_quick("", "\\{", "");
    expect_quick("\\boxed{", "{", "");
    expect_quick("\\boxed{", "\\frac{1", "}");
    expect_quick("\\boxed{", "\\a", "}");
    expect_quick("\\boxed{", "\xe2\x88\x9a", "}");
    expect_quick("\\boxed{", "x", "}");
}

static void test_digits_and_commas_are_graded_at_once(void **state)
{
    (void)state;
    expect_quick("", "1", "");
    expect_quick("", "1,111", "");
    expect_quick("", "1 1/", "");
    expect_quick("", "1.", "");
    expect_quick("", "-", "");
    expect_quick("", "\xd9\xa1", "");
    expect_quick("\\boxed{", "1,", "}");
    expect_quick("\\boxed{", "1", "}");
    expect_quick("\\boxed{", " (", "}");
    expect_quick("\\boxed{", "=", "1}");
    expect_quick("\\boxed{", "=a,", "1}");
}

static void test_numbers_without_end_are_graded_at_once(void **state)
{
    (void)state;
    expect_number_quick("", "10,11,12,", "");
    expect_number_quick("", ",345", "");
    expect_number_quick("", ",345", "6");
    expect_number_quick("1", ".1", "");
    expect_number_quick("", "thousand ", "");
    expect_number_quick("", "5 thousand ", "");
    expect_number_quick("", "one hundred ", "");
    expect_number_quick("", "1          ", "");
    expect_number_quick("", "(((", "");
    expect_number_quick("", "minus 5 ", "");
    expect_number_quick("\\boxed{", "1 000 ", "}");
    expect_number_quick("\\boxed{1", "'345", "}");
    expect_number_quick("\\boxed{", "2 \\cdot ", "3}");
    expect_number_quick("\\boxed{", "three ", "}");
    expect_number_quick("\\boxed{5", " a\xc2\xb7m", "}");
}

static void test_answers_without_end_are_graded_at_once(void **state)
{
    (void)state;
    expect_number_quick("", "answer:", "");
    expect_number_quick("", "The answer is 5. ", "");
    expect_number_quick("", "5 is the answer. ", "");
    expect_number_quick("The answer is ", "9 * 2 = ", "");
    expect_number_quick("", "total of ", "");
    expect_number_quick("The result is 5. ", "we used 2 steps. ", "");
    expect_number_quick("", "Wait, it is 5. ", "");
    expect_number_quick("", "**5** a ", "");
    expect_number_quick("", "\n\nQuestion: ", "");
    expect_number_quick("The answer is 5", "\n\nQ: ", "");
}

static void test_boxes_that_answer_nothing_are_passed_at_once(void **state)
{
    (void)state;
    expect_number_quick("", "\\boxed{correct}", "");
    expect_number_quick("", "\\boxed{p+q} p+q=5 ", "");
    expect_number_quick("", "\\boxed{\\boxed{a}", "");
    expect_number_quick("", "\\frac{\\text{", "");
    expect_number_quick("", "\\phantom{\\color{blue}", "");
    expect_number_quick("", "\\cdot   \\text{", "");
}

/* A megabyte of nested boxes that all answer nothing: as many are looked at as the limit allows. */
static void test_nested_boxes_are_graded_at_once(void **state)
{
    clock_t start;
    lmi_grade grade;
    lmi_buf text;
    size_t i;

    (void)state;
    lmi_buf_init(&text, BIG);
    for (i = 0; i < BIG / 10; i++)
        lmi_buf_puts(&text, "\\boxed{a");
    for (i = 0; i < BIG / 10; i++)
        lmi_buf_putc(&text, '}');
    start = clock();
    assert_ok(lmi_grade_text(&grade, &golds[0], lmi_buf_text(&text), text.len));
    expect_in_time("\\boxed{a", text.len, "number", start);
    lmi_grade_done(&grade);
    lmi_buf_done(&text);
}

static void test_backticks_and_tildes_are_graded_at_once(void **state)
{
    (void)state;
    expect_quick("", "```\n", "");
    expect_quick("", "```\nx\n", "");
    expect_quick("", "```python", "");
    expect_quick("", "```python\n", "");
    expect_quick("", "``` ", "");
    expect_quick("", "```a ", "");
    expect_quick("", "````a```", "");
    expect_quick("", "~~~\n", "");
    expect_quick("", "  ~", "");
    expect_quick("```\n", "```  \xc2\xa0", "x");
    expect_quick("```\n", " ", "");
}

static void test_sentences_without_end_are_graded_at_once(void **state)
{
    (void)state;
    expect_quick("", "answer is ", "");
    expect_quick("", "answer", "");
    expect_quick("", "answer is ** ", "");
    expect_quick("", "the answer is\n", "");
    expect_quick("", "#", "");
    expect_quick("", "#### ", "");
    expect_quick("", "#### 1", "");
    expect_quick("", "**A", "");
    expect_quick("", "**A. ", "");
    expect_quick("", "(A)", "");
    expect_quick("", "B is the ", "");
    expect_quick("", "A ", "");
    expect_quick("", " ", "");
    expect_quick("", "\n", "");
    expect_quick("", "a\n", "");
    expect_quick("", "</think>", "");
    expect_quick("", "option ", "");
    expect_quick("", "choose the best ", "");
}

static void test_letters_without_end_are_graded_at_once(void **state)
{
    (void)state;
    expect_quick("", "answer:", "");
    expect_quick("", "the answer is not A ", "");
    expect_quick("", "answer: A, B ", "");
    expect_quick("", "(A) ", "");
    expect_quick("", "A. ", "");
    expect_quick("", "A.\n", "");
    expect_quick("", "A. iron\nB. copper\n", "");
    expect_quick("", "not ", "");
    expect_quick("", "not A but ", "");
    expect_quick("", "\"", "");
    expect_quick("", "[[", "");
    expect_quick("", "iron is the answer ", "");
    expect_quick("", "so B ", "");
    expect_quick("", "only B is ", "");
    expect_quick("", "| Answer ", "");
    expect_quick("", "\xe7\xad\x94\xe6\xa1\x88", "");
    expect_quick("\\boxed{", "A, ", "}");
    expect_quick("", "\\boxed{A, B}", "");
}

static void test_bad_bytes_are_graded_at_once(void **state)
{
    lmi_buf nuls;

    (void)state;
    expect_quick("", "\xe2\x82", "");
    expect_quick("", "\xf0\x9f\x98\x80", "");
    lmi_buf_init(&nuls, BIG);
    while (nuls.len < BIG)
        lmi_buf_putc(&nuls, '\0');
    expect_text_quick("NUL", &nuls);
    lmi_buf_done(&nuls);
}

static void test_nothing_answers_nothing(void **state)
{
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(golds) / sizeof(golds[0]); i++) {
        lmi_grade grade;

        assert_ok(lmi_grade_text(&grade, &golds[i], "", 0));
        assert_null(grade.exact);
        assert_null(grade.compat);
        lmi_grade_done(&grade);
        assert_ok(lmi_grade_text(&grade, &golds[i], "\0\0", 2));
        assert_null(grade.compat);
        lmi_grade_done(&grade);
    }
}

static void test_box_before_a_flood_is_still_found(void **state)
{
    lmi_grade grade;
    lmi_buf text;

    (void)state;
    lmi_buf_init(&text, FLOOD + 100);
    lmi_buf_puts(&text, "\\boxed{18} ");
    while (text.len < FLOOD)
        lmi_buf_puts(&text, "\\boxed{");
    assert_ok(lmi_grade_text(&grade, &golds[0], lmi_buf_text(&text), text.len));
    assert_true(grade.is_exact_right);
    assert_true(grade.is_compat_right);
    lmi_grade_done(&grade);
    lmi_buf_done(&text);
}

static void test_texts_put_together_by_chance_are_graded(void **state)
{
    uint32_t seed = 42;
    size_t n_right = 0;
    lmi_buf text;
    int round;

    (void)state;
    lmi_buf_init(&text, 100000);
    for (round = 0; round < 4000; round++) {
        const lmi_gold *gold = &golds[round % 4];
        lmi_grade grade;
        lmi_code code;

        put_together(&text, &seed);
        assert_ok(lmi_grade_text(&grade, gold, lmi_buf_text(&text), text.len));
        assert_true(grade.exact || !grade.is_exact_right);
        assert_true(grade.compat || !grade.is_compat_right);
        n_right += grade.is_exact_right;
        lmi_grade_done(&grade);
        assert_ok(lmi_code_find(&code, lmi_buf_text(&text), text.len));
        lmi_code_done(&code);
    }
    assert_true(n_right > 0); /* chance does meet an answer now and then */
    lmi_buf_done(&text);
}

/* 12 KB of a few pieces over and over: what is quadratic takes a second and more. */
static void test_pieces_repeated_by_chance_take_no_long_time(void **state)
{
    uint32_t seed = 18;
    lmi_buf once, text;
    int round;

    (void)state;
    lmi_buf_init(&once, 1000);
    lmi_buf_init(&text, 100000);
    for (round = 0; round < 400; round++) {
        lmi_grade grade;
        clock_t start;

        do
            put_together(&once, &seed);
        while (once.len == 0 || once.len > 30);
        lmi_buf_clear(&text);
        while (text.len < 12000)
            lmi_buf_append(&text, once.data, once.len);
        start = clock();
        assert_ok(lmi_grade_text(&grade, &golds[0], lmi_buf_text(&text), text.len));
        expect_in_time(lmi_buf_text(&once), 0, "number", start);
        lmi_grade_done(&grade);
    }
    lmi_buf_done(&once);
    lmi_buf_done(&text);
}

static void test_more_blocks_than_the_limit_leave_the_last(void **state)
{
    lmi_buf text;
    lmi_code code;
    int i;

    (void)state;
    lmi_buf_init(&text, 100000);
    for (i = 0; i < 100; i++)
        lmi_buf_printf(&text, "```\nx = %d\n```\n", i);
    assert_ok(lmi_code_find(&code, lmi_buf_text(&text), text.len));
    assert_int_equal(code.n_blocks, LMI_CODE_BLOCKS_MAX);
    assert_string_equal(code.blocks[0], "x = 99");
    assert_string_equal(code.blocks[63], "x = 36");
    lmi_code_done(&code);
    lmi_buf_done(&text);
}

static void test_a_program_is_not_graded_as_text(void **state)
{
    const lmi_gold code = {.kind = LMI_GRADE_CODE};
    const lmi_gold many = {.kind = LMI_GRADE_CHOICE, .n_options = LMI_OPTIONS_MAX + 1};
    lmi_grade grade;

    (void)state;
    assert_fails(LMAS_E_INVALID, "cannot be graded", lmi_grade_text(&grade, &code, "", 0));
    assert_fails(LMAS_E_INVALID, "27 options", lmi_grade_text(&grade, &many, "", 0));
}

static void test_nothing_is_right_without_a_gold(void **state)
{
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(golds) / sizeof(golds[0]); i++) {
        const lmi_gold none = {.kind = golds[i].kind};
        lmi_grade grade;

        assert_ok(lmi_grade_text(&grade, &none, "\\boxed{B}", 9));
        assert_false(grade.is_exact_right);
        assert_false(grade.is_compat_right);
        lmi_grade_done(&grade);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_ten_megabytes_are_graded_within_a_second),
        cmocka_unit_test(test_open_boxes_without_end_are_graded_at_once),
        cmocka_unit_test(test_braces_and_backslashes_are_graded_at_once),
        cmocka_unit_test(test_digits_and_commas_are_graded_at_once),
        cmocka_unit_test(test_numbers_without_end_are_graded_at_once),
        cmocka_unit_test(test_answers_without_end_are_graded_at_once),
        cmocka_unit_test(test_boxes_that_answer_nothing_are_passed_at_once),
        cmocka_unit_test(test_nested_boxes_are_graded_at_once),
        cmocka_unit_test(test_backticks_and_tildes_are_graded_at_once),
        cmocka_unit_test(test_sentences_without_end_are_graded_at_once),
        cmocka_unit_test(test_letters_without_end_are_graded_at_once),
        cmocka_unit_test(test_bad_bytes_are_graded_at_once),
        cmocka_unit_test(test_nothing_answers_nothing),
        cmocka_unit_test(test_box_before_a_flood_is_still_found),
        cmocka_unit_test(test_texts_put_together_by_chance_are_graded),
        cmocka_unit_test(test_pieces_repeated_by_chance_take_no_long_time),
        cmocka_unit_test(test_more_blocks_than_the_limit_leave_the_last),
        cmocka_unit_test(test_a_program_is_not_graded_as_text),
        cmocka_unit_test(test_nothing_is_right_without_a_gold),
    };

    return cmocka_run_group_tests_name("grade_limits", tests, NULL, NULL);
}
