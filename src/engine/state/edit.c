/*
 * edit.c - see edit.h: positions dropped where they are, and cells overwritten in a lane's bytes.
 *
 * Libllama mixes rounded keys and values by an orthogonal transform (keys.h). It changes no length,
 * and a random direction stays one; so what is random is drawn in the mixed space.
 */
#include "engine/state/edit.h"

#include <math.h>
#include <string.h>

#include "base/mem.h"
#include "engine/state/keys.h"

static lmas_status check_model(const lmi_context *ctx, const char *what)
{
    if (!ctx->model->is_packed_by_sequence)
        return LMAS_OK;
    return lmi_fail(LMAS_E_MODEL,
                    "this model sums up all it has read in one state, of which no part can be %s",
                    what);
}

/* Where the lane ends that holds positions before `begin` only. */
static uint32_t end_before(const lmi_cells *cells, uint32_t begin)
{
    const lmi_pool *pool = &cells->pools[0];
    uint32_t end = 0;
    uint32_t i;

    for (i = 0; i < pool->n; i++) {
        const uint32_t position = lmi_cells_position(cells, pool, i);

        if (position < begin && position >= end)
            end = position + 1;
    }
    return end;
}

/* Whoever reads on at `end` sees back as far as a window goes. How much of that the first pool has
 * and the window's has lost: libllama keeps of a window all that comes behind its first position.
 * (Bytes leave out what lies outside the window now, and cannot tell.) */
static uint32_t count_lost(const lmi_context *ctx, const lmi_lane *lane, const lmi_cells *cells,
                           uint32_t end)
{
    const uint32_t window = (uint32_t)llama_model_n_swa(ctx->model->llama);
    const uint32_t seen = end >= window ? end - window + 1 : 0;
    const llama_pos first = llama_memory_seq_pos_min(llama_get_memory(ctx->llama), lane->seq);
    const uint32_t kept = first < 0 || (uint32_t)first > end ? end : (uint32_t)first;

    return lmi_cells_count(cells, &cells->pools[0], seen, kept);
}

static lmas_status check_window(lmi_context *ctx, const lmi_lane *lane, uint32_t begin)
{
    lmi_view view;
    lmas_status status;
    uint32_t end, n_lost;

    if (!lmi_model_has_window(ctx->model))
        return LMAS_OK;
    status = lmi_view_lane(&view, ctx, lane);
    end = status == LMAS_OK ? end_before(&view.cells, begin) : 0;
    n_lost = end > 0 ? count_lost(ctx, lane, &view.cells, end) : 0;
    lmi_view_done(&view);
    if (n_lost > 0)
        status = lmi_fail(LMAS_E_INVALID,
                          "a lane cannot go back to %u: %u of the positions that a window of %d "
                          "would see from there are no longer there",
                          end, n_lost, llama_model_n_swa(ctx->model->llama));
    return status;
}

lmas_status lmi_lane_drop_range(lmi_context *ctx, lmi_lane *lane, uint32_t begin, uint32_t end)
{
    const llama_memory_t memory = llama_get_memory(ctx->llama);
    lmas_status status = check_model(ctx, "dropped");

    if (status == LMAS_OK && (begin >= end || end > lane->pos))
        status = lmi_fail(LMAS_E_INVALID, "positions %u to %u of a lane that has %u", begin, end,
                          lane->pos);
    if (status == LMAS_OK && end == lane->pos)
        status = check_window(ctx, lane, begin);
    if (status != LMAS_OK)
        return status;
    if (!llama_memory_seq_rm(memory, lane->seq, (llama_pos)begin, (llama_pos)end))
        return lmi_fail(LMAS_E_ENGINE, "libllama cannot drop positions %u to %u of a lane", begin,
                        end);
    if (end < lane->pos)
        return LMAS_OK;
    lane->pos = (uint32_t)(llama_memory_seq_pos_max(memory, lane->seq) + 1); /* -1 for none */
    lane->has = LMI_WANT_NOTHING;
    return LMAS_OK;
}

/* Whether no other sequence has cells: then all that the lane has are its own, and its place is
 * the whole pool's. A part of the cache is always the lane's alone. */
