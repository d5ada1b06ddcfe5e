/* eval_runfolder_test.c - samples written and read back, folders started and resumed. */
#include "support.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "eval/folder/runfolder.h"
#include "eval/record.h"

static char root[64];
static lmi_buf config;

static int prepare(void **state)
{
    (void)state;
    snprintf(root, sizeof(root), "%s", support_folder());
    lmi_buf_init(&config, LMI_CONFIG_MAX);
    lmi_buf_puts(&config,
                 "{\"task\":\"t\",\"method\":\"m\",\"params\":{\"seed\":1,\"x\":0.5},\"data\":{},"
                 "\"model\":{},\"team\":{},\"versions\":{},\"sandbox\":null,\"shard\":null,"
                 "\"engine\":{\"n_lanes\":1},"
                 "\"command\":[\"-m\",\"a b\"]}");
    return 0;
}

static int clean(void **state)
{
    (void)state;
    lmi_buf_done(&config);
    return 0;
}

static const char *in_root(const char *name)
{
    static char path[256];

    snprintf(path, sizeof(path), "%s/%s", root, name);
    return path;
}

/* A line for question `id`, answered by `text`; 18 is right. */
static void make_line(lmi_buf *line, lmi_score *score, uint64_t id, const char *text)
{
    static lmi_item items[16];
    static const lmi_dataset data = {.items = items, .n = 16};
    const lmas_agent_trace agent = {.name = "a", .input = "in", .output = text, .n_read = 3};
    const lmas_result result = {.id = id,
                                .status = text ? LMAS_OK : LMAS_E_CONTEXT_FULL,
                                .error = text ? "" : "too small",
                                .text = text ? text : "",
                                .agents = &agent,
                                .n_agents = text ? 1 : 0,
                                .n_read = 3,
                                .n_thought = 2,
                                .n_spoken = 1,
                                .read_ms = 1.5,
                                .elapsed_ms = 2};

    lmi_sample sample;

    items[id] = (lmi_item){.question = (char *)"q", .gold = (char *)"18"};
    lmi_buf_init(line, 1 << 20);
    assert_ok(lmi_sample_init(&sample, &data, &result));
    sample.grade.is_exact_right = text && strstr(text, "18");
    assert_ok(lmi_sample_write(line, &sample, 10.0 * (double)id));
    *score = sample.score;
    lmi_sample_done(&sample);
}

static lmas_status resume(lmi_runfolder *f, size_t n)
{
    const lmi_setup setup = {.n = n, .shard = 1, .n_shards = 1};

    return lmi_runfolder_resume(f, &setup, &config, false);
}

static void append(lmi_runfolder *f, uint64_t id, const char *text)
{
    lmi_score score;
    lmi_buf line;

    make_line(&line, &score, id, text);
    assert_ok(lmi_runfolder_append(f, &line));
    lmi_buf_done(&line);
}

static void test_sample_reads_back_what_it_adds(void **state)
{
    lmi_score wrote, read;
    lmi_buf line;
    lmi_json json;

    (void)state;
    make_line(&line, &wrote, 7, "\\boxed{18} \"quoted\"\n\xc3\xa4");
    assert_true(line.data[line.len - 1] == '\n');
    assert_null(memchr(line.data, '\n', line.len - 1));
    assert_ok(lmi_json_parse(&json, "f", lmi_buf_text(&line), line.len));
    assert_ok(lmi_sample_read(&read, &json));
    assert_int_equal(read.index, 7);
    assert_true(read.is_correct && wrote.is_correct);
    assert_false(read.has_failed);
    assert_int_equal(read.n_thought, 2);
    assert_true(read.read_ms == 1.5 && read.run_ms == 70);
    lmi_json_done(&json);
    lmi_buf_done(&line);
}

static void test_failed_question_is_wrong_and_an_error(void **state)
{
    lmi_totals totals = {0};
    lmi_score score;
    lmi_buf line;

    (void)state;
    make_line(&line, &score, 1, NULL);
    lmi_totals_add(&totals, &score);
    assert_int_equal(totals.n, 1);
    assert_int_equal(totals.n_correct, 0);
    assert_int_equal(totals.n_errors, 1);
    assert_non_null(
        strstr(lmi_buf_text(&line), "\"status\":\"context full\",\"error\":\"too small\""));
    assert_non_null(strstr(lmi_buf_text(&line), "\"prediction\":null"));
    lmi_buf_done(&line);
}

