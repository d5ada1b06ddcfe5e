/* base_test.c - buffers with a ceiling, whole characters, strict JSON, whole files. */
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file.h"
#include "base/json.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "support.h"

static void test_a_buffer_refuses_what_passes_its_ceiling(void **state)
{
    lmi_buf buf;

    (void)state;
    lmi_buf_init(&buf, 5);
    lmi_buf_puts(&buf, "12345");
    assert_ok(lmi_buf_status(&buf));
    lmi_buf_putc(&buf, '6');
    assert_fails(LMAS_E_FORMAT, "longer than 5 bytes", lmi_buf_status(&buf));
    assert_string_equal(lmi_buf_text(&buf), "12345");
    assert_null(lmi_buf_steal(&buf));
}

static void test_an_empty_buffer_is_an_empty_text(void **state)
{
    lmi_buf buf;
    char *text;

    (void)state;
    lmi_buf_init(&buf, 5);
    assert_string_equal(lmi_buf_text(&buf), "");
    text = lmi_buf_steal(&buf);
    assert_string_equal(text, "");
    lmi_free(text);
}

static void test_a_growth_that_overflows_is_refused(void **state)
{
    void *items = NULL;
    size_t capacity = 0;

    (void)state;
    assert_false(lmi_reserve(&items, &capacity, SIZE_MAX / 2, 16));
    assert_null(items);
    assert_int_equal(capacity, 0);
}

static void test_an_unfinished_character_is_held_back(void **state)
{
    (void)state;
    assert_int_equal(lmi_utf8_complete("ab\xc3", 3), 2);
    assert_int_equal(lmi_utf8_complete("ab\xc3\xa9", 4), 4);
    assert_int_equal(lmi_utf8_complete("\xf0\x9f\x98", 3), 0);
    assert_int_equal(lmi_utf8_complete("\xf0\x9f\x98\x80", 4), 4);
    assert_int_equal(lmi_utf8_complete("\x80\x80\x80\x80", 4), 4); /* never becomes one */
    assert_int_equal(lmi_utf8_complete("", 0), 0);
}

static void test_bytes_that_are_no_character_are_replaced(void **state)
{
    static const struct {
        const char *in, *out;
    } cases[] = {
        {"plain", "plain"},
        {"\xc3\xa9", "\xc3\xa9"},
        {"\xff", "\xef\xbf\xbd"},
        {"a\xc3", "a\xef\xbf\xbd"},
        {"\xed\xa0\x80", "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd"}, /* a surrogate */
        {"\xc0\xaf", "\xef\xbf\xbd\xef\xbf\xbd"},                 /* overlong */
        {"\xf4\x90\x80\x80", "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd"},
    };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        lmi_buf out;

        lmi_buf_init(&out, 100);
        lmi_utf8_append(&out, cases[i].in, strlen(cases[i].in));
        assert_string_equal(lmi_buf_text(&out), cases[i].out);
        lmi_buf_done(&out);
    }
}

static void test_a_cut_never_splits_a_character(void **state)
{
    (void)state;
    assert_int_equal(lmi_utf8_floor("a\xc3\xa9z", 2), 1);
    assert_int_equal(lmi_utf8_floor("a\xc3\xa9z", 3), 3);
}

static lmas_status parse(const char *text)
{
    lmi_json json = {0};
    const lmas_status status = lmi_json_parse(&json, "x.json", text, strlen(text));

    if (status == LMAS_OK)
        lmi_json_done(&json);
    return status;
}

static void test_a_json_error_names_line_and_column(void **state)
{
    (void)state;
    assert_fails(LMAS_E_FORMAT, "x.json:3:6:", parse("{\n \"a\": 1,\n \"b\" 2\n}"));
    assert_fails(LMAS_E_FORMAT, "x.json:1:", parse(""));
    assert_fails(LMAS_E_FORMAT, "x.json:1:", parse("{\"a\": 1} tail"));
    assert_fails(LMAS_E_FORMAT, "x.json:1:3:", parse("[1,\n]"));
    assert_fails(LMAS_E_FORMAT, "x.json:1:", parse("\"\xff\""));
}

static void test_a_json_error_speaks_of_the_file(void **state)
{
    (void)state;
    assert_fails(LMAS_E_FORMAT, "x.json:1:1: empty, JSON expected", parse(""));
    assert_fails(LMAS_E_FORMAT, "x.json:1:1: empty, JSON expected", parse("\n  "));
    assert_fails(LMAS_E_FORMAT, "x.json:2:1: ends before its JSON is complete", parse("[1,\n"));
    assert_fails(LMAS_E_FORMAT, "x.json:1:3: more follows where the JSON is complete, found 'b'",
                 parse("1 b"));
    assert_fails(LMAS_E_FORMAT, "x.json:1:2: expected a JSON value, found byte 0x01",
                 parse("[\001]"));
}

