/* listed.h - options that stand in the text of a question. */
#ifndef LMI_DATA_ITEMS_LISTED_H
#define LMI_DATA_ITEMS_LISTED_H

#include "data/items/parts.h"

/* Add the `n` options that `question` ends with, labelled A), B), ... or A., (A), A:, each on a
 * line of its own or all in one. None where they are not all there, in order, and with a text. */
lmas_status lmi_item_read_listed(lmi_item *item, const lmi_row *row, const char *question,
                                 size_t n);

#endif
