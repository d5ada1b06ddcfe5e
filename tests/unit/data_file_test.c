/* data_file_test.c - task files: what they say becomes questions and golds, what is wrong with one
 * is named by line. */
#include "support.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "data/dataset.h"
#include "data/file/builtin.h"

static char folder[64];

static int make_folder(void **state)
{
    (void)state;
    snprintf(folder, sizeof(folder), "%s", support_folder());
    return 0;
}

/* The task of that file. */
static lmi_task *task_of(const char *text)
{
    lmi_task *task = NULL;

    assert_ok(lmi_task_parse(&task, "t.json", text, strlen(text), NULL));
    return task;
}

/* A file of an answer of that kind, with `rest` behind its question. */
static const char *file_of(const char *answer, const char *rest)
{
    static char text[4096];

    snprintf(text, sizeof(text),
             "{\"name\": \"mine\", \"answer\": \"%s\",\n\"question\": \"q\", %s}", answer, rest);
    return text;
}

static void refuse(const char *message, const char *text)
{
    lmi_task *task = NULL;

    assert_fails(LMAS_E_FORMAT, message, lmi_task_parse(&task, "t.json", text, strlen(text), NULL));
    assert_null(task);
}

/* What the row becomes: question, gold, compat gold, the second option (NULL for none). */
static void expect(const char *file, const char *row, const char *question, const char *gold,
                   const char *compat, const char *second)
{
    lmi_task *task = task_of(file);
    lmi_dataset data;

    assert_ok(lmi_dataset_parse(&data, task, "rows", row, strlen(row)));
    assert_string_equal(data.items[0].question, question);
    assert_string_equal(data.items[0].gold, gold);
    assert_string_equal(data.items[0].gold_compat, compat);
    if (second)
        assert_string_equal(data.items[0].options[1], second);
    else
        assert_null(data.items[0].options);
    lmi_dataset_done(&data);
    lmi_task_free(task);
}

static void refuse_row(const char *message, const char *file, const char *row)
{
    lmi_task *task = task_of(file);
    lmi_dataset data;

    assert_fails(LMAS_E_FORMAT, message, lmi_dataset_parse(&data, task, "rows", row, strlen(row)));
    lmi_task_free(task);
}

/* ---- Built-in ones ---- */

static void test_every_file_of_tasks_is_a_task_of_its_own_name(void **state)
{
    size_t i;

    (void)state;
    for (i = 0; lmi_builtin_tasks[i].name; i++) {
        const lmi_builtin_task *file = &lmi_builtin_tasks[i];
        lmi_task *task = NULL;

        assert_ok(lmi_task_parse(&task, file->name, file->json, file->len, NULL));
        assert_string_equal(task->name, file->name);
        assert_true(*task->summary && *task->row);
        assert_string_equal(task->text, file->json);
        assert_string_equal(lmi_task_at(i)->name, file->name);
        lmi_task_free(task);
    }
    assert_null(lmi_task_at(i));
}

static void test_mmlu_pro_lists_up_to_ten_options(void **state)
{
    static const char row[] =
        "{\"question_id\": 70, \"question\": \"Which?\", \"options\": [\"a\", \"b\", \"c\", \"d\", "
        "\"e\", \"f\", \"g\", \"h\", \"i\", \"j\"], \"answer\": \"J\", \"answer_index\": 9, "
        "\"cot_content\": \"\", \"category\": \"law\", \"src\": \"made up\"}";
    lmi_dataset data;

    (void)state;
    assert_ok(lmi_dataset_parse(&data, lmi_task_find("mmlu_pro"), "rows", row, strlen(row)));
    assert_string_equal(data.items[0].id, "70");
    assert_string_equal(data.items[0].question, "Which?\nA. a\nB. b\nC. c\nD. d\nE. e\nF. f\nG. g\n"
                                                "H. h\nI. i\nJ. j");
    assert_string_equal(data.items[0].gold, "J");
    assert_int_equal(lmi_dataset_gold(&data, 0).n_options, 10);
    lmi_dataset_done(&data);
}

