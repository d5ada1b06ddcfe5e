/* memory.c - lanes with segments; see memory.h for the picture. */
#include "latent/memory.h"

#include <string.h>

#include "base/mem.h"
#include "engine/state/edit.h"
#include "engine/thought/attention.h"

lmas_status lmas_memory_new(lmas_memory **out, lmas_session *session)
{
    if (!out || !session)
        return lmi_fail(LMAS_E_INVALID, "lmas_memory_new needs an out parameter and a session");
    return lmi_memory_new(out, session, true);
}

lmas_status lmi_memory_new(lmas_memory **out, lmas_session *session, bool has_account)
{
    lmas_memory *memory = lmi_new(1, sizeof(*memory));

    if (memory)
        memory->thought = lmi_new((size_t)session->model->info.n_embd, sizeof(float));
    if (!memory || !memory->thought) {
        lmi_free(memory);
        return lmi_fail(LMAS_E_NOMEM, "no memory for a working memory");
    }
    memory->session = session;
    lmi_account_init(&memory->account, (size_t)session->model->info.n_embd, has_account);
    memory->lane = lmi_lane_take(session->ctx);
    if (!memory->lane) {
        lmas_memory_free(memory);
        return lmi_fail(LMAS_E_CONTEXT_FULL, "all %u lanes of the session are taken",
                        session->ctx->n_lanes);
    }
    *out = memory;
    return LMAS_OK;
}

static void drop_segments(lmas_memory *memory)
{
    size_t i;

    for (i = 0; i < memory->n_segments; i++)
        lmi_free((void *)memory->segments[i].agent);
    memory->n_segments = 0;
}

void lmas_memory_free(lmas_memory *memory)
{
    if (!memory)
        return;
    lmi_lane_give(memory->session->ctx, memory->lane);
    drop_segments(memory);
    lmi_account_done(&memory->account);
    lmi_free(memory->segments);
    lmi_free(memory->is_hole);
    lmi_free(memory->attention);
    lmi_free(memory->thought);
    lmi_free(memory->rebuilt);
    lmi_free(memory);
}

void lmi_memory_clear(lmas_memory *memory)
{
    lmi_lane_clear(memory->session->ctx, memory->lane);
    drop_segments(memory);
    memory->n_known = 0;
    memory->n_weighed = 0;
    lmi_account_clear(&memory->account);
}

bool lmi_memory_is_busy(const lmas_memory *memory)
{
    return memory->lane->state == LMI_LANE_TOKENS || memory->lane->state == LMI_LANE_VECTOR;
}

double lmi_memory_attention(const lmas_memory *memory, uint32_t pos)
{
    return pos < memory->n_weighed ? memory->attention[pos] : 0;
}

lmas_status lmi_memory_weigh(lmas_memory *memory, size_t n)
{
    if (!lmi_reserve((void **)&memory->attention, &memory->attention_capacity, n, sizeof(double)))
        return lmi_fail(LMAS_E_NOMEM, "no memory for weights of attention");
    for (; memory->n_weighed < n; memory->n_weighed++)
        memory->attention[memory->n_weighed] = 0;
    return LMAS_OK;
}

/* Once: the flag says that it is fresh. */
static void add_attention(lmas_memory *memory)
{
    lmi_lane *lane = memory->lane;
    uint32_t i;

    if (!(lane->has & LMI_WANT_ATTENTION))
        return;
    for (i = 0; i < lane->attention->n && i < memory->n_weighed; i++)
        memory->attention[i] += lane->attention->mass[i];
    lane->has &= ~(unsigned)LMI_WANT_ATTENTION;
}

void lmi_memory_settle(lmas_memory *memory)
{
    add_attention(memory);
    if (memory->n_segments > 0) {
        lmas_segment *last = &memory->segments[memory->n_segments - 1];

        last->n = memory->lane->pos - last->pos;
    }
}

lmas_status lmi_memory_add_segment(lmas_memory *memory, const lmas_segment *segment)
{
    char *name;

    if (memory->n_segments == LMI_SEGMENTS_MAX)
        return lmi_fail(LMAS_E_INVALID, "more than %zu segments in one working memory",
                        LMI_SEGMENTS_MAX);
    name = lmi_strdup(segment->agent);
    if (!name || !lmi_reserve((void **)&memory->segments, &memory->segments_capacity,
                              memory->n_segments + 1, sizeof(lmas_segment))) {
        lmi_free(name);
        return lmi_fail(LMAS_E_NOMEM, "no memory for a segment");
    }
    memory->segments[memory->n_segments] = *segment;
    memory->segments[memory->n_segments++].agent = name;
    return LMAS_OK;
}