static void test_equal_keys_and_deep_nesting_are_refused(void **state)
{
    char deep[400];

    (void)state;
    assert_fails(LMAS_E_FORMAT, "x.json:2: key \"a\" stands twice", parse("{\"a\": 1,\n\"a\": 2}"));
    memset(deep, '[', 200);
    memset(deep + 200, ']', 199);
    deep[399] = '\0';
    assert_fails(LMAS_E_FORMAT, "nested deeper", parse(deep));
}

static void test_a_key_is_found_with_its_line(void **state)
{
    static const char text[] = "{\n\"a\\u0041\": 1,\n\n  \"b\": {\"c\": \"d\"}}";
    lmi_json json;
    size_t line;

    (void)state;
    assert_ok(lmi_json_parse(&json, "x.json", text, strlen(text)));
    assert_non_null(lmi_json_member(&line, &json, lmi_json_root(&json), "b"));
    assert_int_equal(line, 4);
    assert_non_null(lmi_json_member(&line, &json, lmi_json_root(&json), "aA"));
    assert_int_equal(line, 2);
    assert_null(lmi_json_member(&line, &json, lmi_json_root(&json), "none"));
    lmi_json_done(&json);
}

static void test_a_document_is_written_into_a_buffer(void **state)
{
    yyjson_mut_doc *doc;
    yyjson_mut_val *root;
    lmi_buf text;

    (void)state;
    lmi_buf_init(&text, 100);
    lmi_buf_puts(&text, "> ");
    assert_ok(lmi_json_new(&doc, &root, "a line"));
    lmi_json_add_text(doc, root, "a", "b");
    lmi_json_add_text(doc, root, "none", NULL);
    assert_ok(lmi_json_write(&text, doc, YYJSON_WRITE_NEWLINE_AT_END, "a line"));
    assert_string_equal(lmi_buf_text(&text), "> {\"a\":\"b\",\"none\":null}\n");
    assert_ok(lmi_json_new(&doc, &root, "a line"));
    lmi_json_add_text(doc, root, "a", "\xff");
    assert_fails(LMAS_E_FORMAT,
                 "a line cannot be written as JSON: ", lmi_json_write(&text, doc, 0, "a line"));
    lmi_buf_done(&text);
    lmi_buf_init(&text, 4);
    assert_ok(lmi_json_new(&doc, &root, "a line"));
    lmi_json_add_text(doc, root, "a", "b");
    assert_fails(LMAS_E_FORMAT, "longer than 4 bytes", lmi_json_write(&text, doc, 0, "a line"));
    lmi_buf_done(&text);
}

static void test_a_file_is_replaced_whole_or_not_at_all(void **state)
{
    const char *folder = support_folder();
    char path[256];
    lmi_buf text;

    (void)state;
    snprintf(path, sizeof(path), "%s/f", folder);
    assert_ok(lmi_file_write(path, "one", 3));
    assert_ok(lmi_file_write(path, "three", 5));
    lmi_buf_init(&text, 100);
    assert_ok(lmi_file_read(&text, path));
    assert_string_equal(text.data, "three");
    lmi_buf_done(&text);
    lmi_buf_init(&text, 4);
    assert_fails(LMAS_E_FORMAT, "longer than 4 bytes", lmi_file_read(&text, path));
    lmi_buf_done(&text);
    snprintf(path, sizeof(path), "%s/none/f", folder);
    assert_fails(LMAS_E_IO, "No such file", lmi_file_write(path, "x", 1));
}

/* What was flushed to disk, in order, and whether `awaited` had its name by then. */
static struct flushed {
    const char *awaited;
    struct stat of[4];
    bool is_named[4];
    size_t n;
} flushed;

/* In place of the C library's, which the static library would call. */
int fsync(int fd)
{
    if (flushed.awaited && flushed.n < 4 && fstat(fd, &flushed.of[flushed.n]) == 0)
        flushed.is_named[flushed.n++] = lmi_file_exists(flushed.awaited);
    return (int)syscall(SYS_fsync, fd);
}

