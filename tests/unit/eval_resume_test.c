/* eval_resume_test.c - what a run that goes on takes, asks again, and may have more of. */
#include "support.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "eval/folder/grow.h"
#include "eval/folder/runfolder.h"
#include "eval/record.h"

static const char CONFIG[] =
    "{\"task\":\"t\",\"split\":\"test\",\"method\":\"latent_mas\",\"params\":{\"seed\":1,"
    "\"control\":\"off\",\"ctx_size\":512},\"data\":{\"sha256\":\"00\",\"questions\":4},"
    "\"model\":{\"fingerprint\":\"0123456789abcdef\"},\"team\":{\"name\":\"sequential\"},"
    "\"versions\":{},\"sandbox\":null,\"shard\":null,\"command\":[\"-m\",\"a b\"]}";

/* Line of question `i`. */
#define LINE(i)                                                                                    \
    "{\"index\":" #i                                                                               \
    ",\"question\":\"q\",\"gold\":\"18\",\"prediction\":\"18\",\"correct\":true,\"compat\":{"      \
    "\"correct\":true},\"text\":\"is 18\",\"status\":\"ok\",\"n_read\":3,\"n_shared\":1,"          \
    "\"n_thought\":2,\"n_spoken\":1,\"n_at_rest\":0,\"n_kept\":5,\"n_dropped\":6,"                 \
    "\"read_ms\":1.5,\"think_ms\":2.5,\"speak_ms\":3.5,\"elapsed_ms\":4.5,\"run_ms\":5.5,"         \
    "\"agents\":[{\"name\":\"a\",\"n_read\":7,\"n_thought\":8,\"n_spoken\":9,\"n_kept\":10,"       \
    "\"n_dropped\":11,\"read_ms\":12.5,\"think_ms\":13.5,\"speak_ms\":14.5}]}\n"

static const char FAILED[] =
    "{\"index\":1,\"question\":\"q\",\"gold\":\"18\",\"prediction\":null,\"correct\":false,"
    "\"compat\":{\"correct\":false},\"text\":\"\",\"status\":\"context full\",\"error\":\"small\","
    "\"n_read\":3,\"n_thought\":0,\"n_spoken\":0,\"read_ms\":1,\"think_ms\":0,\"speak_ms\":0,"
    "\"elapsed_ms\":1,\"run_ms\":2,\"agents\":[]}\n";

static char folder[128];

static int prepare(void **state)
{
    (void)state;
    snprintf(folder, sizeof(folder), "%s/run", support_folder());
    assert_ok(lmi_dir_make(folder));
    return 0;
}

static void put(const char *name, const char *text)
{
    char path[256];

    snprintf(path, sizeof(path), "%s/%s", folder, name);
    assert_ok(lmi_file_write(path, text, strlen(text)));
}

static void get(lmi_buf *out, const char *name)
{
    char path[256];

    snprintf(path, sizeof(path), "%s/%s", folder, name);
    lmi_buf_init(out, LMI_CONFIG_MAX);
    assert_ok(lmi_file_read(out, path));
}

/* Go on under `config`; the folder is for lmi_runfolder_done(), also on failure. */
static lmas_status resume(lmi_runfolder *out, const char *config, const lmi_setup *setup,
                          bool retries)
{
    lmi_buf text;
    lmas_status status;

    lmi_buf_init(&text, LMI_CONFIG_MAX);
    lmi_buf_puts(&text, config);
    assert_ok(lmi_runfolder_open(out, folder));
    status = lmi_runfolder_resume(out, setup, &text, retries);
    lmi_buf_done(&text);
    return status;
}

static void test_failed_questions_are_open_again_where_somebody_asks(void **state)
{
    const lmi_setup setup = {.n = 4, .shard = 1, .n_shards = 1};
    static const char samples[] = LINE(0) "%s" LINE(3) "{\"index\":2,\"questi";
    char text[4096];
    lmi_runfolder f;
    lmi_buf kept;

    (void)state;
    put("config.json", CONFIG);
    snprintf(text, sizeof(text), samples, FAILED);
    put("samples.jsonl", text);
    assert_ok(resume(&f, CONFIG, &setup, false));
    assert_int_equal(f.totals.n, 3);
    assert_int_equal(f.totals.n_errors, 1);
    lmi_runfolder_done(&f);
    assert_ok(resume(&f, CONFIG, &setup, true));
    assert_int_equal(f.n_retried, 1);
    assert_int_equal(f.totals.n, 2);
    assert_int_equal(f.totals.n_errors, 0);
    assert_true(f.is_done[0] && !f.is_done[1] && !f.is_done[2] && f.is_done[3]);
    get(&kept, "samples.jsonl");
    assert_string_equal(lmi_buf_text(&kept), LINE(0) LINE(3));
    lmi_buf_clear(&kept);
    lmi_buf_puts(&kept, FAILED);
    assert_ok(lmi_runfolder_append(&f, &kept)); /* into the new file */
    lmi_runfolder_done(&f);
    lmi_buf_done(&kept);
    get(&kept, "samples.jsonl");
    snprintf(text, sizeof(text), LINE(0) LINE(3) "%s", FAILED);
    assert_string_equal(lmi_buf_text(&kept), text);
    lmi_buf_done(&kept);
}