static void test_aime2026_has_its_number_for_an_id(void **state)
{
    static const char row[] = "{\"problem_idx\": 3, \"answer\": 79, \"problem\": \"Find it.\"}";
    lmi_dataset data;

    (void)state;
    assert_ok(lmi_dataset_parse(&data, lmi_task_find("aime2026"), "rows", row, strlen(row)));
    assert_string_equal(data.items[0].id, "3");
    assert_string_equal(data.items[0].gold, "79");
    lmi_dataset_done(&data);
}

/* ---- Rows ---- */

static void test_a_gold_may_be_written_down_in_many_ways(void **state)
{
    static const char row[] =
        "{\"q\": \"Q\", \"o\": [\"cat\", \"dog\"], \"l\": [\"x\", \"y\"], \"n\": 1, "
        "\"s\": \"2\", \"t\": \"dog\", \"p\": \"do\", \"k\": \"y\", \"c\": \"B\", \"d\": "
        "\"1,430\"}";

    (void)state;
#define CHOICE(gold)   file_of("choice", "\"options\": \"o\", \"gold\": {" gold "}")
#define EXPECT_B(gold) expect(CHOICE(gold), row, "Q\nA. cat\nB. dog", "B", "b", "dog")
    EXPECT_B("\"field\": \"c\", \"as\": \"letter\"");
    EXPECT_B("\"field\": \"n\", \"as\": \"index\"");
    EXPECT_B("\"field\": \"s\", \"as\": \"index\", \"first\": 1");
    EXPECT_B("\"field\": \"k\", \"as\": \"label\", \"labels\": \"l\"");
    EXPECT_B("\"field\": \"t\", \"as\": \"option\"");
    EXPECT_B("\"field\": \"p\", \"as\": \"within\"");
    refuse_row("rows:1: \"p\" must be the text of an option, found \"do\"",
               CHOICE("\"field\": \"p\", \"as\": \"option\""), row);
    refuse_row("rows:1: \"s\" must be \"0\" or \"1\", found \"2\"",
               CHOICE("\"field\": \"s\", \"as\": \"index\""), row);
    refuse_row("rows:1: \"t\" must be a letter from A to B, found \"dog\"",
               CHOICE("\"field\": \"t\", \"as\": \"letter\""), row);
    refuse_row("rows:1: \"o\" in a row must be a string, found an array",
               CHOICE("\"field\": \"o\", \"as\": \"index\""), row);
    expect(file_of("number", "\"gold\": \"d\""), row, "Q", "1430", "1430", NULL);
    expect(file_of("number", "\"gold\": \"n\""), row, "Q", "1", "1", NULL);
    expect(file_of("integer", "\"gold\": \"s\""), row, "Q", "2", "2", NULL);
    expect(file_of("text", "\"gold\": \"c\""), row, "Q", "B", "b", NULL);
    refuse_row("rows:1: \"t\" must be a number, found \"dog\"",
               file_of("number", "\"gold\": \"t\""), row);
    refuse_row("rows:1: missing key \"z\"", file_of("text", "\"gold\": \"z\""), row);
}

static void test_paths_lead_into_objects_and_arrays(void **state)
{
    static const char row[] = "[{\"q\": \"Q\",\n\"a\": {\"b\": [{\"c\": \"deep\"}, \"flat\"]}}]";

    (void)state;
    expect(file_of("text", "\"gold\": \"a.b.0.c\""), row, "Q", "deep", "deep", NULL);
    expect(file_of("text", "\"gold\": \"a.b.1\""), row, "Q", "flat", "flat", NULL);
    refuse_row("missing key \"a.b.2\"", file_of("text", "\"gold\": \"a.b.2\""), row);
    refuse_row("missing key \"a.x.y\"", file_of("text", "\"gold\": \"a.x.y\""), row);
    refuse_row("missing key \"q.0\"", file_of("text", "\"gold\": \"q.0\""), row);
    refuse_row("missing key", file_of("text", "\"gold\": \"a.b.99999999999999999999\""), row);
}