static void test_a_new_file_is_made_where_there_is_none(void **state)
{
    char path[300];
    lmi_buf text;
    struct stat st;

    (void)state;
    snprintf(path, sizeof(path), "%s/new", support_folder());
    assert_ok(lmi_file_create(path, "one", 3, 0600));
    assert_fails(LMAS_E_IO, "File exists", lmi_file_create(path, "two", 3, 0600));
    lmi_buf_init(&text, 10);
    assert_ok(lmi_file_read(&text, path));
    assert_string_equal(lmi_buf_text(&text), "one");
    lmi_buf_done(&text);
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
}

static void test_a_file_is_flushed_before_its_name_and_the_folder_behind_it(void **state)
{
    const char *folder = support_folder();
    struct stat file, parent;
    char path[512];

    (void)state;
    snprintf(path, sizeof(path), "%s/new.txt", folder);
    flushed = (struct flushed){.awaited = path};
    assert_ok(lmi_file_write(path, "new", 3));
    flushed.awaited = NULL;
    assert_int_equal(stat(path, &file), 0);
    assert_int_equal(stat(folder, &parent), 0);
    assert_int_equal(flushed.n, 2);
    assert_true(flushed.of[0].st_ino == file.st_ino && !flushed.is_named[0]);
    assert_true(flushed.of[1].st_ino == parent.st_ino && flushed.is_named[1]);
}

static void test_a_file_that_is_thrown_away_leaves_the_old_one(void **state)
{
    const char *folder = support_folder();
    char path[256];
    lmi_sink sink;
    lmi_buf text;

    (void)state;
    snprintf(path, sizeof(path), "%s/f", folder);
    assert_ok(lmi_file_write(path, "old", 3));
    assert_ok(lmi_sink_open(&sink, path));
    assert_ok(lmi_sink_add(&sink, "new", 3));
    assert_int_equal(lmi_sink_finish(&sink, LMAS_E_NOMEM), LMAS_E_NOMEM);
    assert_false(lmi_file_exists(sink.temporary));
    lmi_buf_init(&text, 100);
    assert_ok(lmi_file_read(&text, path));
    assert_string_equal(text.data, "old");
    lmi_buf_done(&text);
}

static void test_reading_a_folder_is_an_error(void **state)
{
    lmi_buf text;

    (void)state;
    lmi_buf_init(&text, 100);
    assert_fails(LMAS_E_IO, "directory", lmi_file_read(&text, "tests"));
    lmi_buf_done(&text);
}

static void test_a_message_is_one_line(void **state)
{
    (void)state;
    lmi_fail(LMAS_E_IO, "a\nb\x1b[31m");
    assert_string_equal(lmas_last_error(), "a?b?[31m");
}

static void test_a_message_may_go_on_from_the_one_before(void **state)
{
    (void)state;
    lmi_fail(LMAS_E_IO, "the inner one");
    lmi_fail(LMAS_E_IO, "outer: %s", lmas_last_error());
    assert_string_equal(lmas_last_error(), "outer: the inner one");
}

static void test_paths_are_joined_up_to_their_limit(void **state)
{
    char longest[LMI_PATH_MAX + 1];
    char *path = NULL;

    (void)state;
    assert_ok(lmi_path_join(&path, "runs/a", "config.json"));
    assert_string_equal(path, "runs/a/config.json");
    lmi_free(path);
    memset(longest, 'a', LMI_PATH_MAX);
    longest[LMI_PATH_MAX] = '\0';
    assert_fails(LMAS_E_INVALID, "path longer than", lmi_path_join(&path, longest, "x"));
}

static void test_what_terminals_obey_is_no_part_of_a_line(void **state)
{
    char text[] = "a\tb\x1b[2J\x7f \xc2\x9b"
                  "1m caf\xc3\xa9 \xc2\xa0 \xc2";

    (void)state;
    lmi_flatten(text);
    assert_string_equal(text, "a?b?[2J? ?1m caf\xc3\xa9 \xc2\xa0 \xc2");
    assert_int_equal(lmi_utf8_control("\n"), 1);
    assert_int_equal(lmi_utf8_control("\xc2\x85"), 2);
    assert_int_equal(lmi_utf8_control("\xc3\x85"), 0);
}

