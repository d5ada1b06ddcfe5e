/* prefix.c - a shared sequence, or a copy of one; prefix.h says when. */
#include "engine/prefix.h"

#include "base/clock.h"
#include "base/mem.h"

bool lmi_prefix_is_possible(const lmi_context *ctx)
{
    return !ctx->model->is_packed_by_sequence;
}

/* The lane's cells belong to the spare sequence as well. */
static void share(lmi_prefix *prefix, lmi_context *ctx, const lmi_lane *lane)
{
    prefix->seq = ctx->spare_seq;
    ctx->spare_seq = -1;
    lmi_seq_share(ctx, prefix->seq, lane->seq, prefix->n);
}

lmas_status lmi_prefix_keep(lmi_prefix **out, lmi_context *ctx, lmi_lane *lane, bool may_share)
{
    const double begin = lmi_now_ms();
    lmi_prefix *prefix = lmi_new(1, sizeof(*prefix));
    lmas_status status = LMAS_OK;

    if (!prefix)
        return lmi_fail(LMAS_E_NOMEM, "no memory for a prefix");
    *prefix = (lmi_prefix){.n = lane->pos, .seq = -1};
    if (may_share && ctx->spare_seq >= 0)
        share(prefix, ctx, lane);
    else
        status = lmi_blob_get(&prefix->copy, ctx, lane->seq);
    lane->ms += lmi_now_ms() - begin;
    if (status != LMAS_OK) {
        lmi_prefix_free(ctx, prefix);
        return status;
    }
    *out = prefix;
    return LMAS_OK;
}

void lmi_prefix_free(lmi_context *ctx, lmi_prefix *prefix)
{
    if (!prefix)
        return;
    if (prefix->seq >= 0) {
        llama_memory_seq_rm(llama_get_memory(ctx->llama), prefix->seq, -1, -1);
        ctx->spare_seq = prefix->seq;
    }
    lmi_blob_done(&prefix->copy);
    lmi_free(prefix);
}

lmas_status lmi_prefix_give(lmi_context *ctx, lmi_lane *lane, const lmi_prefix *prefix, uint32_t n)
{
    const double begin = lmi_now_ms();
    lmas_status status = LMAS_OK;

    if (prefix->seq >= 0)
        lmi_seq_share(ctx, lane->seq, prefix->seq, n);
    else
        status = lmi_blob_set(ctx, lane->seq, &prefix->copy);
    if (status == LMAS_OK && n < prefix->n)
        llama_memory_seq_rm(llama_get_memory(ctx->llama), lane->seq, (llama_pos)n, -1);
    if (status == LMAS_OK)
        lane->pos = n;
    lane->ms += lmi_now_ms() - begin;
    return status;
}