static void test_new_folder_can_be_resumed(void **state)
{
    char path[256];
    lmi_runfolder f;

    (void)state;
    snprintf(path, sizeof(path), "%s", in_root("deep/run"));
    assert_ok(lmi_runfolder_new(&f, path, 4, &config));
    append(&f, 2, "\\boxed{18}");
    append(&f, 0, "\\boxed{17}");
    lmi_runfolder_done(&f);

    assert_ok(lmi_runfolder_open(&f, path));
    assert_ok(resume(&f, 4));
    assert_true(f.is_done[0] && !f.is_done[1] && f.is_done[2] && !f.is_done[3]);
    assert_int_equal(f.totals.n, 2);
    assert_int_equal(f.totals.n_correct, 1);
    assert_true(f.totals.run_ms == 20);
    lmi_runfolder_done(&f);
}

static void test_cut_at_any_byte_resumes_with_the_whole_lines(void **state)
{
    char samples[300];
    char path[256];
    lmi_buf text;
    lmi_runfolder f;
    size_t first_len, len;

    (void)state;
    snprintf(path, sizeof(path), "%s", in_root("cut"));
    snprintf(samples, sizeof(samples), "%s/samples.jsonl", path);
    assert_ok(lmi_runfolder_new(&f, path, 2, &config));
    append(&f, 0, "\\boxed{18}");
    first_len = (size_t)f.size;
    append(&f, 1, "\\boxed{18}");
    lmi_runfolder_done(&f);
    lmi_buf_init(&text, 1 << 20);
    assert_ok(lmi_file_read(&text, samples));

    for (len = text.len; len-- > 0;) {
        assert_ok(lmi_file_write(samples, text.data, len));
        assert_ok(lmi_runfolder_open(&f, path));
        assert_ok(resume(&f, 2));
        assert_int_equal(f.totals.n, len >= first_len ? 1 : 0);
        assert_int_equal(f.size, len >= first_len ? first_len : 0);
        append(&f, f.is_done[0] ? 1 : 0, "\\boxed{18}");
        lmi_runfolder_done(&f);
    }
    lmi_buf_done(&text);
}

static void test_folder_in_use_is_refused(void **state)
{
    lmi_runfolder f, other;

    (void)state;
    assert_ok(lmi_runfolder_new(&f, in_root("busy"), 1, &config));
    assert_fails(LMAS_E_IO, "in use", lmi_runfolder_open(&other, in_root("busy")));
    assert_fails(LMAS_E_IO, "in use", lmi_runfolder_new(&other, in_root("busy"), 1, &config));
    lmi_runfolder_done(&f);
    assert_ok(lmi_runfolder_open(&other, in_root("busy")));
    lmi_runfolder_done(&other);
}

static void test_folder_with_a_run_is_not_started_again(void **state)
{
    lmi_runfolder f;

    (void)state;
    assert_false(lmi_runfolder_holds_run(in_root("taken")));
    assert_ok(lmi_runfolder_new(&f, in_root("taken"), 1, &config));
    lmi_runfolder_done(&f);
    assert_true(lmi_runfolder_holds_run(in_root("taken")));
    assert_fails(LMAS_E_INVALID, "holds a run already",
                 lmi_runfolder_new(&f, in_root("taken"), 1, &config));
}

static void test_names_of_the_same_second_differ(void **state)
{
    lmi_runfolder a, b;

    (void)state;
    assert_ok(lmi_runfolder_new_named(&a, in_root("runs"), "t", "m", 1, &config));
    assert_ok(lmi_runfolder_new_named(&b, in_root("runs"), "t", "m", 1, &config));
    assert_string_not_equal(a.path, b.path);
    lmi_runfolder_done(&a);
    lmi_runfolder_done(&b);
}

static lmas_status compare(const lmi_buf *stored, const lmi_buf *now)
{
    static const char *const nothing[] = {NULL};

    return lmi_config_compare("c", stored, now, nothing);
}

static void test_config_that_changes_answers_is_refused(void **state)
{
    lmi_buf other;

    (void)state;
    lmi_buf_init(&other, LMI_CONFIG_MAX);
    lmi_buf_puts(&other,
                 "{\"task\":\"t\",\"method\":\"m\",\"params\":{\"seed\":2,\"x\":0.5},\"data\":{},"
                 "\"model\":{},\"team\":{},\"versions\":{},\"sandbox\":null}");
    assert_fails(LMAS_E_INVALID, "params.seed 1, found 2", compare(&config, &other));
    lmi_buf_clear(&other);
    lmi_buf_puts(&other,
                 "{\"task\":\"t\",\"method\":\"m\",\"params\":{\"seed\":1,\"x\":0.5},\"data\":{},"
                 "\"model\":{},\"team\":{},\"versions\":{},\"sandbox\":null,"
                 "\"shard\":{\"index\":1,\"count\":2},\"engine\":{\"n_lanes\":9}}");
    assert_ok(compare(&config, &other));
    assert_fails(LMAS_E_INVALID, "with shard null, found",
                 lmi_config_compare_shard("c", &config, &other));
    assert_ok(lmi_config_compare_shard("c", &config, &config));
    lmi_buf_done(&other);
}

