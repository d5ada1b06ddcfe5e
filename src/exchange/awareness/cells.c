/* cells.c - nested arrays of numbers, in and out; see cells.h. */
#include "exchange/awareness/cells.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "exchange/limits.h"

/* How a text nests: [layer][token][heads and values], or four deep, the heads second or third. */
typedef enum order { TOKENS, HEADS_TOKENS, TOKENS_HEADS } order;

/* A text that is being read into every second part of the cells. */
typedef struct reader {
    const lmi_json *json;
    order order;
    lmi_awareness_cells *cells;
    int part; /* 0 keys, 1 values */
} reader;

size_t lmi_awareness_count(const lmi_awareness_cells *c)
{
    return (size_t)c->n_layers * 2 * c->n_heads * c->n * c->head;
}

static float *place_of(const reader *r, size_t layer, size_t head, size_t token)
{
    const lmi_awareness_cells *c = r->cells;
    const size_t row = (layer * 2 + (size_t)r->part) * c->n_heads + head;

    return c->values + (row * c->n + token) * c->head;
}

/* ---- Numbers ---- */

static lmi_exchange_verdict check_list(yyjson_val *list, size_t n, const char *label,
                                       const char *where)
{
    if (!yyjson_is_arr(list))
        return lmi_exchange_fail(LMI_EXCHANGE_FORMAT, "%s: %s is %s, a list of %zu expected", label,
                                 where, lmi_json_type(list), n);
    if (yyjson_arr_size(list) != n)
        return lmi_exchange_fail(LMI_EXCHANGE_FORMAT, "%s: %s has %zu in it, %zu expected", label,
                                 where, yyjson_arr_size(list), n);
    return LMI_EXCHANGE_OK;
}

lmi_exchange_verdict lmi_awareness_read_row(float *out, yyjson_val *list, size_t n,
                                            const char *label, const char *where)
{
    const lmi_exchange_verdict verdict = check_list(list, n, label, where);
    size_t i, max;
    yyjson_val *val;

    if (verdict != LMI_EXCHANGE_OK)
        return verdict;
    yyjson_arr_foreach(list, i, max, val)
    {
        out[i] = yyjson_is_num(val) ? (float)yyjson_get_num(val) : NAN;
        if (!isfinite(out[i]))
            return lmi_exchange_fail(LMI_EXCHANGE_FORMAT,
                                     "%s: number %zu of %s is no finite number", label, i, where);
    }
    return LMI_EXCHANGE_OK;
}

void lmi_awareness_write_row(lmi_buf *out, const float *values, size_t n)
{
    size_t i;

    for (i = 0; i < n; i++)
        lmi_buf_printf(out, i ? ",%.9g" : "%.9g", (double)values[i]);
}

/* ---- The order ---- */

/* The first thing within, `depth` levels down; NULL where it does not nest as deep. */
static yyjson_val *first_at(yyjson_val *val, int depth)
{
    while (depth-- > 0)
        val = yyjson_arr_get_first(val);
    return val;
}

static lmi_exchange_verdict refuse_heads(const lmi_json *json, size_t second, size_t third,
                                         uint32_t n_heads)
{
    return lmi_exchange_fail(LMI_EXCHANGE_FORMAT,
                             "%s: lists of %zu lists of %zu, and of either it must be plain which "
                             "are the model's %u heads",
                             json->label, second, third, n_heads);
}

/* Four deep: where the number of heads stands, and nowhere else. */
static lmi_exchange_verdict find_heads(lmi_awareness_cells *c, order *out, const lmi_json *json)
{
    yyjson_val *root = lmi_json_root(json);
    const size_t second = yyjson_arr_size(first_at(root, 1));
    const size_t third = yyjson_arr_size(first_at(root, 2));

    if ((second == c->n_heads) == (third == c->n_heads))
        return refuse_heads(json, second, third, c->n_heads);
    *out = second == c->n_heads ? HEADS_TOKENS : TOKENS_HEADS;
    c->n = (uint32_t)(*out == HEADS_TOKENS ? third : second);
    c->head = (uint32_t)yyjson_arr_size(first_at(root, 3));
    return LMI_EXCHANGE_OK;
}

