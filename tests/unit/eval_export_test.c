/* eval_export_test.c - runs in the files of lm-eval, evalplus and inspect. */
#include "runs.h"

#include <unistd.h>

#include "base/json.h"
#include "base/mem.h"
#include "base/sha256.h"
#include "eval/export/export.h"

static void set_text(char **at, const char *text)
{
    lmi_free(*at);
    *at = lmi_strdup(text);
    assert_non_null(*at);
}

/* Let the run be one of `task` on the data `rows`. */
static void give_data(lmi_record *r, const char *name, const char *task, const char *rows)
{
    char digest[LMI_SHA256_SIZE];
    lmi_sha256 hash;

    write_file(root, name, rows, strlen(rows));
    lmi_sha256_init(&hash);
    lmi_sha256_add(&hash, rows, strlen(rows));
    lmi_sha256_done(digest, &hash);
    set_text(&r->task, task);
    set_text(&r->data_path, in_root(name));
    set_text(&r->data_sha256, digest);
}

#define HUMANEVAL(id)                                                                              \
    "{\"task_id\":" id ",\"prompt\":\"def f():\\n\",\"canonical_solution\":\"    return 1\","      \
    "\"entry_point\":\"f\",\"test\":\"def check(f): pass\"}\n"
#define MBPP(id)                                                                                   \
    "{\"task_id\":" id                                                                             \
    ",\"prompt\":\"Add.\",\"code\":\"x\",\"test_list\":[],\"test\":\"assert 1\"}\n"

static void test_export_is_not_written_over_but_by_force(void **state)
{
    lmi_export export = {0};
    lmi_record r;

    (void)state;
    lmi_buf_init(&export.written, 1 << 12);
    assert_ok(lmi_record_open(&r, run_of("e1", "+-")));
    assert_ok(lmi_export_lm_eval(&export, &r, in_root("out")));
    assert_fails(LMAS_E_IO, "is there already", lmi_export_lm_eval(&export, &r, in_root("out")));
    export.is_forced = true;
    assert_ok(lmi_export_lm_eval(&export, &r, in_root("out")));
    assert_fails(LMAS_E_INVALID, "are no programs",
                 lmi_export_evalplus(&export, &r, in_root("out/e.jsonl")));
    assert_false(lmi_file_exists(in_root("out/e.jsonl")));
    lmi_record_done(&r);
    lmi_buf_done(&export.written);
}

/* The programs of two questions of four, the last one first. */
static const char two_lines[] =
    "{\"index\":2,\"id\":\"HumanEval/2\",\"prediction\":null,\"correct\":false,\"code\":{},"
    "\"status\":\"ok\"," WORK ",\"run_ms\":1}\n"
    "{\"index\":0,\"id\":\"0\",\"prediction\":\"x = \\\"1\\\"\\n\",\"correct\":"
    "true,\"code\":{},\"status\":\"ok\"," WORK ",\"run_ms\":2}\n";

static const char four_rows[] =
    HUMANEVAL("\"HumanEval/0\"") HUMANEVAL("\"HumanEval/1\"") HUMANEVAL("2") HUMANEVAL("3");

static void test_every_question_has_a_solution_in_the_order_of_the_data(void **state)
{
    lmi_export export = {0};
    lmi_record r;
    lmi_buf out;

    (void)state;
    lmi_buf_init(&export.written, 1 << 12);
    lmi_buf_init(&out, 1 << 16);
    assert_ok(lmi_record_open(&r, make_run("e2", (recipe){0}, two_lines)));
    give_data(&r, "four.jsonl", "humanevalplus", four_rows);
    assert_ok(lmi_export_evalplus(&export, &r, in_root("e2.jsonl")));
    assert_ok(lmi_file_read(&out, in_root("e2.jsonl")));
    assert_string_equal(lmi_buf_text(&out),
                        "{\"task_id\":\"HumanEval/0\",\"solution\":\"x = \\\"1\\\"\\n\"}\n"
                        "{\"task_id\":\"HumanEval/1\",\"solution\":\"\"}\n"
                        "{\"task_id\":\"HumanEval/2\",\"solution\":\"\"}\n"
                        "{\"task_id\":\"HumanEval/3\",\"solution\":\"\"}\n");
    lmi_buf_done(&out);
    lmi_record_done(&r);
    lmi_buf_done(&export.written);
}