/* The segment that what comes next belongs to: the last one if agent and kind agree. */
static lmas_status open_segment(lmas_memory *memory, const char *agent, lmas_segment_kind kind)
{
    const lmas_segment *last =
        memory->n_segments ? &memory->segments[memory->n_segments - 1] : NULL;

    lmi_memory_settle(memory);
    if (last && last->kind == kind && strcmp(last->agent, agent) == 0)
        return LMAS_OK;
    return lmi_memory_add_segment(
        memory, &(lmas_segment){.agent = agent, .kind = kind, .pos = memory->lane->pos});
}

/* A request may be placed on an idle lane only. */
static lmas_status check_idle(const lmas_memory *memory)
{
    if (memory->lane->state == LMI_LANE_FAILED)
        return lmi_fail(memory->lane->status, "%s", memory->lane->error);
    if (memory->lane->state != LMI_LANE_IDLE)
        return lmi_fail(LMAS_E_INVALID, "the working memory is busy with another request");
    return LMAS_OK;
}

static lmas_status start_tokens(lmas_memory *memory, const char *agent, lmas_segment_kind kind,
                                lmi_tokens tokens, unsigned want)
{
    lmas_status status = check_idle(memory);

    if (status == LMAS_OK && tokens.n == 0)
        status = lmi_fail(LMAS_E_INVALID, "nothing to read: the prompt of %s has no tokens", agent);
    if (status == LMAS_OK)
        status = open_segment(memory, agent, kind);
    if (status == LMAS_OK)
        status = lmi_account_add_tokens(&memory->account, tokens.ids, tokens.n);
    if (status == LMAS_OK && want & LMI_WANT_ATTENTION)
        status = lmi_memory_weigh(memory, memory->lane->pos + tokens.n);
    if (status == LMAS_OK)
        lmi_lane_read(memory->lane, tokens.ids, tokens.n, want);
    return status;
}

lmas_status lmi_memory_start_read(lmas_memory *memory, const char *agent, const int32_t *tokens,
                                  size_t n, unsigned want)
{
    return start_tokens(memory, agent, LMAS_SEGMENT_PROMPT,
                        (lmi_tokens){.ids = (int32_t *)tokens, .n = n}, want);
}

lmas_status lmi_memory_start_text(lmas_memory *memory, const char *agent, const int32_t *tokens,
                                  size_t n, unsigned want)
{
    return start_tokens(memory, agent, LMAS_SEGMENT_TEXT,
                        (lmi_tokens){.ids = (int32_t *)tokens, .n = n}, want);
}

lmas_status lmi_memory_take(lmas_memory *memory, const char *agent, const lmi_prefix *prefix,
                            const int32_t *tokens, uint32_t n)
{
    lmas_status status = check_idle(memory);

    if (status == LMAS_OK)
        status = open_segment(memory, agent, LMAS_SEGMENT_PROMPT);
    if (status == LMAS_OK)
        status = lmi_account_add_tokens(&memory->account, tokens, n);
    return status == LMAS_OK ? lmi_prefix_give(memory->session->ctx, memory->lane, prefix, n)
                             : status;
}

/* What is known of the positions from 0 on is as of new. */
static lmas_status begin_anew(lmas_memory *memory, const char *agent, const int32_t *tokens,
                              uint32_t n)
{
    const lmas_segment all = {.agent = agent, .kind = LMAS_SEGMENT_PROMPT, .n = n};
    lmas_status status;

    drop_segments(memory);
    memory->n_known = 0;
    memory->n_weighed = 0;
    lmi_account_clear(&memory->account);
    status = lmi_memory_add_segment(memory, &all);
    return status == LMAS_OK ? lmi_account_add_tokens(&memory->account, tokens, n) : status;
}

lmas_status lmi_memory_go_back(lmas_memory *memory, const char *agent, const int32_t *tokens,
                               uint32_t n)
{
    lmi_lane *lane = memory->lane;
    lmas_status status = check_idle(memory);

    if (status == LMAS_OK && n < lane->pos)
        status = lmi_lane_drop_range(memory->session->ctx, lane, n, lane->pos);
    if (status == LMAS_OK && lane->pos != n)
        status = lmi_fail(LMAS_E_ENGINE, "a lane went back to %u instead of %u", lane->pos, n);
    if (status == LMAS_OK)
        status = begin_anew(memory, agent, tokens, n);
    if (status != LMAS_OK)
        lmi_memory_clear(memory);
    return status;
}