static lmi_exchange_verdict find_tokens(lmi_awareness_cells *c, order *out, const lmi_json *json)
{
    yyjson_val *root = lmi_json_root(json);
    const size_t width = yyjson_arr_size(first_at(root, 2));

    if (width == 0 || width % c->n_heads)
        return lmi_exchange_fail(
            LMI_EXCHANGE_FORMAT,
            "%s: %zu values of a token, which the model's %u heads do not share "
            "evenly",
            json->label, width, c->n_heads);
    *out = TOKENS;
    c->n = (uint32_t)yyjson_arr_size(first_at(root, 1));
    c->head = (uint32_t)(width / c->n_heads);
    return LMI_EXCHANGE_OK;
}

/* Tokens, values of a head, and the order, by the first of everything; all else must be alike. */
static lmi_exchange_verdict find_order(lmi_awareness_cells *c, order *out, const lmi_json *json)
{
    yyjson_val *root = lmi_json_root(json);
    lmi_exchange_verdict verdict;

    if (yyjson_arr_size(root) != c->n_layers)
        return lmi_exchange_fail(
            LMI_EXCHANGE_FORMAT, "%s is %s of %zu layers, a list of the model's %u expected",
            json->label, lmi_json_type(root), yyjson_arr_size(root), c->n_layers);
    verdict =
        yyjson_is_arr(first_at(root, 3)) ? find_heads(c, out, json) : find_tokens(c, out, json);
    if (verdict == LMI_EXCHANGE_OK && (c->n == 0 || c->head == 0))
        return lmi_exchange_fail(LMI_EXCHANGE_FORMAT, "%s is empty", json->label);
    return verdict;
}

/* ---- Reading ---- */

/* One token of all heads, as one list. */
static lmi_exchange_verdict read_token(const reader *r, yyjson_val *list, size_t layer,
                                       size_t token, float *row)
{
    const lmi_awareness_cells *c = r->cells;
    lmi_exchange_verdict verdict;
    char where[64];
    size_t h;

    snprintf(where, sizeof(where), "token %zu of layer %zu", token, layer);
    verdict =
        lmi_awareness_read_row(row, list, (size_t)c->n_heads * c->head, r->json->label, where);
    for (h = 0; verdict == LMI_EXCHANGE_OK && h < c->n_heads; h++)
        memcpy(place_of(r, layer, h, token), row + h * c->head, c->head * sizeof(*row));
    return verdict;
}

static lmi_exchange_verdict read_tokens(const reader *r, yyjson_val *list, size_t layer, float *row)
{
    lmi_exchange_verdict verdict;
    char where[64];
    size_t t, max;
    yyjson_val *token;

    snprintf(where, sizeof(where), "layer %zu", layer);
    verdict = check_list(list, r->cells->n, r->json->label, where);
    if (verdict != LMI_EXCHANGE_OK)
        return verdict;
    yyjson_arr_foreach(list, t, max, token)
    {
        verdict = read_token(r, token, layer, t, row);
        if (verdict != LMI_EXCHANGE_OK)
            return verdict;
    }
    return LMI_EXCHANGE_OK;
}

/* The lists within a head or a token, `outer`, of a layer: one for each of the other. */
static lmi_exchange_verdict read_inner(const reader *r, yyjson_val *list, size_t layer,
                                       size_t outer)
{
    const bool has_heads_first = r->order == HEADS_TOKENS;
    lmi_exchange_verdict verdict;
    char where[96];
    size_t i, max;
    yyjson_val *row;

    snprintf(where, sizeof(where), "%s %zu of layer %zu", has_heads_first ? "head" : "token", outer,
             layer);
    verdict =
        check_list(list, has_heads_first ? r->cells->n : r->cells->n_heads, r->json->label, where);
    if (verdict != LMI_EXCHANGE_OK)
        return verdict;
    yyjson_arr_foreach(list, i, max, row)
    {
        float *to = has_heads_first ? place_of(r, layer, outer, i) : place_of(r, layer, i, outer);

        verdict = lmi_awareness_read_row(to, row, r->cells->head, r->json->label, where);
        if (verdict != LMI_EXCHANGE_OK)
            return verdict;
    }
    return LMI_EXCHANGE_OK;
}

static lmi_exchange_verdict read_nested(const reader *r, yyjson_val *list, size_t layer)
{
    lmi_exchange_verdict verdict;
    char where[64];
    size_t i, max;
    yyjson_val *inner;

    snprintf(where, sizeof(where), "layer %zu", layer);
    verdict = check_list(list, r->order == HEADS_TOKENS ? r->cells->n_heads : r->cells->n,
                         r->json->label, where);
    if (verdict != LMI_EXCHANGE_OK)
        return verdict;
    yyjson_arr_foreach(list, i, max, inner)
    {
        verdict = read_inner(r, inner, layer, i);
        if (verdict != LMI_EXCHANGE_OK)
            return verdict;
    }
    return LMI_EXCHANGE_OK;
}

