/* shift.c - see shift.h: fork, splice, and the proof before the first splice. */
#include "engine/state/shift.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "engine/state/turn.h"

struct lmi_shift {
    lmi_turns turns;
    char refusal[512]; /* "" where blocks can move */
};

void lmi_shift_free(lmi_shift *shift)
{
    if (!shift)
        return;
    lmi_turns_done(&shift->turns);
    lmi_free(shift);
}

static lmas_status copy_lane(lmi_context *ctx, const lmi_lane *to, const lmi_lane *from)
{
    lmi_blob blob;
    lmas_status status = lmi_blob_get(&blob, ctx, from->seq);

    if (status != LMAS_OK)
        return status;
    status = lmi_blob_set(ctx, to->seq, &blob);
    lmi_blob_done(&blob);
    if (status != LMAS_OK && ctx->is_unified)
        return lmi_fail(LMAS_E_CONTEXT_FULL,
                        "context full: a copy of a lane needs %u cells of its own, of %u that all "
                        "lanes share; give more with n_ctx",
                        from->pos, ctx->n_ctx);
    return status;
}

lmas_status lmi_lane_fork(lmi_context *ctx, lmi_lane *to, lmi_lane *from)
{
    const double begin = lmi_now_ms();
    lmas_status status = LMAS_OK;

    if (from->pos == 0)
        return LMAS_OK;
    if (lmi_seq_can_share(ctx))
        lmi_seq_share(ctx, to->seq, from->seq, from->pos);
    else
        status = copy_lane(ctx, to, from);
    if (status == LMAS_OK)
        to->pos = from->pos;
    to->ms += lmi_now_ms() - begin;
    return status;
}

/* The first pool has every position that the lane has. Another, a window's, must have as many of
 * those that whoever reads on behind the block can see. */
static lmas_status check_window(const lmi_context *ctx, const lmi_cells *from, uint32_t begin,
                                uint32_t end)
{
    const uint32_t window = (uint32_t)llama_model_n_swa(ctx->model->llama);
    const uint32_t seen = window > 0 && end - begin > window ? end - window : begin;
    const uint32_t want = lmi_cells_count(from, &from->pools[0], seen, end);
    uint32_t i;

    if (want == 0)
        return lmi_fail(LMAS_E_INVALID, "positions %u to %u of a lane hold nothing", seen, end);
    for (i = 1; i < from->n_pools; i++) {
        const uint32_t have = lmi_cells_count(from, &from->pools[i], seen, end);

        if (have < want)
            return lmi_fail(LMAS_E_INVALID,
                            "of positions %u to %u, which a window of %u would see, %u are no "
                            "longer there: a block must be moved before the lane goes on",
                            seen, end, window, want - have);
    }
    return LMAS_OK;
}

/* Positions [begin, end) of a lane, to be put `delta` further on. */
typedef struct block {
    const lmi_lane *from;
    uint32_t begin, end;
    int64_t delta;
} block;

/* The bytes of `to` with the block behind it. */
static lmas_status join(lmi_blob *out, const lmi_shift *shift, const lmi_cells *to,
                        const lmi_cells *from, const block *b)
{
    uint32_t n_kept[LMI_POOLS_MAX] = {0};
    lmi_cells cells = {0};
    lmas_status status = lmi_cells_join(out, to, from, b->begin, b->end, b->delta);
    uint32_t i;

    if (status == LMAS_OK)
        status = lmi_cells_read(&cells, out);
    for (i = 0; i < LMI_POOLS_MAX; i++)
        n_kept[i] = to->pools[i].n;
    if (status == LMAS_OK)
        status = lmi_turns_apply(&shift->turns, &cells, n_kept, b->delta);
    lmi_cells_done(&cells);
    return status;
}

