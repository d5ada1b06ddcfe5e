/* probe.c - see probe.h. */
#include "latent/probe.h"

#include "engine/state/cells.h"
#include "engine/state/edit.h"

bool lmi_probe_copies(const lmas_model *model)
{
    return model->is_packed_by_sequence || lmi_model_has_window(model);
}

/* Whether all that the words do is undone by dropping their cells. */
static bool can_drop(const lmi_context *ctx)
{
    return !lmi_probe_copies(ctx->model) ||
           (!ctx->model->is_packed_by_sequence && !(ctx->is_unified && ctx->n_lanes > 1));
}

/* No more than the lane has cells for: nothing of it may have to make room. */
static uint32_t most_of(const lmas_memory *memory, uint32_t n)
{
    const uint32_t n_ctx = memory->session->ctx->n_ctx_lane;
    const uint32_t left = memory->lane->pos < n_ctx ? n_ctx - memory->lane->pos : 0;

    return n < left ? n : left;
}

lmas_status lmi_probe_begin(lmi_probe *out, lmas_memory *memory, uint32_t n)
{
    const lmas_sampling greedy = {.temperature = 0, .top_p = 1};
    lmi_context *ctx = memory->session->ctx;
    lmas_status status;

    *out = (lmi_probe){.begin = memory->lane->pos, .n_most = most_of(memory, n)};
    lmi_speech_init(&out->speech);
    status = lmi_sampler_new(&out->sampler, memory->session->model, &greedy, 0, 0);
    if (status == LMAS_OK && !can_drop(ctx))
        status = lmi_blob_get(&out->before, ctx, memory->lane->seq);
    return status;
}

/* The memory as it was. */
static lmas_status go_back(const lmi_probe *probe, lmas_memory *memory)
{
    lmi_context *ctx = memory->session->ctx;
    lmi_lane *lane = memory->lane;
    lmas_status status = LMAS_OK;

    if (probe->before.data)
        status = lmi_lane_become(ctx, lane, &probe->before, probe->begin);
    else if (lane->pos > probe->begin)
        status = lmi_lane_drop_range(ctx, lane, probe->begin, lane->pos);
    lane->has = LMI_WANT_NOTHING;
    lmi_memory_settle(memory);
    return status;
}

lmas_status lmi_probe_step(bool *has_ended, lmi_probe *probe, lmas_memory *memory)
{
    const lmas_model *model = memory->session->model;
    lmi_lane *lane = memory->lane;
    lmas_status status = LMAS_OK;
    bool is_over = probe->n_said == probe->n_most;

    if (!is_over)
        status = lmi_sampler_draw(&probe->token, probe->sampler, lane->logits);
    is_over = is_over || lmi_model_ends(model, probe->token);
    if (status == LMAS_OK && !is_over)
        status = lmi_speech_add(&probe->speech, model, probe->token);
    if (status != LMAS_OK)
        return status;
    *has_ended = is_over || ++probe->n_said == probe->n_most;
    if (*has_ended)
        return go_back(probe, memory);
    lmi_lane_read(lane, &probe->token, 1, LMI_WANT_LOGITS);
    return LMAS_OK;
}

void lmi_probe_done(lmi_probe *probe)
{
    lmi_sampler_free(probe->sampler);
    lmi_speech_done(&probe->speech);
    lmi_blob_done(&probe->before);
    *probe = (lmi_probe){0};
}
