/* place.c - paths walked, templates filled. */
#include "data/items/place.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

/* Digits of the largest place in an array that a path names. */
enum { PLACE_DIGITS = 6 };

static yyjson_val *step(yyjson_val *val, const char *key, size_t len)
{
    if (yyjson_is_obj(val))
        return yyjson_obj_getn(val, key, len);
    if (!yyjson_is_arr(val) || len == 0 || len > PLACE_DIGITS || strspn(key, "0123456789") < len)
        return NULL;
    return yyjson_arr_get(val, strtoul(key, NULL, 10));
}

lmi_place lmi_row_find(const lmi_row *row, const char *path)
{
    lmi_place at = {.holder = row->object, .key = path};
    const char *dot;

    for (; (dot = strchr(at.key, '.')); at.key = dot + 1)
        at.holder = step(at.holder, at.key, (size_t)(dot - at.key));
    at.val = step(at.holder, at.key, strlen(at.key));
    (void)lmi_json_member(&at.line, row->json, yyjson_is_obj(at.holder) ? at.holder : row->object,
                          at.key);
    return at;
}

bool lmi_path_is(const char *path)
{
    const char *dot;

    if (strlen(path) > LMI_FIELD_MAX)
        return false;
    for (; (dot = strchr(path, '.')); path = dot + 1)
        if (dot == path)
            return false;
    return *path != '\0';
}

bool lmi_is_template(const char *text)
{
    return strpbrk(text, "{}") != NULL;
}

bool lmi_template_next(lmi_piece *out, const char **rest)
{
    const char *at = *rest;
    size_t len = strcspn(at, "{}");

    if (!*at)
        return false;
    if (len > 0) {
        *out = (lmi_piece){at, len, LMI_PIECE_TEXT};
    } else if (at[1] == at[0]) {
        *out = (lmi_piece){at, 1, LMI_PIECE_TEXT};
        len = 2;
    } else {
        len = strcspn(at + 1, "{}");
        *out = (lmi_piece){at + 1, len,
                           at[0] == '{' && at[1 + len] == '}' ? LMI_PIECE_FIELD : LMI_PIECE_BAD};
        len += out->kind == LMI_PIECE_FIELD ? 2 : 1;
    }
    *rest = at + len;
    return true;
}

/* Append the text, or the number as JSON writes it. */
static lmas_status append_field(lmi_buf *out, const lmi_row *row, const char *path)
{
    const lmi_place at = lmi_row_find(row, path);
    char *number;

    if (yyjson_is_str(at.val) && strlen(yyjson_get_str(at.val)) == yyjson_get_len(at.val)) {
        lmi_buf_puts(out, yyjson_get_str(at.val));
        return LMAS_OK;
    }
    if (!yyjson_is_num(at.val))
        return lmi_fail(LMAS_E_FORMAT,
                        "%s:%zu: \"%s\" in a row must be a text without NUL or a number, found %s",
                        row->json->label, at.line, at.key, lmi_json_type(at.val));
    number = yyjson_val_write(at.val, YYJSON_WRITE_NOFLAG, NULL);
    if (!number)
        return lmi_fail(LMAS_E_NOMEM, "no memory for a question");
    lmi_buf_puts(out, number);
    lmi_free(number);
    return LMAS_OK;
}

lmas_status lmi_template_fill(lmi_buf *out, const char *text, const lmi_row *row)
{
    char path[LMI_FIELD_MAX + 1];
    lmas_status status = LMAS_OK;
    lmi_piece piece;

    while (status == LMAS_OK && lmi_template_next(&piece, &text)) {
        if (piece.kind != LMI_PIECE_FIELD) {
            lmi_buf_append(out, piece.text, piece.len);
            continue;
        }
        snprintf(path, sizeof(path), "%.*s", (int)piece.len, piece.text);
        status = append_field(out, row, path);
    }
    return status;
}
