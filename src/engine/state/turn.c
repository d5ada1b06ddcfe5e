/* turn.c - looking at keys at several positions, and turning others by what was seen (fit.h). */
#include "engine/state/turn.h"

#include <math.h>
#include <string.h>

#include "base/mem.h"
#include "engine/state/keys.h"

/* Every token costs a decode at each position. Each position is FARTHER times the one before: the
 * angle there is known from the rate so far to much less than half a turn. */
enum { FARTHER = 8 };

static const double TWO_PI = 6.283185307179586;

lmas_status lmi_lane_read_at(lmi_context *ctx, lmi_lane *lane, uint32_t pos, const int32_t *tokens,
                             size_t n, unsigned want)
{
    lmas_status status = LMAS_OK;

    lane->pos = pos;
    lmi_lane_read(lane, tokens, n, want);
    while (status == LMAS_OK && lane->state == LMI_LANE_TOKENS)
        status = lmi_context_tick(ctx);
    if (status == LMAS_OK && lane->state == LMI_LANE_FAILED)
        status = lmi_fail(lane->status, "%s", lane->error);
    return status;
}

/* Tokens of all over the vocabulary. */
static int32_t token_of(const lmi_context *ctx, uint32_t i)
{
    return (ctx->model->thought.token + (int32_t)i * 97) % ctx->model->info.n_vocab;
}

static uint32_t width_of(const lmi_cells *cells)
{
    uint32_t width = 0;
    uint32_t i, k;

    for (i = 0; i < cells->n_pools; i++)
        for (k = 0; k < cells->pools[i].n_layers; k++)
            width += lmi_keys_width(&cells->pools[i].keys[k]);
    return width;
}

/* The one cell that the lane holds. */
static lmas_status load(float *out, const lmi_cells *cells)
{
    uint32_t i, k;

    for (i = 0; i < cells->n_pools; i++) {
        if (cells->pools[i].n != 1)
            return lmi_fail(LMAS_E_ENGINE, "one position takes %u cells", cells->pools[i].n);
        for (k = 0; k < cells->pools[i].n_layers; k++) {
            lmi_keys_load(out, &cells->pools[i], k, 0);
            out += lmi_keys_width(&cells->pools[i].keys[k]);
        }
    }
    return LMAS_OK;
}

/* What rounding may leave unexplained: keys seen twice are rounded twice, and one large value in a
 * block makes the steps of the others coarse. All layers have one type. */
static double rounding_of(const lmi_cells *cells)
{
    uint32_t i;

    for (i = 0; i < cells->n_pools; i++)
        if (cells->pools[i].n_layers > 0)
            return fmin(1e-3 + 10 * lmi_keys_rounding(cells->pools[i].keys[0].type), 0.4);
    return 0;
}

/* What the first keys seen say of all: how wide they are, layer by layer. */
static lmas_status begin(lmi_turns *out, lmi_sample *s, const lmi_cells *cells)
{
    uint32_t i, k, n = 0;

    s->width = width_of(cells);
    s->at_zero = lmi_new((size_t)s->width * LMI_SAMPLE_TOKENS, sizeof(float));
    s->at_pos = lmi_new((size_t)s->width * LMI_SAMPLE_TOKENS, sizeof(float));
    for (i = 0; i < cells->n_pools; i++)
        out->n += cells->pools[i].n_layers;
    out->layers = lmi_new(out->n, sizeof(lmi_turn));
    if (!s->at_zero || !s->at_pos || !out->layers)
        return lmi_fail(LMAS_E_NOMEM, "no memory to see how keys turn");
    for (i = 0; i < cells->n_pools; i++)
        for (k = 0; k < cells->pools[i].n_layers; k++)
            out->layers[n++].width = lmi_keys_width(&cells->pools[i].keys[k]);
    out->rounding = rounding_of(cells);
    return LMAS_OK;
}