/* The same, of lanes. `to` is NULL for nothing. */
static lmas_status join_lanes(lmi_blob *out, lmi_context *ctx, const lmi_lane *to, const block *b)
{
    lmi_view ahead = {0}, behind = {0};
    lmas_status status = to ? lmi_view_lane(&ahead, ctx, to) : LMAS_OK;

    if (status == LMAS_OK)
        status = lmi_view_lane(&behind, ctx, b->from);
    if (status == LMAS_OK)
        status = check_window(ctx, &behind.cells, b->begin, b->end);
    if (status == LMAS_OK)
        status = join(out, ctx->shift, &ahead.cells, &behind.cells, b);
    lmi_view_done(&ahead);
    lmi_view_done(&behind);
    return status;
}

static lmas_status check_block(const lmi_context *ctx, const lmi_lane *to, const block *b)
{
    if (b->begin >= b->end || b->end > b->from->pos)
        return lmi_fail(LMAS_E_INVALID, "positions %u to %u of a lane that has %u", b->begin,
                        b->end, b->from->pos);
    if (b->end - b->begin > ctx->n_ctx_lane - to->pos)
        return lmi_fail(LMAS_E_CONTEXT_FULL,
                        "context full: %u positions behind %u are more than %u; give more with "
                        "n_ctx",
                        b->end - b->begin, to->pos, ctx->n_ctx_lane);
    return LMAS_OK;
}

/* Where lanes draw from one pool: cells for the block alone, which `to` then takes. It stays as it
 * is, and what it shares stays shared. */
static lmas_status graft(lmi_context *ctx, lmi_lane *to, const block *b)
{
    const uint32_t n = b->end - b->begin;
    lmi_blob moved = {0};
    lmas_status status = join_lanes(&moved, ctx, NULL, b);

    if (status == LMAS_OK && lmi_blob_set(ctx, ctx->graft_seq, &moved) != LMAS_OK)
        status = lmi_fail(LMAS_E_CONTEXT_FULL,
                          "context full: %u positions to put behind %u find no cells among the %u "
                          "that all lanes share; give more with n_ctx",
                          n, to->pos, ctx->n_ctx);
    lmi_blob_done(&moved);
    if (status != LMAS_OK)
        return status;
    lmi_seq_hand_over(ctx, to->seq, ctx->graft_seq, to->pos, to->pos + n);
    to->pos += n;
    to->has = LMI_WANT_NOTHING;
    return LMAS_OK;
}

/* Where each lane has cells of its own: `to` is made anew of the bytes of both. */
static lmas_status make_anew(lmi_context *ctx, lmi_lane *to, const block *b)
{
    lmi_blob joined = {0};
    lmas_status status = join_lanes(&joined, ctx, to, b);

    if (status == LMAS_OK)
        status = lmi_lane_become(ctx, to, &joined, to->pos + (b->end - b->begin));
    lmi_blob_done(&joined);
    return status;
}

lmas_status lmi_lane_splice(lmi_context *ctx, lmi_lane *to, lmi_lane *from, uint32_t begin,
                            uint32_t end)
{
    const block b = {from, begin, end, (int64_t)to->pos - (int64_t)begin};
    const double start = lmi_now_ms();
    lmas_status status = lmi_context_prove_join(ctx);

    if (status == LMAS_OK && lmi_context_cannot_join(ctx))
        status = lmi_fail(LMAS_E_MODEL, "%s", lmi_context_cannot_join(ctx));
    if (status == LMAS_OK)
        status = check_block(ctx, to, &b);
    if (status == LMAS_OK)
        status = ctx->graft_seq >= 0 ? graft(ctx, to, &b) : make_anew(ctx, to, &b);
    to->ms += lmi_now_ms() - start;
    return status;
}

/* How far the keys of a moved block may lie from those of one read there, as a share of them,
 * beside what their type rounds away. Of the matrix of architectures, all but one lie within 1e-5,
 * and a turn wrong by one position takes them 0.085 to 0.6 apart; rounded activations alone made it
 * 0.02 with 28 random layers. */
static const double APART_MAX = 0.07;

enum { N_BLOCK = 4 };

/* Half a lane away, and at none of the places where keys were seen. */
static uint32_t place_of(const lmi_context *ctx)
{
    return ctx->n_ctx_lane / 2 + 3;
}

