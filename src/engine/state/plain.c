/*
 * plain.c - see plain.h. Cells go through floats one by one, whatever the cache and the other side
 * make of them; so nothing is taken but the two copies of the data and one row.
 */
#include "engine/state/plain.h"

#include <math.h>
#include <string.h>

#include "base/mem.h"
#include "engine/state/keys.h"
#include "engine/state/turn.h"

/* Where RoPE turns neighbours, llama.cpp's converter has moved the rows of W_q and W_k of these, so
 * that what transformers has as halves lies side by side. */
static const char *const moved[] = {
    "arcee",    "arctic",   "baichuan",   "bailingmoe", "chameleon", "deci",
    "deepseek", "granite",  "granitemoe", "internlm2",  "llama",     "llama-embed",
    "minicpm",  "mistral3", "nanbeige",   "olmo",       "smollm3",   "xverse",
};

/* And of these it has not: transformers turns neighbours, too. */
static const char *const alike[] = {"chatglm", "command-r", "ernie4_5", "ernie4_5-moe", "glm4"};

static bool is_among(const char *name, const char *const *names, size_t n)
{
    size_t i;

    for (i = 0; i < n; i++)
        if (strcmp(names[i], name) == 0)
            return true;
    return false;
}

#define IS_AMONG(name, names) is_among((name), (names), sizeof(names) / sizeof((names)[0]))

/* Whether a head's keys lie in another order than in transformers; and whether that is known. */
static bool turns_neighbours(const lmas_model *model)
{
    return llama_model_rope_type(model->llama) == LLAMA_ROPE_TYPE_NORM;
}

static bool is_moved(const lmas_model *model)
{
    return turns_neighbours(model) && IS_AMONG(model->info.arch, moved);
}

static bool is_order_known(const lmas_model *model)
{
    return !turns_neighbours(model) || is_moved(model) || IS_AMONG(model->info.arch, alike);
}

/* Why no lane of this model is plain, in words, before one is looked at; NULL where one may be. */
static const char *find_refusal(const lmas_model *model)
{
    if (model->is_packed_by_sequence)
        return "this model sums up all it has read in one state (it is recurrent), which is no "
               "keys and values of positions";
    if (lmi_model_has_window(model))
        return "this model has a sliding window, outside of which layers keep nothing";
    switch (llama_model_rope_type(model->llama)) {
    case LLAMA_ROPE_TYPE_NONE:
    case LLAMA_ROPE_TYPE_NORM:
    case LLAMA_ROPE_TYPE_NEOX:
        return NULL;
    default:
        return "this model's positions have several coordinates (M-RoPE)";
    }
}

/* ---- Numbers ---- */

size_t lmi_number_size(lmi_number type)
{
    static const size_t sizes[] = {4, 2, 2, 1};

    return sizes[type];
}

const char *lmi_number_name(lmi_number type)
{
    static const char *const names[] = {"f32", "f16", "bf16", "int8"};

    return names[type];
}

static float load_one(lmi_number type, const uint8_t *at)
{
    ggml_bf16_t brain;
    ggml_fp16_t half;
    float value;

    switch (type) {
    case LMI_NUMBER_F16:
        memcpy(&half, at, sizeof(half));
        return ggml_fp16_to_fp32(half);
    case LMI_NUMBER_BF16:
        memcpy(&brain, at, sizeof(brain));
        return ggml_bf16_to_fp32(brain);
    case LMI_NUMBER_I8:
        return (float)(int8_t)*at;
    default:
        memcpy(&value, at, sizeof(value));
        return value;
    }
}

static void store_one(uint8_t *at, lmi_number type, float value)
{
    if (type == LMI_NUMBER_F16) {
        const ggml_fp16_t half = ggml_fp32_to_fp16(value);

        memcpy(at, &half, sizeof(half));
    } else if (type == LMI_NUMBER_BF16) {
        const ggml_bf16_t brain = ggml_fp32_to_bf16(value);

        memcpy(at, &brain, sizeof(brain));
    } else {
        memcpy(at, &value, sizeof(value));
    }
}

bool lmi_numbers_load(float *out, lmi_number type, const uint8_t *bytes, size_t n)
{
    const size_t size = lmi_number_size(type);
    bool is_finite = true;
    size_t i;

    for (i = 0; i < n; i++) {
        out[i] = load_one(type, bytes + i * size);
        is_finite = is_finite && isfinite(out[i]);
    }
    return is_finite;
}

