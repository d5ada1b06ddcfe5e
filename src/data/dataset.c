/* dataset.c - a file in, questions and its SHA-256 out. */
#include "data/dataset.h"

#include <string.h>

#include "base/file.h"
#include "base/mem.h"
#include "data/unzip.h"

static const char BOM[] = "\xef\xbb\xbf";
static const char BLANKS[] = " \t\r\n";

static lmas_status add_row(lmi_dataset *data, size_t *capacity, const lmi_row *row, size_t line)
{
    lmi_item item = {0};
    lmas_status status;

    if (!yyjson_is_obj(row->object))
        return lmi_fail(LMAS_E_FORMAT, "%s:%zu: a row must be an object, found %s", data->path,
                        line, lmi_json_type(row->object));
    if (!lmi_reserve((void **)&data->items, capacity, data->n + 1, sizeof(*data->items)))
        return lmi_fail(LMAS_E_NOMEM, "no memory for %zu questions", data->n + 1);
    status = lmi_item_read(&item, row, &data->task->map);
    if (status == LMAS_OK)
        data->items[data->n++] = item;
    else
        lmi_item_done(&item);
    return status;
}

static lmas_status read_line(lmi_dataset *data, size_t *capacity, size_t number, const char *text,
                             size_t len)
{
    lmi_json json;
    lmas_status status;

    if (len > LMI_ROW_MAX)
        return lmi_fail(LMAS_E_FORMAT, "%s:%zu: line longer than %zu bytes", data->path, number,
                        LMI_ROW_MAX);
    if (strspn(text, " \t\r") >= len)
        return LMAS_OK;
    status = lmi_json_parse_line(&json, data->path, number, text, len);
    if (status != LMAS_OK)
        return status;
    status = add_row(data, capacity, &(lmi_row){&json, lmi_json_root(&json)}, number);
    lmi_json_done(&json);
    return status;
}

static lmas_status read_lines(lmi_dataset *data, const char *text, size_t len)
{
    const char *end = text + len;
    size_t capacity = 0;
    size_t number = 0;

    while (text < end) {
        const char *newline = memchr(text, '\n', (size_t)(end - text));
        const size_t line_len = (size_t)((newline ? newline : end) - text);
        const lmas_status status = read_line(data, &capacity, ++number, text, line_len);

        if (status != LMAS_OK)
            return status;
        text += line_len + 1;
    }
    return LMAS_OK;
}

static lmas_status read_array(lmi_dataset *data, const char *text, size_t len)
{
    size_t capacity = 0;
    size_t i, max;
    yyjson_val *object;
    lmi_json json;
    lmas_status status = lmi_json_parse(&json, data->path, text, len);

    if (status != LMAS_OK)
        return status;
    yyjson_arr_foreach(lmi_json_root(&json), i, max, object)
    {
        if (status == LMAS_OK)
            status = add_row(data, &capacity, &(lmi_row){&json, object}, i + 1);
    }
    lmi_json_done(&json);
    return status;
}

static lmas_status read_rows(lmi_dataset *data, const char *text, size_t len)
{
    lmas_status status;

    if (len >= 3 && strncmp(text, BOM, 3) == 0) {
        text += 3;
        len -= 3;
    }
    status = text[strspn(text, BLANKS)] == '[' ? read_array(data, text, len)
                                               : read_lines(data, text, len);
    if (status == LMAS_OK && data->n == 0)
        return lmi_fail(LMAS_E_FORMAT,
                        "%s holds no questions, JSON lines or a JSON array of objects expected",
                        data->path);
    return status;
}

/* Hash what the file holds, unpack it, read it. */
static lmas_status read_text(lmi_dataset *out, lmi_buf *text, const lmi_task *task,
                             const char *path)
{
    lmi_dataset data = {.task = task, .path = path, .size = text->len};
    lmi_sha256 hash;
    lmas_status status;

    lmi_sha256_init(&hash);
    lmi_sha256_add(&hash, lmi_buf_text(text), text->len);
    lmi_sha256_done(data.sha256, &hash);
    status = lmi_unzip(text, path);
    if (status == LMAS_OK)
        status = read_rows(&data, lmi_buf_text(text), text->len);
    if (status == LMAS_OK)
        *out = data;
    else
        lmi_dataset_done(&data);
    return status;
}

lmas_status lmi_dataset_open(lmi_dataset *out, const lmi_task *task, const char *path)
{
    lmi_buf text;
    lmas_status status;

    lmi_buf_init(&text, LMI_DATA_MAX);
    status = lmi_file_read(&text, path);
    if (status == LMAS_OK)
        status = read_text(out, &text, task, path);
    lmi_buf_done(&text);
    return status;
}

lmas_status lmi_dataset_parse(lmi_dataset *out, const lmi_task *task, const char *label,
                              const char *text, size_t len)
{
    lmi_buf copy;
    lmas_status status;

    lmi_buf_init(&copy, LMI_DATA_MAX);
    lmi_buf_append(&copy, text, len);
    status = lmi_buf_status(&copy);
    if (status == LMAS_OK)
        status = read_text(out, &copy, task, label);
    lmi_buf_done(&copy);
    return status;
}

void lmi_dataset_done(lmi_dataset *data)
{
    size_t i;

    for (i = 0; i < data->n; i++)
        lmi_item_done(&data->items[i]);
    lmi_free(data->items);
    *data = (lmi_dataset){0};
}

lmas_question lmi_dataset_question(const lmi_dataset *data, size_t i)
{
    return (lmas_question){.id = i,
                           .text = data->items[i].question,
                           .kind = lmi_task_answer_kind(data->task),
                           .note = data->items[i].note};
}

lmi_gold lmi_dataset_gold(const lmi_dataset *data, size_t i)
{
    const lmi_item *item = &data->items[i];

    return (lmi_gold){.kind = data->task->grade,
                      .exact = item->gold,
                      .compat = item->gold_compat,
                      .options = (const char *const *)item->options,
                      .n_options = item->n_options};
}
