/* data_source_test.c - what the environment says of fetching, and the part that a fetch fills.
 * What a server can do wrong is in tests/data/get_test.sh. */
#include "support.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "data/dataset.h"
#include "data/fetch.h"
#include "data/task.h"

static char folder[64];
static lmi_buf text;

static const char *const variables[] = {
    "HF_TOKEN",          "HUGGING_FACE_HUB_TOKEN", "HF_TOKEN_PATH", "HF_HOME",
    "HF_ENDPOINT",       "HF_DATASETS_SERVER",     "HF_HUB_CACHE",  "LATENTMAS_RAW_ENDPOINT",
    "HF_DATASETS_CACHE", "HF_DATASETS_OFFLINE",    "HF_HUB_OFFLINE"};

static int begin(void **state)
{
    size_t i;

    (void)state;
    snprintf(folder, sizeof(folder), "%s", support_folder());
    for (i = 0; i < sizeof(variables) / sizeof(variables[0]); i++)
        unsetenv(variables[i]);
    setenv("HOME", folder, 1);
    setenv("XDG_CACHE_HOME", folder, 1);
    lmi_buf_init(&text, LMI_PATH_MAX);
    return 0;
}

static int end(void **state)
{
    (void)state;
    lmi_buf_done(&text);
    return 0;
}

/* The text so far, which then starts anew. */
static const char *said(void)
{
    static char copy[LMI_PATH_MAX];

    snprintf(copy, sizeof(copy), "%s", lmi_buf_text(&text));
    lmi_buf_clear(&text);
    return copy;
}

static const lmi_source *source_of(const char *task)
{
    return &lmi_task_find(task)->source;
}

/* ---- The table ---- */

static void test_every_source_can_be_found_and_asked_for(void **state)
{
    const lmi_task *task;
    size_t n = 0;
    size_t i;

    (void)state;
    for (i = 0; (task = lmi_task_at(i)); i++) {
        const lmi_source *source = &task->source;

        if (source->kind == LMI_SOURCE_NONE || source->kind == LMI_SOURCE_OWN)
            continue;
        n++;
        assert_true(source->n_rows >= 30);
        if (source->kind == LMI_SOURCE_ROWS)
            assert_ok(lmi_source_rows_url(&text, source, 0, 1));
        else
            assert_ok(lmi_source_file_url(&text, source));
        assert_null(strchr(said(), ' '));
    }
    assert_int_equal(n, 12);
}

static void test_task_without_source_says_to_name_a_file(void **state)
{
    const lmi_source none = {0};

    (void)state;
    assert_fails(LMAS_E_INVALID, "custom has no published data set: name a file with --data",
                 lmi_source_fetch("custom", &none, false, NULL, NULL));
}

static void test_own_rows_are_there_offline_and_are_those_of_this_program(void **state)
{
    const lmi_source *source = source_of("demo");
    char path[LMI_PATH_MAX];
    lmi_buf rows;

    (void)state;
    setenv("HF_HUB_OFFLINE", "1", 1);
    assert_ok(lmi_source_path(&text, "demo", source));
    snprintf(path, sizeof(path), "%s", said());
    assert_ok(lmi_source_fetch("demo", source, false, NULL, NULL));
    assert_ok(lmi_file_write(path, "old", 3));
    assert_ok(lmi_source_fetch("demo", source, false, NULL, NULL));
    lmi_buf_init(&rows, strlen(source->own));
    assert_ok(lmi_file_read(&rows, path));
    assert_string_equal(lmi_buf_text(&rows), source->own);
    lmi_buf_done(&rows);
}

static void test_own_rows_are_as_many_as_is_said_and_all_are_read(void **state)
{
    static const char *const names[] = {"demo", "demo_secret", "demo_split"};
    size_t i, k;

    (void)state;
    for (i = 0; i < 3; i++) {
        const lmi_task *task = lmi_task_find(names[i]);
        lmi_dataset data;

        assert_ok(
            lmi_dataset_parse(&data, task, names[i], task->source.own, strlen(task->source.own)));
        assert_int_equal(data.n, task->source.n_rows);
        for (k = 0; k < data.n; k++)
            assert_int_equal(data.items[k].note != NULL, i > 0);
        lmi_dataset_done(&data);
    }
}

/* ---- Addresses ---- */

