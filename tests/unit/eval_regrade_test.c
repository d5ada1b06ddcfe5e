/*
 * eval_regrade_test.c - runs graded again: verdicts, files, and what is refused.
 *
 * tests/grade/graded_0.3.0.jsonl holds lines as version 0.3.0 graded them, of every kind of task,
 * each with its row of data. Their texts are graded twice here: as a run grades them, by a judge,
 * and in their folder, by a regrade. Both must say the same.
 */
#include "support.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/lines.h"
#include "base/mem.h"
#include "eval/folder/draft.h"
#include "eval/folder/runfolder.h"
#include "eval/judge.h"
#include "eval/regrade/line.h"
#include "eval/regrade/regrade.h"

#define TABLE "tests/grade/graded_0.3.0.jsonl"

enum { LINES_MAX = 16, TEXT_MAX = 1 << 20 };

static char root[192];

static int prepare(void **state)
{
    (void)state;
    snprintf(root, sizeof(root), "%s", support_folder());
    return 0;
}

static const char *in_root(const char *name)
{
    static char paths[16][512];
    static size_t next;
    char *path = paths[next++ % 16];

    snprintf(path, sizeof(paths[0]), "%s/%s", root, name);
    return path;
}

static const char *in_folder(const char *folder, const char *name)
{
    char both[256];

    snprintf(both, sizeof(both), "%s/%s", folder, name);
    return in_root(both);
}

static void write_text(const char *path, const char *text)
{
    assert_ok(lmi_file_write(path, text, strlen(text)));
}

/* What a file holds; until the next call but seven. */
static const char *text_of(const char *path)
{
    static lmi_buf texts[8];
    static size_t next;
    lmi_buf *text = &texts[next++ % 8];

    lmi_buf_done(text);
    lmi_buf_init(text, TEXT_MAX);
    assert_ok(lmi_file_read(text, path));
    return lmi_buf_text(text);
}

static bool contains(const char *path, const char *what)
{
    return strstr(text_of(path), what) != NULL;
}

/* ---- A run of version 0.3.0 ---- */

static void add_json(lmi_buf *out, yyjson_val *val)
{
    char *text = yyjson_val_write(val, 0, NULL);

    lmi_buf_printf(out, "%s\n", text);
    lmi_free(text);
}

static void collect(lmi_buf *rows, lmi_buf *lines, const char *task)
{
    const int fd = open(TABLE, O_RDONLY | O_CLOEXEC);
    bool has_line = true;
    lmi_lines at;

    assert_true(fd >= 0);
    assert_ok(lmi_lines_init(&at, fd, TABLE, TEXT_MAX));
    for (;;) {
        lmi_json json;

        assert_ok(lmi_lines_next(&has_line, &at));
        if (!has_line)
            break;
        assert_ok(
            lmi_json_parse_line(&json, TABLE, at.number, lmi_buf_text(&at.text), at.text.len));
        if (yyjson_equals_str(yyjson_obj_get(lmi_json_root(&json), "task"), task)) {
            add_json(rows, yyjson_obj_get(lmi_json_root(&json), "row"));
            add_json(lines, yyjson_obj_get(lmi_json_root(&json), "line"));
        }
        lmi_json_done(&json);
    }
    lmi_lines_done(&at);
    close(fd);
}

static void write_config(const char *folder, const lmi_dataset *data, size_t n, const char *more)
{
    lmi_buf config;

    lmi_buf_init(&config, TEXT_MAX);
    lmi_buf_printf(
        &config,
        "{\"versions\":{\"latentmas\":\"0.3.0\"},\"task\":\"%s\",\"method\":\"baseline\","
        "\"data\":{\"sha256\":\"%s\",\"questions\":%zu},\"model\":{\"fingerprint\":\"f\"},"
        "\"team\":{\"name\":\"t\"},\"params\":{},\"sandbox\":null,\"shard\":null%s,"
        "\"command\":[]}",
        data->task->name, data->sha256, n, more);
    write_text(in_folder(folder, "config.json"), lmi_buf_text(&config));
    lmi_buf_done(&config);
}

