/*
 * byhand.c - read, think, speak: the three things an agent does, one call each.
 *
 * For people who want the method in their hands. Every call ends with both the hidden state
 * and the logits of the last position at hand, so that any of the three may follow; the
 * solver, which knows what follows, asks for less.
 */
#include "base/mem.h"
#include "engine/sampler.h"
#include "latent/memory.h"
#include "latent/speech.h"

enum { WANT_BOTH = LMI_WANT_HIDDEN | LMI_WANT_LOGITS };

lmas_status lmas_memory_read(lmas_memory *memory, const char *agent, const char *text)
{
    lmi_tokens tokens = {0};
    lmas_status status;

    if (!memory || !agent || !text)
        return lmi_fail(LMAS_E_INVALID, "lmas_memory_read needs a memory, an agent and a text");
    status = lmi_context_check(memory->session->ctx);
    if (status == LMAS_OK)
        status = lmi_model_tokenize(&tokens, memory->session->model, text);
    if (status == LMAS_OK)
        status = lmi_memory_start_read(memory, agent, tokens.ids, tokens.n, WANT_BOTH);
    if (status == LMAS_OK)
        status = lmi_memory_wait(memory);
    lmi_tokens_done(&tokens);
    return status;
}

lmas_status lmas_memory_think(lmas_memory *memory, const char *agent, int32_t n_steps)
{
    lmas_status status;
    int32_t i;

    if (!memory || !agent || n_steps < 0 || n_steps > LMAS_LATENT_STEPS_MAX)
        return lmi_fail(LMAS_E_INVALID,
                        "lmas_memory_think needs a memory, an agent and 0 or more steps, at most "
                        "%d, got %d",
                        LMAS_LATENT_STEPS_MAX, n_steps);
    status = lmi_context_check(memory->session->ctx);
    for (i = 0; status == LMAS_OK && i < n_steps; i++) {
        const unsigned want = i + 1 < n_steps ? LMI_WANT_HIDDEN : WANT_BOTH;

        status = lmi_memory_start_thought(memory, agent, want);
        if (status == LMAS_OK)
            status = lmi_memory_wait(memory);
    }
    return status;
}

typedef struct turn {
    lmas_memory *memory;
    const char *agent;
    lmi_sampler *sampler;
    lmi_speech speech;
    lmi_buf piece;
    lmas_text_fn fn;
    void *user;
} turn;

static lmas_status hand_out(turn *t, bool is_end)
{
    lmi_buf_clear(&t->piece);
    lmi_speech_stream(&t->piece, &t->speech, is_end);
    if (t->piece.len && t->fn && !t->fn(t->user, t->piece.data, t->piece.len))
        return lmi_fail(LMAS_E_CANCELED, "the text callback asked to stop");
    return lmi_buf_status(&t->piece);
}

/* Draw, hand out, take in, until the turn ends. The last token is never taken in. */
static lmas_status speak(turn *t, int32_t n_max_tokens)
{
    const lmas_model *model = t->memory->session->model;
    lmas_status status = LMAS_OK;
    int32_t token;
    int32_t n;

    for (n = 1; status == LMAS_OK; n++) {
        status = lmi_sampler_draw(&token, t->sampler, t->memory->lane->logits);
        if (status != LMAS_OK || lmi_model_ends(model, token))
            break;
        status = lmi_speech_add(&t->speech, model, token);
        if (status == LMAS_OK)
            status = hand_out(t, false);
        if (n == n_max_tokens || status != LMAS_OK)
            break;
        status = lmi_memory_start_token(t->memory, t->agent, token, LMI_WANT_LOGITS);
        if (status == LMAS_OK)
            status = lmi_memory_wait(t->memory);
    }
    return status == LMAS_OK ? hand_out(t, true) : status;
}

lmas_status lmas_memory_speak(lmas_memory *memory, const char *agent, int32_t n_max_tokens,
                              const lmas_sampling *sampling, lmas_text_fn fn, void *user)
{
    const lmas_sampling s = sampling ? *sampling : lmas_sampling_default();
    turn t = {.memory = memory, .agent = agent, .fn = fn, .user = user};
    lmas_status status;

    if (!memory || !agent || n_max_tokens < 1 || n_max_tokens > LMAS_NEW_TOKENS_MAX)
        return lmi_fail(LMAS_E_INVALID,
                        "lmas_memory_speak needs a memory, an agent and 1 or more tokens, at most "
                        "%d, got %d",
                        LMAS_NEW_TOKENS_MAX, n_max_tokens);
    status = lmi_context_check(memory->session->ctx);
    if (status != LMAS_OK)
        return status;
    if (!(memory->lane->has & LMI_WANT_LOGITS))
        return lmi_fail(LMAS_E_INVALID, "nothing to speak from: read a prompt before speaking");
    status = lmi_sampling_check(&s);
    if (status == LMAS_OK)
        status = lmi_sampler_new(&t.sampler, memory->session->model, &s, 0, 0);
    if (status != LMAS_OK)
        return status;
    lmi_speech_init(&t.speech);
    lmi_buf_init(&t.piece, LMI_SPEECH_MAX);
    status = speak(&t, n_max_tokens);
    memory->lane->has = LMI_WANT_NOTHING; /* the last token was not taken in */
    lmi_buf_done(&t.piece);
    lmi_speech_done(&t.speech);
    lmi_sampler_free(t.sampler);
    return status;
}
