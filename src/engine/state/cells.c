/* cells.c - reading and writing what cells.h draws. */
#include "engine/state/cells.h"

#include <string.h>

#include "base/mem.h"
#include "engine/thought/attention.h"

enum { HEAD_SIZE = 8, N_LAYERS_MAX = 4096 };

typedef struct reader {
    uint8_t *at;
    size_t left;
    bool is_short; /* or cannot be what it should be */
} reader;

static uint8_t *take(reader *r, size_t n, size_t size)
{
    uint8_t *at = r->at;

    if (r->is_short || (size > 0 && n > r->left / size)) {
        r->is_short = true;
        return NULL;
    }
    r->at += n * size;
    r->left -= n * size;
    return at;
}

static uint32_t take_u32(reader *r)
{
    const uint8_t *at = take(r, 1, sizeof(uint32_t));
    uint32_t value = 0;

    if (at)
        memcpy(&value, at, sizeof(value));
    return value;
}

static uint64_t take_u64(reader *r)
{
    const uint8_t *at = take(r, 1, sizeof(uint64_t));
    uint64_t value = 0;

    if (at)
        memcpy(&value, at, sizeof(value));
    return value;
}

static void read_rows(reader *r, lmi_layer_rows *rows, uint32_t n_cells, bool is_transposed)
{
    rows->type = take_u32(r);
    rows->size = is_transposed ? take_u32(r) : take_u64(r);
    rows->n_rows = is_transposed ? take_u32(r) : 0;
    if (rows->size > r->left || (is_transposed && rows->size == 0) ||
        rows->type >= GGML_TYPE_COUNT || ggml_blck_size((enum ggml_type)rows->type) == 0 ||
        rows->size % ggml_type_size((enum ggml_type)rows->type) != 0)
        r->is_short = true;
    rows->data = take(r, n_cells, rows->size * (is_transposed ? rows->n_rows : 1));
}

/* Every cell says that it is one sequence's. Where the number of bytes of a place was guessed
 * wrong, that is not what is read. */
static bool are_places(const lmi_pool *pool, size_t place_size)
{
    uint32_t i, one;

    for (i = 0; i < pool->n; i++) {
        memcpy(&one, pool->places + i * place_size + sizeof(uint32_t), sizeof(one));
        if (one != 1)
            return false;
    }
    return true;
}

static bool read_layers(reader *r, lmi_pool *pool, bool has_values)
{
    uint32_t i;

    pool->is_transposed = take_u32(r);
    pool->n_layers = take_u32(r);
    pool->n_rot_k = take_u32(r);
    pool->n_rot_v = take_u32(r);
    if (r->is_short || pool->n_layers > N_LAYERS_MAX)
        return false;
    pool->keys = lmi_new(pool->n_layers, sizeof(lmi_layer_rows));
    pool->values = has_values ? lmi_new(pool->n_layers, sizeof(lmi_layer_rows)) : NULL;
    if (!pool->keys || (has_values && !pool->values))
        return false;
    for (i = 0; i < pool->n_layers; i++)
        read_rows(r, &pool->keys[i], pool->n, false);
    for (i = 0; has_values && i < pool->n_layers; i++)
        read_rows(r, &pool->values[i], pool->n, pool->is_transposed != 0);
    return !r->is_short;
}

/* The cells are all in one stream, the others say 0. */
static bool read_pool(reader *r, lmi_pool *pool, const lmi_cells *cells)
{
    uint32_t i;

    pool->n_streams = take_u32(r);
    for (i = 0; i < pool->n_streams && !r->is_short; i++) {
        const uint32_t n = take_u32(r);

        if (n == 0)
            continue;
        if (pool->n > 0)
            return false;
        pool->n = n;
        pool->places = take(r, n, cells->place_size);
        if (!pool->places || !are_places(pool, cells->place_size) ||
            !read_layers(r, pool, cells->has_values))
            return false;
    }
    return !r->is_short;
}

