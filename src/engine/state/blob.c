/* blob.c - libllama's two ways from one sequence to another; blob.h says when. */
#include "engine/state/blob.h"

#include "base/mem.h"
#include "engine/backend.h"

bool lmi_seq_can_share(const lmi_context *ctx)
{
    return ctx->is_unified && !ctx->model->is_packed_by_sequence;
}

void lmi_seq_share(lmi_context *ctx, int32_t to, int32_t from, uint32_t n)
{
    llama_memory_seq_cp(llama_get_memory(ctx->llama), from, to, 0, (llama_pos)n);
}

void lmi_seq_hand_over(lmi_context *ctx, int32_t to, int32_t from, uint32_t begin, uint32_t end)
{
    llama_memory_t memory = llama_get_memory(ctx->llama);

    llama_memory_seq_cp(memory, from, to, (llama_pos)begin, (llama_pos)end);
    llama_memory_seq_rm(memory, from, -1, -1);
}

lmas_status lmi_blob_get(lmi_blob *out, lmi_context *ctx, int32_t seq)
{
    *out = (lmi_blob){.size = llama_state_seq_get_size(ctx->llama, seq)};
    out->data = lmi_new(out->size, 1);
    if (!out->data)
        return lmi_fail(LMAS_E_NOMEM, "no memory for a copy of a lane of %zu bytes", out->size);
    lmi_backend_forget();
    if (llama_state_seq_get_data(ctx->llama, out->data, out->size, seq) == out->size)
        return LMAS_OK;
    lmi_blob_done(out);
    return lmi_fail(LMAS_E_ENGINE, "libllama cannot save a lane: %s", lmi_backend_complaint());
}

lmas_status lmi_blob_set(lmi_context *ctx, int32_t seq, const lmi_blob *blob)
{
    lmi_backend_forget();
    if (llama_state_seq_set_data(ctx->llama, blob->data, blob->size, seq) != 0)
        return LMAS_OK;
    llama_memory_seq_rm(llama_get_memory(ctx->llama), seq, -1, -1);
    return lmi_fail(LMAS_E_ENGINE, "libllama cannot restore a lane: %s", lmi_backend_complaint());
}

void lmi_blob_done(lmi_blob *blob)
{
    lmi_free(blob->data);
    *blob = (lmi_blob){0};
}
