/* attention.c - see attention.h: reading weights, from cells to positions, and the proof. */
#include "engine/thought/attention.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "engine/state/cells.h"
#include "engine/state/turn.h"
#include "engine/tick/decode.h"

static const char NAME[] = "kq_soft_max-";

struct lmi_layers {
    bool is_learning;  /* the proof runs: what comes by is told apart */
    bool *is_windowed; /* [n] */
    uint32_t n;        /* layers that have shown their weights, the last one's number + 1 */
    size_t capacity;
    char refusal[512]; /* "" where it can be had */
};

void lmi_layers_free(lmi_layers *layers)
{
    if (!layers)
        return;
    lmi_free(layers->is_windowed);
    lmi_free(layers);
}

void lmi_attention_free(struct lmi_attention *attention)
{
    uint32_t i;

    if (!attention)
        return;
    for (i = 0; i < LMI_SIGHTS; i++) {
        lmi_free(attention->sights[i].mass);
        lmi_free(attention->sights[i].is_seen);
        lmi_free(attention->sights[i].places);
    }
    lmi_free(attention->mass);
    lmi_free(attention);
}

void lmi_attention_forget(lmi_lane *lane)
{
    if (lane->attention)
        lane->attention->is_followed = false;
}

/* ---- Reading weights ---- */

static bool is_wanting(const lmi_row *row)
{
    return row->is_last && row->lane->want & LMI_WANT_ATTENTION;
}

void lmi_attention_begin(const lmi_row *rows, uint32_t n)
{
    uint32_t i, k;

    for (i = 0; i < n; i++) {
        if (!is_wanting(&rows[i]))
            continue;
        if (!rows[i].lane->attention)
            rows[i].lane->attention = lmi_new(1, sizeof(struct lmi_attention));
        for (k = 0; rows[i].lane->attention && k < LMI_SIGHTS; k++)
            rows[i].lane->attention->sights[k].n = 0;
    }
}

bool lmi_attention_is(const struct ggml_tensor *tensor)
{
    return tensor->op == GGML_OP_SOFT_MAX && strncmp(tensor->name, NAME, sizeof(NAME) - 1) == 0;
}

/* Room for `n` cells; what is known of places stays. */
static bool make_room(lmi_sight *sight, uint32_t n)
{
    void **const lists[] = {(void **)&sight->mass, (void **)&sight->is_seen,
                            (void **)&sight->places};
    const size_t sizes[] = {sizeof(double), sizeof(bool), sizeof(uint32_t)};
    size_t i;

    for (i = 0; n > sight->capacity && i < 3; i++) {
        void *p = lmi_resize(*lists[i], n * sizes[i]);

        if (!p)
            return false;
        *lists[i] = p;
    }
    sight->capacity = n > sight->capacity ? n : sight->capacity;
    for (; sight->n_places < n; sight->n_places++)
        sight->places[sight->n_places] = 0;
    return true;
}

/* A row of the batch in a tensor [cells, rows of a stream, heads, streams]. */
typedef struct spot {
    size_t row, stream;
} spot;

static void read_row(float *out, const struct ggml_tensor *tensor, spot at, size_t head)
{
    ggml_backend_tensor_get(
        tensor, out, at.row * tensor->nb[1] + head * tensor->nb[2] + at.stream * tensor->nb[3],
        (size_t)tensor->ne[0] * sizeof(float));
}

/* Cells beyond what the row sees have minus infinity in the mask. */
static uint32_t see(bool *is_seen, float *row, const struct ggml_tensor *weights, spot at)
{
    const uint32_t n = (uint32_t)weights->ne[0];
    uint32_t n_seen = 0;
    uint32_t i;

    read_row(row, weights->src[1], at, 0);
    for (i = 0; i < n; i++) {
        is_seen[i] = row[i] > -INFINITY;
        n_seen += is_seen[i];
    }
    return n_seen;
}