static bool read_all(lmi_cells *cells, const lmi_blob *blob)
{
    reader r = {.at = blob->data, .left = blob->size};

    cells->head = take(&r, 1, HEAD_SIZE);
    while (r.left > 0) {
        if (cells->n_pools == LMI_POOLS_MAX)
            return false;
        if (!read_pool(&r, &cells->pools[cells->n_pools++], cells))
            return false;
    }
    return !r.is_short && cells->n_pools > 0;
}

/* Whether places hold x, y and token, and whether layers have values of their own, the bytes do
 * not say. One reading comes out even. */
lmas_status lmi_cells_read(lmi_cells *out, const lmi_blob *blob)
{
    static const size_t place_sizes[] = {3 * sizeof(uint32_t), 6 * sizeof(uint32_t)};
    size_t i;

    for (i = 0; i < 4; i++) {
        *out = (lmi_cells){.place_size = place_sizes[i / 2], .has_values = i % 2 == 0};
        if (read_all(out, blob))
            return LMAS_OK;
        lmi_cells_done(out);
    }
    return lmi_fail(LMAS_E_ENGINE,
                    "the cells of a lane, %zu bytes, are not as libllama 0.7 "
                    "writes them",
                    blob->size);
}

void lmi_cells_done(lmi_cells *cells)
{
    uint32_t i;

    for (i = 0; i < LMI_POOLS_MAX; i++) {
        lmi_free(cells->pools[i].keys);
        lmi_free(cells->pools[i].values);
    }
    *cells = (lmi_cells){0};
}

uint32_t lmi_cells_position(const lmi_cells *cells, const lmi_pool *pool, uint32_t i)
{
    uint32_t position;

    memcpy(&position, pool->places + i * cells->place_size, sizeof(position));
    return position;
}

uint32_t lmi_cells_count(const lmi_cells *cells, const lmi_pool *pool, uint32_t begin, uint32_t end)
{
    uint32_t n = 0;
    uint32_t i;

    for (i = 0; i < pool->n; i++) {
        const uint32_t position = lmi_cells_position(cells, pool, i);

        n += position >= begin && position < end;
    }
    return n;
}

lmas_status lmi_view_lane(lmi_view *out, lmi_context *ctx, const lmi_lane *lane)
{
    lmas_status status;

    *out = (lmi_view){0};
    if (lane->pos == 0)
        return LMAS_OK;
    status = lmi_blob_get(&out->blob, ctx, lane->seq);
    return status == LMAS_OK ? lmi_cells_read(&out->cells, &out->blob) : status;
}

void lmi_view_done(lmi_view *view)
{
    lmi_cells_done(&view->cells);
    lmi_blob_done(&view->blob);
}

lmas_status lmi_lane_become(lmi_context *ctx, lmi_lane *lane, const lmi_blob *blob, uint32_t pos)
{
    lmas_status status = lmi_blob_set(ctx, lane->seq, blob);

    if (status != LMAS_OK && ctx->is_unified)
        status = lmi_fail(LMAS_E_CONTEXT_FULL,
                          "context full: a lane made anew needs %u cells of its own, of %u that "
                          "all lanes share; give more with n_ctx",
                          pos, ctx->n_ctx);
    lane->has = LMI_WANT_NOTHING;
    lane->pos = pos;
    lmi_attention_forget(lane);
    if (status != LMAS_OK)
        lmi_lane_fail(lane, status);
    return status;
}

/* What a join is made of: all cells of one pool, some of the other. */
typedef struct parts {
    const lmi_cells *cells; /* whose places `some` has */
    const lmi_pool *all;    /* NULL for none */
    const lmi_pool *some;
    uint32_t *picked; /* the cells of `some`, [n_picked] */
    uint32_t n_picked;
    int64_t delta;  /* how far on they go, */
    int64_t stride; /* and each farther than the one before */
} parts;

static void put(uint8_t **at, const void *data, size_t size)
{
    memcpy(*at, data, size);
    *at += size;
}

static void put_u32(uint8_t **at, uint32_t value)
{
    put(at, &value, sizeof(value));
}

