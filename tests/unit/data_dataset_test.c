/* data_dataset_test.c - lines of a file, and questions from lines. */
#include "support.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/lines.h"
#include "data/dataset.h"

static char folder[64];

static int make_folder(void **state)
{
    (void)state;
    snprintf(folder, sizeof(folder), "%s", support_folder());
    return 0;
}

static const char *write_text(const char *text)
{
    return support_file(folder, "data.jsonl", text, strlen(text));
}

static void expect_line(lmi_lines *lines, const char *want, size_t number, uint64_t offset,
                        bool is_whole)
{
    bool has_line = false;

    assert_ok(lmi_lines_next(&has_line, lines));
    assert_true(has_line);
    assert_string_equal(lmi_buf_text(&lines->text), want);
    assert_int_equal(lines->number, number);
    assert_int_equal(lines->offset, offset);
    assert_int_equal(lines->is_whole, is_whole);
}

static void test_lines_know_number_offset_and_end(void **state)
{
    const int fd = open(write_text("one\n\nthree"), O_RDONLY);
    lmi_lines lines;
    bool has_line = true;

    (void)state;
    assert_ok(lmi_lines_init(&lines, fd, "f", 100));
    expect_line(&lines, "one", 1, 0, true);
    expect_line(&lines, "", 2, 4, true);
    expect_line(&lines, "three", 3, 5, false);
    assert_ok(lmi_lines_next(&has_line, &lines));
    assert_false(has_line);
    lmi_lines_done(&lines);
    close(fd);
}

static void test_line_longer_than_a_chunk_is_read_whole(void **state)
{
    enum { LEN = 200000 };
    lmi_buf text;
    lmi_lines lines;
    int fd;

    (void)state;
    lmi_buf_init(&text, (size_t)2 * LEN);
    while (text.len < LEN)
        lmi_buf_putc(&text, 'a');
    lmi_buf_puts(&text, "\nb\n");
    fd = open(support_file(folder, "long", lmi_buf_text(&text), text.len), O_RDONLY);
    text.data[LEN] = '\0';
    assert_ok(lmi_lines_init(&lines, fd, "f", LEN));
    expect_line(&lines, lmi_buf_text(&text), 1, 0, true);
    expect_line(&lines, "b", 2, LEN + 1, true);
    lmi_lines_done(&lines);
    lmi_buf_done(&text);
    close(fd);
}

static void test_line_beyond_its_limit_is_refused_by_number(void **state)
{
    const int fd = open(write_text("ok\ntoo long\n"), O_RDONLY);
    lmi_lines lines;
    bool has_line;

    (void)state;
    assert_ok(lmi_lines_init(&lines, fd, "f", 5));
    expect_line(&lines, "ok", 1, 0, true);
    assert_fails(LMAS_E_FORMAT, "f:2: line longer than 5 bytes", lmi_lines_next(&has_line, &lines));
    lmi_lines_done(&lines);
    close(fd);
}

static void test_rows_become_questions_and_golds(void **state)
{
    lmi_dataset data;

    (void)state;
    assert_ok(lmi_dataset_open(
        &data, lmi_task_find("gsm8k"),
        write_text("\xef\xbb\xbf{\"question\":\"q0\",\"answer\":\"#### 1,430\"}\r\n"
                   "\n"
                   "{\"answer\":\"x\\n#### 2\",\"question\":\"q1\"}")));
    assert_int_equal(data.n, 2);
    assert_string_equal(data.items[0].question, "q0");
    assert_string_equal(data.items[0].gold, "1430");
    assert_string_equal(data.items[1].question, "q1");
    assert_string_equal(data.items[1].gold, "2");
    lmi_dataset_done(&data);
}

/* The digest is what sha256sum prints for the same bytes. */
static void test_hash_and_size_are_those_of_the_file(void **state)
{
    lmi_dataset data;
    const char *path = write_text("{\"question\":\"q\",\"answer\":\"#### 1\"}\n\n");

    (void)state;
    assert_ok(lmi_dataset_open(&data, lmi_task_find("gsm8k"), path));
    assert_int_equal(data.size, 36);
    assert_string_equal(data.sha256,
                        "480547d7f4b2f2dbef6d2dab593f3274554d0c08bcd6e778fa08537d60375f67");
    lmi_dataset_done(&data);
}

static void test_bad_rows_are_named_by_line(void **state)
{
    const lmi_task *task = lmi_task_find("gsm8k");
    lmi_dataset data;

    (void)state;
    assert_fails(
        LMAS_E_FORMAT, ":2:1: ",
        lmi_dataset_open(&data, task, write_text("{\"question\":\"q\",\"answer\":\"#### 1\"}\nx")));
    assert_fails(LMAS_E_FORMAT, ":1: missing key \"question\"",
                 lmi_dataset_open(&data, task, write_text("{\"answer\":\"#### 1\"}")));
    assert_fails(LMAS_E_FORMAT, ":1: a row must be an object, found a string",
                 lmi_dataset_open(&data, task, write_text("\"q\"")));
    assert_fails(LMAS_E_FORMAT, "holds no questions",
                 lmi_dataset_open(&data, task, write_text("\n")));
    assert_fails(LMAS_E_IO, "cannot open", lmi_dataset_open(&data, task, "/nowhere/at/all"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_lines_know_number_offset_and_end),
        cmocka_unit_test(test_line_longer_than_a_chunk_is_read_whole),
        cmocka_unit_test(test_line_beyond_its_limit_is_refused_by_number),
        cmocka_unit_test(test_rows_become_questions_and_golds),
        cmocka_unit_test(test_hash_and_size_are_those_of_the_file),
        cmocka_unit_test(test_bad_rows_are_named_by_line),
    };

    return cmocka_run_group_tests(tests, make_folder, NULL);
}
