/*
 * cells.h - keys and values as numbers, and as the JSON of a package.
 *
 * In memory they lie as in a frame: [n_layers][keys, values][n_heads][n][head]. In JSON keys and
 * values are texts of their own, nested arrays in one of three orders. Which one is told by how
 * deep they nest, and by where the model's number of heads stands.
 */
#ifndef LMI_EXCHANGE_AWARENESS_CELLS_H
#define LMI_EXCHANGE_AWARENESS_CELLS_H

#include "base/json.h"
#include "exchange/awareness/awareness.h"

typedef struct lmi_awareness_cells {
    uint32_t n_layers, n_heads, n, head; /* n: tokens; head: values of one */
    float *values;                       /* to be freed with lmi_free() */
} lmi_awareness_cells;

/* Numbers of all of it. */
size_t lmi_awareness_count(const lmi_awareness_cells *cells);

/* Keys and values of a model of that shape, from keys.json and values.json. */
lmi_exchange_verdict lmi_awareness_read_cells(lmi_awareness_cells *out, const lmi_json *keys,
                                              const lmi_json *values,
                                              const lmi_awareness_shape *shape);

/* The same from entries.json, which has one layer and must have every token. */
lmi_exchange_verdict lmi_awareness_read_entries(lmi_awareness_cells *out, const lmi_json *entries,
                                                const lmi_awareness_shape *shape);

/* Append keys (part 0) or values (part 1) as [layer][token][value]. */
lmas_status lmi_awareness_write_cells(lmi_buf *out, const lmi_awareness_cells *cells, int part);

/* A list of `n` numbers. Where one is none, or not finite as float32, FORMAT names `where`. */
lmi_exchange_verdict lmi_awareness_read_row(float *out, yyjson_val *list, size_t n,
                                            const char *label, const char *where);
void lmi_awareness_write_row(lmi_buf *out, const float *values, size_t n);

#endif
