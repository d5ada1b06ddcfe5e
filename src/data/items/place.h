/* place.h - where a path leads in a row, and templates with fields in them. */
#ifndef LMI_DATA_ITEMS_PLACE_H
#define LMI_DATA_ITEMS_PLACE_H

#include <stdbool.h>

#include "base/buf.h"
#include "data/items/item.h"

typedef struct lmi_place {
    yyjson_val *holder; /* of the last key; NULL where the path ends before */
    const char *key;    /* the last key of the path, which messages name */
    yyjson_val *val;    /* NULL where there is none */
    size_t line;        /* the key's, or the row's */
} lmi_place;

lmi_place lmi_row_find(const lmi_row *row, const char *path);

/* Whether keys with dots between them, none empty. */
bool lmi_path_is(const char *path);

/* Whether the text has a field in it: a template, and no path. "{{" and "}}" are braces. */
bool lmi_is_template(const char *text);

/* A piece of a template. */
typedef struct lmi_piece {
    const char *text;
    size_t len;
    enum { LMI_PIECE_TEXT, LMI_PIECE_FIELD, LMI_PIECE_BAD } kind; /* BAD: a brace on its own */
} lmi_piece;

/* The next piece from `*rest` on; false at the end. */
bool lmi_template_next(lmi_piece *out, const char **rest);

/* Append the template with the row's fields in it, which are texts or numbers. */
lmas_status lmi_template_fill(lmi_buf *out, const char *text, const lmi_row *row);

#endif