/* A moved cell's x and y go with its position: of text all three are equal. Between them stand the
 * cell's sequences. */
static void move_place(uint8_t *place, size_t size, int64_t delta)
{
    static const size_t moved[] = {0, 2, 3};
    const size_t n_moved = size > 3 * sizeof(uint32_t) ? 3 : 1;
    uint32_t value;
    size_t k;

    for (k = 0; k < n_moved; k++) {
        memcpy(&value, place + moved[k] * sizeof(value), sizeof(value));
        value = (uint32_t)(value + delta);
        memcpy(place + moved[k] * sizeof(value), &value, sizeof(value));
    }
}

void lmi_cells_renumber(lmi_cells *cells, const uint32_t *place)
{
    uint32_t i, k;

    for (i = 0; i < cells->n_pools; i++) {
        const lmi_pool *pool = &cells->pools[i];

        for (k = 0; k < pool->n; k++) {
            const uint32_t position = lmi_cells_position(cells, pool, k);

            move_place(pool->places + k * cells->place_size, cells->place_size,
                       (int64_t)place[position] - position);
        }
    }
}

static void put_places(uint8_t **at, const parts *p)
{
    const size_t size = p->cells->place_size;
    uint32_t i;

    if (p->all)
        put(at, p->all->places, p->all->n * size);
    for (i = 0; i < p->n_picked; i++) {
        uint8_t *place = *at;

        put(at, p->some->places + p->picked[i] * size, size);
        move_place(place, size, p->delta + p->stride * i);
    }
}

static void put_row(uint8_t **at, const parts *p, const lmi_layer_rows *all,
                    const lmi_layer_rows *some, uint32_t row)
{
    const size_t size = some->size;
    uint32_t i;

    if (all)
        put(at, all->data + (size_t)row * p->all->n * size, p->all->n * size);
    for (i = 0; i < p->n_picked; i++)
        put(at, some->data + ((size_t)row * p->some->n + p->picked[i]) * size, size);
}

static void put_rows(uint8_t **at, const parts *p, const lmi_layer_rows *all,
                     const lmi_layer_rows *some)
{
    const uint64_t size = some->size;
    uint32_t row;

    put_u32(at, some->type);
    if (some->n_rows == 0) {
        put(at, &size, sizeof(size));
        put_row(at, p, all, some, 0);
        return;
    }
    put_u32(at, (uint32_t)size);
    put_u32(at, some->n_rows);
    for (row = 0; row < some->n_rows; row++)
        put_row(at, p, all, some, row);
}

static void put_layers(uint8_t **at, const parts *p)
{
    const lmi_pool *all = p->all, *some = p->some;
    uint32_t i;

    put_u32(at, some->is_transposed);
    put_u32(at, some->n_layers);
    put_u32(at, some->n_rot_k);
    put_u32(at, some->n_rot_v);
    for (i = 0; i < some->n_layers; i++)
        put_rows(at, p, all ? &all->keys[i] : NULL, &some->keys[i]);
    for (i = 0; some->values && i < some->n_layers; i++)
        put_rows(at, p, all ? &all->values[i] : NULL, &some->values[i]);
}

/* Of a pool without cells libllama writes nothing more. */
static void put_pool(uint8_t **at, const parts *p)
{
    const uint32_t n = p->n_picked + (p->all ? p->all->n : 0);
    uint32_t i;

    put_u32(at, p->some->n_streams);
    put_u32(at, n);
    if (n > 0) {
        put_places(at, p);
        put_layers(at, p);
    }
    for (i = 1; i < p->some->n_streams; i++)
        put_u32(at, 0);
}

static size_t size_of_layers(const lmi_pool *pool, uint32_t n)
{
    size_t size = 0;
    uint32_t i;

    for (i = 0; i < pool->n_layers; i++) {
        size += 16 + n * pool->keys[i].size;
        if (pool->values)
            size += 16 + n * pool->values[i].size *
                             (pool->values[i].n_rows ? pool->values[i].n_rows : 1);
    }
    return size;
}

