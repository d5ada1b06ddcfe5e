/*
 * measure.c - the raw speed of a session: reading, thinking and speaking without a team.
 *
 * The lanes do what they do for a solver, through the same tick, but with random tokens and
 * without drawing the next one from the logits. So what is measured is the engine, as
 * llama-bench measures it, and a thought beside it.
 */
#include "base/clock.h"
#include "base/mem.h"
#include "latent/memory.h"

/* A measurement under way. */
typedef struct bout {
    lmas_session *session;
    lmas_memory **memories; /* [n_lanes] */
    uint32_t n_lanes;
    int32_t *tokens; /* [n_tokens], what every lane reads, and speaks from the start */
    uint32_t n_tokens;
    uint32_t next;
} bout;

static lmas_status wait_all(const bout *b)
{
    lmas_status status = LMAS_OK;
    uint32_t i;

    for (i = 0; status == LMAS_OK && i < b->n_lanes; i++)
        status = lmi_memory_wait(b->memories[i]); /* a tick moves all of them */
    return status;
}

static lmas_status read_all(const bout *b, uint32_t n, unsigned want)
{
    lmas_status status = LMAS_OK;
    uint32_t i;

    for (i = 0; status == LMAS_OK && i < b->n_lanes; i++)
        status = lmi_memory_start_read(b->memories[i], "bench", b->tokens, n, want);
    return status == LMAS_OK ? wait_all(b) : status;
}

static lmas_status think_all(const bout *b)
{
    lmas_status status = LMAS_OK;
    uint32_t i;

    for (i = 0; status == LMAS_OK && i < b->n_lanes; i++)
        status = lmi_memory_start_thought(b->memories[i], "bench", LMI_WANT_HIDDEN);
    return status == LMAS_OK ? wait_all(b) : status;
}

static lmas_status speak_all(bout *b)
{
    lmas_status status = LMAS_OK;
    uint32_t i;

    for (i = 0; status == LMAS_OK && i < b->n_lanes; i++)
        status = lmi_memory_start_token(b->memories[i], "bench", b->tokens[b->next++ % b->n_tokens],
                                        LMI_WANT_LOGITS);
    return status == LMAS_OK ? wait_all(b) : status;
}

static lmas_status work_through(bout *b, lmas_work work, uint32_t n)
{
    lmas_status status = LMAS_OK;
    uint32_t i;

    if (work == LMAS_WORK_READ)
        return read_all(b, n, LMI_WANT_LOGITS);
    for (i = 0; status == LMAS_OK && i < n; i++)
        status = work == LMAS_WORK_THINK ? think_all(b) : speak_all(b);
    return status;
}

/* Lanes and tokens; random ones, the same every time. */
static lmas_status prepare(bout *b)
{
    const uint32_t n_vocab = (uint32_t)b->session->model->info.n_vocab;
    lmas_status status = LMAS_OK;
    uint32_t state = 1;
    uint32_t i;

    b->tokens = lmi_new(b->n_tokens, sizeof(int32_t));
    b->memories = lmi_new(b->n_lanes, sizeof(*b->memories));
    if (!b->tokens || !b->memories)
        return lmi_fail(LMAS_E_NOMEM, "no memory for a measurement");
    for (i = 0; i < b->n_tokens; i++) {
        state = state * 1664525u + 1013904223u;
        b->tokens[i] = (int32_t)((state >> 8) % n_vocab);
    }
    for (i = 0; status == LMAS_OK && i < b->n_lanes; i++)
        status = lmi_memory_new(&b->memories[i], b->session, false);
    return status;
}

static void put_away(bout *b)
{
    uint32_t i;

    for (i = 0; b->memories && i < b->n_lanes; i++)
        lmas_memory_free(b->memories[i]);
    lmi_free(b->memories);
    lmi_free(b->tokens);
}

/* Before anything of that size is made. */
static lmas_status check_room(const lmi_context *ctx, uint32_t n, uint32_t depth)
{
    const lmas_status status = lmi_context_check(ctx);

    if (status != LMAS_OK || (uint64_t)n + depth <= ctx->n_ctx_lane)
        return status;
    return lmi_fail(LMAS_E_CONTEXT_FULL,
                    "context full: %u positions after %u, and a lane has %u; give more with n_ctx",
                    n, depth, ctx->n_ctx_lane);
}

lmas_status lmas_session_measure(double *out_ms, lmas_session *session, lmas_work work, uint32_t n,
                                 uint32_t depth)
{
    bout b = {.session = session};
    lmas_status status;
    double begin;

    if (!out_ms || !session || n == 0 || (unsigned)work > LMAS_WORK_SPEAK)
        return lmi_fail(LMAS_E_INVALID, "lmas_session_measure needs an out parameter, a session, a "
                                        "kind of work and 1 or more of it");
    b.n_lanes = session->ctx->n_lanes;
    b.n_tokens = n > depth ? n : depth;
    status = check_room(session->ctx, n, depth);
    if (status == LMAS_OK)
        status = prepare(&b);
    if (status == LMAS_OK && (depth > 0 || work == LMAS_WORK_THINK))
        status = read_all(&b, depth > 0 ? depth : 1, LMI_WANT_HIDDEN);
    begin = lmi_now_ms();
    if (status == LMAS_OK)
        status = work_through(&b, work, n);
    if (status == LMAS_OK)
        *out_ms = lmi_now_ms() - begin;
    put_away(&b);
    return status;
}