/* Configs were written before there were controls: theirs was off. */
static void test_config_that_knows_no_control_had_it_off(void **state)
{
    static const char *const controls[] = {"off", "none"};
    size_t i;

    (void)state;
    for (i = 0; i < 2; i++) {
        const char *at = strstr(lmi_buf_text(&config), "\"seed\"");
        lmi_buf other;

        lmi_buf_init(&other, LMI_CONFIG_MAX);
        lmi_buf_printf(&other, "%.*s\"control\":\"%s\",%s", (int)(at - lmi_buf_text(&config)),
                       lmi_buf_text(&config), controls[i], at);
        if (i == 0) {
            assert_ok(compare(&config, &other));
            assert_ok(compare(&other, &config));
        } else {
            assert_fails(LMAS_E_INVALID, "params.control nothing, found \"none\"",
                         compare(&config, &other));
            assert_fails(LMAS_E_INVALID, "params.control \"none\", found nothing",
                         compare(&other, &config));
        }
        lmi_buf_done(&other);
    }
}

/* Append the config with `think` among its parameters. */
static void config_with_think(lmi_buf *out, const char *think)
{
    const char *at = strstr(lmi_buf_text(&config), "\"seed\"");

    lmi_buf_init(out, LMI_CONFIG_MAX);
    lmi_buf_printf(out, "%.*s\"think\":%s,%s", (int)(at - lmi_buf_text(&config)),
                   lmi_buf_text(&config), think, at);
}

/* It was a switch before it was a text. */
static void test_config_with_think_true_means_the_tag(void **state)
{
    static const struct {
        const char *was, *is, *difference; /* NULL: they are the same */
    } pairs[] = {
        {"true", "\"<think>\"", NULL},
        {"true", "true", NULL},
        {"false", "false", NULL},
        {"\"<plan>\\n\"", "\"<plan>\\n\"", NULL},
        {"true", "\"<plan>\"", "params.think true, found \"<plan>\""},
        {"true", "false", "params.think true, found false"},
        {"false", "\"<think>\"", "params.think false, found \"<think>\""},
        {"\"<plan>\"", "\"<plan>\\n\"", "params.think \"<plan>\", found \"<plan>\\n\""},
        {"\"true\"", "true", "params.think \"true\", found true"},
    };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++) {
        lmi_buf was, is;

        config_with_think(&was, pairs[i].was);
        config_with_think(&is, pairs[i].is);
        if (pairs[i].difference)
            assert_fails(LMAS_E_INVALID, pairs[i].difference, compare(&was, &is));
        else
            assert_ok(compare(&was, &is));
        assert_true((compare(&is, &was) == LMAS_OK) == !pairs[i].difference);
        lmi_buf_done(&was);
        lmi_buf_done(&is);
    }
}

static void test_shards_part_the_questions(void **state)
{
    lmi_setup setup = {.n = 10, .n_shards = 4};
    size_t seen[10] = {0};
    size_t i;

    (void)state;
    for (setup.shard = 1; setup.shard <= 4; setup.shard++) {
        size_t n = 0;

        for (i = 0; i < 10; i++)
            if (lmi_shard_has(&setup, i)) {
                seen[i]++;
                n++;
            }
        assert_int_equal(lmi_shard_size(&setup), n);
    }
    for (i = 0; i < 10; i++)
        assert_int_equal(seen[i], 1);
}

static void test_config_gives_its_command_back(void **state)
{
    char **args = NULL;
    size_t n = 0;

    (void)state;
    assert_ok(lmi_config_args(&args, &n, "c", &config));
    assert_int_equal(n, 2);
    assert_string_equal(args[0], "-m");
    assert_string_equal(args[1], "a b");
    lmi_config_args_free(args, n);
}

static void test_foreign_line_is_named(void **state)
{
    static const char foreign[] = "{\"index\":0}\n";
    lmi_runfolder f;
    char samples[300];

    (void)state;
    assert_ok(lmi_runfolder_new(&f, in_root("foreign"), 1, &config));
    lmi_runfolder_done(&f);
    snprintf(samples, sizeof(samples), "%s/samples.jsonl", in_root("foreign"));
    assert_ok(lmi_file_write(samples, foreign, sizeof(foreign) - 1));
    assert_ok(lmi_runfolder_open(&f, in_root("foreign")));
    assert_fails(LMAS_E_FORMAT, "samples.jsonl:1: ", resume(&f, 1));
    lmi_runfolder_done(&f);
}