static void add_heads(double *mass, float *row, const struct ggml_tensor *weights, spot at)
{
    int64_t head, i;

    for (head = 0; head < weights->ne[2]; head++) {
        read_row(row, weights, at, (size_t)head);
        for (i = 0; i < weights->ne[0]; i++)
            mass[i] += (double)row[i];
    }
}

/* All layers of a kind look at the same cells: the first one's mask goes for all. */
static void add_layer(lmi_sight *sight, float *row, const struct ggml_tensor *weights, spot at)
{
    const uint32_t n = (uint32_t)weights->ne[0];

    if (sight->n == 0) {
        if (!make_room(sight, n))
            return;
        memset(sight->mass, 0, n * sizeof(double));
        see(sight->is_seen, row, weights, at);
        sight->n = n;
    }
    if (sight->n == n)
        add_heads(sight->mass, row, weights, at);
}

/* In the proof a row has two cells before it, one of them beyond any window: who sees all three has
 * none. */
static void learn_layer(lmi_layers *layers, uint32_t layer, float *row,
                        const struct ggml_tensor *weights)
{
    bool *is_seen = lmi_new((size_t)weights->ne[0], sizeof(bool));

    if (is_seen && lmi_reserve((void **)&layers->is_windowed, &layers->capacity, (size_t)layer + 1,
                               sizeof(bool))) {
        while (layers->n <= layer)
            layers->is_windowed[layers->n++] = false;
        layers->is_windowed[layer] = see(is_seen, row, weights, (spot){0, 0}) < 3;
    }
    lmi_free(is_seen);
}

static bool is_shaped(const lmi_context *ctx, const struct ggml_tensor *weights)
{
    const struct ggml_tensor *mask = weights->src[1];

    return weights->type == GGML_TYPE_F32 && mask && mask->type == GGML_TYPE_F32 &&
           mask->ne[0] == weights->ne[0] && mask->ne[1] >= weights->ne[1] &&
           mask->ne[3] == weights->ne[3] &&
           weights->ne[1] * weights->ne[3] == (int64_t)ctx->capture.n_asked;
}

static void take_rows(lmi_context *ctx, const struct ggml_tensor *weights, uint32_t layer,
                      float *row)
{
    const lmi_capture *capture = &ctx->capture;
    const size_t n = (size_t)weights->ne[1];
    size_t i;

    if (ctx->layers->is_learning) {
        learn_layer(ctx->layers, layer, row, weights);
        return;
    }
    for (i = 0; i < capture->n_asked && layer < ctx->layers->n; i++) {
        struct lmi_attention *a = capture->asked[i].lane->attention;

        if (is_wanting(&capture->asked[i]) && a)
            add_layer(&a->sights[ctx->layers->is_windowed[layer]], row, weights,
                      (spot){i % n, i / n});
    }
}

/* What is not as it should be leaves a sight empty, which the end of the decode tells. */
void lmi_attention_take(lmi_context *ctx, const struct ggml_tensor *weights)
{
    const unsigned long layer = strtoul(weights->name + sizeof(NAME) - 1, NULL, 10);
    float *row;

    if (!ctx->layers || !is_shaped(ctx, weights) || layer >= UINT16_MAX)
        return;
    row = lmi_new((size_t)weights->ne[0], sizeof(float));
    if (row)
        take_rows(ctx, weights, (uint32_t)layer, row);
    lmi_free(row);
}

/* ---- From cells to positions ---- */

/* Since the row before, one cell has come: that of position `pos`. False where it is not so. */
static bool follow(lmi_sight *sight, uint32_t pos)
{
    uint32_t n_new = 0, at = 0;
    uint32_t i;

    for (i = 0; i < sight->n; i++) {
        if (!sight->is_seen[i])
            sight->places[i] = 0;
        if (!sight->is_seen[i] || sight->places[i] != 0)
            continue;
        n_new++;
        at = i;
    }
    if (n_new != 1)
        return false;
    sight->places[at] = pos + 1;
    return true;
}