lmas_status lmi_memory_start_token(lmas_memory *memory, const char *agent, int32_t token,
                                   unsigned want)
{
    lmas_status status = check_idle(memory);

    if (status == LMAS_OK)
        status = open_segment(memory, agent, LMAS_SEGMENT_TEXT);
    if (status == LMAS_OK)
        status = lmi_account_add_tokens(&memory->account, &token, 1);
    if (status == LMAS_OK) {
        memory->token = token;
        lmi_lane_read(memory->lane, &memory->token, 1, want);
    }
    return status;
}

lmas_status lmi_memory_start_guess(lmas_memory *memory, const char *agent, const int32_t *tokens,
                                   const float *odds, size_t n)
{
    lmas_status status = check_idle(memory);

    if (status == LMAS_OK)
        status = open_segment(memory, agent, LMAS_SEGMENT_TEXT);
    if (status == LMAS_OK)
        lmi_lane_guess(memory->lane, tokens, odds, n);
    return status;
}

lmas_status lmi_memory_keep_guesses(lmas_memory *memory, size_t n)
{
    lmi_lane_keep(memory->session->ctx, memory->lane, n);
    lmi_memory_settle(memory);
    return lmi_account_add_tokens(&memory->account, memory->lane->tokens, n);
}

lmas_status lmi_memory_start_vector(lmas_memory *memory, const char *agent, const float *vector,
                                    unsigned want)
{
    lmas_status status = check_idle(memory);

    if (status == LMAS_OK)
        status = open_segment(memory, agent, LMAS_SEGMENT_THOUGHT);
    if (status == LMAS_OK)
        status = lmi_account_add_vectors(&memory->account, vector, 1);
    if (status == LMAS_OK && want & LMI_WANT_ATTENTION)
        status = lmi_memory_weigh(memory, memory->lane->pos + 1);
    if (status == LMAS_OK)
        lmi_lane_feed(memory->session->ctx, memory->lane, vector, want);
    return status;
}

lmas_status lmi_memory_start_thought(lmas_memory *memory, const char *agent, unsigned want)
{
    lmas_status status = check_idle(memory);

    if (status == LMAS_OK)
        status = lmi_session_check_thinking(memory->session);
    if (status == LMAS_OK && !(memory->lane->has & LMI_WANT_HIDDEN))
        status = lmi_fail(LMAS_E_INVALID,
                          "no hidden state to think from: read a prompt before thinking");
    if (status != LMAS_OK)
        return status;
    lmi_realign_apply(memory->thought, memory->session->realign, memory->lane->hidden);
    return lmi_memory_start_vector(memory, agent, memory->thought, want);
}

/* Nobody waits for the request any more: what it borrowed may go. */
static void drop_request(lmas_memory *memory)
{
    size_t n = memory->n_segments;

    lmi_lane_drop(memory->session->ctx, memory->lane);
    lmi_memory_settle(memory);
    if (n > 0 && memory->segments[n - 1].n == 0) {
        lmi_free((void *)memory->segments[n - 1].agent);
        memory->n_segments--;
    }
    lmi_account_trim(&memory->account, lmi_extent_of(memory->segments, memory->n_segments));
}

lmas_status lmi_memory_wait(lmas_memory *memory)
{
    while (lmi_memory_is_busy(memory)) {
        const lmas_status status = lmi_context_tick(memory->session->ctx);

        if (status == LMAS_OK)
            continue;
        drop_request(memory);
        return status;
    }
    lmi_memory_settle(memory);
    if (memory->lane->state == LMI_LANE_FAILED)
        return lmi_fail(memory->lane->status, "%s", memory->lane->error);
    return LMAS_OK;
}

uint32_t lmas_memory_n_pos(const lmas_memory *memory)
{
    return memory ? memory->lane->pos : 0;
}

size_t lmas_memory_n_segments(const lmas_memory *memory)
{
    return memory ? memory->n_segments : 0;
}

const lmas_segment *lmas_memory_segment(const lmas_memory *memory, size_t i)
{
    return memory && i < memory->n_segments ? &memory->segments[i] : NULL;
}