/* The line of a question with its first `from` replaced by `to`, read back to resume. */
static lmas_status resume_with(const char *folder, const char *from, const char *to)
{
    char samples[300], text[4096];
    lmi_score score;
    lmi_runfolder f;
    lmi_buf line;
    const char *at;
    lmas_status status;

    make_line(&line, &score, 0, "is 18");
    at = strstr(lmi_buf_text(&line), from);
    assert_non_null(at);
    snprintf(text, sizeof(text), "%.*s%s%s", (int)(at - line.data), line.data, to,
             at + strlen(from));
    assert_ok(lmi_runfolder_new(&f, in_root(folder), 1, &config));
    lmi_runfolder_done(&f);
    snprintf(samples, sizeof(samples), "%s/samples.jsonl", in_root(folder));
    assert_ok(lmi_file_write(samples, text, strlen(text)));
    assert_ok(lmi_runfolder_open(&f, in_root(folder)));
    status = resume(&f, 1);
    lmi_runfolder_done(&f);
    lmi_buf_done(&line);
    return status;
}

/* As a report believes them. */
static void test_numbers_of_a_line_are_believed_within_limits(void **state)
{
    static const char *const swaps[][2] = {
        {"\"n_read\":3", "\"n_read\":10000000001"},
        {"\"n_read\":3", "\"n_read\":18446744073709551615"},
        {"\"n_read\":3", "\"n_read\":-1"},
        {"\"n_thought\":2", "\"n_thought\":2.5"},
        {"\"n_spoken\":1", "\"n_spoken\":1e3"},
        {"\"n_shared\":0", "\"n_shared\":99999999999"},
        {"\"n_shared\":0", "\"n_shared\":null"},
        {"\"read_ms\":1.5", "\"read_ms\":1e300"},
        {"\"read_ms\":1.5", "\"read_ms\":-0.5"},
        {"\"run_ms\":0.0", "\"run_ms\":2e13"},
    };
    size_t i;

    (void)state;
    assert_ok(resume_with("limit-good", "\"n_read\":3", "\"n_read\":10000000000"));
    for (i = 0; i < sizeof(swaps) / sizeof(swaps[0]); i++) {
        char folder[32];

        snprintf(folder, sizeof(folder), "limit-%zu", i);
        assert_fails(LMAS_E_FORMAT, "samples.jsonl:1: this is no line of a run",
                     resume_with(folder, swaps[i][0], swaps[i][1]));
    }
}

static void test_samples_without_their_config_say_what_to_do(void **state)
{
    static const char words[] = "put the config.json of this run back";
    char path[300];
    lmi_runfolder f;
    lmi_record record;

    (void)state;
    assert_ok(lmi_runfolder_new(&f, in_root("lost"), 1, &config));
    append(&f, 0, "is 18");
    lmi_runfolder_done(&f);
    snprintf(path, sizeof(path), "%s/config.json", in_root("lost"));
    assert_int_equal(unlink(path), 0);
    assert_fails(LMAS_E_IO, words, lmi_runfolder_open(&f, in_root("lost")));
    assert_fails(LMAS_E_IO, words, lmi_runfolder_new(&f, in_root("lost"), 1, &config));
    assert_fails(LMAS_E_IO, words, lmi_record_open(&record, in_root("lost")));
    snprintf(path, sizeof(path), "%s/samples.jsonl", in_root("lost"));
    assert_true(lmi_file_exists(path));
    assert_int_equal(truncate(path, 0), 0); /* no samples: a run that never began */
    assert_fails(LMAS_E_IO, "no config.json", lmi_runfolder_open(&f, in_root("lost")));
    assert_ok(lmi_runfolder_new(&f, in_root("lost"), 1, &config));
    lmi_runfolder_done(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sample_reads_back_what_it_adds),
        cmocka_unit_test(test_failed_question_is_wrong_and_an_error),
        cmocka_unit_test(test_new_folder_can_be_resumed),
        cmocka_unit_test(test_cut_at_any_byte_resumes_with_the_whole_lines),
        cmocka_unit_test(test_folder_in_use_is_refused),
        cmocka_unit_test(test_folder_with_a_run_is_not_started_again),
        cmocka_unit_test(test_names_of_the_same_second_differ),
        cmocka_unit_test(test_config_that_changes_answers_is_refused),
        cmocka_unit_test(test_config_that_knows_no_control_had_it_off),
        cmocka_unit_test(test_config_with_think_true_means_the_tag),
        cmocka_unit_test(test_shards_part_the_questions),
        cmocka_unit_test(test_config_gives_its_command_back),
        cmocka_unit_test(test_foreign_line_is_named),
        cmocka_unit_test(test_numbers_of_a_line_are_believed_within_limits),
        cmocka_unit_test(test_samples_without_their_config_say_what_to_do),
    };

    return cmocka_run_group_tests(tests, prepare, clean);
}
