/* prefix.c - a shared sequence, or a copy of one; prefix.h says when. */
#include "engine/prefix.h"

#include "base/clock.h"
#include "base/mem.h"
#include "engine/backend.h"

bool lmi_prefix_is_possible(const lmi_context *ctx)
{
    return !ctx->model->is_packed_by_sequence;
}

/* The lane's cells belong to the spare sequence as well. */
static void share(lmi_prefix *prefix, lmi_context *ctx, const lmi_lane *lane)
{
    prefix->seq = ctx->spare_seq;
    ctx->spare_seq = -1;
    llama_memory_seq_cp(llama_get_memory(ctx->llama), lane->seq, prefix->seq, -1, -1);
}

static lmas_status copy(lmi_prefix *prefix, lmi_context *ctx, const lmi_lane *lane)
{
    prefix->size = llama_state_seq_get_size(ctx->llama, lane->seq);
    prefix->copy = lmi_new(prefix->size, 1);
    if (!prefix->copy)
        return lmi_fail(LMAS_E_NOMEM, "no memory for a prefix of %u positions", prefix->n);
    lmi_backend_forget();
    if (llama_state_seq_get_data(ctx->llama, prefix->copy, prefix->size, lane->seq) == 0)
        return lmi_fail(LMAS_E_ENGINE, "libllama cannot save %u positions: %s", prefix->n,
                        lmi_backend_complaint());
    return LMAS_OK;
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
        status = copy(prefix, ctx, lane);
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
    lmi_free(prefix->copy);
    lmi_free(prefix);
}

lmas_status lmi_prefix_give(lmi_context *ctx, lmi_lane *lane, const lmi_prefix *prefix, uint32_t n)
{
    llama_memory_t memory = llama_get_memory(ctx->llama);
    const double begin = lmi_now_ms();

    lmi_backend_forget();
    if (prefix->seq >= 0)
        llama_memory_seq_cp(memory, prefix->seq, lane->seq, 0, (llama_pos)n);
    else if (llama_state_seq_set_data(ctx->llama, prefix->copy, prefix->size, lane->seq) == 0)
        return lmi_fail(LMAS_E_ENGINE, "libllama cannot restore %u positions: %s", prefix->n,
                        lmi_backend_complaint());
    else if (n < prefix->n)
        llama_memory_seq_rm(memory, lane->seq, (llama_pos)n, -1);
    lane->pos = n;
    lane->ms += lmi_now_ms() - begin;
    return LMAS_OK;
}
