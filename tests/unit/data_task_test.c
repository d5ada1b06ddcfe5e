/* data_task_test.c - rows of every published schema become questions and golds. */
#include "support.h"

#include <stdio.h>
#include <string.h>
#include <zlib.h>

#include "data/dataset.h"

static char folder[64];

static int make_folder(void **state)
{
    (void)state;
    snprintf(folder, sizeof(folder), "%s", support_folder());
    return 0;
}

/* The rows of `text` as task `name` reads them. */
static lmi_dataset parse(const char *name, const char *text)
{
    lmi_dataset data;

    assert_ok(lmi_dataset_parse(&data, lmi_task_find(name), "rows", text, strlen(text)));
    return data;
}

static void refuse(const char *name, const char *message, const char *text)
{
    lmi_dataset data;

    assert_fails(LMAS_E_FORMAT, message,
                 lmi_dataset_parse(&data, lmi_task_find(name), "rows", text, strlen(text)));
}

static void expect_item(const lmi_item *item, const char *id, const char *question,
                        const char *gold, const char *gold_compat)
{
    if (id)
        assert_string_equal(item->id, id);
    else
        assert_null(item->id);
    assert_string_equal(item->question, question);
    assert_string_equal(item->gold, gold);
    assert_string_equal(item->gold_compat, gold_compat);
}

static void test_every_task_is_described_and_found_by_name(void **state)
{
    const lmi_task *task;
    size_t i;

    (void)state;
    for (i = 0; (task = lmi_task_at(i)); i++) {
        assert_ptr_equal(lmi_task_find(task->name), task);
        assert_true(strlen(task->summary) > 0 && strlen(task->row) > 0);
        assert_true(task->source.kind == LMI_SOURCE_NONE || task->source.n_rows > 0);
    }
    assert_int_equal(i, 16);
    assert_null(lmi_task_find("gsm9k"));
}

static void test_gsm8k_gold_is_whole_for_us_and_cut_for_the_reference(void **state)
{
    lmi_dataset data = parse("gsm8k", "{\"question\":\"q\",\"answer\":\"so\\n#### 1,430\"}");

    (void)state;
    expect_item(&data.items[0], NULL, "q", "1430", "1");
    lmi_dataset_done(&data);
}

static void test_a_note_is_kept_where_a_row_has_one(void **state)
{
    lmi_dataset data = parse("gsm8k", "{\"question\":\"q\",\"answer\":\"#### 1\",\"note\":\"n\"}\n"
                                      "{\"question\":\"q\",\"answer\":\"#### 1\"}\n");
    lmi_dataset own = parse("custom", "{\"question\":\"q\",\"note\":\"n\"}");

    (void)state;
    assert_string_equal(lmi_dataset_question(&data, 0).note, "n");
    assert_null(lmi_dataset_question(&data, 1).note);
    assert_string_equal(lmi_dataset_question(&own, 0).note, "n");
    lmi_dataset_done(&data);
    lmi_dataset_done(&own);
    refuse("gsm8k", "rows:1: \"note\" in a row must be a string",
           "{\"question\":\"q\",\"answer\":\"#### 1\",\"note\":7}");
}

static void test_aime_answers_are_strings_or_numbers(void **state)
{
    lmi_dataset data = parse("aime2024", "{\"id\":60,\"problem\":\"p\",\"answer\":\"025\"}\n"
                                         "{\"problem\":\"p\",\"answer\":70}\n");

    (void)state;
    expect_item(&data.items[0], "60", "p", "025", "025");
    expect_item(&data.items[1], NULL, "p", "70", "70");
    lmi_dataset_done(&data);
    refuse("aime2025", "rows:1: \"answer\" must be a whole number, found \"x\"",
           "{\"problem\":\"p\",\"answer\":\"x\"}");
    refuse("aime2025", "must be a whole number", "{\"problem\":\"p\",\"answer\":-1}");
}

static void test_gpqa_options_stand_in_the_question(void **state)
{
    lmi_dataset data = parse("gpqa", "{\"question\":\"q A) x B) y\",\"answer\":\"B\"}");
    const lmi_gold gold = lmi_dataset_gold(&data, 0);

    (void)state;
    expect_item(&data.items[0], NULL, "q A) x B) y", "B", "b");
    assert_int_equal(gold.n_options, 4);
    assert_null(gold.options);
    lmi_dataset_done(&data);
    refuse("gpqa", "must be a letter from A to D, found \"E\"",
           "{\"question\":\"q\",\"answer\":\"E\"}");
    refuse("gpqa", "must be a letter", "{\"question\":\"q\",\"answer\":\"\"}");
}

