/*
 * grade_table_test.c - every case of tests/grade/cases.jsonl, by both rules.
 *
 * A case is a text, what is right, and what each rule must say; "why" is its claim. Texts that
 * JSON cannot hold are in hex. compat_test.sh proves the table's compat column.
 */
#include "support.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/json.h"
#include "base/lines.h"
#include "base/mem.h"
#include "grade/grade.h"

#define TABLE "tests/grade/cases.jsonl"

enum { LINE_LEN_MAX = 64 * 1024 };

typedef struct graded_case {
    const lmi_json *row;
    lmi_buf text;
    lmi_gold gold;
    const char *options[LMI_OPTIONS_MAX];
} graded_case;

/* Whether a rule's verdict on a case is the table's. */
typedef bool check_fn(const graded_case *one);

static const char *const kinds[] = {"number", "integer", "choice", "code", "text"};

static yyjson_val *member(const graded_case *one, const char *key)
{
    return yyjson_obj_get(lmi_json_root(one->row), key);
}

/* Whether `got` is the string at `key`, or both are nothing. */
static bool is_same(const char *got, yyjson_val *want)
{
    if (!got || !want || yyjson_is_null(want))
        return !got && want && yyjson_is_null(want);
    return strcmp(got, yyjson_get_str(want)) == 0;
}

static bool check_exact(const graded_case *one)
{
    lmi_grade grade;
    bool is_good;

    assert_ok(lmi_grade_text(&grade, &one->gold, lmi_buf_text(&one->text), one->text.len));
    is_good = grade.is_exact_right == yyjson_get_bool(member(one, "exact")) &&
              is_same(grade.exact, member(one, "exact_prediction"));
    if (!is_good)
        print_error("# %s: %s\n", grade.is_exact_right ? "right" : "wrong",
                    grade.exact ? grade.exact : "nothing");
    lmi_grade_done(&grade);
    return is_good;
}

static bool check_compat(const graded_case *one)
{
    lmi_grade grade;
    bool is_good;

    assert_ok(lmi_grade_text(&grade, &one->gold, lmi_buf_text(&one->text), one->text.len));
    is_good = grade.is_compat_right == yyjson_get_bool(member(one, "compat")) &&
              is_same(grade.compat, member(one, "compat_prediction"));
    if (!is_good)
        print_error("# %s: %s\n", grade.is_compat_right ? "right" : "wrong",
                    grade.compat ? grade.compat : "nothing");
    lmi_grade_done(&grade);
    return is_good;
}

static bool check_blocks(const graded_case *one)
{
    yyjson_val *blocks = member(one, "blocks");
    lmi_code code;
    bool is_good;
    size_t i;

    assert_ok(lmi_code_find(&code, lmi_buf_text(&one->text), one->text.len));
    is_good = yyjson_is_arr(blocks) && yyjson_arr_size(blocks) == code.n_blocks;
    for (i = 0; i < code.n_blocks && is_good; i++)
        is_good = is_same(code.blocks[i], yyjson_arr_get(blocks, i));
    for (i = 0; i < code.n_blocks && !is_good; i++)
        print_error("# block %zu: \"%s\"\n", i, code.blocks[i]);
    lmi_code_done(&code);
    return is_good;
}

static bool check_compat_block(const graded_case *one)
{
    lmi_code code;
    bool is_good;

    assert_ok(lmi_code_find(&code, lmi_buf_text(&one->text), one->text.len));
    is_good = is_same(code.compat, member(one, "compat_block"));
    lmi_code_done(&code);
    return is_good;
}

static int hex_digit(char c)
{
    return c <= '9' ? c - '0' : c - 'a' + 10;
}

static void read_text(graded_case *one)
{
    yyjson_val *text = member(one, "text");
    yyjson_val *hex = member(one, "hex");
    const char *digits = yyjson_get_str(hex);
    size_t i;

    lmi_buf_init(&one->text, LINE_LEN_MAX);
    assert_true(yyjson_is_str(text) != yyjson_is_str(hex));
    if (text)
        lmi_buf_append(&one->text, yyjson_get_str(text), yyjson_get_len(text));
    for (i = 0; hex && i + 1 < yyjson_get_len(hex); i += 2)
        lmi_buf_putc(&one->text, (char)(hex_digit(digits[i]) * 16 + hex_digit(digits[i + 1])));
    assert_ok(lmi_buf_status(&one->text));
}

