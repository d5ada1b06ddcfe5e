/* look.c - one line that says that a file is a task, then rows as a team would be asked them. */
#include "cli/tasks/look.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/file.h"
#include "cli/command.h"
#include "cli/run/flags.h"
#include "cli/show/term.h"
#include "cli/show/text.h"

/* Rows that are shown, and columns of what is shown of them in a line. */
enum { SHOWN_ROWS = 3, SHOWN_WIDTH = 72 };

static void put(const char *name, const char *text)
{
    if (!text)
        return;
    printf("  %-8s ", name);
    lmi_put_line(stdout, text, SHOWN_WIDTH);
    putchar('\n');
}

static void put_gold(const lmi_item *item)
{
    const char *compat = item->gold_compat;

    printf("  %-8s ", "gold");
    lmi_put_line(stdout, item->gold ? item->gold : "none: not graded", SHOWN_WIDTH);
    if (item->gold && compat && strcasecmp(item->gold, compat) != 0) {
        fputs("  (compat: ", stdout);
        lmi_put_line(stdout, compat, SHOWN_WIDTH);
        putchar(')');
    }
    putchar('\n');
}

static void put_row(const lmi_dataset *data, size_t i)
{
    const lmi_item *item = &data->items[i];
    char name[16];
    size_t k;

    printf("--- row %zu", i);
    if (item->id) {
        fputs(", ", stdout);
        lmi_put_line(stdout, item->id, SHOWN_WIDTH);
    }
    putchar('\n');
    lmi_put_block(stdout, item->question);
    put("note", item->note);
    for (k = 0; item->options && k < item->n_options; k++) {
        snprintf(name, sizeof(name), "%c", (char)('A' + (char)k));
        put(name, item->options[k]);
    }
    if (data->task->grade == LMI_GRADE_CODE)
        put("tests", item->tests);
    else
        put_gold(item);
}

/* The file of its rows; "" where they are not on this machine. */
static lmas_status find_rows(lmi_buf *out, const lmi_task *task, const char *data)
{
    const lmi_source *source = &task->source;
    lmas_status status = LMAS_OK;

    if (data)
        lmi_buf_puts(out, data);
    else if (source->kind != LMI_SOURCE_NONE && source->kind != LMI_SOURCE_OWN)
        status = lmi_source_path(out, task->name, source);
    if (status == LMAS_OK && !data && source->kind != LMI_SOURCE_BESIDE &&
        !lmi_file_exists(lmi_buf_text(out)))
        lmi_buf_clear(out);
    return status == LMAS_OK ? lmi_buf_status(out) : status;
}

static lmas_status open_rows(lmi_dataset *out, const lmi_task *task, const char *path)
{
    const lmi_source *source = &task->source;

    if (!*path)
        return lmi_dataset_parse(out, task, source->path, source->own, strlen(source->own));
    return lmi_dataset_open(out, task, path);
}

static lmas_status show_rows(const lmi_task *task, const char *path)
{
    lmi_dataset data = {0};
    const lmas_status status = open_rows(&data, task, path);
    size_t i;

    if (status != LMAS_OK)
        return status;
    printf("%zu row%s in %s, all read", data.n, data.n == 1 ? "" : "s", data.path);
    if (data.n > SHOWN_ROWS)
        printf("; the first %d:", SHOWN_ROWS);
    putchar('\n');
    for (i = 0; i < data.n && i < SHOWN_ROWS; i++)
        put_row(&data, i);
    lmi_dataset_done(&data);
    return LMAS_OK;
}

static void say_absent(const char *word, const lmi_task *task)
{
    if (task->source.kind == LMI_SOURCE_NONE)
        puts("it names no rows: run it with --data FILE");
    else
        printf("its rows are not on this machine: latentmas data get %s fetches them\n", word);
}

int lmi_tasks_check(const char *word, const char *data)
{
    const lmi_task *task = NULL;
    lmi_buf path;
    lmas_status status = lmi_task_named(&task, word);

    if (status != LMAS_OK)
        return status == LMAS_E_INVALID ? lmi_say_misuse() : lmi_say_failure(status);
    printf("%s: task %s, answer %s, of a row %s\n", word, task->name, lmi_task_kind_name(task),
           task->row);
    lmi_buf_init(&path, LMI_PATH_MAX);
    status = find_rows(&path, task, data);
    if (status == LMAS_OK && !path.len && task->source.kind != LMI_SOURCE_OWN)
        say_absent(word, task);
    else if (status == LMAS_OK)
        status = show_rows(task, lmi_buf_text(&path));
    lmi_buf_done(&path);
    return status == LMAS_OK ? LMI_EXIT_OK : lmi_say_failure(status);
}