static void expect_listed(const char *question, const char *b, const char *d)
{
    char row[512];
    lmi_dataset data;
    lmi_gold gold;

    snprintf(row, sizeof(row), "{\"question\":\"%s\",\"answer\":\"C\"}", question);
    data = parse("gpqa", row);
    gold = lmi_dataset_gold(&data, 0);
    assert_int_equal(gold.n_options, 4);
    assert_non_null(gold.options);
    assert_string_equal(gold.options[1], b);
    assert_string_equal(gold.options[3], d);
    lmi_dataset_done(&data);
}

static void test_gpqa_options_are_read_from_the_question(void **state)
{
    (void)state;
    expect_listed("Which?\\n\\nA) red\\nB) blue\\nC) green\\nD) grey", "blue", "grey");
    expect_listed("Which?\\n\\n(A) red\\n(B)  blue \\n\\n(C) green\\n(D) grey\\n", "blue", "grey");
    expect_listed("Which?\\nA. red\\nB. dark\\nblue\\nC. green\\nD. grey\\n\\nChoose.",
                  "dark\nblue", "grey");
    expect_listed("**A)** red\\n**B)** $x = 3$\\n**C)** green\\n**D)** grey", "$x = 3$", "grey");
    expect_listed("Which? A) red B) blue C) green D) grey", "blue", "grey");
    expect_listed(
        "Take A) and B) of\\nA) one\\nB) two.\\nA) red\\nB) blue\\nC) green\\nD) B) or C)", "blue",
        "B) or C)");
}

static void test_gpqa_options_that_are_not_all_there_are_none(void **state)
{
    static const char *const questions[] = {"A) x\\nB) y\\nC) z",
                                            "A) x\\nB)\\nC) z\\nD) w",
                                            "A)x\\nB)y\\nC)z\\nD)w",
                                            "D) x\\nC) y\\nB) z\\nA) w",
                                            "((((",
                                            "A"};
    char row[512];
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(questions) / sizeof(questions[0]); i++) {
        lmi_dataset data;

        snprintf(row, sizeof(row), "{\"question\":\"%s\",\"answer\":\"C\"}", questions[i]);
        data = parse("gpqa", row);
        assert_int_equal(data.items[0].n_options, 4);
        assert_null(data.items[0].options);
        lmi_dataset_done(&data);
    }
}

static void test_arc_labels_of_any_kind_become_letters(void **state)
{
    lmi_dataset data = parse(
        "arc_easy", "{\"id\":\"N1\",\"question\":\"q\",\"choices\":{\"text\":[\"air\",\"sea\","
                    "\"mud\"],\"label\":[\"1\",\"2\",\"3\"]},\"answerKey\":\"3\"}\n"
                    "{\"question\":\"q\",\"choices\":{\"text\":[\"a\",\"b\",\"c\",\"d\","
                    "\"e\"],\"label\":[\"A\",\"B\",\"C\",\"D\",\"E\"]},\"answerKey\":\"E\"}");

    (void)state;
    expect_item(&data.items[0], "N1", "q\nA. air\nB. sea\nC. mud", "C", "c");
    expect_item(&data.items[1], NULL, "q\nA. a\nB. b\nC. c\nD. d\nE. e", "E", "e");
    assert_int_equal(lmi_dataset_gold(&data, 0).n_options, 3);
    assert_string_equal(lmi_dataset_gold(&data, 0).options[1], "sea");
    lmi_dataset_done(&data);
}

static void test_bad_arc_rows_are_refused(void **state)
{
    (void)state;
    refuse("arc_challenge", "\"answerKey\" must be one of the labels, found \"C\"",
           "{\"question\":\"q\",\"choices\":{\"text\":[\"a\",\"b\"],\"label\":[\"A\",\"B\"]},"
           "\"answerKey\":\"C\"}");
    refuse("arc_challenge", "as many texts as labels, 2 or more, found 2 and 1",
           "{\"question\":\"q\",\"choices\":{\"text\":[\"a\",\"b\"],\"label\":[\"A\"]},"
           "\"answerKey\":\"A\"}");
    refuse("arc_challenge", "\"text\" must be an array of strings, found nothing",
           "{\"question\":\"q\",\"choices\":[],\"answerKey\":\"A\"}");
    refuse("arc_challenge", "must hold strings without NUL, found a number at place 2",
           "{\"question\":\"q\",\"choices\":{\"text\":[\"a\",1],\"label\":[\"A\",\"B\"]},"
           "\"answerKey\":\"A\"}");
}