static uint32_t count_seen(const lmi_sight *sight)
{
    uint32_t n = 0;
    uint32_t i;

    for (i = 0; i < sight->n; i++)
        n += sight->is_seen[i];
    return n;
}

/* The pool has the cells that are seen, in their order. */
static lmas_status match(lmi_sight *sight, const lmi_cells *cells, uint32_t pool)
{
    const uint32_t n_cells = pool < cells->n_pools ? cells->pools[pool].n : 0;
    uint32_t n = 0;
    uint32_t i;

    if (count_seen(sight) != n_cells)
        return lmi_fail(LMAS_E_ENGINE,
                        "a row's attention goes over %u cells, and the lane has %u in pool %u",
                        count_seen(sight), n_cells, pool);
    for (i = 0; i < sight->n; i++)
        sight->places[i] =
            sight->is_seen[i] ? lmi_cells_position(cells, &cells->pools[pool], n++) + 1 : 0;
    return LMAS_OK;
}

static lmas_status look_up(lmi_context *ctx, const lmi_lane *lane)
{
    lmi_view view;
    lmas_status status = lmi_view_lane(&view, ctx, lane);
    uint32_t i;

    for (i = 0; status == LMAS_OK && i < LMI_SIGHTS; i++)
        if (lane->attention->sights[i].n > 0)
            status = match(&lane->attention->sights[i], &view.cells, i);
    lmi_view_done(&view);
    return status;
}

static lmas_status find_places(lmi_context *ctx, const lmi_lane *lane)
{
    struct lmi_attention *a = lane->attention;
    bool is_known = a->is_followed;
    uint32_t i;

    for (i = 0; i < LMI_SIGHTS; i++)
        if (is_known && a->sights[i].n > 0)
            is_known = follow(&a->sights[i], lane->pos - 1);
    return is_known ? LMAS_OK : look_up(ctx, lane);
}

static lmas_status add_up(struct lmi_attention *a, uint32_t n)
{
    uint32_t i, k;

    if (!lmi_reserve((void **)&a->mass, &a->capacity, n, sizeof(double)))
        return lmi_fail(LMAS_E_NOMEM, "no memory for weights of attention");
    memset(a->mass, 0, n * sizeof(double));
    a->n = n;
    for (k = 0; k < LMI_SIGHTS; k++) {
        const lmi_sight *sight = &a->sights[k];

        for (i = 0; i < sight->n; i++)
            if (sight->places[i] > 0 && sight->places[i] <= n)
                a->mass[sight->places[i] - 1] += sight->mass[i];
    }
    return LMAS_OK;
}

lmas_status lmi_attention_finish(lmi_context *ctx, lmi_lane *lane)
{
    struct lmi_attention *a = lane->attention;
    lmas_status status = LMAS_OK;

    if (!a || (a->sights[0].n == 0 && a->sights[1].n == 0))
        return lmi_fail(LMAS_E_ENGINE, "libllama showed no weights of attention for position %u",
                        lane->pos - 1);
    status = find_places(ctx, lane);
    a->is_followed = status == LMAS_OK;
    if (status == LMAS_OK)
        status = add_up(a, lane->pos);
    if (status == LMAS_OK)
        lane->has |= LMI_WANT_ATTENTION;
    return status;
}

/* ---- The proof ---- */

/* A lane of two cells, farther apart than a window: the one that it has, and a copy of that. */
static lmas_status draw_apart(lmi_context *ctx, lmi_lane *lane, uint32_t far)
{
    lmi_blob apart = {0};
    lmi_view view;
    lmas_status status = lmi_view_lane(&view, ctx, lane);

    if (status == LMAS_OK)
        status = lmi_cells_join(&apart, &view.cells, &view.cells, 0, 1, (int64_t)far);
    if (status == LMAS_OK)
        status = lmi_lane_become(ctx, lane, &apart, far + 1);
    lmi_view_done(&view);
    lmi_blob_done(&apart);
    return status;
}