/* Token `i`, alone, at `pos`. */
static lmas_status see(lmi_turns *out, lmi_sample *s, lmi_context *ctx, lmi_lane *lane, uint32_t i)
{
    const int32_t token = token_of(ctx, i);
    lmi_cells cells = {0};
    lmi_blob blob = {0};
    lmas_status status;

    lmi_lane_clear(ctx, lane);
    status = lmi_lane_read_at(ctx, lane, s->pos, &token, 1, LMI_WANT_NOTHING);
    if (status == LMAS_OK)
        status = lmi_blob_get(&blob, ctx, lane->seq);
    if (status == LMAS_OK)
        status = lmi_cells_read(&cells, &blob);
    if (status == LMAS_OK && !s->at_zero)
        status = begin(out, s, &cells);
    if (status == LMAS_OK && width_of(&cells) != s->width)
        status = lmi_fail(LMAS_E_ENGINE, "a position's keys change their number");
    if (status == LMAS_OK)
        status = load((s->pos == 0 ? s->at_zero : s->at_pos) + (size_t)i * s->width, &cells);
    lmi_cells_done(&cells);
    lmi_blob_done(&blob);
    return status;
}

static lmas_status see_all(lmi_turns *out, lmi_sample *s, lmi_context *ctx, lmi_lane *lane,
                           uint32_t pos)
{
    lmas_status status = LMAS_OK;
    uint32_t i;

    s->pos = pos;
    for (i = 0; status == LMAS_OK && i < LMI_SAMPLE_TOKENS; i++)
        status = see(out, s, ctx, lane, i);
    return status;
}

/* Pairs of every layer, those of the layer before where they explain as much of this one. */
static lmas_status pair_all(lmi_turns *turns, const lmi_sample *s)
{
    double residue = 0;
    uint32_t i, offset = 0;

    for (i = 0; i < turns->n; offset += turns->layers[i++].width) {
        lmi_turn *turn = &turns->layers[i];
        const double most = fmax(2 * residue, turns->rounding / 20);

        if (i > 0 && turn[-1].width == turn->width)
            *turn = turn[-1];
        if (turn->n_pairs == 0 || lmi_turn_residue(turn, s, offset) > most)
            residue = lmi_turn_find(turn, s, offset);
        if (!lmi_turn_begin(turn))
            return lmi_fail(LMAS_E_NOMEM, "no memory to see how keys turn");
    }
    return LMAS_OK;
}

static lmas_status refine_all(lmi_turns *turns, const lmi_sample *s)
{
    uint32_t i, offset = 0;

    for (i = 0; i < turns->n; offset += turns->layers[i++].width) {
        const double residue = lmi_turn_residue(&turns->layers[i], s, offset);

        turns->residue = fmax(turns->residue, residue);
        if (!(residue <= turns->rounding))
            return lmi_fail(LMAS_E_MODEL,
                            "the keys of layer %u do not turn by position alone (at position %u a "
                            "share of %.2g is something else)",
                            i, s->pos, residue);
        lmi_turn_refine(&turns->layers[i], s, offset);
    }
    return LMAS_OK;
}

static lmas_status measure(lmi_turns *out, lmi_sample *s, lmi_context *ctx, lmi_lane *lane)
{
    const uint32_t last = ctx->n_ctx_lane - 1;
    lmas_status status = see_all(out, s, ctx, lane, 0);
    uint32_t pos = 1;

    if (status == LMAS_OK)
        status = see_all(out, s, ctx, lane, pos);
    if (status == LMAS_OK)
        status = pair_all(out, s);
    if (status == LMAS_OK)
        status = refine_all(out, s);
    while (status == LMAS_OK && pos < last) {
        pos = last / FARTHER > pos ? pos * FARTHER : last;
        status = see_all(out, s, ctx, lane, pos);
        if (status == LMAS_OK)
            status = refine_all(out, s);
    }
    return status;
}

lmas_status lmi_turns_measure(lmi_turns *out, lmi_context *ctx, lmi_lane *lane)
{
    lmi_sample s = {0};
    lmas_status status;

    *out = (lmi_turns){0};
    status = measure(out, &s, ctx, lane);
    lmi_lane_clear(ctx, lane);
    lmi_free(s.at_zero);
    lmi_free(s.at_pos);
    if (status != LMAS_OK)
        lmi_turns_done(out);
    return status;
}

void lmi_turns_done(lmi_turns *turns)
{
    uint32_t i;

    for (i = 0; turns->layers && i < turns->n; i++)
        lmi_turn_done(&turns->layers[i]);
    lmi_free(turns->layers);
    *turns = (lmi_turns){0};
}