/* 27 options: one more than there are letters. */
static void test_more_options_than_letters_are_refused(void **state)
{
    lmi_buf row;
    int i;

    (void)state;
    lmi_buf_init(&row, 4096);
    lmi_buf_puts(&row, "{\"query\":\"q\",\"answer\":\"x\",\"options\":[\"x\"");
    for (i = 0; i < 26; i++)
        lmi_buf_puts(&row, ",\"y\"");
    lmi_buf_puts(&row, "]}");
    refuse("medqa", "more than 26 options", lmi_buf_text(&row));
    lmi_buf_done(&row);
}

/* The reference takes the first option that contains the answer: "flu" is in "A. influenza". */
static void test_medqa_answer_is_the_option_that_equals_it(void **state)
{
    lmi_dataset data =
        parse("medqa", "[{\"idx\":7,\"query\":\"q\",\"options\":[\"A. influenza\",\"B. flu\"],"
                       "\"answer\":\"flu\"}]");

    (void)state;
    expect_item(&data.items[0], "7", "q", "B", "a");
    assert_string_equal(data.items[0].options[0], "influenza");
    lmi_dataset_done(&data);
    refuse("medqa", "must be the text of an option, found \"cold\"",
           "[{\"query\":\"q\",\"options\":[\"A. x\"],\"answer\":\"cold\"}]");
}

static void test_winogrande_options_are_listed(void **state)
{
    lmi_dataset data = parse("winogrande", "{\"sentence\":\"the _ is big\",\"option1\":\"cup\","
                                           "\"option2\":\"house\",\"answer\":\"2\"}");

    (void)state;
    expect_item(&data.items[0], NULL,
                "Which option belongs in place of the blank _?\n\nthe _ is big\nA. cup\nB. house",
                "B", "b");
    lmi_dataset_done(&data);
    refuse("winogrande", "must be \"1\" or \"2\", found \"\"",
           "{\"sentence\":\"s\",\"option1\":\"a\",\"option2\":\"b\",\"answer\":\"\"}");
    refuse("winogrande", "rows:1: \"option1\" is empty",
           "{\"sentence\":\"s\",\"option1\":\"\",\"option2\":\"b\",\"answer\":\"1\"}");
    refuse("winogrande", "rows:2: \"option2\" is empty",
           "[{\"sentence\":\"s\",\"option1\":\"a\",\n\"option2\":\" \",\"answer\":\"1\"}]");
}

static void test_mbppplus_shows_three_tests_and_runs_all(void **state)
{
    lmi_dataset data =
        parse("mbppplus", "{\"task_id\":2,\"prompt\":\"Add.\",\"code\":\"def f(): pass\","
                          "\"test\":\"assert f() is None\",\"test_imports\":[],"
                          "\"test_list\":[\"t1\",\"t2\",\"t3\",\"t4\"]}");
    const lmi_item *item = &data.items[0];

    (void)state;
    assert_string_equal(item->id, "2");
    assert_string_equal(item->question,
                        "Add.\nThe program must pass tests such as these:\n\nt1\nt2\nt3");
    assert_string_equal(item->tests, "assert f() is None");
    assert_null(item->tests_compat);
    assert_string_equal(item->solution, "def f(): pass");
    lmi_dataset_done(&data);
}

static void test_humanevalplus_tests_end_in_a_check_of_the_function(void **state)
{
    lmi_dataset data = parse(
        "humanevalplus", "{\"task_id\":\"HumanEval/0\",\"prompt\":\"def g():\\n\","
                         "\"canonical_solution\":\"    return 1\\n\",\"entry_point\":\"g\","
                         "\"test\":\"def check(candidate):\\n    assert candidate() == 1\\n\"}");
    const lmi_item *item = &data.items[0];

    (void)state;
    assert_string_equal(item->id, "HumanEval/0");
    assert_string_equal(item->question, "def g():\n");
    assert_string_equal(item->tests,
                        "def check(candidate):\n    assert candidate() == 1\n\n\ncheck(g)\n");
    assert_string_equal(item->tests_compat, "def check(g):\n    assert g() == 1\n\n\ncheck(g)");
    assert_string_equal(item->solution, "def g():\n    return 1\n");
    lmi_dataset_done(&data);
}