/* A folder of `task`'s lines, with data that the caller frees. */
static void make_run(lmi_dataset *data, const char *folder, const char *task)
{
    static char paths[64][256];
    static size_t next;
    char *path = paths[next++ % 64];
    lmi_buf rows, lines;

    lmi_buf_init(&rows, TEXT_MAX);
    lmi_buf_init(&lines, TEXT_MAX);
    collect(&rows, &lines, task);
    snprintf(path, sizeof(paths[0]), "%s/%s.jsonl", root, folder);
    write_text(path, lmi_buf_text(&rows));
    assert_ok(lmi_dataset_open(data, lmi_task_find(task), path));
    assert_ok(lmi_dir_make(in_root(folder)));
    write_text(in_folder(folder, "samples.jsonl"), lmi_buf_text(&lines));
    write_config(folder, data, data->n, "");
    lmi_buf_done(&rows);
    lmi_buf_done(&lines);
}

/* ---- The verdicts of a judge ---- */

typedef struct fresh {
    lmi_buf lines[LINES_MAX];
} fresh;

static lmas_status note(void *user, lmi_sample *sample)
{
    fresh *f = user;
    lmi_buf *line = &f->lines[sample->score.index];

    lmi_buf_init(line, TEXT_MAX);
    return lmi_sample_write(line, sample, 1.5);
}

/* Call `fn` with each line of a folder. */
static void each_line(const char *folder, void (*fn)(void *user, const lmi_json *line), void *user)
{
    const char *at = text_of(in_folder(folder, "samples.jsonl"));
    size_t number = 0;

    for (; *at; at += strcspn(at, "\n") + 1) {
        lmi_json line;

        assert_ok(lmi_json_parse_line(&line, folder, ++number, at, strcspn(at, "\n")));
        fn(user, &line);
        lmi_json_done(&line);
    }
}

static void take(void *user, const lmi_json *line)
{
    lmas_result result;

    assert_ok(lmi_line_result(&result, line));
    assert_ok(lmi_judge_take(user, &result));
}

static void judge_all(fresh *f, const char *folder, const lmi_dataset *data,
                      const lmi_sandbox_params *sandbox)
{
    lmi_judge *judge;

    assert_ok(lmi_judge_open(&judge, data, sandbox, note, f));
    each_line(folder, take, judge);
    while (lmi_judge_n_open(judge) > 0)
        assert_ok(lmi_judge_poll(judge, 100));
    lmi_judge_close(judge);
}

/* ---- Both ---- */

static void compare(void *user, const lmi_json *line)
{
    const fresh *f = user;
    const uint64_t index = yyjson_get_uint(yyjson_obj_get(lmi_json_root(line), "index"));
    const lmi_buf *want = &f->lines[index];
    lmi_json json;

    assert_ok(lmi_json_parse(&json, "fresh", lmi_buf_text(want), want->len));
    if (!lmi_line_same(lmi_json_root(line), lmi_json_root(&json)))
        fail_msg("%s:%zu is not graded as a fresh run grades it: %s", line->label, line->first_line,
                 lmi_buf_text(want));
    lmi_json_done(&json);
}

static lmas_status regrade(lmi_regrade_outcome *outcome, const char *folder,
                           const lmi_regrade_params *params, bool is_dry)
{
    lmi_regrade *r = NULL;
    lmas_status status = lmi_regrade_open(&r, in_root(folder), is_dry);

    if (status == LMAS_OK)
        status = lmi_regrade_check(r, params->data);
    if (status == LMAS_OK)
        status = lmi_regrade_run(outcome, r, params);
    lmi_regrade_done(r);
    return status;
}

