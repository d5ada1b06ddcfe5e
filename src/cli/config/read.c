/* read.c - a file of flags to its entries. */
#include <string.h>

#include "base/file.h"
#include "base/json.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "cli/config/flagfile.h"
#include "cli/words.h"

lmas_status lmi_flagfile_add(lmi_flagfile *file, const char *key, size_t len, size_t line)
{
    lmi_flagfile_entry *entry;
    size_t i;

    for (i = 0; i < file->n; i++)
        if (lmi_name_equal(file->entries[i].key, strlen(file->entries[i].key), key, len))
            return lmi_fail(LMAS_E_FORMAT, "%s:%zu: %.*s is there already, in line %zu", file->path,
                            line, (int)len, key, file->entries[i].line);
    if (file->n == LMI_FLAGFILE_KEYS_MAX)
        return lmi_fail(LMAS_E_FORMAT, "%s:%zu: more than %d keys", file->path, line,
                        LMI_FLAGFILE_KEYS_MAX);
    if (!lmi_reserve((void **)&file->entries, &file->capacity, file->n + 1, sizeof(*entry)))
        return lmi_fail(LMAS_E_NOMEM, "no memory for %zu keys", file->n + 1);
    entry = &file->entries[file->n++];
    *entry = (lmi_flagfile_entry){.key = lmi_strndup(key, len), .line = line};
    return entry->key ? LMAS_OK : lmi_fail(LMAS_E_NOMEM, "no memory for a key");
}

static lmas_status add_value(lmi_flagfile *file, const char *text, size_t len)
{
    lmi_flagfile_entry *entry = &file->entries[file->n - 1];

    if (entry->n == LMI_FLAGFILE_VALUES_MAX)
        return lmi_fail(LMAS_E_FORMAT, "%s:%zu: %s: more than %d values", file->path, entry->line,
                        entry->key, LMI_FLAGFILE_VALUES_MAX);
    if (memchr(text, '\0', len))
        return lmi_fail(LMAS_E_FORMAT, "%s:%zu: %s: the text contains a NUL byte", file->path,
                        entry->line, entry->key);
    if (!lmi_reserve((void **)&entry->values, &entry->capacity, entry->n + 1, sizeof(char *)))
        return lmi_fail(LMAS_E_NOMEM, "no memory for %zu values", entry->n + 1);
    entry->values[entry->n] = lmi_strndup(text, len);
    if (!entry->values[entry->n])
        return lmi_fail(LMAS_E_NOMEM, "no memory for a value");
    entry->n++;
    return LMAS_OK;
}

void lmi_flagfile_done(lmi_flagfile *file)
{
    size_t i;

    for (i = 0; i < file->n; i++) {
        lmi_flagfile_entry *entry = &file->entries[i];

        while (entry->n > 0)
            lmi_free(entry->values[--entry->n]);
        lmi_free(entry->values);
        lmi_free(entry->key);
    }
    lmi_free(file->entries);
    *file = (lmi_flagfile){0};
}

/* A text, or a number as it is written. */
static lmas_status add_scalar(lmi_flagfile *file, yyjson_val *val)
{
    const lmi_flagfile_entry *entry = &file->entries[file->n - 1];
    lmas_status status;
    size_t len = 0;
    char *text;

    if (yyjson_is_str(val) || yyjson_is_raw(val))
        return add_value(file, yyjson_is_str(val) ? yyjson_get_str(val) : yyjson_get_raw(val),
                         yyjson_get_len(val));
    if (!yyjson_is_num(val))
        return lmi_fail(LMAS_E_FORMAT,
                        "%s:%zu: %s: expected a text, a number, true, false or an array of texts "
                        "and numbers, found %s",
                        file->path, entry->line, entry->key, lmi_json_type(val));
    text = yyjson_val_write(val, 0, &len);
    if (!text)
        return lmi_fail(LMAS_E_NOMEM, "no memory for a number");
    status = add_value(file, text, len);
    lmi_free(text);
    return status;
}

lmas_status lmi_flagfile_take(lmi_flagfile *file, yyjson_val *val)
{
    lmi_flagfile_entry *entry = &file->entries[file->n - 1];
    lmas_status status = LMAS_OK;
    size_t i, n;
    yyjson_val *item;

    if (yyjson_is_bool(val))
        entry->kind = yyjson_get_bool(val) ? LMI_FLAGFILE_TRUE : LMI_FLAGFILE_FALSE;
    else if (!yyjson_is_arr(val))
        return add_scalar(file, val);
    else
        entry->kind = LMI_FLAGFILE_LIST;
    yyjson_arr_foreach(val, i, n, item)
    {
        if (status == LMAS_OK)
            status = add_scalar(file, item);
    }
    return status;
}

static lmas_status add_member(lmi_flagfile *file, const lmi_json *json, yyjson_val *key)
{
    const lmas_status status =
        lmi_flagfile_add(file, yyjson_get_str(key), yyjson_get_len(key), lmi_json_line(json, key));

    return status == LMAS_OK ? lmi_flagfile_take(file, yyjson_obj_iter_get_val(key)) : status;
}

static lmas_status read_json(lmi_flagfile *out, const lmi_buf *text)
{
    lmi_json json;
    yyjson_obj_iter iter;
    yyjson_val *key;
    lmas_status status = lmi_json_parse(&json, out->path, lmi_buf_text(text), text->len);

    if (status != LMAS_OK)
        return status;
    if (!yyjson_is_obj(lmi_json_root(&json)))
        status = lmi_fail(LMAS_E_FORMAT, "%s:1: expected an object, found %s", out->path,
                          lmi_json_type(lmi_json_root(&json)));
    else
        yyjson_obj_iter_init(lmi_json_root(&json), &iter);
    while (status == LMAS_OK && (key = yyjson_obj_iter_next(&iter)))
        status = add_member(out, &json, key);
    lmi_json_done(&json);
    return status;
}

static bool is_json(const char *path, const char *text)
{
    const size_t len = strlen(path);

    return (len > 5 && strcmp(path + len - 5, ".json") == 0) ||
           text[strspn(text, " \t\r\n")] == '{';
}

lmas_status lmi_flagfile_read(lmi_flagfile *out, const char *path)
{
    lmas_status status;
    lmi_buf text;

    *out = (lmi_flagfile){.path = path};
    lmi_buf_init(&text, LMI_FLAGFILE_SIZE_MAX);
    status = lmi_file_read(&text, path);
    if (status == LMAS_OK && (memchr(lmi_buf_text(&text), '\0', text.len) ||
                              !lmi_utf8_is_valid(lmi_buf_text(&text), text.len)))
        status = lmi_fail(LMAS_E_FORMAT, "%s: expected text in UTF-8, TOML or JSON", path);
    if (status == LMAS_OK)
        status = is_json(path, lmi_buf_text(&text))
                     ? read_json(out, &text)
                     : lmi_flagfile_read_toml(out, lmi_buf_text(&text));
    lmi_buf_done(&text);
    if (status != LMAS_OK)
        lmi_flagfile_done(out);
    return status;
}