/* Room enough for what put_pool() writes. */
static size_t size_of_pool(const parts *p)
{
    const uint32_t n = p->n_picked + (p->all ? p->all->n : 0);

    return 24 + 4 * (size_t)p->some->n_streams + n * p->cells->place_size +
           size_of_layers(p->some, n);
}

/* Of positions [begin, end) those that `is_kept` names; NULL for all. */
static bool pick(parts *p, uint32_t begin, uint32_t end, const bool *is_kept)
{
    uint32_t i;

    p->picked = lmi_new(p->some->n, sizeof(uint32_t));
    for (i = 0; p->picked && i < p->some->n; i++) {
        const uint32_t position = lmi_cells_position(p->cells, p->some, i);

        if (position >= begin && position < end && (!is_kept || is_kept[position]))
            p->picked[p->n_picked++] = i;
    }
    return p->picked != NULL;
}

/* The blob of these parts, one for each pool. */
static bool write(lmi_blob *out, const lmi_cells *from, const parts *p)
{
    size_t size = HEAD_SIZE;
    uint8_t *at;
    uint32_t i;

    for (i = 0; i < from->n_pools; i++)
        size += size_of_pool(&p[i]);
    *out = (lmi_blob){.data = lmi_new(size, 1)};
    if (!out->data)
        return false;
    at = out->data;
    put(&at, from->head, HEAD_SIZE);
    for (i = 0; i < from->n_pools; i++)
        put_pool(&at, &p[i]);
    out->size = (size_t)(at - out->data);
    return true;
}

lmas_status lmi_cells_join(lmi_blob *out, const lmi_cells *to, const lmi_cells *from,
                           uint32_t begin, uint32_t end, int64_t delta)
{
    parts p[LMI_POOLS_MAX] = {0};
    bool is_done = true;
    uint32_t i;

    for (i = 0; i < from->n_pools; i++) {
        p[i] = (parts){.cells = from, .some = &from->pools[i], .delta = delta};
        if (to && i < to->n_pools && to->pools[i].n > 0)
            p[i].all = &to->pools[i];
        is_done = is_done && pick(&p[i], begin, end, NULL);
    }
    is_done = is_done && write(out, from, p);
    for (i = 0; i < from->n_pools; i++)
        lmi_free(p[i].picked);
    return is_done ? LMAS_OK : lmi_fail(LMAS_E_NOMEM, "no memory to join two lanes");
}

lmas_status lmi_cells_thin(lmi_blob *out, const lmi_cells *cells, const bool *is_kept)
{
    parts p[LMI_POOLS_MAX] = {0};
    bool is_done = true;
    uint32_t i;

    for (i = 0; i < cells->n_pools; i++) {
        p[i] = (parts){.cells = cells, .some = &cells->pools[i]};
        is_done = is_done && pick(&p[i], 0, UINT32_MAX, is_kept);
    }
    is_done = is_done && write(out, cells, p);
    for (i = 0; i < cells->n_pools; i++)
        lmi_free(p[i].picked);
    if (!is_done)
        return lmi_fail(LMAS_E_NOMEM, "no memory to thin a lane out");
    return LMAS_OK;
}

lmas_status lmi_cells_repeat(lmi_blob *out, const lmi_cells *cells, uint32_t n)
{
    parts p[LMI_POOLS_MAX] = {0};
    bool is_done = true;
    uint32_t i;

    for (i = 0; i < cells->n_pools; i++) {
        const lmi_pool *pool = &cells->pools[i];

        p[i] = (parts){.cells = cells, .some = pool, .n_picked = n, .stride = 1};
        p[i].delta = -(int64_t)lmi_cells_position(cells, pool, 0);
        p[i].picked = lmi_new(n, sizeof(uint32_t)); /* zeros: the first cell */
        is_done = is_done && p[i].picked;
    }
    is_done = is_done && write(out, cells, p);
    for (i = 0; i < cells->n_pools; i++)
        lmi_free(p[i].picked);
    return is_done ? LMAS_OK : lmi_fail(LMAS_E_NOMEM, "no memory for %u cells", n);
}
