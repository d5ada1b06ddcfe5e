/*
 * item.c - what all rows share: a question that is there and not too long, copies of strings,
 * options with their letters. What reads them stands beside it.
 */
#include "data/items/parts.h"

#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "data/items/place.h"
#include "grade/grade.h"

void lmi_item_drop_options(lmi_item *item)
{
    size_t i;

    for (i = 0; item->options && i < item->n_options; i++)
        lmi_free(item->options[i]);
    lmi_free(item->options);
    item->options = NULL;
    item->n_options = 0;
}

void lmi_item_done(lmi_item *item)
{
    lmi_item_drop_options(item);
    lmi_free(item->id);
    lmi_free(item->question);
    lmi_free(item->note);
    lmi_free(item->gold);
    lmi_free(item->gold_compat);
    lmi_free(item->tests);
    lmi_free(item->tests_compat);
    lmi_free(item->given);
    lmi_free(item->solution);
    *item = (lmi_item){0};
}

size_t lmi_row_line(const lmi_row *row, const char *path)
{
    return lmi_row_find(row, path).line;
}

lmas_status lmi_row_text(const char **out, const lmi_row *row, const char *path)
{
    const lmi_place at = lmi_row_find(row, path);

    if (yyjson_is_obj(at.holder))
        return lmi_json_string(out, row->json, at.holder, "a row", at.key, false);
    if (!yyjson_is_str(at.val) || strlen(yyjson_get_str(at.val)) != yyjson_get_len(at.val))
        return lmi_fail(LMAS_E_FORMAT,
                        "%s:%zu: \"%s\" in a row must be a string without NUL, found %s",
                        row->json->label, at.line, path, lmi_json_type(at.val));
    *out = yyjson_get_str(at.val);
    return LMAS_OK;
}

lmas_status lmi_row_keep(char **out, const lmi_row *row, const char *path)
{
    const char *text;
    const lmas_status status = lmi_row_text(&text, row, path);

    return status == LMAS_OK ? lmi_item_keep(out, text) : status;
}

lmas_status lmi_row_id(char **out, const lmi_row *row, const char *path)
{
    yyjson_val *val = lmi_row_find(row, path).val;
    char number[32];

    if (yyjson_is_str(val))
        return lmi_item_keep(out, yyjson_get_str(val));
    if (!yyjson_is_uint(val))
        return LMAS_OK;
    snprintf(number, sizeof(number), "%llu", (unsigned long long)yyjson_get_uint(val));
    return lmi_item_keep(out, number);
}

/* A number as JSON writes it: 4, -0.5. */
static lmas_status keep_number(char **out, yyjson_val *val)
{
    char *text = yyjson_val_write(val, YYJSON_WRITE_NOFLAG, NULL);
    lmas_status status;

    if (!text)
        return lmi_fail(LMAS_E_NOMEM, "no memory for an answer");
    status = lmi_item_keep(out, text);
    lmi_free(text);
    return status;
}

lmas_status lmi_row_gold(char **out, const lmi_row *row, const char *path)
{
    yyjson_val *val = lmi_row_find(row, path).val;

    if (!val || yyjson_is_null(val))
        return LMAS_OK;
    return yyjson_is_num(val) ? keep_number(out, val) : lmi_row_keep(out, row, path);
}

/* A note to each of several agents, by name: kept as JSON. */
static lmas_status keep_notes(char **out, const lmi_row *row, yyjson_val *notes)
{
    const char *text;
    lmas_status status = LMAS_OK;
    size_t i, max;
    yyjson_val *key, *val;

    yyjson_obj_foreach(notes, i, max, key, val)
    {
        (void)val;
        if (status == LMAS_OK)
            status = lmi_json_string(&text, row->json, notes, "note", yyjson_get_str(key), false);
    }
    if (status != LMAS_OK)
        return status;
    *out = yyjson_val_write(notes, YYJSON_WRITE_NOFLAG, NULL);
    return *out ? LMAS_OK : lmi_fail(LMAS_E_NOMEM, "no memory for a question");
}

