/*
 * tick.c - which rows go together.
 *
 * A tick packs what the lanes ask for into as few decodes as it can: one for all tokens
 * (prompts being read and tokens being spoken side by side), one for all thoughts. A lane
 * whose rows cannot be decoded fails alone: after a failed decode the rows of each lane are
 * tried by themselves.
 */
#include <string.h>

#include "base/mem.h"
#include "engine/backend.h"
#include "engine/decode.h"

/* A lane keeps its cells up to `pos`; what a failed decode left beyond is dropped. */
static void rewind_lane(lmi_context *ctx, const lmi_lane *lane)
{
    llama_memory_seq_rm(llama_get_memory(ctx->llama), lane->seq, (llama_pos)lane->pos, -1);
}

static void fail_lane(lmi_context *ctx, lmi_lane *lane, int code)
{
    if (code == 1)
        lmi_lane_fail(lane, lmi_fail(LMAS_E_CONTEXT_FULL,
                                     "context full: no free cell of %u after position %u; give "
                                     "more with -c",
                                     ctx->n_ctx, lane->pos));
    else
        lmi_lane_fail(lane, lmi_fail(LMAS_E_ENGINE, "llama_decode returned %d at position %u%s%s",
                                     code, lane->pos, lmi_backend_complaint()[0] ? ": " : "",
                                     lmi_backend_complaint()));
}

/* The decode of several lanes failed: each has another try of its own, and its own failure. */
static lmas_status decode_apart(lmi_context *ctx, const lmi_row *rows, uint32_t n, bool is_vector)
{
    uint32_t first, end;

    for (first = 0; first < n; first = end) {
        lmi_lane *lane = rows[first].lane;
        int code;

        for (end = first + 1; end < n && rows[end].lane == lane;)
            end++;
        rewind_lane(ctx, lane);
        lmi_backend_forget();
        code = lmi_decode(ctx, rows + first, end - first, is_vector);
        if (code == 2)
            return lmi_fail(LMAS_E_CANCELED, "canceled");
        if (code == 0)
            continue;
        rewind_lane(ctx, lane);
        fail_lane(ctx, lane, code);
    }
    return LMAS_OK;
}

static lmas_status decode(lmi_context *ctx, const lmi_row *rows, uint32_t n, bool is_vector)
{
    int code;
    uint32_t i;

    if (n == 0)
        return LMAS_OK;
    if (atomic_load(&ctx->is_canceled))
        return lmi_fail(LMAS_E_CANCELED, "canceled");
    code = lmi_decode(ctx, rows, n, is_vector);
    if (code == 0)
        return LMAS_OK;
    if (code == 2)
        return lmi_fail(LMAS_E_CANCELED, "canceled");
    for (i = 0; i < n; i++)
        rewind_lane(ctx, rows[i].lane);
    return decode_apart(ctx, rows, n, is_vector);
}

/* The i-th lane of this tick. The order turns with every tick, so that no lane with a long
 * prompt is always the last to find room. Lanes of a recurrent model keep their order: its
 * rows are grouped by sequence, ascending. */
static lmi_lane *lane_at(const lmi_context *ctx, uint32_t i)
{
    const uint64_t turn = ctx->model->is_packed_by_sequence ? 0 : ctx->n_ticks;

    return &ctx->lanes[(turn + i) % ctx->n_lanes];
}

/* As many of the lane's next rows as there is room for. */
static uint32_t add_tokens(lmi_row *rows, uint32_t n, uint32_t max, lmi_lane *lane)
{
    size_t i;

    for (i = lane->n_done; i < lane->n_tokens && n < max; i++)
        rows[n++] = (lmi_row){.lane = lane,
                              .token = lane->tokens[i],
                              .pos = lane->pos + (uint32_t)(i - lane->n_done),
                              .is_last = i + 1 == lane->n_tokens};
    return n;
}

/* Where libllama reorders rows, a lane that wants a hidden state goes alone, so that the one
 * row the callback sees is its own. */
static bool must_go_alone(const lmi_context *ctx, const lmi_lane *lane)
{
    return ctx->model->is_packed_by_sequence && lane->want & LMI_WANT_HIDDEN;
}

static lmas_status tick_loners(lmi_context *ctx, lmi_row *rows)
{
    lmas_status status = LMAS_OK;
    uint32_t i;

    for (i = 0; status == LMAS_OK && i < ctx->n_lanes; i++) {
        lmi_lane *lane = lane_at(ctx, i);

        if (lane->state == LMI_LANE_TOKENS && must_go_alone(ctx, lane))
            status = decode(ctx, rows, add_tokens(rows, 0, ctx->n_batch, lane), false);
    }
    return status;
}

/* All prompts and spoken tokens, up to n_batch rows; the rest waits for the next tick. */
static lmas_status tick_tokens(lmi_context *ctx, lmi_row *rows)
{
    uint32_t n = 0;
    uint32_t i;

    for (i = 0; i < ctx->n_lanes; i++) {
        lmi_lane *lane = lane_at(ctx, i);

        if (lane->state == LMI_LANE_TOKENS && !must_go_alone(ctx, lane))
            n = add_tokens(rows, n, ctx->n_batch, lane);
    }
    return decode(ctx, rows, n, false);
}

static lmas_status tick_vectors(lmi_context *ctx, lmi_row *rows)
{
    uint32_t n = 0;
    uint32_t i;

    for (i = 0; i < ctx->n_lanes && n < ctx->n_batch; i++) {
        lmi_lane *lane = lane_at(ctx, i);

        if (lane->state == LMI_LANE_VECTOR)
            rows[n++] = (lmi_row){.lane = lane, .pos = lane->pos, .is_last = true};
    }
    return decode(ctx, rows, n, true);
}

lmas_status lmi_context_tick(lmi_context *ctx)
{
    lmas_status status;

    ctx->n_ticks++;
    status = tick_loners(ctx, ctx->rows);
    if (status == LMAS_OK)
        status = tick_tokens(ctx, ctx->rows);
    if (status == LMAS_OK)
        status = tick_vectors(ctx, ctx->rows);
    return status;
}