/* Room for one layer's keys, and for the turn of its pairs. */
typedef struct scratch {
    float *keys;
    float *cosines, *sines; /* [n_pairs] */
} scratch;

static bool scratch_new(scratch *x, const lmi_turns *turns)
{
    uint32_t width = 1;
    uint32_t i;

    for (i = 0; i < turns->n; i++)
        width = turns->layers[i].width > width ? turns->layers[i].width : width;
    x->keys = lmi_new(width, sizeof(float));
    x->cosines = lmi_new(width, sizeof(float));
    x->sines = lmi_new(width, sizeof(float));
    return x->keys && x->cosines && x->sines;
}

static void scratch_done(scratch *x)
{
    lmi_free(x->keys);
    lmi_free(x->cosines);
    lmi_free(x->sines);
}

static void turn_cell(const lmi_turn *turn, const scratch *x)
{
    uint32_t h, k;

    for (h = 0; h < turn->width; h += turn->head) {
        for (k = 0; k < turn->n_pairs; k++) {
            const size_t at = h + turn->first + (size_t)k * turn->step;
            float *a = x->keys + at, *b = a + turn->apart;
            const float re = *a, im = *b;

            *a = re * x->cosines[k] - im * x->sines[k];
            *b = re * x->sines[k] + im * x->cosines[k];
        }
    }
}

static void turn_layer(const lmi_turn *turn, const scratch *x, const lmi_pool *pool, uint32_t layer,
                       uint32_t n_skipped, int64_t delta)
{
    uint32_t i, k;

    for (k = 0; k < turn->n_pairs; k++) {
        const double angle = remainder(turn->rates[k] * (double)delta, TWO_PI);

        x->cosines[k] = (float)cos(angle);
        x->sines[k] = (float)sin(angle);
    }
    for (i = n_skipped; i < pool->n; i++) {
        lmi_keys_load(x->keys, pool, layer, i);
        turn_cell(turn, x);
        lmi_keys_store(pool, layer, i, x->keys);
    }
}

lmas_status lmi_turns_apply(const lmi_turns *turns, const lmi_cells *cells,
                            const uint32_t *n_skipped, int64_t delta)
{
    scratch x = {0};
    const bool has_room = scratch_new(&x, turns);
    uint32_t i, k, n = 0;

    for (i = 0; has_room && delta != 0 && i < cells->n_pools; i++)
        for (k = 0; k < cells->pools[i].n_layers; k++)
            turn_layer(&turns->layers[n++], &x, &cells->pools[i], k, n_skipped[i], delta);
    scratch_done(&x);
    return has_room ? LMAS_OK : lmi_fail(LMAS_E_NOMEM, "no memory to turn keys");
}

/* The cell of `pool` at this position, or its last. */
static uint32_t find(const lmi_cells *cells, const lmi_pool *pool, uint32_t position)
{
    uint32_t i = 0;

    while (i + 1 < pool->n && lmi_cells_position(cells, pool, i) != position)
        i++;
    return i;
}

static double distance_of_layer(const scratch *x, const lmi_cells *a, const lmi_cells *b,
                                uint32_t pool, uint32_t layer)
{
    const lmi_pool *p = &a->pools[pool], *q = &b->pools[pool];
    const uint32_t width = lmi_keys_width(&p->keys[layer]);
    double difference = 0, length = 1e-30;
    uint32_t i, k;

    for (i = 0; i < p->n; i++) {
        lmi_keys_load(x->keys, p, layer, i);
        lmi_keys_load(x->sines, q, layer, find(b, q, lmi_cells_position(a, p, i)));
        for (k = 0; k < width; k++) {
            const double d = (double)x->keys[k] - (double)x->sines[k];

            difference += d * d;
            length += (double)x->keys[k] * (double)x->keys[k];
        }
    }
    return sqrt(difference / length);
}

double lmi_turns_distance(const lmi_turns *turns, const lmi_cells *a, const lmi_cells *b)
{
    double worst = 0;
    scratch x = {0};
    uint32_t i, k;

    if (!scratch_new(&x, turns))
        worst = -1;
    for (i = 0; worst >= 0 && i < a->n_pools; i++)
        for (k = 0; k < a->pools[i].n_layers; k++)
            worst = fmax(worst, distance_of_layer(&x, a, b, i, k));
    scratch_done(&x);
    return worst;
}
