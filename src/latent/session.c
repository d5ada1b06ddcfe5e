/* session.c - making a session: defaults filled in, cache allocated, realignment at hand. */
#include "latent/session.h"

#include "base/mem.h"

lmas_session_params lmas_session_params_default(void)
{
    return (lmas_session_params){
        .n_ctx = 0,
        .n_lanes = 1,
        .n_batch = 2048,
        .n_ubatch = 0,
        .kv = LMAS_KV_AUTO,
        .flash_attn = LMAS_FLASH_ATTN_AUTO,
        .cache_type_k = "f16",
        .cache_type_v = "f16",
        .n_draft = 3,
    };
}

static lmi_context_params context_params(const lmas_model *model, const lmas_session_params *p)
{
    return (lmi_context_params){
        .n_ctx = p->n_ctx ? p->n_ctx : (uint32_t)model->info.n_ctx_train,
        .n_lanes = p->n_lanes,
        .n_batch = p->n_batch,
        .n_ubatch = p->n_ubatch,
        .n_yield = p->n_yield,
        .n_draft = p->n_draft,
        .n_threads = p->n_threads,
        .n_threads_batch = p->n_threads_batch,
        .kv = p->kv,
        .flash_attn = p->flash_attn,
        .cache_type_k = p->cache_type_k ? p->cache_type_k : "f16",
        .cache_type_v = p->cache_type_v ? p->cache_type_v : "f16",
        .tap = LMI_TAP_CALLBACK,
    };
}

lmas_status lmas_session_new(lmas_session **out, lmas_model *model,
                             const lmas_session_params *params)
{
    const lmas_session_params p = params ? *params : lmas_session_params_default();
    lmi_context_params context;
    const lmi_realign_params realign = {.is_matrix_wanted = p.realign,
                                        .cache_dir = p.cache_dir,
                                        .progress = p.progress,
                                        .user = p.user};
    lmas_session *session;
    lmas_status status;

    if (!out || !model)
        return lmi_fail(LMAS_E_INVALID, "lmas_session_new needs an out parameter and a model");
    session = lmi_new(1, sizeof(*session));
    if (!session)
        return lmi_fail(LMAS_E_NOMEM, "no memory for a session");
    session->model = model;
    context = context_params(model, &p);
    status = lmi_realign_new(&session->realign, model, &realign);
    if (status == LMAS_OK)
        status = lmi_context_new(&session->ctx, model, &context);
    if (status != LMAS_OK) {
        lmas_session_free(session);
        return status;
    }
    *out = session;
    return LMAS_OK;
}

void lmas_session_free(lmas_session *session)
{
    if (!session)
        return;
    lmi_context_free(session->ctx);
    lmi_realign_free(session->realign);
    lmi_weights_close(session->weights);
    lmi_free(session);
}

uint32_t lmas_session_n_ctx(const lmas_session *session)
{
    return session ? session->ctx->n_ctx : 0;
}

uint32_t lmas_session_n_lanes(const lmas_session *session)
{
    return session ? session->ctx->n_lanes : 0;
}

uint32_t lmas_session_n_ubatch(const lmas_session *session)
{
    return session ? session->ctx->n_rows_max : 0;
}

int32_t lmas_session_n_threads(const lmas_session *session)
{
    return session ? session->ctx->n_threads : 0;
}

int32_t lmas_session_n_threads_batch(const lmas_session *session)
{
    return session ? session->ctx->n_threads_batch : 0;
}

void lmas_session_drafted(const lmas_session *session, uint64_t *out)
{
    out[0] = session ? lmi_odds_n_tried(&session->odds) : 0;
    out[1] = session ? lmi_odds_n_right(&session->odds) : 0;
}

const char *lmas_session_realignment(const lmas_session *session)
{
    if (!session)
        return NULL;
    return session->realign->matrix ? "matrix" : "norm";
}

const char *lmas_session_cannot_think(const lmas_session *session)
{
    return *session->ctx->refusal ? session->ctx->refusal : NULL;
}

lmas_status lmi_session_check_thinking(const lmas_session *session)
{
    if (*session->ctx->refusal)
        return lmi_fail(LMAS_E_MODEL, "%s", session->ctx->refusal);
    return LMAS_OK;
}

void lmas_session_cancel(lmas_session *session)
{
    if (session)
        atomic_store(&session->ctx->is_canceled, true);
}

void lmas_session_resume(lmas_session *session)
{
    if (session)
        atomic_store(&session->ctx->is_canceled, false);
}
