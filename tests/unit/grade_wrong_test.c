/*
 * grade_wrong_test.c - of thousands of texts that do not give the right answer none is credited.
 *
 * tests/grade/wrong.py and wrong_choices.py put them together, a JSON line each.
 */
#include "support.h"

#include <stdio.h>
#include <string.h>

#include "base/json.h"
#include "grade/grade.h"

enum { LINE_LEN_MAX = 16 * 1024 };

/* Whether the answer of a row is credited, against what the row says. */
static bool is_credited(const lmi_json *row)
{
    yyjson_val *root = lmi_json_root(row);
    yyjson_val *texts = yyjson_obj_get(root, "options");
    const char *options[LMI_OPTIONS_MAX];
    lmi_gold gold = {.kind = texts ? LMI_GRADE_CHOICE : LMI_GRADE_NUMBER,
                     .exact = yyjson_get_str(yyjson_obj_get(root, "gold")),
                     .options = options,
                     .n_options = yyjson_arr_size(texts)};
    const char *text = yyjson_get_str(yyjson_obj_get(root, "text"));
    bool is_right;
    size_t i;
    lmi_grade grade;

    assert_non_null(text);
    assert_non_null(gold.exact);
    assert_true(yyjson_equals_str(yyjson_obj_get(root, "want"), "wrong"));
    for (i = 0; i < gold.n_options; i++)
        options[i] = yyjson_get_str(yyjson_arr_get(texts, i));
    assert_ok(lmi_grade_text(&grade, &gold, text, strlen(text)));
    is_right = grade.is_exact_right;
    if (is_right)
        print_error("# credited with %s: %s\n", gold.exact, text);
    lmi_grade_done(&grade);
    return is_right;
}

/* How many lines of a generator's output are credited; there are at least `n_least` of them. */
static size_t count_credited(const char *command, size_t n_least)
{
    static char line[LINE_LEN_MAX];
    FILE *lines = popen(command, "r"); /* NOLINT(cert-env33-c): a command of this file's own */
    size_t n_credited = 0;
    size_t n = 0;

    assert_non_null(lines);
    while (fgets(line, sizeof(line), lines)) {
        lmi_json row;

        assert_ok(lmi_json_parse_line(&row, command, ++n, line, strlen(line)));
        n_credited += is_credited(&row);
        lmi_json_done(&row);
    }
    assert_int_equal(pclose(lines), 0);
    assert_true(n >= n_least);
    return n_credited;
}

static void test_no_wrong_number_is_credited(void **state)
{
    (void)state;
    assert_int_equal(count_credited("python3 tests/grade/wrong.py", 400), 0);
}

static void test_no_option_that_is_not_chosen_is_credited(void **state)
{
    (void)state;
    assert_int_equal(count_credited("python3 tests/grade/wrong_choices.py", 1500), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_no_wrong_number_is_credited),
        cmocka_unit_test(test_no_option_that_is_not_chosen_is_credited),
    };

    return cmocka_run_group_tests_name("grade_wrong", tests, NULL, NULL);
}
