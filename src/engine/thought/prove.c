/* prove.c - a token and its own row as a vector, beside each other. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "engine/context.h"

/* How far the two hidden states may lie apart, as a share of their length. They are the same sums,
 * so they are equal on a CPU; a scale that is wrong by sqrt(n_embd) moves them by a tenth or
 * more. */
static const double APART_MAX = 0.02;

static double apart(const float *a, const float *b, size_t n)
{
    double difference = 0;
    double length = 0;
    size_t i;

    for (i = 0; i < n; i++) {
        const double d = (double)a[i] - (double)b[i];

        difference += d * d;
        length += (double)a[i] * (double)a[i];
    }
    return sqrt(difference) / (sqrt(length) + 1e-30);
}

/* The state after the request of `lane`, into `hidden`. */
static lmas_status finish(float *hidden, lmi_context *ctx, lmi_lane *lane)
{
    const lmas_status status = lmi_context_tick(ctx);

    if (status != LMAS_OK)
        return status;
    if (lane->state == LMI_LANE_FAILED)
        return lmi_fail(lane->status, "%s", lane->error);
    memcpy(hidden, lane->hidden, (size_t)ctx->model->info.n_embd * sizeof(float));
    lmi_lane_clear(ctx, lane);
    return LMAS_OK;
}

static lmas_status compare(lmi_context *ctx, lmi_lane *lane, float *of_token, float *of_vector)
{
    const lmi_thought_rule *rule = &ctx->model->thought;
    double distance;
    lmas_status status;

    lmi_lane_read(lane, &rule->token, 1, LMI_WANT_HIDDEN);
    status = finish(of_token, ctx, lane);
    if (status != LMAS_OK)
        return status;
    if (*rule->refusal) {
        snprintf(ctx->refusal, sizeof(ctx->refusal), "%s", rule->refusal);
        return LMAS_OK;
    }
    lmi_lane_feed(ctx, lane, rule->row, LMI_WANT_HIDDEN);
    status = finish(of_vector, ctx, lane);
    if (status == LMAS_E_CANCELED)
        return status;
    if (status != LMAS_OK) {
        snprintf(ctx->refusal, sizeof(ctx->refusal), "libllama's %.60s failed on a vector: %.140s",
                 ctx->model->info.arch, lmas_last_error());
        return LMAS_OK;
    }
    distance = apart(of_token, of_vector, (size_t)ctx->model->info.n_embd);
    if (!(distance <= APART_MAX))
        snprintf(ctx->refusal, sizeof(ctx->refusal),
                 "libllama's %.60s does not take a vector as it takes a token (the states of the "
                 "two lie %.2g apart), so this model cannot think right",
                 ctx->model->info.arch, distance);
    return LMAS_OK;
}

lmas_status lmi_thought_prove(lmi_context *ctx)
{
    const size_t n_embd = (size_t)ctx->model->info.n_embd;
    float *states = lmi_new(2 * n_embd, sizeof(float));
    lmi_lane *lane = lmi_lane_take(ctx);
    lmas_status status;

    ctx->refusal[0] = '\0';
    status = states && lane ? compare(ctx, lane, states, states + n_embd)
                            : lmi_fail(LMAS_E_NOMEM, "no memory to try a thought");
    lmi_lane_give(ctx, lane);
    lmi_free(states);
    return status;
}