static void test_samples_without_failures_keep_their_mode_and_their_lock(void **state)
{
    const lmi_setup setup = {.n = 4, .shard = 1, .n_shards = 1};
    lmi_runfolder f, other;
    char path[256];
    struct stat st;

    (void)state;
    put("config.json", CONFIG);
    put("samples.jsonl", FAILED);
    snprintf(path, sizeof(path), "%s/samples.jsonl", folder);
    assert_int_equal(chmod(path, 0640), 0);
    assert_ok(resume(&f, CONFIG, &setup, true));
    assert_int_equal(f.n_retried, 1);
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0640);
    assert_int_equal(st.st_size, 0);
    assert_fails(LMAS_E_IO, "is in use", lmi_runfolder_open(&other, folder));
    lmi_runfolder_done(&f);
}

static void test_a_damaged_line_is_named_and_nothing_is_dropped(void **state)
{
    const lmi_setup setup = {.n = 4, .shard = 1, .n_shards = 1};
    static const char samples[] = LINE(0) "{\"index\":1}\n" LINE(3);
    lmi_runfolder f;
    lmi_buf kept;

    (void)state;
    put("config.json", CONFIG);
    put("samples.jsonl", samples);
    assert_fails(LMAS_E_FORMAT, "samples.jsonl:2: ", resume(&f, CONFIG, &setup, true));
    lmi_runfolder_done(&f);
    get(&kept, "samples.jsonl");
    assert_string_equal(lmi_buf_text(&kept), samples);
    lmi_buf_done(&kept);
}

/* `text` with `from` replaced by `to`, for lmi_free(). */
static char *swap(const char *text, const char *from, const char *to)
{
    const char *at = strstr(text, from);
    lmi_buf out;

    assert_non_null(at);
    lmi_buf_init(&out, LMI_CONFIG_MAX);
    lmi_buf_append(&out, text, (size_t)(at - text));
    lmi_buf_puts(&out, to);
    lmi_buf_puts(&out, at + strlen(from));
    return lmi_buf_steal(&out);
}

static void test_a_run_may_ask_more_and_have_more_room(void **state)
{
    const lmi_setup setup = {.n = 9, .shard = 1, .n_shards = 1};
    char *more = swap(CONFIG, "\"questions\":4", "\"questions\":9");
    char *both = swap(more, "\"ctx_size\":512", "\"ctx_size\":1024");
    lmi_runfolder f;
    lmi_buf config;

    (void)state;
    put("config.json", CONFIG);
    put("samples.jsonl", LINE(0) LINE(3));
    assert_ok(resume(&f, both, &setup, false));
    assert_int_equal(f.n, 9);
    assert_int_equal(f.totals.n, 2);
    lmi_runfolder_done(&f);
    get(&config, "config.json");
    assert_non_null(strstr(lmi_buf_text(&config), "\"questions\": 9"));
    assert_non_null(strstr(lmi_buf_text(&config), "\"ctx_size\": 1024"));
    assert_non_null(strstr(lmi_buf_text(&config), "\"a b\",\n        \"--max_samples\",\n        "
                                                  "\"9\",\n        \"-c\",\n        \"1024\""));
    assert_fails(LMAS_E_INVALID, "params.ctx_size 1024, found 512",
                 resume(&f, CONFIG, &setup, false));
    lmi_runfolder_done(&f);
    lmi_buf_done(&config);
    lmi_free(more);
    lmi_free(both);
}