static void test_code_rows_that_test_nothing_are_refused(void **state)
{
    (void)state;
    refuse("mbppplus", "rows:1: \"test\" is empty",
           "{\"prompt\":\"p\",\"code\":\"1\",\"test\":\" \\n\",\"test_list\":[]}");
    refuse("humanevalplus", "\"test\" is empty",
           "{\"prompt\":\"p\",\"canonical_solution\":\"\",\"entry_point\":\"g\",\"test\":\"\"}");
    refuse("humanevalplus", "\"entry_point\" must be a function's name",
           "{\"prompt\":\"p\",\"canonical_solution\":\"\",\"entry_point\":\"\",\"test\":\"x\"}");
    refuse("humanevalplus", "\"entry_point\" must be a function's name",
           "{\"prompt\":\"p\",\"canonical_solution\":\"\",\"entry_point\":\"g)\","
           "\"test\":\"x\"}");
}

static void test_custom_questions_may_have_no_gold(void **state)
{
    lmi_dataset data =
        parse("custom", "{\"question\":\"q\"}\n{\"question\":\"q\",\"gold\":\"Paris\"}");

    (void)state;
    assert_null(data.items[0].gold);
    expect_item(&data.items[1], NULL, "q", "Paris", "paris");
    lmi_dataset_done(&data);
}

static void test_custom_golds_may_be_numbers_or_null(void **state)
{
    lmi_dataset data = parse("custom", "{\"question\":\"q\",\"gold\":null}\n"
                                       "{\"question\":\"q\",\"gold\":4}\n"
                                       "{\"question\":\"q\",\"gold\":-0.5}\n"
                                       "{\"question\":\"q\",\"gold\":18446744073709551615}");

    (void)state;
    assert_null(data.items[0].gold);
    assert_null(data.items[0].gold_compat);
    expect_item(&data.items[1], NULL, "q", "4", "4");
    expect_item(&data.items[2], NULL, "q", "-0.5", "-0.5");
    expect_item(&data.items[3], NULL, "q", "18446744073709551615", "18446744073709551615");
    lmi_dataset_done(&data);
    refuse("custom", "\"gold\"", "{\"question\":\"q\",\"gold\":true}");
    refuse("custom", "\"gold\"", "{\"question\":\"q\",\"gold\":[4]}");
    refuse("custom", "", "{\"question\":\"q\",\"gold\":1e999}");
}

static void test_empty_and_oversized_questions_are_refused(void **state)
{
    lmi_buf row;

    (void)state;
    refuse("gsm8k", "rows:1: question of 0 bytes, from 1 to 1048576 expected",
           "{\"question\":\"\",\"answer\":\"#### 1\"}");
    lmi_buf_init(&row, 2 * LMI_QUESTION_MAX);
    lmi_buf_puts(&row, "{\"answer\":\"A\",\"question\":\"");
    while (row.len < LMI_QUESTION_MAX + 100)
        lmi_buf_puts(&row, "0123456789");
    lmi_buf_puts(&row, "\"}");
    refuse("gpqa", "from 1 to 1048576 expected", lmi_buf_text(&row));
    lmi_buf_done(&row);
}

/* ---- Forms of a file ------------------------------------------------------------- */

static const char ROWS[] = "{\"question\":\"q0\",\"answer\":\"#### 1\"}\n"
                           "{\"question\":\"q1\",\"answer\":\"#### 2\"}\n";
static const char ARRAY[] = " [{\"question\":\"q0\",\"answer\":\"#### 1\"},\n"
                            "{\"question\":\"q1\",\"answer\":\"#### 2\"}]\n";

/* `text` gzipped, in `out` of `size` bytes; returns how many are used. */
static size_t zip(unsigned char *out, size_t size, const char *text)
{
    z_stream stream = {0};

    assert_int_equal(deflateInit2(&stream, 9, Z_DEFLATED, 15 + 16, 9, Z_DEFAULT_STRATEGY), Z_OK);
    stream.next_in = (unsigned char *)(uintptr_t)text;
    stream.avail_in = (unsigned)strlen(text);
    stream.next_out = out;
    stream.avail_out = (unsigned)size;
    assert_int_equal(deflate(&stream, Z_FINISH), Z_STREAM_END);
    deflateEnd(&stream);
    return size - stream.avail_out;
}

static void expect_two(const void *bytes, size_t size)
{
    lmi_dataset data;

    assert_ok(
        lmi_dataset_open(&data, lmi_task_find("gsm8k"), support_file(folder, "data", bytes, size)));
    assert_int_equal(data.n, 2);
    assert_string_equal(data.items[1].question, "q1");
    assert_int_equal(data.size, size);
    lmi_dataset_done(&data);
}

static void test_lines_and_arrays_gzipped_or_not_are_read(void **state)
{
    unsigned char bytes[1024];

    (void)state;
    expect_two(ROWS, sizeof(ROWS) - 1);
    expect_two(ARRAY, sizeof(ARRAY) - 1);
    expect_two(bytes, zip(bytes, sizeof(bytes), ROWS));
    expect_two(bytes, zip(bytes, sizeof(bytes), ARRAY));
}