lmas_status lmi_row_note(char **out, const lmi_row *row, const char *path)
{
    yyjson_val *note = lmi_row_find(row, path).val;
    char *text = NULL;
    lmas_status status;

    if (!note || yyjson_is_null(note))
        return LMAS_OK;
    status = yyjson_is_obj(note) ? keep_notes(&text, row, note) : lmi_row_keep(&text, row, path);
    if (status == LMAS_OK && strlen(text) > LMI_QUESTION_MAX)
        status =
            lmi_fail(LMAS_E_FORMAT, "%s:%zu: note of %zu bytes, at most %zu expected",
                     row->json->label, lmi_row_line(row, path), strlen(text), LMI_QUESTION_MAX);
    if (status == LMAS_OK)
        *out = text;
    else
        lmi_free(text);
    return status;
}

lmas_status lmi_item_keep(char **out, const char *text)
{
    *out = lmi_strdup(text);
    return *out ? LMAS_OK : lmi_fail(LMAS_E_NOMEM, "no memory for a question");
}

lmas_status lmi_item_steal(char **out, lmi_buf *text)
{
    const lmas_status status = lmi_buf_status(text);

    if (status != LMAS_OK) {
        lmi_buf_done(text);
        return status;
    }
    *out = lmi_buf_steal(text);
    return LMAS_OK;
}

lmas_status lmi_row_check_question(const lmi_row *row, const char *path, size_t len)
{
    if (len == 0 || len > LMI_QUESTION_MAX)
        return lmi_fail(LMAS_E_FORMAT, "%s:%zu: question of %zu bytes, from 1 to %zu expected",
                        row->json->label, lmi_row_line(row, path), len, LMI_QUESTION_MAX);
    return LMAS_OK;
}

lmas_status lmi_row_question(char **out, const lmi_row *row, const char *path)
{
    const char *text;
    lmas_status status = lmi_row_text(&text, row, path);

    if (status == LMAS_OK)
        status = lmi_row_check_question(row, path, strlen(text));
    return status == LMAS_OK ? lmi_item_keep(out, text) : status;
}

lmas_status lmi_row_array(yyjson_val **out, const lmi_row *row, const char *path)
{
    const lmi_place at = lmi_row_find(row, path);
    size_t i, max;
    yyjson_val *element;

    if (!yyjson_is_arr(at.val))
        return lmi_fail(LMAS_E_FORMAT, "%s:%zu: \"%s\" must be an array of strings, found %s",
                        row->json->label, at.line, at.key, lmi_json_type(at.val));
    yyjson_arr_foreach(at.val, i, max, element)
    {
        if (!yyjson_is_str(element) || strlen(yyjson_get_str(element)) != yyjson_get_len(element))
            return lmi_fail(LMAS_E_FORMAT,
                            "%s:%zu: \"%s\" must hold strings without NUL, found %s at place %zu",
                            row->json->label, at.line, at.key, lmi_json_type(element), i + 1);
    }
    *out = at.val;
    return LMAS_OK;
}

lmas_status lmi_item_add_option(lmi_item *item, const lmi_row *row, const char *text)
{
    if (item->n_options == LMI_OPTIONS_MAX)
        return lmi_fail(LMAS_E_FORMAT, "%s:%zu: more than %d options", row->json->label,
                        lmi_row_line(row, ""), LMI_OPTIONS_MAX);
    if (!item->options)
        item->options = lmi_new(LMI_OPTIONS_MAX, sizeof(*item->options));
    if (!item->options)
        return lmi_fail(LMAS_E_NOMEM, "no memory for options");
    return lmi_item_keep(&item->options[item->n_options++], text);
}

lmas_status lmi_item_set_letter(lmi_item *item, size_t i)
{
    const char upper[] = {(char)('A' + (char)i), '\0'};
    const char lower[] = {(char)('a' + (char)i), '\0'};
    const lmas_status status = lmi_item_keep(&item->gold, upper);

    return status == LMAS_OK ? lmi_item_keep(&item->gold_compat, lower) : status;
}
