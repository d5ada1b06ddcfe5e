/* parts.h - the parts that row readers are made of. */
#ifndef LMI_DATA_ITEMS_PARTS_H
#define LMI_DATA_ITEMS_PARTS_H

#include <stdbool.h>

#include "base/buf.h"
#include "data/items/item.h"

/* The line of the last key of `path`; of the row where it has none. */
size_t lmi_row_line(const lmi_row *row, const char *path);

/* A string that must be there: borrowed, as a copy, as the question; and an array of strings. */
lmas_status lmi_row_text(const char **out, const lmi_row *row, const char *path);
lmas_status lmi_row_keep(char **out, const lmi_row *row, const char *path);
lmas_status lmi_row_question(char **out, const lmi_row *row, const char *path);
lmas_status lmi_row_array(yyjson_val **out, const lmi_row *row, const char *path);

/* A note, which may be there: a text, or an object of texts by name, which stays JSON. */
lmas_status lmi_row_note(char **out, const lmi_row *row, const char *path);

/* An answer that may be there, as a string or a number; NULL, too, where it is null. */
lmas_status lmi_row_gold(char **out, const lmi_row *row, const char *path);

/* A name that may be there, as a string or a number. */
lmas_status lmi_row_id(char **out, const lmi_row *row, const char *path);

/* Fail unless a question of `len` bytes is within the limits. */
lmas_status lmi_row_check_question(const lmi_row *row, const char *path, size_t len);

lmas_status lmi_item_keep(char **out, const char *text);

/* Take the text over; it is done then, also on failure. */
lmas_status lmi_item_steal(char **out, lmi_buf *text);

/* Options of a choice, as texts; where they are, and which of them is right. */
lmas_status lmi_item_add_option(lmi_item *item, const lmi_row *row, const char *text);
void lmi_item_drop_options(lmi_item *item);
lmas_status lmi_item_read_options(lmi_item *item, const lmi_row *row, const lmi_options_map *map);
lmas_status lmi_item_set_letter(lmi_item *item, size_t i);

/* The right answer, for both rules; of a choice behind its options. */
lmas_status lmi_item_read_gold(lmi_item *item, const lmi_row *row, const lmi_map *map);

/* same.py: how values are compared in place of a row's own way. Ends in a NUL. */
extern const char lmi_same_py[];

/* Append the tests of a row, their assertion() replaced by a stricter one where they have one.
 * Whether they have. */
bool lmi_tests_strengthen(lmi_buf *out, const char *tests);

#endif