static void test_templates_put_fields_into_a_question(void **state)
{
    static const char file[] = "{\"name\": \"mine\", \"answer\": \"text\", \"gold\": \"g\",\n"
                               "\"question\": \"{{{a.b}}} and {n}\\n\"}";

    (void)state;
    expect(file, "{\"a\": {\"b\": \"x {n}\"}, \"n\": 0.5, \"g\": \"y\"}", "{x {n}} and 0.5\n", "y",
           "y", NULL);
    refuse_row("rows:1: \"b\" in a row must be a text without NUL or a number, found nothing", file,
               "{\"a\": {}, \"n\": 1, \"g\": \"y\"}");
    refuse("t.json:1: \"question\" in the task must be a field",
           "{\"name\": \"m\", \"answer\": \"text\", \"gold\": \"g\", \"question\": \"a {b\"}");
    refuse("found \"{a} } b\"",
           "{\"name\": \"m\", \"answer\": \"text\", \"gold\": \"g\", \"question\": \"{a} } b\"}");
    refuse("found \"no field {{}}\"",
           "{\"name\": \"m\", \"answer\": \"text\", \"gold\": \"g\", \"question\": \"no field "
           "{{}}\"}");
}

static void test_options_stand_in_an_array_in_fields_or_in_the_question(void **state)
{
    (void)state;
    expect(file_of("choice", "\"options\": [\"x\", \"y.z\"], \"gold\": {\"field\": \"g\", "
                             "\"as\": \"option\"}"),
           "{\"q\": \"Q\", \"x\": \"1\", \"y\": {\"z\": \"2\"}, \"g\": \"2\"}", "Q\nA. 1\nB. 2",
           "B", "b", "2");
    expect(file_of("choice", "\"options\": {\"listed\": 2}, \"gold\": {\"field\": \"g\", "
                             "\"as\": \"index\"}"),
           "{\"q\": \"Q\\nA) one\\nB) two\", \"g\": 0}", "Q\nA) one\nB) two", "A", "a", "two");
    expect(file_of("choice", "\"options\": {\"field\": \"o\", \"lettered\": true, "
                             "\"in_question\": true}, \"gold\": {\"field\": \"g\", \"as\": "
                             "\"letter\"}"),
           "{\"q\": \"Q A. 1 B. 2\", \"o\": [\"A. 1\", \"B. 2\"], \"g\": \"A\"}", "Q A. 1 B. 2",
           "A", "a", "2");
    refuse_row("a choice has 2 options or more, found 1",
               file_of("choice", "\"options\": \"o\", \"gold\": {\"field\": \"g\", \"as\": "
                                 "\"letter\"}"),
               "{\"q\": \"Q\", \"o\": [\"1\"], \"g\": \"A\"}");
}

/* ---- Files that are wrong ---- */

static void test_keys_that_are_missing_or_unknown_are_named_by_line(void **state)
{
    (void)state;
    refuse("t.json:1: missing key \"answer\" in the task", "{\"name\": \"mine\"}");
    refuse("t.json:1: missing key \"name\" in the task",
           "{\"answer\": \"text\", \"question\": \"q\", \"gold\": \"g\"}");
    refuse("t.json:1: missing key \"question\" in the task",
           "{\"name\": \"mine\", \"answer\": \"text\", \"gold\": \"g\"}");
    refuse("\"gold\" in the task must be an object, found nothing",
           file_of("text", "\"id\": \"i\""));
    refuse("t.json:2: unknown key \"golds\" in a task of answer text, expected one of: name",
           file_of("text", "\"golds\": \"g\""));
    refuse("t.json:2: unknown key \"options\" in a task of answer number",
           file_of("number", "\"options\": \"o\", \"gold\": \"g\""));
    refuse("t.json:2: unknown key \"question\" in a task of answer code",
           file_of("code", "\"reader\": 1"));
    refuse("t.json:2: unknown key \"first\" in gold, expected one of: field, as",
           file_of("choice", "\"options\": \"o\", \"gold\": {\"field\": \"g\", \"as\": \"letter\", "
                             "\"first\": 1}"));
    refuse(
        "t.json:2: missing key \"labels\" in gold",
        file_of("choice", "\"options\": \"o\", \"gold\": {\"field\": \"g\", \"as\": \"label\"}"));
    refuse("t.json:2: unknown key \"split\" in data, expected one of: hf, path, rows",
           file_of("text", "\"gold\": \"g\", \"data\": {\"hf\": \"a/b\", \"path\": \"x.json\", "
                           "\"split\": \"test\"}"));
    refuse("\"reader\" in the task must be humanevalplus or mbppplus, found \"python\"",
           "{\"name\": \"m\", \"answer\": \"code\", \"reader\": \"python\"}");
}