static void test_addresses_are_the_published_ones(void **state)
{
    (void)state;
    assert_ok(lmi_source_rows_url(&text, source_of("gsm8k"), 1300, 19));
    assert_string_equal(said(), "https://datasets-server.huggingface.co/rows?dataset=openai%2Fgsm8k"
                                "&config=main&split=test&offset=1300&length=19");
    assert_ok(lmi_source_file_url(&text, source_of("humanevalplus")));
    assert_string_equal(said(), "https://huggingface.co/datasets/evalplus/humanevalplus/resolve/"
                                "main/test.jsonl");
    assert_ok(lmi_source_file_url(&text, source_of("medqa")));
    assert_string_equal(
        said(), "https://raw.githubusercontent.com/Gen-Verse/LatentMAS/main/data/medqa.json");
}

static void test_mirrors_replace_addresses_slashes_at_the_end_aside(void **state)
{
    (void)state;
    setenv("HF_ENDPOINT", "https://mirror.example/hf//", 1);
    setenv("LATENTMAS_RAW_ENDPOINT", "http://localhost:8080", 1);
    assert_ok(lmi_source_file_url(&text, source_of("humanevalplus")));
    assert_string_equal(said(), "https://mirror.example/hf/datasets/evalplus/humanevalplus/"
                                "resolve/main/test.jsonl");
    assert_ok(lmi_source_file_url(&text, source_of("medqa")));
    assert_string_equal(said(), "http://localhost:8080/Gen-Verse/LatentMAS/main/data/medqa.json");
}

static void test_empty_variable_counts_as_not_set(void **state)
{
    (void)state;
    setenv("HF_ENDPOINT", "", 1);
    setenv("HF_TOKEN", "", 1);
    assert_ok(lmi_source_file_url(&text, source_of("humanevalplus")));
    assert_non_null(strstr(said(), "https://huggingface.co/"));
    assert_ok(lmi_hub_token(&text));
    assert_string_equal(said(), "");
}

static void test_address_of_another_protocol_is_refused(void **state)
{
    (void)state;
    setenv("HF_ENDPOINT", "file:///etc", 1);
    assert_fails(LMAS_E_INVALID, "HF_ENDPOINT: expected an http or https address, found \"file:",
                 lmi_source_file_url(&text, source_of("humanevalplus")));
}

static void test_what_has_a_meaning_in_an_address_is_escaped(void **state)
{
    const lmi_source odd = {LMI_SOURCE_ROWS, "a&b=c/d", "\xc3\xa9 +", "x#y", NULL, 1, NULL, NULL};

    (void)state;
    assert_ok(lmi_source_rows_url(&text, &odd, 0, 1));
    assert_non_null(
        strstr(said(), "?dataset=a%26b%3Dc%2Fd&config=%C3%A9%20%2B&split=x%23y&offset=0"));
}

static void test_address_longer_than_its_limit_is_refused(void **state)
{
    char *repo = calloc(LMI_URL_MAX + 1, 1);
    const lmi_source odd = {LMI_SOURCE_RAW, repo, NULL, NULL, "x", 1, NULL, NULL};
    lmi_buf url;

    (void)state;
    assert_non_null(repo);
    memset(repo, 'a', LMI_URL_MAX);
    lmi_buf_init(&url, LMI_URL_MAX);
    assert_fails(LMAS_E_FORMAT, "longer than 2048 bytes", lmi_source_file_url(&url, &odd));
    lmi_buf_done(&url);
    free(repo);
}

/* ---- Offline, the cache, the token ---- */

static void test_offline_is_what_the_hub_takes_for_yes(void **state)
{
    (void)state;
    assert_null(lmi_hub_offline("HF_DATASETS_OFFLINE"));
    setenv("HF_HUB_OFFLINE", "0", 1);
    assert_null(lmi_hub_offline("HF_DATASETS_OFFLINE"));
    setenv("HF_HUB_OFFLINE", "True", 1);
    assert_string_equal(lmi_hub_offline("HF_DATASETS_OFFLINE"), "HF_HUB_OFFLINE");
    unsetenv("HF_HUB_OFFLINE");
    setenv("HF_DATASETS_OFFLINE", "1", 1);
    assert_string_equal(lmi_hub_offline("HF_DATASETS_OFFLINE"), "HF_DATASETS_OFFLINE");
}

static void test_cache_is_where_data_sets_are_told_to_be(void **state)
{
    char want[128];

    (void)state;
    snprintf(want, sizeof(want), "%s/latentmas/data/gsm8k.jsonl", folder);
    setenv("HF_HUB_CACHE", "/hub", 1); /* of no matter */
    assert_ok(lmi_source_path(&text, "gsm8k", source_of("gsm8k")));
    assert_string_equal(said(), want);
    setenv("HF_HOME", "/hf", 1);
    assert_ok(lmi_source_path(&text, "medqa", source_of("medqa")));
    assert_string_equal(said(), "/hf/datasets/latentmas/medqa.json");
    setenv("HF_DATASETS_CACHE", "/sets", 1);
    assert_ok(lmi_source_path(&text, "humanevalplus", source_of("humanevalplus")));
    assert_string_equal(said(), "/sets/latentmas/humanevalplus.jsonl");
}