static void test_rows_beyond_the_questions_of_the_run_have_one_too(void **state)
{
    lmi_export export = {0};
    lmi_record r;
    lmi_buf out;

    (void)state;
    lmi_buf_init(&export.written, 1 << 12);
    lmi_buf_init(&out, 1 << 16);
    assert_ok(lmi_record_open(
        &r, make_run("e5", (recipe){.questions = "2,\"rows\":4"},
                     "{\"index\":0,\"id\":\"2\",\"prediction\":\"x\",\"correct\":true,\"code\":{},"
                     "\"status\":\"ok\"," WORK ",\"run_ms\":1}\n"
                     "{\"index\":1,\"id\":\"Mbpp/3\",\"prediction\":\"y\",\"correct\":true,"
                     "\"code\":{},\"status\":\"ok\"," WORK ",\"run_ms\":2}\n")));
    give_data(&r, "mbpp.jsonl", "mbppplus", MBPP("2") MBPP("3") MBPP("\"MBPP/4\"") MBPP("6"));
    assert_ok(lmi_export_evalplus(&export, &r, in_root("e5.jsonl")));
    assert_ok(lmi_file_read(&out, in_root("e5.jsonl")));
    assert_string_equal(lmi_buf_text(&out), "{\"task_id\":\"Mbpp/2\",\"solution\":\"x\"}\n"
                                            "{\"task_id\":\"Mbpp/3\",\"solution\":\"y\"}\n"
                                            "{\"task_id\":\"Mbpp/4\",\"solution\":\"\"}\n"
                                            "{\"task_id\":\"Mbpp/6\",\"solution\":\"\"}\n");
    lmi_buf_done(&out);
    lmi_record_done(&r);
    lmi_buf_done(&export.written);
}

/* A file that lacks questions would be refused by evalplus. */
static void test_without_its_data_a_part_of_a_run_is_not_exported(void **state)
{
    lmi_export export = {0};
    lmi_record r;

    (void)state;
    lmi_buf_init(&export.written, 1 << 12);
    assert_ok(lmi_record_open(&r, make_run("e6", (recipe){0}, two_lines)));
    give_data(&r, "gone.jsonl", "humanevalplus", four_rows);
    assert_int_equal(unlink(in_root("gone.jsonl")), 0);
    assert_fails(LMAS_E_IO, "is not there: it has the ids",
                 lmi_export_evalplus(&export, &r, in_root("e6.jsonl")));
    write_file(root, "gone.jsonl", HUMANEVAL("0"), strlen(HUMANEVAL("0")));
    assert_fails(LMAS_E_FORMAT, "it has changed since",
                 lmi_export_evalplus(&export, &r, in_root("e6.jsonl")));
    set_text(&r.task, "of_another_program");
    assert_fails(LMAS_E_FORMAT, "does not tell the data",
                 lmi_export_evalplus(&export, &r, in_root("e6.jsonl")));
    assert_false(lmi_file_exists(in_root("e6.jsonl")));
    lmi_record_done(&r);
    lmi_buf_done(&export.written);
}

static void test_solution_without_an_id_is_refused_and_leaves_no_file(void **state)
{
    lmi_export export = {0};
    lmi_record r;

    (void)state;
    lmi_buf_init(&export.written, 1 << 12);
    assert_ok(
        lmi_record_open(&r, make_run("e3", (recipe){0},
                                     "{\"index\":0,\"prediction\":\"x\",\"correct\":true,"
                                     "\"code\":{},\"status\":\"ok\"," WORK ",\"run_ms\":2}\n")));
    assert_fails(LMAS_E_FORMAT, "samples.jsonl:1: no \"id\"",
                 lmi_export_evalplus(&export, &r, in_root("e3.jsonl")));
    assert_false(lmi_file_exists(in_root("e3.jsonl")));
    lmi_record_done(&r);
    lmi_buf_done(&export.written);
}