static void check_task(const char *task, const lmi_sandbox_params *sandbox)
{
    static const lmi_python python = {.version = "3"};
    lmi_regrade_outcome outcome = {0};
    lmi_dataset data;
    fresh f = {0};
    size_t i;
    lmi_regrade_params params = {.data = &data, .sandbox = sandbox, .python = &python};

    make_run(&data, task, task);
    judge_all(&f, task, &data, sandbox);
    assert_ok(regrade(&outcome, task, &params, false));
    assert_true(outcome.is_written && outcome.n == data.n && outcome.n_changed > 0);
    each_line(task, compare, &f);
    for (i = 0; i < data.n; i++)
        lmi_buf_done(&f.lines[i]);
    lmi_dataset_done(&data);
}

static void test_texts_of_0_3_0_get_the_verdicts_of_a_fresh_run(void **state)
{
    static const char *const tasks[] = {"gsm8k", "aime2024",   "aime2025",
                                        "gpqa",  "arc_easy",   "arc_challenge",
                                        "medqa", "winogrande", "custom"};
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(tasks) / sizeof(tasks[0]); i++)
        check_task(tasks[i], NULL);
}

static void test_programs_of_0_3_0_get_them_too(void **state)
{
    lmi_sandbox_params params = lmi_sandbox_params_default();

    (void)state;
    params.kind = LMI_SANDBOX_NONE;
    check_task("mbppplus", &params);
    check_task("humanevalplus", &params);
}

/* ---- What is written ---- */

static void count_change(void *user, yyjson_val *was, yyjson_val *is)
{
    size_t *n = user;

    assert_false(lmi_line_same(was, is));
    ++*n;
}

static void test_old_verdicts_are_kept_and_other_lines_stay(void **state)
{
    lmi_regrade_outcome outcome = {0};
    lmi_dataset data;
    size_t n_told = 0;
    char before[TEXT_MAX / 8];
    const char *line;
    size_t n_same = 0, n_kept = 0;
    lmi_regrade_params params = {.data = &data, .on_change = count_change, .user = &n_told};

    (void)state;
    make_run(&data, "kept", "gsm8k");
    snprintf(before, sizeof(before), "%s", text_of(in_folder("kept", "samples.jsonl")));
    assert_ok(regrade(&outcome, "kept", &params, false));
    for (line = text_of(in_folder("kept", "samples.jsonl")); *line;
         line += strcspn(line, "\n") + 1) {
        char copy[8192];

        snprintf(copy, sizeof(copy), "%.*s", (int)strcspn(line, "\n"), line);
        if (strstr(copy, "\"graded_before\":[{\"version\":\"0.3.0\",\"gold\":"))
            n_kept++;
        else
            n_same += strstr(before, copy) != NULL;
    }
    assert_int_equal(n_kept, outcome.n_changed);
    assert_int_equal(n_told, outcome.n_changed);
    assert_int_equal(n_same, data.n - n_kept);
    assert_true(n_same > 0);
    lmi_dataset_done(&data);
}

static void test_a_second_time_nothing_is_written(void **state)
{
    lmi_regrade_outcome outcome = {0};
    lmi_dataset data;
    struct stat before, after;
    lmi_regrade_params params = {.data = &data};

    (void)state;
    make_run(&data, "twice", "medqa");
    assert_ok(regrade(&outcome, "twice", &params, false));
    assert_true(outcome.n_changed > 0);
    assert_int_equal(stat(in_folder("twice", "samples.jsonl"), &before), 0);
    assert_ok(regrade(&outcome, "twice", &params, false));
    assert_int_equal(outcome.n_changed, 0);
    assert_false(outcome.is_written);
    assert_int_equal(stat(in_folder("twice", "samples.jsonl"), &after), 0);
    assert_true(before.st_ino == after.st_ino);
    assert_false(lmi_file_exists(in_folder("twice", "samples.jsonl.new")));
    lmi_dataset_done(&data);
}