static void test_token_variable_goes_before_its_old_name_and_the_file(void **state)
{
    (void)state;
    setenv("HF_TOKEN_PATH", support_file(folder, "token", " hf_file\r\n", 10), 1);
    assert_ok(lmi_hub_token(&text));
    assert_string_equal(said(), "hf_file");
    setenv("HUGGING_FACE_HUB_TOKEN", "hf_old", 1);
    assert_ok(lmi_hub_token(&text));
    assert_string_equal(said(), "hf_old");
    setenv("HF_TOKEN", "hf_new", 1);
    assert_ok(lmi_hub_token(&text));
    assert_string_equal(said(), "hf_new");
}

static void test_token_file_lies_in_hf_home(void **state)
{
    (void)state;
    support_file(folder, "token", "hf_home", 7);
    setenv("HF_HOME", folder, 1);
    assert_ok(lmi_hub_token(&text));
    assert_string_equal(said(), "hf_home");
    setenv("HF_TOKEN_PATH", "/no/such/file", 1);
    assert_ok(lmi_hub_token(&text));
    assert_string_equal(said(), "");
}

static void test_token_that_is_no_word_is_refused(void **state)
{
    char *longest = calloc(LMI_TOKEN_MAX + 2, 1);

    (void)state;
    setenv("HF_TOKEN", "a\r\nHost: x", 1);
    assert_fails(LMAS_E_INVALID, "HF_TOKEN: a token is one word", lmi_hub_token(&text));
    assert_non_null(longest);
    memset(longest, 'a', LMI_TOKEN_MAX + 1);
    setenv("HF_TOKEN", longest, 1);
    assert_fails(LMAS_E_INVALID, "HF_TOKEN: token of 1025 bytes, at most 1024",
                 lmi_hub_token(&text));
    unsetenv("HF_TOKEN");
    setenv("HF_TOKEN_PATH", folder, 1);
    assert_fails(LMAS_E_IO, "cannot read", lmi_hub_token(&text));
    assert_string_equal(said(), "");
    free(longest);
}

/* ---- The part ---- */

static bool always(void *user)
{
    (void)user;
    return true;
}

static bool never(void *user)
{
    (void)user;
    return false;
}

static const char *whole_path(void)
{
    static char path[128];

    snprintf(path, sizeof(path), "%s/whole", folder);
    return path;
}

static void make_part(const char *data, const char *version)
{
    lmi_part part;

    assert_ok(lmi_part_open(&part, whole_path(), always, NULL));
    assert_ok(lmi_part_restart(&part, 10, version));
    assert_ok(lmi_part_append(&part, data, strlen(data)));
    lmi_part_close(&part);
}

static void test_part_remembers_its_bytes_and_their_version(void **state)
{
    lmi_part part;

    (void)state;
    make_part("12345", "\"v 1\"");
    assert_ok(lmi_part_open(&part, whole_path(), always, NULL));
    assert_int_equal(part.size, 5);
    assert_int_equal(part.total, 10);
    assert_string_equal(part.version, "\"v 1\"");
    lmi_part_close(&part);
}

static void test_part_of_unknown_version_starts_over(void **state)
{
    static const char *const records[] = {"", "5", "x y\n", "10 no newline", "0 a\n"};
    lmi_part part;
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(records) / sizeof(records[0]); i++) {
        make_part("12345", "v");
        support_file(folder, "whole.part.of", records[i], strlen(records[i]));
        assert_ok(lmi_part_open(&part, whole_path(), always, NULL));
        assert_int_equal(part.size, 0);
        lmi_part_close(&part);
    }
}

static void test_version_too_long_to_keep_counts_as_none(void **state)
{
    char version[LMI_VERSION_SIZE + 1];
    lmi_part part;

    (void)state;
    memset(version, 'v', LMI_VERSION_SIZE);
    version[LMI_VERSION_SIZE] = '\0';
    make_part("1", version);
    assert_ok(lmi_part_open(&part, whole_path(), always, NULL));
    assert_string_equal(part.version, "");
    lmi_part_close(&part);
}

