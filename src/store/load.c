/* load.c - a working memory out of a file: whether it fits here, and how it comes in. */
#include "store/load.h"

#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "base/mem.h"
#include "latentmas_store.h"

/* What would make other text of the same tokens, or other numbers of the same vectors. */
static lmas_status check_model(const lmi_container *c, const lmas_model *model)
{
    const lmi_manifest *m = &c->manifest;
    const lmas_model_info *info = &model->info;
    char tokenizer[LMI_SHA256_SIZE], template[LMI_SHA256_SIZE];

    if (strcmp(m->fingerprint, info->fingerprint) != 0 || m->n_embd != (uint32_t)info->n_embd ||
        m->n_vocab != (uint32_t)info->n_vocab || m->n_layer != (uint32_t)info->n_layer)
        return lmi_fail(LMAS_E_MODEL,
                        "%s is of another model: %.40s with fingerprint %.12s..., this is %s with "
                        "%.12s...",
                        c->path, m->arch, m->fingerprint, info->arch, info->fingerprint);
    lmi_model_hash_tokens(tokenizer, model);
    if (strcmp(m->tokenizer, tokenizer) != 0)
        return lmi_fail(LMAS_E_MODEL, "%s is of another vocabulary than this model's", c->path);
    lmi_sha256_text(template, info->chat_template);
    if (strcmp(m->chat_template, template) != 0)
        lmi_log(LMAS_LOG_WARN, "%s was saved with another chat template than this model has",
                c->path);
    return LMAS_OK;
}

static lmas_status check_fit(const lmi_container *c, const lmas_session *session)
{
    if (c->seal == LMI_SEAL_KEYED && !c->is_seal_checked)
        return lmi_fail(LMAS_E_INVALID, "%s is sealed: its key is needed to load it", c->path);
    if (c->seal == LMI_SEAL_SIGNED && !c->is_seal_checked)
        return lmi_fail(LMAS_E_INVALID,
                        "%s is signed: to load it say with signed_by_file who may have done that",
                        c->path);
    if (c->manifest.n_pos > session->ctx->n_ctx_lane)
        return lmi_fail(LMAS_E_CONTEXT_FULL,
                        "context full: %s has %u positions, a lane %u; give "
                        "more with n_ctx",
                        c->path, c->manifest.n_pos, session->ctx->n_ctx_lane);
    return check_model(c, session->model);
}

/* The segments and what was fed in, beside the cells. */
static lmas_status note(lmas_memory *memory, const lmi_container *c)
{
    const lmi_manifest *m = &c->manifest;
    uint64_t n_tokens, n_vectors;
    int32_t *tokens = NULL;
    float *vectors = NULL;
    lmas_status status = lmi_content_read(&tokens, &vectors, c);
    size_t i;

    lmi_manifest_count(&n_tokens, &n_vectors, m);
    for (i = 0; status == LMAS_OK && i < m->n_segments; i++)
        status = lmi_memory_add_segment(memory, &m->segments[i]);
    if (status == LMAS_OK)
        status = lmi_account_add_tokens(&memory->account, tokens, n_tokens);
    if (status == LMAS_OK)
        status = lmi_account_add_vectors(&memory->account, vectors, n_vectors);
    memory->account.is_straight = m->can_rebuild;
    lmi_free(tokens);
    lmi_free(vectors);
    return status;
}

static lmas_status set_state(lmas_memory *memory, const lmi_container *c, void *state,
                             const float *result)
{
    const lmi_manifest *m = &c->manifest;
    const lmi_whole whole = {.state = {state, m->chunks[LMI_CHUNK_STATE].size},
                             .pos = m->n_pos,
                             .hidden = m->has_hidden ? result : NULL,
                             .logits =
                                 m->has_logits ? result + (m->has_hidden ? m->n_embd : 0) : NULL};

    return lmi_lane_restore(memory->session->ctx, memory->lane, &whole);
}

lmas_status lmi_memory_restore(lmas_memory *memory, const lmi_container *container)
{
    void *state = NULL, *result = NULL;
    lmas_status status = lmi_container_unpack(&state, container, LMI_CHUNK_STATE);

    if (status == LMAS_OK)
        status = lmi_container_unpack(&result, container, LMI_CHUNK_RESULT);
    if (status == LMAS_OK)
        status = set_state(memory, container, state, result);
    lmi_free(state);
    lmi_free(result);
    if (status == LMAS_OK)
        status = note(memory, container);
    if (status != LMAS_OK)
        lmi_memory_clear(memory);
    return status;
}

/* Where the state does not do here, and only there, the content is read and thought again. */
static lmas_status fill(lmas_memory *memory, const lmi_container *c, bool must_be_same)
{
    char reason[LMI_ERROR_MAX];
    lmas_status status = lmi_context_accepts(memory->session->ctx, &c->manifest.dialect, c->path);

    if (status == LMAS_OK)
        status = lmi_memory_restore(memory, c);
    if (status != LMAS_E_FORMAT && status != LMAS_E_ENGINE)
        return status;
    snprintf(reason, sizeof(reason), "%s", lmas_last_error());
    if (must_be_same)
        return lmi_fail(status, "%s (it could be rebuilt, which was not wanted)", reason);
    if (!c->manifest.can_rebuild)
        return lmi_fail(status,
                        "%s (and it cannot be rebuilt: blocks were joined or dropped, or "
                        "came out of an AVP frame)",
                        reason);
    lmi_log(LMAS_LOG_WARN, "%s: rebuilt from what was read and thought", reason);
    return lmi_memory_rebuild(memory, c, reason);
}

static lmas_status load(lmas_memory **out, lmas_session *session, const lmi_container *c,
                        bool must_be_same)
{
    lmas_memory *memory = NULL;
    lmas_status status = check_fit(c, session);

    if (status == LMAS_OK)
        status = lmas_memory_new(&memory, session);
    if (status == LMAS_OK)
        status = fill(memory, c, must_be_same);
    if (status == LMAS_OK)
        *out = memory;
    else
        lmas_memory_free(memory);
    return status;
}

lmas_status lmas_memory_load(lmas_memory **out, lmas_session *session, const char *path,
                             const lmas_memory_file_params *params)
{
    const lmas_memory_file_params p = params ? *params : lmas_memory_file_params_default();
    lmi_container c = {0};
    lmi_key key = {0};
    lmas_status status;

    if (!out || !session || !path)
        return lmi_fail(LMAS_E_INVALID,
                        "lmas_memory_load needs an out parameter, a session and a path");
    status = lmi_key_to_check(&key, params);
    if (status == LMAS_OK)
        status = lmi_container_read(&c, path, &key);
    if (status == LMAS_OK)
        status = load(out, session, &c, p.must_be_same);
    lmi_container_done(&c);
    lmi_key_done(&key);
    return status;
}

const char *lmas_memory_rebuilt(const lmas_memory *memory)
{
    return memory ? memory->rebuilt : NULL;
}
