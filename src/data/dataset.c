/* dataset.c - JSON lines in, questions and the file's SHA-256 out. */
#include "data/dataset.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/lines.h"

static const char BOM[] = "\xef\xbb\xbf";

static bool is_blank(const char *text)
{
    return text[strspn(text, " \t\r")] == '\0';
}

static lmas_status read_object(lmi_item *out, const lmi_dataset *data, const lmi_json *row)
{
    if (!yyjson_is_obj(lmi_json_root(row)))
        return lmi_fail(LMAS_E_FORMAT, "%s:%zu: a row must be an object, found %s", data->path,
                        row->first_line, lmi_json_type(lmi_json_root(row)));
    return data->task->read_row(out, row);
}

static lmas_status add_row(lmi_dataset *data, size_t *capacity, const lmi_lines *lines)
{
    const char *text = lmi_buf_text(&lines->text);
    size_t len = lines->text.len;
    lmi_json row;
    lmas_status status;

    if (lines->number == 1 && strncmp(text, BOM, 3) == 0) {
        text += 3;
        len -= 3;
    }
    if (strlen(text) == len && is_blank(text))
        return LMAS_OK;
    if (!lmi_reserve((void **)&data->items, capacity, data->n + 1, sizeof(*data->items)))
        return lmi_fail(LMAS_E_NOMEM, "no memory for %zu questions", data->n + 1);
    status = lmi_json_parse_line(&row, data->path, lines->number, text, len);
    if (status != LMAS_OK)
        return status;
    status = read_object(&data->items[data->n], data, &row);
    if (status == LMAS_OK)
        data->n++;
    lmi_json_done(&row);
    return status;
}

static lmas_status read_rows(lmi_dataset *data, lmi_lines *lines)
{
    size_t capacity = 0;
    lmi_sha256 hash;

    lmi_sha256_init(&hash);
    for (;;) {
        bool has_line;
        lmas_status status = lmi_lines_next(&has_line, lines);

        if (status == LMAS_OK && !has_line)
            break;
        if (status == LMAS_OK)
            status = add_row(data, &capacity, lines);
        if (status != LMAS_OK)
            return status;
        lmi_sha256_add(&hash, lmi_buf_text(&lines->text), lines->text.len);
        lmi_sha256_add(&hash, "\n", lines->is_whole ? 1 : 0);
        data->size = lines->offset + lines->text.len + (lines->is_whole ? 1 : 0);
    }
    lmi_sha256_done(data->sha256, &hash);
    if (data->n == 0)
        return lmi_fail(LMAS_E_FORMAT, "%s holds no questions, one JSON object a line expected",
                        data->path);
    return LMAS_OK;
}

lmas_status lmi_dataset_open(lmi_dataset *out, const lmi_task *task, const char *path)
{
    lmi_dataset data = {.task = task, .path = path};
    lmi_lines lines = {0};
    lmas_status status;
    const int fd = open(path, O_RDONLY | O_CLOEXEC);

    if (fd < 0)
        return lmi_fail_errno(LMAS_E_IO, "cannot open %s", path);
    status = lmi_lines_init(&lines, fd, path, LMI_ROW_MAX);
    if (status == LMAS_OK)
        status = read_rows(&data, &lines);
    lmi_lines_done(&lines);
    close(fd);
    if (status == LMAS_OK)
        *out = data;
    else
        lmi_dataset_done(&data);
    return status;
}

void lmi_dataset_done(lmi_dataset *data)
{
    size_t i;

    for (i = 0; i < data->n; i++) {
        lmi_free(data->items[i].question);
        lmi_free(data->items[i].gold);
    }
    lmi_free(data->items);
    *data = (lmi_dataset){0};
}