static void test_gzip_members_are_joined(void **state)
{
    unsigned char bytes[1024];
    const char *second = strchr(ROWS, '\n') + 1;
    char first[64] = "";
    size_t size;

    (void)state;
    memcpy(first, ROWS, (size_t)(second - ROWS));
    size = zip(bytes, sizeof(bytes), first);
    size += zip(bytes + size, sizeof(bytes) - size, second);
    expect_two(bytes, size);
}

/* As gzip(1) has it: tapes and some servers fill the last block up. */
static void test_zeros_behind_gzip_data_are_padding(void **state)
{
    unsigned char bytes[2048] = {0};
    const size_t size = zip(bytes, sizeof(bytes), ROWS);
    lmi_dataset data;

    (void)state;
    expect_two(bytes, size + 1);
    expect_two(bytes, size + 512);
    bytes[size + 511] = 'x';
    assert_fails(LMAS_E_FORMAT, "damaged gzip data: something else follows it",
                 lmi_dataset_open(&data, lmi_task_find("gsm8k"),
                                  support_file(folder, "more", bytes, size + 512)));
}

static void test_damaged_gzip_is_refused(void **state)
{
    unsigned char bytes[1024];
    const size_t size = zip(bytes, sizeof(bytes), ROWS);
    lmi_dataset data;

    (void)state;
    assert_fails(LMAS_E_FORMAT, "damaged gzip data: it ends too early",
                 lmi_dataset_open(&data, lmi_task_find("gsm8k"),
                                  support_file(folder, "cut", bytes, size - 9)));
    bytes[size] = 'x';
    assert_fails(LMAS_E_FORMAT, "damaged gzip data: something else follows it",
                 lmi_dataset_open(&data, lmi_task_find("gsm8k"),
                                  support_file(folder, "more", bytes, size + 1)));
    bytes[12] ^= 0xff;
    assert_fails(
        LMAS_E_FORMAT, "damaged gzip data",
        lmi_dataset_open(&data, lmi_task_find("gsm8k"), support_file(folder, "bad", bytes, size)));
}

static void test_bad_rows_of_an_array_are_named_by_line(void **state)
{
    (void)state;
    refuse("gsm8k", "rows:2: missing key \"answer\"",
           "[{\"question\":\"q\",\"answer\":\"#### 1\"},\n{\"question\":\"q\"}]");
    refuse("gsm8k", "a row must be an object, found a number",
           "[{\"question\":\"q\",\"answer\":\"#### 1\"},\n3]");
    refuse("gsm8k", "holds no questions", "[]");
    refuse("gsm8k", "rows:1:", "[{\"question\":\"q\"");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_task_is_described_and_found_by_name),
        cmocka_unit_test(test_gsm8k_gold_is_whole_for_us_and_cut_for_the_reference),
        cmocka_unit_test(test_a_note_is_kept_where_a_row_has_one),
        cmocka_unit_test(test_aime_answers_are_strings_or_numbers),
        cmocka_unit_test(test_gpqa_options_stand_in_the_question),
        cmocka_unit_test(test_gpqa_options_are_read_from_the_question),
        cmocka_unit_test(test_gpqa_options_that_are_not_all_there_are_none),
        cmocka_unit_test(test_arc_labels_of_any_kind_become_letters),
        cmocka_unit_test(test_bad_arc_rows_are_refused),
        cmocka_unit_test(test_more_options_than_letters_are_refused),
        cmocka_unit_test(test_medqa_answer_is_the_option_that_equals_it),
        cmocka_unit_test(test_winogrande_options_are_listed),
        cmocka_unit_test(test_mbppplus_shows_three_tests_and_runs_all),
        cmocka_unit_test(test_humanevalplus_tests_end_in_a_check_of_the_function),
        cmocka_unit_test(test_code_rows_that_test_nothing_are_refused),
        cmocka_unit_test(test_custom_questions_may_have_no_gold),
        cmocka_unit_test(test_custom_golds_may_be_numbers_or_null),
        cmocka_unit_test(test_empty_and_oversized_questions_are_refused),
        cmocka_unit_test(test_lines_and_arrays_gzipped_or_not_are_read),
        cmocka_unit_test(test_gzip_members_are_joined),
        cmocka_unit_test(test_zeros_behind_gzip_data_are_padding),
        cmocka_unit_test(test_damaged_gzip_is_refused),
        cmocka_unit_test(test_bad_rows_of_an_array_are_named_by_line),
    };

    return cmocka_run_group_tests(tests, make_folder, NULL);
}
