/*
 * whole.c - see whole.h. What comes from a file was checked for damage, not for malice: here the
 * bytes are read as cells before libllama sees them, and it is asked afterwards what it made of
 * them.
 */
#include "engine/state/whole.h"

#include <string.h>

#include "base/mem.h"
#include "engine/state/cells.h"

static uint32_t count_streams(const lmi_context *ctx)
{
    return ctx->is_unified ? 1 : ctx->n_lanes;
}

static const char *name_of(lmas_flash_attn flash_attn)
{
    if (flash_attn == LMAS_FLASH_ATTN_AUTO)
        return "auto";
    return flash_attn == LMAS_FLASH_ATTN_ON ? "on" : "off";
}

void lmi_context_dialect(lmi_dialect *out, const lmi_context *ctx)
{
    *out = (lmi_dialect){.engine = lmas_engine_version(),
                         .version = LLAMA_STATE_SEQ_VERSION,
                         .type_k = ctx->type_k,
                         .type_v = ctx->type_v,
                         .flash_attn = name_of(ctx->flash_attn),
                         .n_streams = count_streams(ctx)};
}

static lmas_status compare(const char *what, const char *name, const char *there, const char *here)
{
    if (strcmp(there, here) == 0)
        return LMAS_OK;
    return lmi_fail(LMAS_E_FORMAT, "%s: %s is %s there and %s here", what, name, there, here);
}

lmas_status lmi_context_accepts(const lmi_context *ctx, const lmi_dialect *dialect,
                                const char *what)
{
    lmi_dialect here;
    lmas_status status;

    lmi_context_dialect(&here, ctx);
    status = compare(what, "libllama", dialect->engine, here.engine);
    if (status == LMAS_OK && dialect->version != here.version)
        status =
            lmi_fail(LMAS_E_FORMAT, "%s: libllama's states are of version %u there and %u here",
                     what, dialect->version, here.version);
    if (status == LMAS_OK)
        status = compare(what, "the type of the K cache", dialect->type_k, here.type_k);
    if (status == LMAS_OK)
        status = compare(what, "the type of the V cache", dialect->type_v, here.type_v);
    if (status == LMAS_OK)
        status = compare(what, "flash attention", dialect->flash_attn, here.flash_attn);
    if (status == LMAS_OK && ctx->model->is_packed_by_sequence &&
        dialect->n_streams != here.n_streams)
        status = lmi_fail(LMAS_E_FORMAT,
                          "%s: a recurrent state of a cache in %u parts, and this one has %u", what,
                          dialect->n_streams, here.n_streams);
    return status;
}

/* No cell may stand where the lane does not go. */
static lmas_status check_cells(const lmi_cells *cells, uint32_t pos)
{
    uint32_t i, n;

    for (i = 0; i < cells->n_pools; i++) {
        n = lmi_cells_count(cells, &cells->pools[i], 0, pos);
        if (n != cells->pools[i].n || n > pos)
            return lmi_fail(LMAS_E_FORMAT, "the state has cells beyond its %u positions", pos);
    }
    return LMAS_OK;
}

/* The same cells, as a cache of `n_streams` parts writes them. */
static lmas_status fit(lmi_blob *out, const lmi_whole *whole, uint32_t n_streams)
{
    lmi_cells cells;
    lmas_status status = lmi_cells_read(&cells, &whole->state);
    uint32_t i;

    if (status != LMAS_OK)
        return lmi_fail(LMAS_E_FORMAT, "%s", lmas_last_error());
    status = check_cells(&cells, whole->pos);
    for (i = 0; i < cells.n_pools; i++)
        cells.pools[i].n_streams = n_streams;
    if (status == LMAS_OK)
        status = lmi_cells_join(out, NULL, &cells, 0, whole->pos, 0);
    lmi_cells_done(&cells);
    return status;
}

static lmas_status set_result(lmi_context *ctx, lmi_lane *lane, const lmi_whole *whole)
{
    const size_t n_vocab = (size_t)ctx->model->info.n_vocab;

    if (whole->logits &&
        !lmi_reserve((void **)&lane->copy, &lane->copy_capacity, n_vocab, sizeof(float)))
        return lmi_fail(LMAS_E_NOMEM, "no memory for %zu logits", n_vocab);
    if (whole->hidden)
        memcpy(lane->hidden, whole->hidden, (size_t)ctx->model->info.n_embd * sizeof(float));
    if (whole->logits)
        memcpy(lane->copy, whole->logits, n_vocab * sizeof(float));
    lane->logits = lane->copy;
    lane->is_borrowing = false;
    lane->has = (whole->hidden ? LMI_WANT_HIDDEN : 0) | (whole->logits ? LMI_WANT_LOGITS : 0);
    return LMAS_OK;
}

/* The lane is what libllama made of the bytes, which must be what they are said to be. */
static lmas_status become(lmi_context *ctx, lmi_lane *lane, const lmi_blob *blob, uint32_t pos)
{
    const lmas_status status = lmi_blob_set(ctx, lane->seq, blob);
    llama_pos last;

    if (status != LMAS_OK)
        return status;
    last = llama_memory_seq_pos_max(llama_get_memory(ctx->llama), lane->seq);
    if (last + 1 != (llama_pos)pos)
        return lmi_fail(LMAS_E_FORMAT, "the state ends at position %d, %u expected", (int)last + 1,
                        pos);
    lane->pos = pos;
    return LMAS_OK;
}

lmas_status lmi_lane_restore(lmi_context *ctx, lmi_lane *lane, const lmi_whole *whole)
{
    const bool is_ours = !ctx->model->is_packed_by_sequence;
    lmi_blob fitted = {0};
    lmas_status status = LMAS_OK;

    if (is_ours)
        status = fit(&fitted, whole, count_streams(ctx));
    if (status == LMAS_OK)
        status = become(ctx, lane, is_ours ? &fitted : &whole->state, whole->pos);
    if (status == LMAS_OK)
        status = set_result(ctx, lane, whole);
    lmi_blob_done(&fitted);
    if (status != LMAS_OK)
        lmi_lane_clear(ctx, lane);
    return status;
}

const char *lmi_model_spelling(const lmas_model *model, int32_t token)
{
    return llama_vocab_get_text(model->vocab, token);
}

void lmi_model_hash_tokens(char out[LMI_SHA256_SIZE], const lmas_model *model)
{
    lmi_sha256 hash;
    int32_t i;

    lmi_sha256_init(&hash);
    lmi_sha256_add(&hash, model->info.vocab_type, strlen(model->info.vocab_type) + 1);
    for (i = 0; i < model->info.n_vocab; i++) {
        const char *text = llama_vocab_get_text(model->vocab, i);
        const float score = llama_vocab_get_score(model->vocab, i);
        const int32_t attributes = (int32_t)llama_vocab_get_attr(model->vocab, i);

        lmi_sha256_add(&hash, text, strlen(text) + 1);
        lmi_sha256_add(&hash, &score, sizeof(score));
        lmi_sha256_add(&hash, &attributes, sizeof(attributes));
    }
    lmi_sha256_done(out, &hash);
}
