/* table.c - the tree is the C library's. */
#include "eval/inspect/table.h"

#include <search.h>
#include <string.h>

#include "base/mem.h"

typedef struct numbered {
    char *text;
    size_t number;
} numbered;

static int compare(const void *a, const void *b)
{
    return strcmp(((const numbered *)a)->text, ((const numbered *)b)->text);
}

static void free_numbered(void *p)
{
    numbered *e = p;

    lmi_free(e->text);
    lmi_free(e);
}

void lmi_table_init(lmi_table *out, yyjson_mut_doc *doc)
{
    *out = (lmi_table){.doc = doc, .list = yyjson_mut_arr(doc)};
}

void lmi_table_done(lmi_table *table)
{
    tdestroy(table->root, free_numbered);
    *table = (lmi_table){0};
}

static numbered *new_numbered(const char *text, size_t number)
{
    numbered *e = lmi_new(1, sizeof(*e));

    if (!e)
        return NULL;
    *e = (numbered){lmi_strdup(text), number};
    if (e->text)
        return e;
    lmi_free(e);
    return NULL;
}

size_t lmi_table_number(lmi_table *table, const char *text)
{
    const numbered key = {(char *)text, 0};
    void *found = tfind(&key, &table->root, compare);
    numbered *e;

    if (found)
        return (*(numbered **)found)->number;
    e = new_numbered(text, table->n);
    if (!e || !tsearch(e, &table->root, compare)) {
        if (e)
            free_numbered(e);
        lmi_json_lose(table->doc);
        return 0;
    }
    yyjson_mut_arr_add_str(table->doc, table->list, e->text);
    table->size += strlen(text);
    return table->n++;
}