/* All that the lane holds, at position 0, goes to that place. */
static lmas_status move(lmi_context *ctx, lmi_lane *lane)
{
    const block b = {lane, 0, lane->pos, place_of(ctx)};
    lmi_blob joined = {0};
    lmas_status status = join_lanes(&joined, ctx, NULL, &b);

    if (status == LMAS_OK)
        status = lmi_lane_become(ctx, lane, &joined, lane->pos + place_of(ctx));
    lmi_blob_done(&joined);
    return status;
}

/* A block at that place: read there, or read at 0 and moved. */
static lmas_status view_block(lmi_view *v, lmi_context *ctx, lmi_lane *lane, bool is_moved)
{
    int32_t tokens[N_BLOCK];
    lmas_status status;
    int32_t i;

    for (i = 0; i < N_BLOCK; i++)
        tokens[i] = (ctx->model->thought.token + i * 31) % ctx->model->info.n_vocab;
    lmi_lane_clear(ctx, lane);
    status = lmi_lane_read_at(ctx, lane, is_moved ? 0 : place_of(ctx), tokens, N_BLOCK,
                              LMI_WANT_NOTHING);
    if (status == LMAS_OK && is_moved)
        status = move(ctx, lane);
    return status == LMAS_OK ? lmi_view_lane(v, ctx, lane) : status;
}

/* Both ways, side by side. */
static lmas_status compare(lmi_context *ctx, lmi_lane *lane)
{
    const lmi_turns *turns = &ctx->shift->turns;
    lmi_view there = {0}, moved = {0};
    double distance = 0;
    lmas_status status = view_block(&there, ctx, lane, false);

    if (status == LMAS_OK)
        status = view_block(&moved, ctx, lane, true);
    if (status == LMAS_OK)
        distance = lmi_turns_distance(turns, &there.cells, &moved.cells);
    lmi_view_done(&there);
    lmi_view_done(&moved);
    if (status != LMAS_OK)
        return status;
    if (distance < 0)
        return lmi_fail(LMAS_E_NOMEM, "no memory to try a join");
    lmi_log(LMAS_LOG_DEBUG,
            "a moved block: turns explain all but %.1e of the keys, which lie %.1e from those read "
            "there; rounding may take %.1e",
            turns->residue, distance, turns->rounding);
    if (distance <= APART_MAX + turns->rounding)
        return LMAS_OK;
    return lmi_fail(LMAS_E_MODEL,
                    "a block moved by %u is not as if read there (its keys lie %.2g apart)",
                    place_of(ctx), distance);
}

static lmas_status prove(lmi_context *ctx, lmi_lane *lane)
{
    lmi_shift *shift = ctx->shift;
    lmas_status status = lmi_turns_measure(&shift->turns, ctx, lane);

    if (status == LMAS_OK)
        status = compare(ctx, lane);
    if (status != LMAS_E_MODEL && status != LMAS_E_ENGINE)
        return status;
    snprintf(shift->refusal, sizeof(shift->refusal),
             "nothing can be joined on libllama's %.60s: "
             "%.300s",
             ctx->model->info.arch, lmas_last_error());
    return LMAS_OK;
}

lmas_status lmi_context_prove_join(lmi_context *ctx)
{
    lmi_lane *lane;
    lmas_status status;

    if (ctx->shift || ctx->model->is_packed_by_sequence)
        return LMAS_OK;
    lane = lmi_lane_take(ctx);
    if (!lane)
        return lmi_fail(LMAS_E_CONTEXT_FULL, "no free lane to try the first join on");
    ctx->shift = lmi_new(1, sizeof(lmi_shift));
    status = ctx->shift ? prove(ctx, lane) : lmi_fail(LMAS_E_NOMEM, "no memory to try a join");
    lmi_lane_give(ctx, lane);
    if (status != LMAS_OK) {
        lmi_shift_free(ctx->shift);
        ctx->shift = NULL;
    }
    return status;
}

const char *lmi_context_cannot_join(const lmi_context *ctx)
{
    if (ctx->model->is_packed_by_sequence)
        return "this model sums up all it has read in one state, of which no part can be moved "
               "behind another";
    return ctx->shift && *ctx->shift->refusal ? ctx->shift->refusal : NULL;
}
