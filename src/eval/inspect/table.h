/* table.h - texts that repeat, each once in a list of JSON, and elsewhere its number there. */
#ifndef LMI_EVAL_INSPECT_TABLE_H
#define LMI_EVAL_INSPECT_TABLE_H

#include "base/json.h"

typedef struct lmi_table {
    void *root; /* a tree of search.h */
    yyjson_mut_doc *doc;
    yyjson_mut_val *list; /* of `doc`, borrows the texts here */
    size_t n, size;       /* texts, and bytes of them */
} lmi_table;

/* A list of `doc` to be put somewhere in it. */
void lmi_table_init(lmi_table *out, yyjson_mut_doc *doc);

/* Once the document is written. */
void lmi_table_done(lmi_table *table);

/* The number of a text; 0 when memory is out, which the document then knows. */
size_t lmi_table_number(lmi_table *table, const char *text);

#endif