/* Tell layers apart. The row itself then finds nothing to add up, and fails. */
static lmas_status learn(lmi_context *ctx, lmi_lane *lane)
{
    const int32_t window = llama_model_n_swa(ctx->model->llama);
    const uint32_t far = window > 0 ? (uint32_t)window : 1;
    const int32_t *token = &ctx->model->thought.token;
    lmas_status status = lmi_lane_read_at(ctx, lane, 0, token, 1, LMI_WANT_NOTHING);

    if (status == LMAS_OK)
        status = draw_apart(ctx, lane, far);
    ctx->layers->is_learning = true;
    if (status == LMAS_OK)
        status = lmi_lane_read_at(ctx, lane, far + 1, token, 1, LMI_WANT_ATTENTION);
    ctx->layers->is_learning = false;
    lmi_lane_clear(ctx, lane);
    return ctx->layers->n > 0 ? LMAS_OK : status;
}

static lmas_status try_tokens(lmi_context *ctx, lmi_lane *lane)
{
    const int32_t *token = &ctx->model->thought.token;
    lmas_status status = learn(ctx, lane);

    if (status == LMAS_OK)
        status = lmi_lane_read_at(ctx, lane, 0, token, 1, LMI_WANT_NOTHING);
    return status == LMAS_OK ? lmi_lane_read_at(ctx, lane, 1, token, 1, LMI_WANT_ATTENTION)
                             : status;
}

/* What every position gets adds up to one a head and layer, or less where heads may look at
 * nothing. */
static bool is_sound(const lmi_lane *lane)
{
    const struct lmi_attention *a = lane->attention;

    return lane->has & LMI_WANT_ATTENTION && a->n == 2 && a->mass[0] >= 0 && a->mass[1] >= 0 &&
           a->mass[0] + a->mass[1] > 0 && isfinite(a->mass[0] + a->mass[1]);
}

static lmas_status prove(lmi_context *ctx, lmi_lane *lane)
{
    const bool is_packed = ctx->model->is_packed_by_sequence;
    lmi_layers *layers = ctx->layers;
    const lmas_status status = is_packed ? LMAS_OK : try_tokens(ctx, lane);

    if (is_packed)
        snprintf(layers->refusal, sizeof(layers->refusal),
                 "this model sums up all it has read in one state, which has no cells to look at");
    if (is_packed)
        return LMAS_OK;
    if (status != LMAS_OK && status != LMAS_E_ENGINE)
        return status;
    if (layers->n == 0)
        snprintf(layers->refusal, sizeof(layers->refusal),
                 "libllama's %.60s shows no weights of attention%s", ctx->model->info.arch,
                 ctx->flash_attn == LMAS_FLASH_ATTN_OFF
                     ? ""
                     : ", as with flash attention there are none: flash_attn off shows them");
    else if (status != LMAS_OK || !is_sound(lane))
        snprintf(layers->refusal, sizeof(layers->refusal),
                 "libllama's %.60s shows weights of attention that cannot be told apart: %.300s",
                 ctx->model->info.arch, status == LMAS_OK ? "they are not" : lmas_last_error());
    return LMAS_OK;
}

lmas_status lmi_context_prove_attention(lmi_context *ctx)
{
    lmi_lane *lane;
    lmas_status status;

    if (ctx->layers)
        return LMAS_OK;
    lane = lmi_lane_take(ctx);
    if (!lane)
        return lmi_fail(LMAS_E_CONTEXT_FULL, "no free lane to try where a row looks");
    ctx->layers = lmi_new(1, sizeof(lmi_layers));
    status = ctx->layers ? prove(ctx, lane)
                         : lmi_fail(LMAS_E_NOMEM, "no memory to try where a row looks");
    lmi_lane_give(ctx, lane);
    if (status != LMAS_OK) {
        lmi_layers_free(ctx->layers);
        ctx->layers = NULL;
    }
    return status;
}

const char *lmi_context_cannot_attend(const lmi_context *ctx)
{
    return ctx->layers && *ctx->layers->refusal ? ctx->layers->refusal : NULL;
}