static void test_values_of_a_wrong_kind_are_named_by_line(void **state)
{
    (void)state;
    refuse("t.json:1: a task must be an object, found an array", "[]");
    refuse("must be number, integer, choice, code or text, found \"essay\"",
           file_of("essay", "\"gold\": \"g\""));
    refuse("t.json:1: a task's name has letters, digits",
           "{\"name\": \"../x\", \"answer\": \"text\", \"question\": \"q\", \"gold\": \"g\"}");
    refuse("\"name\" in the task has 0 bytes, from 1 to 64 expected",
           "{\"name\": \"\", \"answer\": \"text\", \"question\": \"q\", \"gold\": \"g\"}");
    refuse(
        "\"name\" in the task contains a control character",
        "{\"name\": \"a\\u001b[2J\", \"answer\": \"text\", \"question\": \"q\", \"gold\": \"g\"}");
    refuse("t.json:2: \"id\" in the task must be a string, found a number",
           file_of("text", "\"id\": 3, \"gold\": \"g\""));
    refuse("t.json:2: \"gold\" in the task must name a field of a row",
           file_of("text", "\"gold\": \"a..b\""));
    refuse("\"as\" in gold must be letter, index, label, option or within, as in "
           "{\"field\": \"answer\", \"as\": \"letter\"}, found nothing",
           file_of("choice", "\"options\": \"o\", \"gold\": \"g\""));
    refuse("\"as\" in gold must be ####, or left out, found \"letter\"",
           file_of("number", "\"gold\": {\"field\": \"g\", \"as\": \"letter\"}"));
    refuse("\"first\" in gold must be 0 or 1, found a number",
           file_of("choice", "\"options\": \"o\", \"gold\": {\"field\": \"g\", \"as\": \"index\", "
                             "\"first\": 2}"));
    refuse("must be letter or index where options are listed, found \"option\"",
           file_of("choice", "\"options\": {\"listed\": 4}, \"gold\": {\"field\": \"g\", \"as\": "
                             "\"option\"}"));
    refuse("\"options\" in the task must be {\"listed\": N}, N from 2 to 26, found another number",
           file_of("choice", "\"options\": {\"listed\": 27}, \"gold\": \"g\""));
    refuse("\"options\" in the task must be from 2 to 26 fields, found less",
           file_of("choice", "\"options\": [\"o\"], \"gold\": \"g\""));
}

static void test_data_that_is_nowhere_is_named_by_line(void **state)
{
    (void)state;
    refuse("\"rows\" in data must be a whole number from 1 to 1000000000, found another number",
           file_of("text", "\"gold\": \"g\", \"data\": {\"hf\": \"a/b\", \"rows\": 0}"));
    refuse(
        "\"path\" in data must end in .jsonl",
        file_of("text", "\"gold\": \"g\", \"data\": {\"hf\": \"a/b\", \"path\": \"x.parquet\"}"));
    refuse("t.json:2: \"data\" must have \"hf\", \"github\" or \"file\"",
           file_of("text", "\"gold\": \"g\", \"data\": {\"rows\": 3}"));
    refuse("\"program\" in data must name rows that the program has",
           file_of("text", "\"gold\": \"g\", \"data\": {\"program\": \"/etc/passwd\"}"));
}

/* ---- Files and names ---- */

static const char GOOD[] = "{\"name\": \"mine\", \"answer\": \"text\", \"question\": \"q\", "
                           "\"gold\": \"g\", \"data\": {\"file\": \"rows.jsonl\"}}";

static void test_rows_beside_a_file_are_found_from_anywhere(void **state)
{
    const char *path = support_file(folder, "mine.json", GOOD, sizeof(GOOD) - 1);
    char wanted[128];
    lmi_task *task;

    (void)state;
    assert_ok(lmi_task_load(&task, path));
    snprintf(wanted, sizeof(wanted), "%s/rows.jsonl", folder);
    assert_int_equal(task->source.kind, LMI_SOURCE_BESIDE);
    assert_string_equal(task->source.path, wanted);
    lmi_task_free(task);
}