static void test_totals_of_a_summary_are_those_of_the_lines(void **state)
{
    lmi_regrade_outcome outcome = {0};
    lmi_dataset data;
    char want[128];
    const char *path;
    lmi_regrade_params params = {.data = &data};

    (void)state;
    make_run(&data, "summed", "gsm8k");
    path = in_folder("summed", "summary.json");
    write_text(path, "{\"method\":\"m\",\"accuracy\":0.5,\"correct\":99,\"total_time_sec\":1.5,"
                     "\"correct_compat\":98,\"errors\":0,\"conflicts\":3,\"run\":\"r\"}");
    assert_ok(regrade(&outcome, "summed", &params, false));
    snprintf(want, sizeof(want), "\"correct\": %zu,\n    \"total_time_sec\": 1.5",
             outcome.exact.n_now);
    assert_true(contains(path, want));
    snprintf(want, sizeof(want), "\"correct_compat\": %zu", outcome.compat.n_now);
    assert_true(contains(path, want));
    assert_false(contains(path, "conflicts"));
    assert_true(contains(path, "\"run\": \"r\"\n}"));
    assert_true(contains(in_folder("summed", "config.json"), "\"graded_by\": {"));
    lmi_dataset_done(&data);
}

static void test_a_dry_run_writes_nothing_and_takes_no_lock(void **state)
{
    lmi_regrade_outcome outcome = {0};
    lmi_dataset data;
    lmi_runfolder folder;
    lmi_regrade_params params = {.data = &data};

    (void)state;
    make_run(&data, "dry", "gpqa");
    assert_ok(lmi_runfolder_open(&folder, in_root("dry")));
    assert_ok(regrade(&outcome, "dry", &params, true));
    assert_true(outcome.n_changed > 0);
    assert_false(outcome.is_written);
    assert_false(contains(in_folder("dry", "samples.jsonl"), "graded_before"));
    assert_false(contains(in_folder("dry", "config.json"), "graded_by"));
    lmi_runfolder_done(&folder);
    lmi_dataset_done(&data);
}

static bool stop_at_once(void *user, size_t n_done, size_t n)
{
    (void)user;
    (void)n_done;
    (void)n;
    return false;
}

static void test_a_regrade_that_is_stopped_leaves_the_folder_as_it_was(void **state)
{
    lmi_regrade_outcome outcome = {0};
    lmi_dataset data;
    lmi_regrade_params params = {.data = &data, .goes_on = stop_at_once};

    (void)state;
    make_run(&data, "stopped", "arc_easy");
    assert_fails(LMAS_E_CANCELED, "nothing is written",
                 regrade(&outcome, "stopped", &params, false));
    assert_false(contains(in_folder("stopped", "samples.jsonl"), "graded_before"));
    assert_false(lmi_file_exists(in_folder("stopped", "samples.jsonl.new")));
    lmi_dataset_done(&data);
}

/* ---- Killed on the way ---- */

static void test_a_draft_that_was_not_kept_is_thrown_away(void **state)
{
    (void)state;
    assert_ok(lmi_dir_make(in_root("half")));
    write_text(in_folder("half", "samples.jsonl"), "old\n");
    write_text(in_folder("half", "config.json"), "old config");
    write_text(in_folder("half", "samples.jsonl.new"), "ne");
    write_text(in_folder("half", "config.json.new"), "new config");
    assert_ok(lmi_draft_settle(in_root("half")));
    assert_string_equal(text_of(in_folder("half", "samples.jsonl")), "old\n");
    assert_string_equal(text_of(in_folder("half", "config.json")), "old config");
    assert_false(lmi_file_exists(in_folder("half", "samples.jsonl.new")));
    assert_false(lmi_file_exists(in_folder("half", "config.json.new")));
}