static bool is_alone(const lmi_context *ctx, const lmi_lane *lane)
{
    const llama_memory_t memory = llama_get_memory(ctx->llama);
    const llama_seq_id n = (llama_seq_id)llama_n_seq_max(ctx->llama);
    llama_seq_id seq;

    for (seq = 0; ctx->is_unified && seq < n; seq++)
        if (seq != lane->seq && llama_memory_seq_pos_max(memory, seq) >= 0)
            return false;
    return true;
}

/* Free what is not kept where it is. */
static lmas_status free_in_place(lmi_context *ctx, const lmi_lane *lane, const bool *is_kept)
{
    const llama_memory_t memory = llama_get_memory(ctx->llama);
    uint32_t begin, end;

    for (begin = 0; begin < lane->pos; begin = end) {
        for (end = begin + 1; end < lane->pos && is_kept[end] == is_kept[begin];)
            end++;
        if (!is_kept[begin] &&
            !llama_memory_seq_rm(memory, lane->seq, (llama_pos)begin, (llama_pos)end))
            return lmi_fail(LMAS_E_ENGINE, "libllama cannot drop positions %u to %u of a lane",
                            begin, end);
    }
    return LMAS_OK;
}

static lmas_status make_anew(lmi_context *ctx, lmi_lane *lane, const lmi_view *view,
                             const bool *is_kept, uint32_t end)
{
    lmi_blob left = {0};
    lmi_view own = {0};
    lmas_status status = view ? LMAS_OK : lmi_view_lane(&own, ctx, lane);

    if (status == LMAS_OK)
        status = lmi_cells_thin(&left, view ? &view->cells : &own.cells, is_kept);
    lmi_view_done(&own);
    if (status == LMAS_OK)
        status = lmi_lane_become(ctx, lane, &left, end);
    lmi_blob_done(&left);
    return status;
}

lmas_status lmi_lane_thin(lmi_context *ctx, lmi_lane *lane, const lmi_view *view,
                          const bool *is_kept)
{
    lmas_status status = check_model(ctx, "dropped");
    uint32_t end = lane->pos;

    while (end > 0 && !is_kept[end - 1])
        end--;
    if (status == LMAS_OK && end < lane->pos)
        status = check_window(ctx, lane, end);
    if (status != LMAS_OK || !memchr(is_kept, false, lane->pos))
        return status;
    if (end > 0 && is_alone(ctx, lane))
        return make_anew(ctx, lane, view, is_kept, end);
    status = free_in_place(ctx, lane, is_kept);
    lane->has = LMI_WANT_NOTHING;
    lane->pos = end;
    return status;
}

/* SplitMix64: the next state, scrambled. */
static uint64_t next(uint64_t *random)
{
    uint64_t z = *random += 0x9e3779b97f4a7c15u;

    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
    z = (z ^ z >> 27) * 0x94d049bb133111ebu;
    return z ^ z >> 31;
}

/* A state that depends on both. */
static uint64_t mix(uint64_t random, uint64_t stream)
{
    random ^= next(&stream);
    return next(&random);
}

/* Twelve numbers of 21 bits, less their mean: near enough to a normal deviate, and the same on
 * every machine, as whole numbers are and logarithms are not. */
static float draw(uint64_t *random)
{
    enum { MOST = (1 << 21) - 1 };
    int32_t sum = -6 * MOST;
    int i;

    for (i = 0; i < 4; i++) {
        const uint64_t bits = next(random);

        sum += (int32_t)(bits & MOST) + (int32_t)(bits >> 21 & MOST) + (int32_t)(bits >> 42 & MOST);
    }
    return (float)sum;
}

static double length_of(const float *x, uint32_t n)
{
    double sum = 0;
    uint32_t i;

    for (i = 0; i < n; i++)
        sum += (double)x[i] * (double)x[i];
    return sqrt(sum);
}

/* `x` gets a random direction, and keeps its length. */
static void redraw(float *x, uint32_t n, uint64_t random)
{
    const double length = length_of(x, n);
    double scale;
    uint32_t i;

    for (i = 0; i < n; i++)
        x[i] = draw(&random);
    scale = length / fmax(length_of(x, n), 1);
    for (i = 0; i < n; i++)
        x[i] = (float)(scale * (double)x[i]);
}

typedef struct filler {
    const lmi_cells *cells;
    const lmi_pool *pool;
    uint64_t seed;
    float *x; /* room for the widest vector; NULL where all becomes zero */
} filler;