static lmi_exchange_verdict read_layers(const reader *r, float *row)
{
    lmi_exchange_verdict verdict;
    size_t l, max;
    yyjson_val *layer;

    yyjson_arr_foreach(lmi_json_root(r->json), l, max, layer)
    {
        verdict = r->order == TOKENS ? read_tokens(r, layer, l, row) : read_nested(r, layer, l);
        if (verdict != LMI_EXCHANGE_OK)
            return verdict;
    }
    return LMI_EXCHANGE_OK;
}

/* ---- All of it ---- */

/* Its texts hold every number that it says, so this is a small part of what they take. */
static lmi_exchange_verdict make_room(lmi_awareness_cells *c, float **row)
{
    c->values =
        lmi_new((size_t)c->n_layers * 2 * c->n_heads, (size_t)c->n * c->head * sizeof(float));
    *row = lmi_new((size_t)c->n_heads * c->head, sizeof(float));
    if (c->values && *row)
        return LMI_EXCHANGE_OK;
    return lmi_exchange_fail(LMI_EXCHANGE_FAILED, "no memory for the numbers of a package");
}

/* `n` and `head` come from the first lists alone, which might be longer than all others. */
static lmi_exchange_verdict check_amount(const lmi_awareness_cells *c, const lmi_json *json)
{
    const uint64_t n = (uint64_t)c->n * c->head;

    if (n <= json->len && n * c->n_heads <= json->len && n * c->n_heads * c->n_layers <= json->len)
        return LMI_EXCHANGE_OK;
    return lmi_exchange_fail(LMI_EXCHANGE_FORMAT,
                             "%s: its layers are not alike: %u tokens with %u values each are more "
                             "than it holds",
                             json->label, c->n, c->head * c->n_heads);
}

static lmi_exchange_verdict same_order(const lmi_awareness_cells *c, const lmi_json *values)
{
    lmi_awareness_cells other = *c;
    order ignored;
    const lmi_exchange_verdict verdict = find_order(&other, &ignored, values);

    if (verdict != LMI_EXCHANGE_OK)
        return verdict;
    if (other.n == c->n && other.head == c->head)
        return LMI_EXCHANGE_OK;
    return lmi_exchange_fail(LMI_EXCHANGE_FORMAT,
                             "%s has %u tokens with %u values of a head, the keys have %u with %u",
                             values->label, other.n, other.head, c->n, c->head);
}

static lmi_exchange_verdict read_both(lmi_awareness_cells *c, const lmi_json *keys,
                                      const lmi_json *values, float **row)
{
    reader r = {.json = keys, .cells = c};
    lmi_exchange_verdict verdict = find_order(c, &r.order, keys);

    if (verdict == LMI_EXCHANGE_OK)
        verdict = check_amount(c, keys);
    if (verdict == LMI_EXCHANGE_OK)
        verdict = same_order(c, values);
    if (verdict == LMI_EXCHANGE_OK)
        verdict = make_room(c, row);
    if (verdict == LMI_EXCHANGE_OK)
        verdict = read_layers(&r, *row);
    r.json = values;
    r.part = 1;
    if (verdict == LMI_EXCHANGE_OK)
        verdict = find_order(c, &r.order, values);
    return verdict == LMI_EXCHANGE_OK ? read_layers(&r, *row) : verdict;
}

lmi_exchange_verdict lmi_awareness_read_cells(lmi_awareness_cells *out, const lmi_json *keys,
                                              const lmi_json *values,
                                              const lmi_awareness_shape *shape)
{
    lmi_awareness_cells c = {.n_layers = shape->n_layer, .n_heads = shape->n_head_kv};
    float *row = NULL;
    const lmi_exchange_verdict verdict = read_both(&c, keys, values, &row);

    lmi_free(row);
    if (verdict == LMI_EXCHANGE_OK)
        *out = c;
    else
        lmi_free(c.values);
    return verdict;
}

/* ---- Entries ---- */