static void test_a_draft_that_was_kept_is_finished(void **state)
{
    (void)state;
    assert_ok(lmi_dir_make(in_root("full")));
    write_text(in_folder("full", "samples.jsonl"), "new\n");
    write_text(in_folder("full", "config.json"), "old config");
    write_text(in_folder("full", "summary.json"), "old summary");
    write_text(in_folder("full", "config.json.new"), "new config");
    write_text(in_folder("full", "summary.json.new"), "new summary");
    assert_ok(lmi_draft_settle(in_root("full")));
    assert_string_equal(text_of(in_folder("full", "config.json")), "new config");
    assert_string_equal(text_of(in_folder("full", "summary.json")), "new summary");
    assert_false(lmi_file_exists(in_folder("full", "config.json.new")));
}

static void test_new_samples_are_locked_before_they_are_seen(void **state)
{
    lmi_runfolder folder, other;
    lmi_dataset data;
    lmi_draft draft;
    lmi_buf config;

    (void)state;
    make_run(&data, "locked", "custom");
    lmi_buf_init(&config, TEXT_MAX);
    lmi_buf_puts(&config, text_of(in_folder("locked", "config.json")));
    assert_ok(lmi_runfolder_open(&folder, in_root("locked")));
    assert_ok(lmi_draft_open(&draft, in_root("locked")));
    assert_ok(lmi_draft_add(&draft, "new\n", 4));
    assert_ok(lmi_draft_keep(&draft, &config, NULL));
    assert_fails(LMAS_E_IO, "is in use", lmi_runfolder_open(&other, in_root("locked")));
    lmi_runfolder_done(&folder);
    assert_fails(LMAS_E_IO, "is in use", lmi_runfolder_open(&other, in_root("locked")));
    lmi_draft_done(&draft);
    assert_ok(lmi_runfolder_open(&other, in_root("locked")));
    lmi_runfolder_done(&other);
    lmi_buf_done(&config);
    lmi_dataset_done(&data);
}

/* ---- What is refused ---- */

static void test_a_folder_in_use_is_refused(void **state)
{
    lmi_regrade *r;
    lmi_dataset data;
    lmi_runfolder folder;

    (void)state;
    make_run(&data, "used", "custom");
    assert_ok(lmi_runfolder_open(&folder, in_root("used")));
    assert_fails(LMAS_E_IO, "is in use", lmi_regrade_open(&r, in_root("used"), false));
    lmi_runfolder_done(&folder);
    lmi_dataset_done(&data);
}

static void test_other_data_are_refused(void **state)
{
    lmi_regrade_outcome outcome = {0};
    lmi_dataset data, other;
    lmi_regrade_params params = {.data = &other};

    (void)state;
    make_run(&data, "other", "gsm8k");
    write_text(in_root("o.jsonl"), "{\"question\":\"q\",\"answer\":\"#### 1\"}\n");
    assert_ok(lmi_dataset_open(&other, lmi_task_find("gsm8k"), in_root("o.jsonl")));
    assert_fails(LMAS_E_INVALID, "holds other data than the run was asked",
                 regrade(&outcome, "other", &params, false));
    lmi_dataset_done(&other);
    lmi_dataset_done(&data);
}

/* A run of custom questions whose second line has `from` replaced by `to`; opened. */
static lmas_status open_damaged(const char *from, const char *to)
{
    static int n;
    char folder[32], text[TEXT_MAX / 8];
    const char *samples, *at;
    lmi_regrade *r = NULL;
    lmi_dataset data;
    lmas_status status;
    lmi_regrade_params params = {.data = &data};
    lmi_regrade_outcome outcome = {0};

    snprintf(folder, sizeof(folder), "damaged-%d", n++);
    make_run(&data, folder, "custom");
    samples = text_of(in_folder(folder, "samples.jsonl"));
    at = strstr(strchr(samples, '\n'), from);
    assert_non_null(at);
    snprintf(text, sizeof(text), "%.*s%s%s", (int)(at - samples), samples, to, at + strlen(from));
    write_text(in_folder(folder, "samples.jsonl"), text);
    status = lmi_regrade_open(&r, in_root(folder), false);
    if (status == LMAS_OK)
        status = lmi_regrade_run(&outcome, r, &params);
    lmi_regrade_done(r);
    assert_string_equal(text_of(in_folder(folder, "samples.jsonl")), text);
    assert_false(lmi_file_exists(in_folder(folder, "samples.jsonl.new")));
    lmi_dataset_done(&data);
    return status;
}