/* The case of a row when it is of `kind`. */
static bool read_case(graded_case *out, const lmi_json *row, lmi_grade_kind kind)
{
    yyjson_val *options;
    size_t i;

    *out = (graded_case){.row = row};
    if (!yyjson_equals_str(member(out, "kind"), kinds[kind]))
        return false;
    read_text(out);
    out->gold.kind = kind;
    out->gold.exact = yyjson_get_str(member(out, "gold"));
    out->gold.compat = yyjson_get_str(member(out, "compat_gold"));
    options = member(out, "options");
    out->gold.n_options = yyjson_arr_size(options);
    for (i = 0; i < out->gold.n_options; i++)
        out->options[i] = yyjson_get_str(yyjson_arr_get(options, i));
    out->gold.options = out->options;
    return true;
}

/* Hold all cases of `kind` against `check`; fail with the lines that differ. */
static void check_table(lmi_grade_kind kind, check_fn *check)
{
    const int fd = open(TABLE, O_RDONLY | O_CLOEXEC);
    size_t n_cases = 0;
    size_t n_wrong = 0;
    bool has_line = true;
    lmi_lines lines;

    assert_true(fd >= 0);
    assert_ok(lmi_lines_init(&lines, fd, TABLE, LINE_LEN_MAX));
    for (;;) {
        graded_case one;
        lmi_json row;

        assert_ok(lmi_lines_next(&has_line, &lines));
        if (!has_line)
            break;
        assert_ok(lmi_json_parse_line(&row, TABLE, lines.number, lmi_buf_text(&lines.text),
                                      lines.text.len));
        if (read_case(&one, &row, kind)) {
            n_cases++;
            if (!check(&one)) {
                n_wrong++;
                print_error("# %s:%zu: %s\n", TABLE, lines.number,
                            yyjson_get_str(member(&one, "why")));
            }
            lmi_buf_done(&one.text);
        }
        lmi_json_done(&row);
    }
    lmi_lines_done(&lines);
    close(fd);
    assert_true(n_cases > 0);
    if (n_wrong > 0)
        fail_msg("%zu of %zu cases are graded otherwise than the table says", n_wrong, n_cases);
}

static void test_numbers_are_read_as_people_read_them(void **state)
{
    (void)state;
    check_table(LMI_GRADE_NUMBER, check_exact);
}

static void test_numbers_are_misread_as_the_reference_misreads_them(void **state)
{
    (void)state;
    check_table(LMI_GRADE_NUMBER, check_compat);
}

static void test_integers_must_be_whole(void **state)
{
    (void)state;
    check_table(LMI_GRADE_INTEGER, check_exact);
}

static void test_integers_are_those_of_python(void **state)
{
    (void)state;
    check_table(LMI_GRADE_INTEGER, check_compat);
}

static void test_choices_are_found_in_boxes_and_in_prose(void **state)
{
    (void)state;
    check_table(LMI_GRADE_CHOICE, check_exact);
}

static void test_choices_are_missed_as_the_reference_misses_them(void **state)
{
    (void)state;
    check_table(LMI_GRADE_CHOICE, check_compat);
}

static void test_texts_are_compared_by_their_words(void **state)
{
    (void)state;
    check_table(LMI_GRADE_TEXT, check_exact);
}

static void test_texts_are_compared_as_the_reference_compares_them(void **state)
{
    (void)state;
    check_table(LMI_GRADE_TEXT, check_compat);
}

static void test_programs_are_found_last_first(void **state)
{
    (void)state;
    check_table(LMI_GRADE_CODE, check_blocks);
}

static void test_the_reference_takes_the_last_python_block(void **state)
{
    (void)state;
    check_table(LMI_GRADE_CODE, check_compat_block);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_numbers_are_read_as_people_read_them),
        cmocka_unit_test(test_numbers_are_misread_as_the_reference_misreads_them),
        cmocka_unit_test(test_integers_must_be_whole),
        cmocka_unit_test(test_integers_are_those_of_python),
        cmocka_unit_test(test_choices_are_found_in_boxes_and_in_prose),
        cmocka_unit_test(test_choices_are_missed_as_the_reference_misses_them),
        cmocka_unit_test(test_texts_are_compared_by_their_words),
        cmocka_unit_test(test_texts_are_compared_as_the_reference_compares_them),
        cmocka_unit_test(test_programs_are_found_last_first),
        cmocka_unit_test(test_the_reference_takes_the_last_python_block),
    };

    return cmocka_run_group_tests_name("grade_table", tests, NULL, NULL);
}