static lmi_exchange_verdict check_entries(yyjson_val *list, const lmi_json *json,
                                          const lmi_awareness_shape *shape)
{
    const size_t n = yyjson_arr_size(list);
    yyjson_val *total = yyjson_obj_get(lmi_json_root(json), "totalTokens");

    if (n == 0)
        return lmi_exchange_fail(LMI_EXCHANGE_FORMAT, "%s has no entries", json->label);
    if (shape->n_layer != 1)
        return lmi_exchange_fail(LMI_EXCHANGE_FORMAT,
                                 "%s has keys and values of one layer, the model has %u",
                                 json->label, shape->n_layer);
    if (total && yyjson_get_num(total) != (double)n)
        return lmi_exchange_fail(
            LMI_EXCHANGE_FORMAT,
            "%s has %zu of %.0f tokens: those that were dropped cannot be made "
            "again",
            json->label, n, yyjson_get_num(total));
    return LMI_EXCHANGE_OK;
}

static lmi_exchange_verdict read_entry(reader *r, yyjson_val *entry, size_t i, float *row)
{
    static const char *const names[] = {"key", "value"};
    const double index = yyjson_get_num(yyjson_obj_get(entry, "tokenIndex"));
    lmi_exchange_verdict verdict = LMI_EXCHANGE_OK;

    if (!yyjson_is_obj(entry) || index != (double)i)
        return lmi_exchange_fail(
            LMI_EXCHANGE_FORMAT,
            "%s: entry %zu is not of token %zu: tokens that were dropped cannot "
            "be made again",
            r->json->label, i, i);
    for (r->part = 0; verdict == LMI_EXCHANGE_OK && r->part < 2; r->part++)
        verdict = read_token(r, yyjson_obj_get(entry, names[r->part]), 0, i, row);
    return verdict;
}

static lmi_exchange_verdict read_list(reader *r, yyjson_val *list, float **row)
{
    lmi_awareness_cells *c = r->cells;
    const size_t width = yyjson_arr_size(yyjson_obj_get(yyjson_arr_get_first(list), "key"));
    lmi_exchange_verdict verdict;
    size_t i, max;
    yyjson_val *entry;

    c->n = (uint32_t)yyjson_arr_size(list);
    c->head = (uint32_t)(width / c->n_heads);
    verdict = width && width % c->n_heads == 0 ? check_amount(c, r->json)
                                               : refuse_heads(r->json, c->n, width, c->n_heads);
    if (verdict == LMI_EXCHANGE_OK)
        verdict = make_room(c, row);
    if (verdict != LMI_EXCHANGE_OK)
        return verdict;
    yyjson_arr_foreach(list, i, max, entry)
    {
        verdict = read_entry(r, entry, i, *row);
        if (verdict != LMI_EXCHANGE_OK)
            return verdict;
    }
    return LMI_EXCHANGE_OK;
}

lmi_exchange_verdict lmi_awareness_read_entries(lmi_awareness_cells *out, const lmi_json *entries,
                                                const lmi_awareness_shape *shape)
{
    lmi_awareness_cells c = {.n_layers = 1, .n_heads = shape->n_head_kv};
    reader r = {.json = entries, .order = TOKENS, .cells = &c};
    yyjson_val *root = lmi_json_root(entries);
    yyjson_val *list = yyjson_is_obj(root) ? yyjson_obj_get(root, "entries") : root;
    lmi_exchange_verdict verdict = check_entries(list, entries, shape);
    float *row = NULL;

    if (verdict == LMI_EXCHANGE_OK)
        verdict = read_list(&r, list, &row);
    lmi_free(row);
    if (verdict == LMI_EXCHANGE_OK)
        *out = c;
    else
        lmi_free(c.values);
    return verdict;
}

/* ---- Writing ---- */

static void write_token(lmi_buf *out, const reader *r, size_t layer, size_t token)
{
    size_t h;

    for (h = 0; h < r->cells->n_heads; h++) {
        lmi_buf_puts(out, h ? "," : "[");
        lmi_awareness_write_row(out, place_of(r, layer, h, token), r->cells->head);
    }
    lmi_buf_putc(out, ']');
}

lmas_status lmi_awareness_write_cells(lmi_buf *out, const lmi_awareness_cells *cells, int part)
{
    const reader r = {.cells = (lmi_awareness_cells *)cells, .part = part};
    size_t l, t;

    for (l = 0; l < cells->n_layers && out->status == LMAS_OK; l++) {
        lmi_buf_puts(out, l ? ",\n[" : "[[");
        for (t = 0; t < cells->n; t++) {
            lmi_buf_puts(out, t ? ",\n" : "");
            write_token(out, &r, l, t);
        }
        lmi_buf_putc(out, ']');
    }
    lmi_buf_putc(out, ']');
    return lmi_buf_status(out);
}
