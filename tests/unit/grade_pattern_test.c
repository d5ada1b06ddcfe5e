/* grade_pattern_test.c - looking that fails is told apart from finding nothing. */
#include <string.h>

#include "base/mem.h"
#include "grade/grade.h"
#include "grade/pattern.h"
#include "support.h"

/* No pattern of ours: PCRE2 tries every way to part a text of one letter, and gives up. */
static const char WILD[] = "((?:a+)+)[xy]";

static lmas_status look(const char *pattern, const char *text)
{
    lmi_span found;

    return lmi_pattern_first(&found, pattern, (lmi_span){text, strlen(text)});
}

static void test_nothing_found_is_no_failure(void **state)
{
    (void)state;
    lmi_pattern_forget();
    assert_ok(look("(b)", "aaaa"));
    assert_ok(lmi_pattern_status());
}

static void test_a_search_that_gave_up_is_remembered_until_it_is_forgotten(void **state)
{
    char text[64];

    (void)state;
    memset(text, 'a', sizeof(text));
    text[sizeof(text) - 1] = '\0';
    lmi_pattern_forget();
    assert_ok(look(WILD, text)); /* finds nothing, which says nothing */
    assert_fails(LMAS_E_FORMAT, "no looking for an answer in this text", lmi_pattern_status());
    assert_ok(look("(a)", "a"));
    assert_int_equal(lmi_pattern_status(), LMAS_E_FORMAT);
    lmi_pattern_forget();
    assert_ok(lmi_pattern_status());
}

static void test_grading_begins_with_a_clean_slate(void **state)
{
    static const char said[] = "The answer is 18.";
    const lmi_gold gold = {.kind = LMI_GRADE_NUMBER, .exact = "18", .compat = "18"};
    char text[64];
    lmi_grade grade;

    (void)state;
    memset(text, 'a', sizeof(text));
    text[sizeof(text) - 1] = '\0';
    assert_ok(look(WILD, text));
    assert_ok(lmi_grade_text(&grade, &gold, said, sizeof(said) - 1));
    assert_true(grade.is_exact_right);
    lmi_grade_done(&grade);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_nothing_found_is_no_failure),
        cmocka_unit_test(test_a_search_that_gave_up_is_remembered_until_it_is_forgotten),
        cmocka_unit_test(test_grading_begins_with_a_clean_slate),
    };

    return cmocka_run_group_tests_name("grade_pattern", tests, NULL, NULL);
}