static void test_what_changes_answers_may_not_grow(void **state)
{
    const lmi_setup setup = {.n = 9, .shard = 1, .n_shards = 1};
    char *more = swap(CONFIG, "\"questions\":4", "\"questions\":9");
    char *seed = swap(more, "\"seed\":1", "\"seed\":2");
    char *was = swap(CONFIG, "\"off\"", "\"shuffled\"");
    char *is = swap(more, "\"off\"", "\"shuffled\"");
    lmi_runfolder f;

    (void)state;
    put("config.json", CONFIG);
    put("samples.jsonl", LINE(0));
    assert_fails(LMAS_E_INVALID, "params.seed 1, found 2", resume(&f, seed, &setup, false));
    lmi_runfolder_done(&f);
    put("config.json", was); /* the memory of the last question is the first one's */
    assert_fails(LMAS_E_INVALID, "data.questions 4, found 9", resume(&f, is, &setup, false));
    lmi_runfolder_done(&f);
    lmi_free(more);
    lmi_free(seed);
    lmi_free(was);
    lmi_free(is);
}

static void test_a_question_of_another_shard_is_refused(void **state)
{
    const lmi_setup setup = {.n = 4, .shard = 1, .n_shards = 2};
    char *config = swap(CONFIG, "\"shard\":null", "\"shard\":{\"index\":1,\"count\":2}");
    lmi_runfolder f;

    (void)state;
    put("config.json", config);
    put("samples.jsonl", LINE(0) LINE(3));
    assert_fails(LMAS_E_FORMAT, "question 3 is of another shard",
                 resume(&f, config, &setup, false));
    lmi_runfolder_done(&f);
    lmi_free(config);
}

/* Whether a report and a run that goes on take the line. */
static void take(bool *by_report, bool *by_run, const char *line)
{
    const lmi_setup setup = {.n = 4, .shard = 1, .n_shards = 1};
    lmi_record record;
    lmi_runfolder f;

    put("config.json", CONFIG);
    put("samples.jsonl", line);
    *by_report = lmi_record_open(&record, folder) == LMAS_OK;
    if (*by_report)
        lmi_record_done(&record);
    *by_run = resume(&f, CONFIG, &setup, false) == LMAS_OK;
    lmi_runfolder_done(&f);
}

/* Numbers of a line and of its agent, and what none of them may be. */
static const char *const numbers[] = {"\"index\":0",      "\"n_read\":3",      "\"n_thought\":2",
                                      "\"n_spoken\":1",   "\"n_kept\":5",      "\"n_dropped\":6",
                                      "\"read_ms\":1.5",  "\"think_ms\":2.5",  "\"speak_ms\":3.5",
                                      "\"run_ms\":5.5",   "\"n_read\":7",      "\"n_thought\":8",
                                      "\"n_spoken\":9",   "\"n_kept\":10",     "\"n_dropped\":11",
                                      "\"read_ms\":12.5", "\"think_ms\":13.5", "\"speak_ms\":14.5"};
static const char *const values[] = {"-1",
                                     "null",
                                     "\"7\"",
                                     "true",
                                     "[7]",
                                     "{}",
                                     "10000000000001000",
                                     "18446744073709551616",
                                     "1e300",
                                     "-0.5",
                                     "1e-400x",
                                     "[]",
                                     "-1e3",
                                     "9007199254740993e3",
                                     "\"\"",
                                     "nan"};

static void test_no_number_is_taken_that_a_report_refuses(void **state)
{
    size_t n_refused = 0, n_taken = 0, i, k;
    bool by_report, by_run;

    (void)state;
    take(&by_report, &by_run, LINE(0));
    assert_true(by_report && by_run);
    for (i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
        for (k = 0; k < sizeof(values) / sizeof(values[0]); k++) {
            char to[64];
            char *line;

            snprintf(to, sizeof(to), "%.*s%s", (int)(strchr(numbers[i], ':') - numbers[i] + 1),
                     numbers[i], values[k]);
            line = swap(LINE(0), numbers[i], to);
            take(&by_report, &by_run, line);
            n_refused += !by_report;
            n_taken += !by_report && by_run;
            lmi_free(line);
        }
    assert_true(n_refused >= 200);
    assert_int_equal(n_taken, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_failed_questions_are_open_again_where_somebody_asks),
        cmocka_unit_test(test_samples_without_failures_keep_their_mode_and_their_lock),
        cmocka_unit_test(test_a_damaged_line_is_named_and_nothing_is_dropped),
        cmocka_unit_test(test_a_run_may_ask_more_and_have_more_room),
        cmocka_unit_test(test_what_changes_answers_may_not_grow),
        cmocka_unit_test(test_a_question_of_another_shard_is_refused),
        cmocka_unit_test(test_no_number_is_taken_that_a_report_refuses),
    };

    return cmocka_run_group_tests(tests, prepare, NULL);
}