static void test_a_damaged_line_is_named_and_nothing_written(void **state)
{
    (void)state;
    assert_fails(LMAS_E_FORMAT, "samples.jsonl:2:", open_damaged("\"index\":1", "\"index\":"));
    assert_fails(LMAS_E_FORMAT, "samples.jsonl:2: question 99 is none of this run",
                 open_damaged("\"index\":1", "\"index\":99"));
    assert_fails(LMAS_E_FORMAT, "samples.jsonl:2: question 0 stands here twice",
                 open_damaged("\"index\":1", "\"index\":0"));
    assert_fails(LMAS_E_FORMAT, "samples.jsonl:2: this is no line of a run",
                 open_damaged("\"text\":", "\"text\":7,\"was\":"));
    assert_fails(LMAS_E_FORMAT, "samples.jsonl:2: this is no line of a run",
                 open_damaged("\"correct\":", "\"correct\":7,\"was\":"));
}

static void test_a_folder_without_a_run_is_refused(void **state)
{
    lmi_regrade *r;

    (void)state;
    assert_ok(lmi_dir_make(in_root("empty")));
    assert_fails(LMAS_E_IO, "it has no config.json", lmi_regrade_open(&r, in_root("empty"), false));
    assert_fails(LMAS_E_IO, "there is no such folder",
                 lmi_regrade_open(&r, in_root("nowhere"), false));
}

static void test_a_run_goes_on_under_the_version_that_graded_it(void **state)
{
    lmi_buf config;
    char text[256];

    (void)state;
    lmi_buf_init(&config, TEXT_MAX);
    snprintf(text, sizeof(text),
             "{\"versions\":{\"latentmas\":\"0.0.1\"},\"graded_by\":{\"latentmas\":\"%s\"}}",
             lmas_version());
    lmi_buf_puts(&config, text);
    assert_ok(lmi_config_compare_graded("c", &config));
    lmi_buf_clear(&config);
    snprintf(text, sizeof(text),
             "{\"versions\":{\"latentmas\":\"%s\"},\"graded_by\":{\"latentmas\":\"9.9.9\"}}",
             lmas_version());
    lmi_buf_puts(&config, text);
    assert_fails(LMAS_E_INVALID, "graded by the rules of latentmas 9.9.9",
                 lmi_config_compare_graded("c", &config));
    lmi_buf_done(&config);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_texts_of_0_3_0_get_the_verdicts_of_a_fresh_run),
        cmocka_unit_test(test_programs_of_0_3_0_get_them_too),
        cmocka_unit_test(test_old_verdicts_are_kept_and_other_lines_stay),
        cmocka_unit_test(test_a_second_time_nothing_is_written),
        cmocka_unit_test(test_totals_of_a_summary_are_those_of_the_lines),
        cmocka_unit_test(test_a_dry_run_writes_nothing_and_takes_no_lock),
        cmocka_unit_test(test_a_regrade_that_is_stopped_leaves_the_folder_as_it_was),
        cmocka_unit_test(test_a_draft_that_was_not_kept_is_thrown_away),
        cmocka_unit_test(test_a_draft_that_was_kept_is_finished),
        cmocka_unit_test(test_new_samples_are_locked_before_they_are_seen),
        cmocka_unit_test(test_a_folder_in_use_is_refused),
        cmocka_unit_test(test_other_data_are_refused),
        cmocka_unit_test(test_a_damaged_line_is_named_and_nothing_written),
        cmocka_unit_test(test_a_folder_without_a_run_is_refused),
        cmocka_unit_test(test_a_run_goes_on_under_the_version_that_graded_it),
    };

    return cmocka_run_group_tests(tests, prepare, NULL);
}