/* A model's name is a folder's: it must not lead out of the one that was asked for. */
static void test_export_stays_in_its_folder(void **state)
{
    lmi_export export = {0};
    lmi_record r;

    (void)state;
    lmi_buf_init(&export.written, 1 << 12);
    assert_ok(lmi_record_open(&r, run_of("e4", "+-")));
    snprintf(r.model, 2, ".");
    assert_ok(lmi_export_lm_eval(&export, &r, in_root("dots")));
    assert_non_null(strstr(lmi_buf_text(&export.written), "/dots/.__/results_"));
    lmi_free(r.model);
    r.model = lmi_strdup("../x:y");
    assert_ok(lmi_export_lm_eval(&export, &r, in_root("dots")));
    assert_non_null(strstr(lmi_buf_text(&export.written), "/dots/..__x__y/results_"));
    lmi_record_done(&r);
    lmi_buf_done(&export.written);
}

/* Export `r` as a log and read it back; free both with lmi_json_done() and lmi_buf_done(). */
static void export_log(lmi_json *log, lmi_buf *written, const lmi_record *r, const char *dir)
{
    lmi_export export = {0};
    char path[512];
    lmi_buf text;

    lmi_buf_init(&export.written, 1 << 12);
    lmi_buf_init(&text, 1 << 20);
    assert_ok(lmi_export_inspect(&export, r, in_root(dir)));
    snprintf(path, sizeof(path), "%.*s", (int)export.written.len - 1,
             lmi_buf_text(&export.written));
    assert_ok(lmi_file_read(&text, path));
    assert_ok(lmi_json_parse(log, "log", lmi_buf_text(&text), text.len));
    lmi_buf_done(&text);
    *written = export.written;
}

static yyjson_val *at(const lmi_json *log, const char *pointer)
{
    yyjson_val *val = yyjson_ptr_get(lmi_json_root(log), pointer);

    if (!val)
        fail_msg("the log has no %s", pointer);
    return val;
}

static void test_log_of_inspect_has_a_sample_a_line_and_both_scores(void **state)
{
    lmi_record r;
    lmi_json log;
    lmi_buf written;

    (void)state;
    assert_ok(lmi_record_open(&r, run_of("i1", "+-+-")));
    export_log(&log, &written, &r, "logs");
    assert_non_null(strstr(lmi_buf_text(&written), "/logs/2026-11-24T07-55-54+00-00_gsm8k_"));
    assert_string_equal(yyjson_get_str(at(&log, "/status")), "success");
    assert_string_equal(yyjson_get_str(at(&log, "/eval/created")), "2026-11-24T07:55:54+00:00");
    assert_string_equal(yyjson_get_str(at(&log, "/eval/model")), "latentmas/m");
    assert_string_equal(yyjson_get_str(at(&log, "/plan/steps/0/solver")), "judger");
    assert_int_equal(yyjson_get_int(at(&log, "/results/completed_samples")), 4);
    assert_true(yyjson_get_real(at(&log, "/results/scores/0/metrics/accuracy/value")) == 0.5);
    assert_string_equal(yyjson_get_str(at(&log, "/results/scores/1/name")), "compat");
    assert_int_equal(yyjson_arr_size(at(&log, "/samples")), 4);
    assert_int_equal(yyjson_get_int(at(&log, "/samples/1/id")), 1);
    assert_string_equal(yyjson_get_str(at(&log, "/samples/1/scores/exact/value")), "I");
    assert_string_equal(yyjson_get_str(at(&log, "/samples/0/scores/compat/value")), "C");
    assert_string_equal(yyjson_get_str(at(&log, "/samples/0/messages/0/content")), "p");
    assert_string_equal(yyjson_get_str(at(&log, "/samples/0/messages/1/content")), "o");
    assert_int_equal(yyjson_get_int(at(&log, "/samples/0/messages/0/metadata/n_thought")), 4);
    assert_int_equal(yyjson_get_int(at(&log, "/samples/0/model_usage/latentmas~1m/total_tokens")),
                     12);
    lmi_json_done(&log);
    lmi_buf_done(&written);
    lmi_record_done(&r);
}