/* An add that fails tells nobody: the document remembers it. */
static void test_a_document_that_lost_something_is_not_written(void **state)
{
    yyjson_mut_doc *doc;
    volatile size_t too_much = SIZE_MAX / 4; /* the compiler need not know */
    yyjson_mut_val *root;
    lmi_buf out;

    (void)state;
    lmi_buf_init(&out, 1 << 20);
    assert_ok(lmi_json_new(&doc, &root, "a sample"));
    assert_ok(lmi_json_status(doc, "a sample"));
    assert_false(yyjson_mut_obj_add_strncpy(doc, root, "text", "x", too_much));
    yyjson_mut_obj_add_int(doc, root, "n", 1);
    assert_fails(LMAS_E_NOMEM, "no memory for a sample", lmi_json_status(doc, "a sample"));
    assert_fails(LMAS_E_NOMEM, "no memory for a sample", lmi_json_write(&out, doc, 0, "a sample"));
    assert_int_equal(out.len, 0);
    assert_ok(lmi_json_new(&doc, &root, "a row"));
    lmi_json_lose(doc);
    assert_fails(LMAS_E_NOMEM, "no memory for a row", lmi_json_write(&out, doc, 0, "a row"));
    assert_ok(lmi_json_new(&doc, &root, "a row"));
    yyjson_mut_obj_add_int(doc, root, "n", 1);
    assert_ok(lmi_json_write(&out, doc, 0, "a row"));
    assert_string_equal(lmi_buf_text(&out), "{\"n\":1}");
    lmi_buf_done(&out);
}

static void note_signal(int number)
{
    (void)number;
}

/* Nobody writes into the pipe, and open() would be started again after the signal. */
static void test_a_signal_ends_the_wait_for_a_pipe(void **state)
{
    struct sigaction action = {.sa_handler = note_signal, .sa_flags = SA_RESTART};
    struct itimerval soon = {.it_value = {.tv_usec = 50000}};
    char path[256];
    lmi_buf text;

    (void)state;
    sigaction(SIGALRM, &action, NULL);
    snprintf(path, sizeof(path), "%s/pipe", support_folder());
    assert_int_equal(mkfifo(path, 0600), 0);
    lmi_buf_init(&text, 100);
    setitimer(ITIMER_REAL, &soon, NULL);
    assert_fails(LMAS_E_CANCELED, "was interrupted", lmi_file_read(&text, path));
    lmi_buf_done(&text);
}

static void test_a_pipe_is_read_to_its_end_when_somebody_writes(void **state)
{
    int status = 0;
    char path[256];
    lmi_buf text;
    pid_t child;

    (void)state;
    snprintf(path, sizeof(path), "%s/pipe", support_folder());
    assert_int_equal(mkfifo(path, 0600), 0);
    child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        FILE *file;

        usleep(30000);
        file = fopen(path, "w");
        if (!file)
            _exit(1);
        fputs("one ", file);
        fflush(file);
        usleep(30000);
        fputs("two", file);
        fclose(file);
        _exit(0);
    }
    lmi_buf_init(&text, 100);
    assert_ok(lmi_file_read(&text, path));
    assert_string_equal(lmi_buf_text(&text), "one two");
    assert_int_equal(waitpid(child, &status, 0), child);
    lmi_buf_done(&text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_paths_are_joined_up_to_their_limit),
        cmocka_unit_test(test_a_buffer_refuses_what_passes_its_ceiling),
        cmocka_unit_test(test_an_empty_buffer_is_an_empty_text),
        cmocka_unit_test(test_a_growth_that_overflows_is_refused),
        cmocka_unit_test(test_an_unfinished_character_is_held_back),
        cmocka_unit_test(test_bytes_that_are_no_character_are_replaced),
        cmocka_unit_test(test_a_cut_never_splits_a_character),
        cmocka_unit_test(test_a_json_error_names_line_and_column),
        cmocka_unit_test(test_a_json_error_speaks_of_the_file),
        cmocka_unit_test(test_equal_keys_and_deep_nesting_are_refused),
        cmocka_unit_test(test_a_key_is_found_with_its_line),
        cmocka_unit_test(test_a_document_is_written_into_a_buffer),
        cmocka_unit_test(test_a_file_is_replaced_whole_or_not_at_all),
        cmocka_unit_test(test_a_new_file_is_made_where_there_is_none),
        cmocka_unit_test(test_a_file_is_flushed_before_its_name_and_the_folder_behind_it),
        cmocka_unit_test(test_a_file_that_is_thrown_away_leaves_the_old_one),
        cmocka_unit_test(test_reading_a_folder_is_an_error),
        cmocka_unit_test(test_a_message_is_one_line),
        cmocka_unit_test(test_a_message_may_go_on_from_the_one_before),
        cmocka_unit_test(test_what_terminals_obey_is_no_part_of_a_line),
        cmocka_unit_test(test_a_document_that_lost_something_is_not_written),
        cmocka_unit_test(test_a_signal_ends_the_wait_for_a_pipe),
        cmocka_unit_test(test_a_pipe_is_read_to_its_end_when_somebody_writes),
    };

    return cmocka_run_group_tests_name("base", tests, NULL, NULL);
}
