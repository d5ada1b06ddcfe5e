/*
 * code.c - rows whose answer is a program. Tests are text that runs behind it: with the
 * reference's tests beside ours where the two differ (strict.c, and how they are put together).
 */
#include <string.h>

#include "base/mem.h"
#include "data/items/parts.h"

/* Tests that a question shows. */
enum { SHOWN_TESTS = 3 };

/* Longest name of a function, in bytes. */
enum { NAME_LEN_MAX = 256 };

/* Most bytes of a row's tests: what a line of a data file may hold. */
#define TESTS_MAX ((size_t)64 * 1024 * 1024)

/* Tests that are not blank: any program would pass those. */
static lmas_status read_tests(const char **out, const lmi_row *row)
{
    const lmas_status status = lmi_row_text(out, row, "test");

    if (status == LMAS_OK && !(*out)[strspn(*out, " \t\r\n")])
        return lmi_fail(LMAS_E_FORMAT, "%s:%zu: \"test\" is empty: any program would pass",
                        row->json->label, lmi_row_line(row, "test"));
    return status;
}

/* A name that can stand in the tests' last line. */
static lmas_status check_name(const lmi_row *row, const char *name)
{
    const size_t len = strlen(name);

    if (len > 0 && len <= NAME_LEN_MAX && !strpbrk(name, " \t\r\n()\"'\\#"))
        return LMAS_OK;
    return lmi_fail(LMAS_E_FORMAT,
                    "%s:%zu: \"entry_point\" must be a function's name of 1 to %d bytes",
                    row->json->label, lmi_row_line(row, "entry_point"), NAME_LEN_MAX);
}

/* The task and its first tests: without them nobody could know the function's name. */
static lmas_status ask_mbppplus(lmi_item *item, const lmi_row *row, yyjson_val *tests)
{
    const char *prompt;
    size_t i, max;
    yyjson_val *test;
    lmi_buf question;
    lmas_status status = lmi_row_text(&prompt, row, "prompt");

    if (status != LMAS_OK)
        return status;
    lmi_buf_init(&question, SIZE_MAX / 2);
    lmi_buf_printf(&question, "%s\nThe program must pass tests such as these:\n", prompt);
    yyjson_arr_foreach(tests, i, max, test)
    {
        if (i < SHOWN_TESTS)
            lmi_buf_printf(&question, "\n%s", yyjson_get_str(test));
    }
    status = lmi_row_check_question(row, "prompt", *prompt ? question.len : 0);
    if (status == LMAS_OK)
        return lmi_item_steal(&item->question, &question);
    lmi_buf_done(&question);
    return status;
}

/* The tests, and as the reference runs them, which is as they are published. */
static lmas_status keep_mbppplus(lmi_item *item, const char *test)
{
    lmi_buf exact;
    lmas_status status = LMAS_OK;
    bool is_stricter;

    lmi_buf_init(&exact, TESTS_MAX);
    is_stricter = lmi_tests_strengthen(&exact, test);
    if (is_stricter)
        status = lmi_item_keep(&item->tests_compat, test);
    if (status == LMAS_OK)
        return lmi_item_steal(&item->tests, &exact);
    lmi_buf_done(&exact);
    return status;
}

lmas_status lmi_item_read_mbppplus(lmi_item *item, const lmi_row *row)
{
    yyjson_val *tests = NULL;
    const char *test;
    lmas_status status = lmi_row_id(&item->id, row, "task_id");

    if (status == LMAS_OK)
        status = lmi_row_array(&tests, row, "test_list");
    if (status == LMAS_OK)
        status = ask_mbppplus(item, row, tests);
    if (status == LMAS_OK)
        status = read_tests(&test, row);
    if (status == LMAS_OK)
        status = keep_mbppplus(item, test);
    return status == LMAS_OK ? lmi_row_keep(&item->solution, row, "code") : status;
}

/* `test` with every "candidate" replaced by the function's name, as the reference does. */
static void replace_candidate(lmi_buf *out, const char *test, const char *name)
{
    static const char WORD[] = "candidate";
    const char *at;

    while (out->status == LMAS_OK && (at = strstr(test, WORD))) {
        lmi_buf_append(out, test, (size_t)(at - test));
        lmi_buf_puts(out, name);
        test = at + sizeof(WORD) - 1;
    }
    lmi_buf_puts(out, test);
}

static lmas_status keep_tests(lmi_item *item, const char *test, const char *name)
{
    lmi_buf exact, compat;
    lmas_status status;

    lmi_buf_init(&exact, TESTS_MAX);
    lmi_buf_init(&compat, TESTS_MAX);
    lmi_tests_strengthen(&exact, test);
    lmi_buf_printf(&exact, "\n\ncheck(%s)\n", name);
    replace_candidate(&compat, test, name);
    lmi_buf_printf(&compat, "\n\ncheck(%s)", name);
    status = lmi_item_steal(&item->tests, &exact);
    if (status == LMAS_OK)
        return lmi_item_steal(&item->tests_compat, &compat);
    lmi_buf_done(&compat);
    return status;
}

static lmas_status keep_solution(lmi_item *item, const lmi_row *row, const char *prompt)
{
    const char *body;
    lmi_buf solution;
    lmas_status status = lmi_row_text(&body, row, "canonical_solution");

    if (status != LMAS_OK)
        return status;
    lmi_buf_init(&solution, TESTS_MAX);
    lmi_buf_printf(&solution, "%s%s", prompt, body);
    return lmi_item_steal(&item->solution, &solution);
}

lmas_status lmi_item_read_humanevalplus(lmi_item *item, const lmi_row *row)
{
    const char *name, *test;
    lmas_status status = lmi_row_question(&item->question, row, "prompt");

    if (status == LMAS_OK)
        status = lmi_row_id(&item->id, row, "task_id");
    if (status == LMAS_OK)
        status = lmi_row_text(&name, row, "entry_point");
    if (status == LMAS_OK)
        status = check_name(row, name);
    if (status == LMAS_OK)
        status = read_tests(&test, row);
    if (status == LMAS_OK)
        status = keep_tests(item, test, name);
    if (status == LMAS_OK)
        status = lmi_item_keep(&item->given, item->question);
    return status == LMAS_OK ? keep_solution(item, row, item->question) : status;
}