/* One layer's keys or values. Of every type, bytes of zero are values of zero. */
static void fill_rows(const filler *f, const lmi_layer_rows *rows, uint64_t stream)
{
    const uint32_t width = lmi_vector_width(rows);
    const uint32_t n = f->pool->n;
    uint32_t i;

    if (!f->x)
        memset(rows->data, 0, n * rows->size * (rows->n_rows > 0 ? rows->n_rows : 1));
    for (i = 0; f->x && i < n; i++) {
        const uint64_t seed = mix(f->seed, lmi_cells_position(f->cells, f->pool, i));

        lmi_vector_load(f->x, rows, n, i);
        redraw(f->x, width, mix(seed, stream));
        lmi_vector_store(rows, n, i, f->x);
    }
}

static void fill_pools(filler *f)
{
    const lmi_cells *cells = f->cells;
    uint64_t stream = 0;
    uint32_t i, k;

    for (i = 0; i < cells->n_pools; i++) {
        f->pool = &cells->pools[i];
        for (k = 0; k < f->pool->n_layers; k++) {
            fill_rows(f, &f->pool->keys[k], stream++);
            if (f->pool->values) /* else they are made of the keys */
                fill_rows(f, &f->pool->values[k], stream++);
        }
    }
}

static uint32_t widest(const lmi_cells *cells)
{
    uint32_t width = 1;
    uint32_t i, k;

    for (i = 0; i < cells->n_pools; i++) {
        const lmi_pool *pool = &cells->pools[i];

        for (k = 0; k < pool->n_layers; k++) {
            const uint32_t of_keys = lmi_vector_width(&pool->keys[k]);
            const uint32_t of_values = pool->values ? lmi_vector_width(&pool->values[k]) : 0;

            width = of_keys > width ? of_keys : width;
            width = of_values > width ? of_values : width;
        }
    }
    return width;
}

static lmas_status fill_cells(const lmi_cells *cells, lmi_fill fill, uint64_t seed)
{
    filler f = {.cells = cells, .seed = seed};

    if (fill == LMI_FILL_RANDOM) {
        f.x = lmi_new(widest(cells), sizeof(float));
        if (!f.x)
            return lmi_fail(LMAS_E_NOMEM, "no memory to overwrite a lane");
    }
    fill_pools(&f);
    lmi_free(f.x);
    return LMAS_OK;
}

/* Where each position that has a cell goes; how many there are in `n_out`. */
static uint32_t *count_off(uint32_t *n_out, const lmi_cells *cells, uint32_t n_positions)
{
    const lmi_pool *pool = &cells->pools[0];
    uint32_t *place = lmi_new(n_positions, sizeof(*place));
    uint32_t i, n = 0;

    for (i = 0; place && i < pool->n; i++)
        place[lmi_cells_position(cells, pool, i)] = 1;
    for (i = 0; place && i < n_positions; i++) {
        const uint32_t is_there = place[i];

        place[i] = n;
        n += is_there;
    }
    *n_out = n;
    return place;
}

lmas_status lmi_lane_renumber(lmi_context *ctx, lmi_lane *lane)
{
    lmi_view view = {0};
    uint32_t *place = NULL;
    uint32_t n = 0;
    lmas_status status = check_model(ctx, "renumbered");

    if (status != LMAS_OK || lane->pos == 0)
        return status;
    status = lmi_view_lane(&view, ctx, lane);
    if (status == LMAS_OK) {
        place = count_off(&n, &view.cells, lane->pos);
        status = place ? LMAS_OK : lmi_fail(LMAS_E_NOMEM, "no memory to renumber a lane");
    }
    if (status == LMAS_OK && n < lane->pos) {
        lmi_cells_renumber(&view.cells, place);
        status = lmi_lane_become(ctx, lane, &view.blob, n);
    }
    lmi_free(place);
    lmi_view_done(&view);
    return status;
}

lmas_status lmi_lane_overwrite(lmi_context *ctx, lmi_lane *lane, lmi_fill fill, uint64_t seed)
{
    lmi_view view = {0};
    lmas_status status = check_model(ctx, "overwritten");

    if (status != LMAS_OK || lane->pos == 0)
        return status;
    status = lmi_view_lane(&view, ctx, lane);
    if (status == LMAS_OK)
        status = fill_cells(&view.cells, fill, seed);
    if (status == LMAS_OK)
        status = lmi_lane_become(ctx, lane, &view.blob, lane->pos);
    lmi_view_done(&view);
    return status;
}