bool lmi_numbers_store(uint8_t *out, lmi_number type, const float *values, size_t n)
{
    const size_t size = lmi_number_size(type);
    bool is_finite = true;
    size_t i;

    for (i = 0; i < n; i++) {
        store_one(out + i * size, type, values[i]);
        is_finite = is_finite && isfinite(load_one(type, out + i * size));
    }
    return is_finite;
}

/* ---- Shape ---- */

bool lmi_plain_size(size_t *out, const lmi_plain *plain)
{
    const size_t parts[] = {plain->n_layers, 2, plain->n_heads, plain->n, plain->head};
    size_t size = lmi_number_size(plain->type);
    size_t i;

    for (i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
        if (__builtin_mul_overflow(size, parts[i], &size))
            return false;
    *out = size;
    return true;
}

static lmas_status refuse(const char *reason)
{
    return lmi_fail(LMAS_E_MODEL, "the cells of this model are not plain keys and values: %s",
                    reason);
}

/* Each layer has keys and values, all of one width. */
static lmas_status check_layers(const lmas_model *model, const lmi_pool *pool)
{
    const uint32_t n_heads = (uint32_t)model->info.n_head_kv;
    const uint32_t width = lmi_vector_width(&pool->keys[0]);
    uint32_t i;

    if (pool->n_layers != (uint32_t)model->info.n_layer)
        return refuse("not every layer keeps some of its own");
    for (i = 0; i < pool->n_layers; i++)
        if (lmi_vector_width(&pool->keys[i]) != width ||
            lmi_vector_width(&pool->values[i]) != width)
            return refuse("they are of several widths, as those of latent attention (MLA) are");
    if (n_heads == 0 || width % n_heads != 0)
        return refuse("they are not of equal heads");
    return LMAS_OK;
}

/* Whether there is a cell for each position up to `pos`. */
static lmas_status check_places(const lmi_cells *cells, uint32_t pos)
{
    const lmi_pool *pool = &cells->pools[0];
    bool *is_there = lmi_new(pos, sizeof(bool));
    uint32_t i, n = 0;

    if (!is_there)
        return lmi_fail(LMAS_E_NOMEM, "no memory to look at %u positions", pos);
    for (i = 0; i < pool->n; i++) {
        const uint32_t position = lmi_cells_position(cells, pool, i);

        if (position < pos && !is_there[position]) {
            is_there[position] = true;
            n++;
        }
    }
    lmi_free(is_there);
    if (n == pos && pool->n == pos)
        return LMAS_OK;
    return lmi_fail(LMAS_E_INVALID,
                    "positions are missing: of 0 to %u there are %u, and they must be contiguous",
                    pos - 1, n);
}

lmas_status lmi_plain_look(lmi_plain *out, const lmas_model *model, const lmi_cells *cells,
                           uint32_t pos)
{
    const lmi_pool *pool = &cells->pools[0];
    const char *refusal = find_refusal(model);
    lmas_status status;

    if (refusal)
        return refuse(refusal);
    if (cells->n_pools != 1)
        return refuse("they lie in several pools, as a sliding window's do");
    if (!cells->has_values)
        return refuse("one compressed key stands for all (latent attention, MLA)");
    if (cells->place_size > 3 * sizeof(uint32_t))
        return refuse("positions have several coordinates (M-RoPE)");
    if (!is_order_known(model))
        return refuse("it is not known in which order transformers has this architecture's keys");
    status = check_layers(model, pool);
    if (status == LMAS_OK)
        status = check_places(cells, pos);
    if (status != LMAS_OK)
        return status;
    out->n_layers = pool->n_layers;
    out->n_heads = (uint32_t)model->info.n_head_kv;
    out->head = lmi_vector_width(&pool->keys[0]) / out->n_heads;
    out->n = pos;
    return LMAS_OK;
}

/* ---- Cells ---- */

/* Cells on their way out or in, one at a time. */
typedef struct mover {
    const lmi_plain *plain;
    const lmi_cells *cells;
    float *row, *head; /* a cell's keys or values; one head of them */
    bool is_moved;
} mover;

static bool mover_new(mover *m, const lmas_model *model, const lmi_plain *plain,
                      const lmi_cells *cells)
{
    *m = (mover){.plain = plain, .cells = cells, .is_moved = is_moved(model)};
    m->row = lmi_new((size_t)plain->n_heads * plain->head, sizeof(float));
    m->head = lmi_new(plain->head, sizeof(float));
    return m->row && m->head;
}

static void mover_done(mover *m)
{
    lmi_free(m->row);
    lmi_free(m->head);
}

/* Where one head's keys (part 0) or values (1) at a position stand in the data. */
static uint8_t *place_of(const lmi_plain *p, uint32_t layer, uint32_t part, uint32_t head,
                         uint32_t position)
{
    const size_t row = (((size_t)layer * 2 + part) * p->n_heads + head) * p->n + position;

    return p->data + row * p->head * lmi_number_size(p->type);
}

/* Neighbours of a head become halves: 0 1 2 3 4 5 -> 0 2 4 1 3 5. And back. */
static void part(float *to, const float *from, uint32_t n)
{
    uint32_t i;

    for (i = 0; i < n; i++)
        to[i % 2 * (n / 2) + i / 2] = from[i];
}

static void pair(float *to, const float *from, uint32_t n)
{
    uint32_t i;

    for (i = 0; i < n; i++)
        to[i] = from[i % 2 * (n / 2) + i / 2];
}

static bool take_cell(const mover *m, uint32_t layer, uint32_t which, uint32_t i)
{
    const lmi_plain *p = m->plain;
    const lmi_pool *pool = &m->cells->pools[0];
    const uint32_t position = lmi_cells_position(m->cells, pool, i);
    bool is_finite = true;
    uint32_t h;

    if (which == 0)
        lmi_keys_load(m->row, pool, layer, i);
    else
        lmi_values_load(m->row, pool, layer, i);
    for (h = 0; h < p->n_heads; h++) {
        const float *from = m->row + (size_t)h * p->head;

        if (which == 0 && m->is_moved) {
            part(m->head, from, p->head);
            from = m->head;
        }
        is_finite =
            lmi_numbers_store(place_of(p, layer, which, h, position), p->type, from, p->head) &&
            is_finite;
    }
    return is_finite;
}

/* Whether all of the row is finite as the cache has it. */
static bool is_kept(const mover *m, uint32_t layer, uint32_t which, uint32_t i)
{
    const size_t n = (size_t)m->plain->n_heads * m->plain->head;
    const lmi_pool *pool = &m->cells->pools[0];
    size_t k;

    lmi_vector_load(m->row, which == 0 ? &pool->keys[layer] : &pool->values[layer], pool->n, i);
    for (k = 0; k < n; k++)
        if (!isfinite(m->row[k]))
            return false;
    return true;
}

static bool give_cell(const mover *m, uint32_t layer, uint32_t which, uint32_t i)
{
    const lmi_plain *p = m->plain;
    const lmi_pool *pool = &m->cells->pools[0];
    const uint32_t position = lmi_cells_position(m->cells, pool, i);
    uint32_t h;

    for (h = 0; h < p->n_heads; h++) {
        float *to = m->row + (size_t)h * p->head;

        if (!lmi_numbers_load(m->head, p->type, place_of(p, layer, which, h, position), p->head))
            return false;
        if (which == 0 && m->is_moved)
            pair(to, m->head, p->head);
        else
            memcpy(to, m->head, p->head * sizeof(float));
    }
    if (which == 0)
        lmi_keys_store(pool, layer, i, m->row);
    else
        lmi_values_store(pool, layer, i, m->row);
    return is_kept(m, layer, which, i);
}

/* Every cell, by `move`; where a value is not finite, of which layer and position. */
static lmas_status move_all(const mover *m,
                            bool (*move)(const mover *, uint32_t, uint32_t, uint32_t))
{
    const lmi_pool *pool = &m->cells->pools[0];
    uint32_t layer, which, i;

    for (layer = 0; layer < pool->n_layers; layer++)
        for (which = 0; which < 2; which++)
            for (i = 0; i < pool->n; i++)
                if (!move(m, layer, which, i))
                    return lmi_fail(LMAS_E_FORMAT,
                                    "%s of layer %u at position %u are not finite, or too large "
                                    "for the type that they are to be",
                                    which == 0 ? "keys" : "values", layer,
                                    lmi_cells_position(m->cells, pool, i));
    return LMAS_OK;
}

static lmas_status move_cells(const lmas_model *model, const lmi_plain *plain,
                              const lmi_cells *cells,
                              bool (*move)(const mover *, uint32_t, uint32_t, uint32_t))
{
    mover m;
    lmas_status status;

    if (mover_new(&m, model, plain, cells))
        status = move_all(&m, move);
    else
        status = lmi_fail(LMAS_E_NOMEM, "no memory for one cell");
    mover_done(&m);
    return status;
}

/* ---- Out ---- */

static lmas_status take(lmi_plain *out, uint8_t **bytes, const lmas_model *model,
                        const lmi_cells *cells, size_t n_front)
{
    lmas_status status;
    size_t size;

    if (!lmi_plain_size(&size, out) || size > SIZE_MAX - n_front)
        return lmi_fail(LMAS_E_NOMEM, "no memory for the cells of %u positions", out->n);
    *bytes = lmi_new(n_front + size, 1);
    if (!*bytes)
        return lmi_fail(LMAS_E_NOMEM, "no memory for the cells of %u positions, %zu bytes", out->n,
                        size);
    out->data = *bytes + n_front;
    status = move_cells(model, out, cells, take_cell);
    if (status != LMAS_OK)
        lmi_free(*bytes);
    return status;
}

lmas_status lmi_plain_take(lmi_plain *out, uint8_t **bytes, lmi_context *ctx, const lmi_lane *lane,
                           lmi_number type, size_t n_front)
{
    const char *refusal = find_refusal(ctx->model);
    lmi_plain plain = {.type = type};
    lmi_view view = {0};
    lmas_status status = refusal ? refuse(refusal) : lmi_view_lane(&view, ctx, lane);

    if (status == LMAS_OK)
        status = lmi_plain_look(&plain, ctx->model, &view.cells, lane->pos);
    if (status == LMAS_OK)
        status = take(&plain, bytes, ctx->model, &view.cells, n_front);
    lmi_view_done(&view);
    if (status == LMAS_OK)
        *out = plain;
    return status;
}

/* ---- In ---- */

/* Cells of this model, at positions 0 to n - 1, and whatever in them: one that was read, n times.
 * So all that libllama writes beside keys and values is as it would be. */
static lmas_status make_cells(lmi_blob *out, lmi_context *ctx, lmi_lane *lane,
                              const lmi_plain *plain)
{
    const int32_t token = ctx->model->thought.token;
    lmi_plain here = {.type = plain->type};
    lmi_view view = {0};
    lmas_status status = lmi_lane_read_at(ctx, lane, 0, &token, 1, LMI_WANT_NOTHING);

    if (status == LMAS_OK)
        status = lmi_view_lane(&view, ctx, lane);
    if (status == LMAS_OK)
        status = lmi_plain_look(&here, ctx->model, &view.cells, 1);
    if (status == LMAS_OK && (here.n_layers != plain->n_layers || here.n_heads != plain->n_heads ||
                              here.head != plain->head))
        status = lmi_fail(LMAS_E_MODEL,
                          "cells of %u layers with %u heads of %u values, and this model has %u "
                          "layers with %u heads of %u",
                          plain->n_layers, plain->n_heads, plain->head, here.n_layers, here.n_heads,
                          here.head);
    if (status == LMAS_OK)
        status = lmi_cells_repeat(out, &view.cells, plain->n);
    lmi_view_done(&view);
    return status;
}

lmas_status lmi_plain_give(lmi_context *ctx, lmi_lane *lane, const lmi_plain *plain)
{
    const char *refusal = find_refusal(ctx->model);
    lmi_cells cells = {0};
    lmi_blob blob = {0};
    lmas_status status = refusal ? refuse(refusal) : make_cells(&blob, ctx, lane, plain);

    if (status == LMAS_OK)
        status = lmi_cells_read(&cells, &blob);
    if (status == LMAS_OK)
        status = move_cells(ctx->model, plain, &cells, give_cell);
    lmi_cells_done(&cells);
    if (status == LMAS_OK)
        status = lmi_lane_become(ctx, lane, &blob, plain->n);
    lmi_blob_done(&blob);
    return status;
}