static void test_a_word_names_a_built_in_task_or_a_file_that_is_read_once(void **state)
{
    char path[128];
    const lmi_task *task, *again;

    (void)state;
    snprintf(path, sizeof(path), "%s", support_file(folder, "once.json", GOOD, sizeof(GOOD) - 1));
    assert_ok(lmi_task_named(&task, "gsm8k"));
    assert_ptr_equal(task, lmi_task_find("gsm8k"));
    assert_ok(lmi_task_named(&task, path));
    support_file(folder, "once.json", "{", 1);
    assert_ok(lmi_task_named(&again, path));
    assert_ptr_equal(task, again);
    assert_fails(LMAS_E_INVALID, "expected a task (aime2024, aime2025",
                 lmi_task_named(&task, "gsm9k"));
    assert_fails(LMAS_E_INVALID, "or a task file FILE.json, found \"gsm9k\"",
                 lmi_task_named(&task, "gsm9k"));
    assert_fails(LMAS_E_IO, "cannot open", lmi_task_named(&task, "no/such.json"));
    assert_fails(LMAS_E_IO, "Is a directory", lmi_task_named(&task, folder));
}

/* Rows of two tasks of one name lie apart in the cache, those of a copy do not. */
static void test_rows_are_cached_by_their_source(void **state)
{
    const lmi_task *gsm8k = lmi_task_find("gsm8k");
    char other[] = "{\"name\": \"gsm8k\", \"answer\": \"text\", \"question\": \"q\", \"gold\": "
                   "\"g\", \"data\": {\"hf\": \"a/b\"}}";
    const lmi_task *task;

    (void)state;
    assert_ok(lmi_task_named(&task,
                             support_file(folder, "gsm8k.json", gsm8k->text, strlen(gsm8k->text))));
    assert_string_equal(task->source.mark, "");
    assert_ok(lmi_task_named(&task, support_file(folder, "other.json", other, sizeof(other) - 1)));
    assert_int_equal(strlen(task->source.mark), 13);
    assert_string_equal(task->source.config, "default");
    assert_string_equal(task->source.split, "test");
}

static void test_a_run_has_its_task_again_from_the_text_that_it_recorded(void **state)
{
    static const char text[] =
        "{\"name\": \"mine\", \"answer\": \"text\", \"question\": \"q\", \"gold\": \"g\"}";
    const lmi_task *task, *again;

    (void)state;
    assert_ok(lmi_task_recorded(&task, "runs/a", "arc_easy", NULL));
    assert_ptr_equal(task, lmi_task_find("arc_easy"));
    assert_ok(lmi_task_recorded(&again, "runs/a", "arc_easy", task->text));
    assert_ptr_equal(task, again);
    assert_ok(lmi_task_recorded(&task, "runs/a", "mine", text));
    assert_string_equal(task->name, "mine");
    assert_ok(lmi_task_recorded(&again, "runs/b", "mine", text));
    assert_ptr_equal(task, again);
    assert_fails(LMAS_E_FORMAT, "runs/a: there is no task \"gone\" in this version",
                 lmi_task_recorded(&task, "runs/a", "gone", NULL));
    assert_fails(LMAS_E_FORMAT, "runs/a:1: missing key \"answer\"",
                 lmi_task_recorded(&task, "runs/a", "mine", "{}"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_file_of_tasks_is_a_task_of_its_own_name),
        cmocka_unit_test(test_mmlu_pro_lists_up_to_ten_options),
        cmocka_unit_test(test_aime2026_has_its_number_for_an_id),
        cmocka_unit_test(test_a_gold_may_be_written_down_in_many_ways),
        cmocka_unit_test(test_paths_lead_into_objects_and_arrays),
        cmocka_unit_test(test_templates_put_fields_into_a_question),
        cmocka_unit_test(test_options_stand_in_an_array_in_fields_or_in_the_question),
        cmocka_unit_test(test_keys_that_are_missing_or_unknown_are_named_by_line),
        cmocka_unit_test(test_values_of_a_wrong_kind_are_named_by_line),
        cmocka_unit_test(test_data_that_is_nowhere_is_named_by_line),
        cmocka_unit_test(test_rows_beside_a_file_are_found_from_anywhere),
        cmocka_unit_test(test_a_word_names_a_built_in_task_or_a_file_that_is_read_once),
        cmocka_unit_test(test_rows_are_cached_by_their_source),
        cmocka_unit_test(test_a_run_has_its_task_again_from_the_text_that_it_recorded),
    };

    return cmocka_run_group_tests_name("task files", tests, make_folder, NULL);
}