static void test_finished_part_is_the_file_and_nothing_else_is_left(void **state)
{
    lmi_part part;
    lmi_buf whole;

    (void)state;
    make_part("12345", "v");
    assert_ok(lmi_part_open(&part, whole_path(), always, NULL));
    assert_ok(lmi_part_append(&part, "6789", 4));
    assert_ok(lmi_part_cut(&part, 8));
    assert_ok(lmi_part_finish(&part));
    lmi_part_close(&part);
    lmi_buf_init(&whole, 100);
    assert_ok(lmi_file_read(&whole, whole_path()));
    assert_string_equal(lmi_buf_text(&whole), "12345678");
    lmi_buf_done(&whole);
    lmi_buf_printf(&text, "%s.part", whole_path());
    assert_false(lmi_file_exists(said()));
    lmi_buf_printf(&text, "%s.part.of", whole_path());
    assert_false(lmi_file_exists(said()));
}

static void test_part_in_use_is_waited_for_until_told_to_stop(void **state)
{
    lmi_part part, other;

    (void)state;
    assert_ok(lmi_part_open(&part, whole_path(), always, NULL));
    assert_fails(LMAS_E_CANCELED, "fetching was stopped",
                 lmi_part_open(&other, whole_path(), never, NULL));
    lmi_part_close(&part);
    assert_ok(lmi_part_open(&other, whole_path(), never, NULL));
    lmi_part_close(&other);
}

/* The first tick of the one who waits puts the part into place. */
static bool finish_first(void *user)
{
    lmi_part *first = user;

    if (first->path) {
        assert_ok(lmi_part_append(first, "done", 4));
        assert_ok(lmi_part_finish(first));
        lmi_part_close(first);
    }
    return true;
}

static void test_who_waited_gets_a_part_of_its_own(void **state)
{
    lmi_part first, second;
    lmi_buf whole;

    (void)state;
    assert_ok(lmi_part_open(&first, whole_path(), always, NULL));
    assert_ok(lmi_part_open(&second, whole_path(), finish_first, &first));
    assert_int_equal(second.size, 0);
    assert_ok(lmi_part_append(&second, "mine", 4));
    lmi_buf_init(&whole, 100);
    assert_ok(lmi_file_read(&whole, whole_path()));
    assert_string_equal(lmi_buf_text(&whole), "done");
    lmi_buf_done(&whole);
    lmi_part_drop(&second);
    lmi_part_close(&second);
}

static void test_part_in_a_folder_that_is_not_there_is_refused(void **state)
{
    lmi_part part;

    (void)state;
    assert_fails(LMAS_E_IO, "/no/such/folder/x.part: No such file",
                 lmi_part_open(&part, "/no/such/folder/x", always, NULL));
}

static void test_path_longer_than_its_limit_is_refused(void **state)
{
    char path[LMI_PATH_MAX];
    lmi_part part;

    (void)state;
    memset(path, 'a', sizeof(path) - 1);
    path[sizeof(path) - 1] = '\0';
    assert_fails(LMAS_E_INVALID, "path longer than 4096 bytes",
                 lmi_part_open(&part, path, always, NULL));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_every_source_can_be_found_and_asked_for),
        TEST(test_task_without_source_says_to_name_a_file),
        TEST(test_own_rows_are_there_offline_and_are_those_of_this_program),
        TEST(test_own_rows_are_as_many_as_is_said_and_all_are_read),
        TEST(test_addresses_are_the_published_ones),
        TEST(test_mirrors_replace_addresses_slashes_at_the_end_aside),
        TEST(test_empty_variable_counts_as_not_set),
        TEST(test_address_of_another_protocol_is_refused),
        TEST(test_what_has_a_meaning_in_an_address_is_escaped),
        TEST(test_address_longer_than_its_limit_is_refused),
        TEST(test_offline_is_what_the_hub_takes_for_yes),
        TEST(test_cache_is_where_data_sets_are_told_to_be),
        TEST(test_token_variable_goes_before_its_old_name_and_the_file),
        TEST(test_token_file_lies_in_hf_home),
        TEST(test_token_that_is_no_word_is_refused),
        TEST(test_part_remembers_its_bytes_and_their_version),
        TEST(test_part_of_unknown_version_starts_over),
        TEST(test_version_too_long_to_keep_counts_as_none),
        TEST(test_finished_part_is_the_file_and_nothing_else_is_left),
        TEST(test_part_in_use_is_waited_for_until_told_to_stop),
        TEST(test_who_waited_gets_a_part_of_its_own),
        TEST(test_path_longer_than_its_limit_is_refused),
        TEST(test_part_in_a_folder_that_is_not_there_is_refused),
    };

    return cmocka_run_group_tests_name("data_source", tests, NULL, NULL);
}