static void test_log_tells_what_failed_and_what_is_not_over(void **state)
{
    lmi_record r;
    lmi_json log;
    lmi_buf written;

    (void)state;
    assert_ok(lmi_record_open(
        &r, make_run("i2", (recipe){0},
                     "{\"index\":1,\"question\":\"q\",\"gold\":null,\"correct\":false,"
                     "\"status\":\"context full\",\"error\":\"no room\",\"agents\":[]," WORK
                     ",\"run_ms\":1}\n")));
    export_log(&log, &written, &r, "failed");
    assert_string_equal(yyjson_get_str(at(&log, "/status")), "started");
    assert_int_equal(yyjson_get_int(at(&log, "/results/total_samples")), 4);
    assert_int_equal(yyjson_get_int(at(&log, "/results/completed_samples")), 0);
    assert_int_equal(yyjson_get_int(at(&log, "/results/scores/0/unscored_samples")), 0);
    assert_null(yyjson_ptr_get(lmi_json_root(&log), "/results/scores/0/metrics/stderr"));
    assert_int_equal(yyjson_arr_size(at(&log, "/samples")), 1);
    assert_string_equal(yyjson_get_str(at(&log, "/samples/0/error/message")), "no room");
    assert_string_equal(yyjson_get_str(at(&log, "/samples/0/target")), "");
    assert_null(yyjson_ptr_get(lmi_json_root(&log), "/samples/0/scores/compat"));
    lmi_json_done(&log);
    lmi_buf_done(&written);
    lmi_record_done(&r);
}

static void test_log_is_not_written_over_but_by_force_and_broken_runs_leave_none(void **state)
{
    lmi_export export = {0};
    lmi_record r;

    (void)state;
    lmi_buf_init(&export.written, 1 << 12);
    assert_ok(lmi_record_open(&r, run_of("i3", "+-")));
    assert_ok(lmi_export_inspect(&export, &r, in_root("once")));
    assert_fails(LMAS_E_IO, "is there already", lmi_export_inspect(&export, &r, in_root("once")));
    export.is_forced = true;
    assert_ok(lmi_export_inspect(&export, &r, in_root("once")));
    /* The task is a name in the file's name: it must not lead out of the folder. */
    lmi_free(r.task);
    r.task = lmi_strdup("../a_b");
    lmi_buf_clear(&export.written);
    assert_ok(lmi_export_inspect(&export, &r, in_root("once")));
    assert_non_null(strstr(lmi_buf_text(&export.written), "+00-00_..-a-b_"));
    /* Gone since it was read. */
    assert_int_equal(unlink(in_root("i3/samples.jsonl")), 0);
    assert_fails(LMAS_E_IO, "samples.jsonl", lmi_export_inspect(&export, &r, in_root("none")));
    assert_int_equal(rmdir(in_root("none")), 0); /* empty, no temporary left */
    lmi_record_done(&r);
    lmi_buf_done(&export.written);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_export_is_not_written_over_but_by_force),
        cmocka_unit_test(test_every_question_has_a_solution_in_the_order_of_the_data),
        cmocka_unit_test(test_rows_beyond_the_questions_of_the_run_have_one_too),
        cmocka_unit_test(test_without_its_data_a_part_of_a_run_is_not_exported),
        cmocka_unit_test(test_solution_without_an_id_is_refused_and_leaves_no_file),
        cmocka_unit_test(test_export_stays_in_its_folder),
        cmocka_unit_test(test_log_of_inspect_has_a_sample_a_line_and_both_scores),
        cmocka_unit_test(test_log_tells_what_failed_and_what_is_not_over),
        cmocka_unit_test(test_log_is_not_written_over_but_by_force_and_broken_runs_leave_none),
    };

    return cmocka_run_group_tests(tests, prepare, NULL);
}
