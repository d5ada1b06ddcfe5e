/* case.c - see case.h. */
#include "team/plan/case.h"

#include <math.h>
#include <string.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "engine/sampler.h"
#include "team/plan/params.h"

lmi_case lmi_case_of(const lmas_question *question)
{
    return (lmi_case){.question = question->text,
                      .note = question->note,
                      .other = question->other,
                      .other_note = question->other_note,
                      .kind = question->kind,
                      .asked = question};
}

int32_t lmi_case_speaks(const lmi_case *c, const lmi_turn *turn, int32_t n_speak)
{
    const int32_t own = turn->is_output ? c->asked->max_new_tokens : 0;

    if (own > 0 && own < n_speak)
        n_speak = own;
    return c->n_speak_most > 0 && c->n_speak_most < n_speak ? c->n_speak_most : n_speak;
}

/* As the question says, or else the run, but for what the agent says itself. */
lmas_sampling lmi_case_sampling(const lmi_case *c, const lmi_plan *plan, const lmi_turn *turn)
{
    const lmi_own_sampling *own = turn->agent ? &turn->agent->sampling : NULL;
    lmas_sampling out = c->asked->sampling ? *c->asked->sampling : plan->params.sampling;

    if (own && !isnan(own->temperature))
        out.temperature = (float)own->temperature;
    if (own && !isnan(own->top_p))
        out.top_p = (float)own->top_p;
    if (own && !isnan(own->min_p))
        out.min_p = (float)own->min_p;
    if (own && own->top_k >= 0)
        out.top_k = own->top_k;
    return out;
}

uint64_t lmi_case_draws(const lmi_case *c)
{
    return c->asked->draws ? c->asked->draws : c->asked->id;
}

uint64_t lmi_case_seed(const lmi_case *c, const lmi_plan *plan, size_t turn)
{
    const lmas_sampling *s = c->asked->sampling ? c->asked->sampling : &plan->params.sampling;

    return s->seed + lmi_case_draws(c) * LMI_TEAM_TURNS_MAX + turn;
}

/* ---- What a question must be ---- */

static lmas_status check_before(const lmas_question *q)
{
    size_t i;

    if (q->n_before > LMI_BEFORE_MAX)
        return lmi_fail(LMAS_E_INVALID, "a conversation may have %d messages, got %zu",
                        LMI_BEFORE_MAX, q->n_before);
    for (i = 0; i < q->n_before; i++) {
        const lmas_message *m = &q->before[i];

        if (!m->role || !m->text ||
            (strcmp(m->role, "user") != 0 && strcmp(m->role, "assistant") != 0))
            return lmi_fail(LMAS_E_INVALID,
                            "a message before a question needs a text, and the role user or "
                            "assistant, got %.40s",
                            m->role ? m->role : "none");
    }
    return LMAS_OK;
}

static lmas_status check_stops(const lmas_question *q)
{
    size_t i;

    if (q->n_stops > LMAS_STOPS_MAX)
        return lmi_fail(LMAS_E_INVALID, "at most %d stops expected, got %zu", LMAS_STOPS_MAX,
                        q->n_stops);
    for (i = 0; i < q->n_stops; i++) {
        const size_t len = q->stops[i] ? strlen(q->stops[i]) : 0;

        if (len == 0 || len > LMAS_STOP_SIZE_MAX || !lmi_utf8_is_valid(q->stops[i], len))
            return lmi_fail(LMAS_E_INVALID,
                            "a stop must be UTF-8 text of 1 to %d bytes, got %zu bytes",
                            LMAS_STOP_SIZE_MAX, len);
    }
    return LMAS_OK;
}

static lmas_status check_numbers(const lmas_question *q)
{
    if (q->max_new_tokens < 0 || q->max_new_tokens > LMAS_NEW_TOKENS_MAX)
        return lmi_fail(LMAS_E_INVALID, "max_new_tokens must be from 1 to %d, got %d",
                        LMAS_NEW_TOKENS_MAX, q->max_new_tokens);
    if (q->n_top > LMAS_NEAR_MAX || q->n_near > LMAS_NEAR_MAX)
        return lmi_fail(LMAS_E_INVALID, "n_top and n_near must be from 0 to %d, got %u and %u",
                        LMAS_NEAR_MAX, q->n_top, q->n_near);
    return q->sampling ? lmi_sampling_check(q->sampling) : LMAS_OK;
}

lmas_status lmi_question_check(const lmas_question *q)
{
    lmas_status status;

    if (!q || !q->text || (size_t)q->kind >= LMI_ANSWER_KINDS || (q->n_before && !q->before) ||
        (q->n_stops && !q->stops))
        return lmi_fail(LMAS_E_INVALID, "a question needs text and kind, and what it counts");
    status = check_before(q);
    if (status == LMAS_OK)
        status = check_stops(q);
    return status == LMAS_OK ? check_numbers(q) : status;
}

/* ---- A copy of it ---- */

static lmas_status copy_text(const char **out, const char *text)
{
    *out = text ? lmi_strdup(text) : NULL;
    return *out || !text ? LMAS_OK : lmi_fail(LMAS_E_NOMEM, "no memory for a question");
}

static lmas_status copy_before(lmas_question *out, const lmas_question *q)
{
    lmas_message *before = lmi_new(q->n_before + 1, sizeof(*before));
    lmas_status status = LMAS_OK;

    if (!before)
        return lmi_fail(LMAS_E_NOMEM, "no memory for a question");
    out->before = before;
    for (; status == LMAS_OK && out->n_before < q->n_before; out->n_before++) {
        lmas_message *m = &before[out->n_before];

        m->role = q->before[out->n_before].role[0] == 'u' ? "user" : "assistant";
        status = copy_text(&m->text, q->before[out->n_before].text);
    }
    return status;
}

static lmas_status copy_stops(lmas_question *out, const lmas_question *q)
{
    const char **stops = lmi_new(q->n_stops + 1, sizeof(*stops));
    lmas_status status = LMAS_OK;

    if (!stops)
        return lmi_fail(LMAS_E_NOMEM, "no memory for a question");
    out->stops = stops;
    for (; status == LMAS_OK && out->n_stops < q->n_stops; out->n_stops++)
        status = copy_text(&stops[out->n_stops], q->stops[out->n_stops]);
    return status;
}

static lmas_status copy_sampling(lmas_question *out, const lmas_question *q)
{
    lmas_sampling *sampling = lmi_new(1, sizeof(*sampling));

    if (!sampling)
        return lmi_fail(LMAS_E_NOMEM, "no memory for a question");
    *sampling = *q->sampling;
    out->sampling = sampling;
    return LMAS_OK;
}

lmas_status lmi_question_copy(lmas_question *out, const lmas_question *q)
{
    const char *const from[] = {q->text, q->note, q->other, q->other_note, q->system};
    const char **const to[] = {&out->text, &out->note, &out->other, &out->other_note, &out->system};
    lmas_status status = LMAS_OK;
    size_t i;

    *out = *q;
    out->before = NULL;
    out->stops = NULL;
    out->sampling = NULL;
    out->n_before = out->n_stops = 0;
    for (i = 0; i < sizeof(to) / sizeof(to[0]); i++)
        *to[i] = NULL;
    for (i = 0; status == LMAS_OK && i < sizeof(to) / sizeof(to[0]); i++)
        status = copy_text(to[i], from[i]);
    if (status == LMAS_OK && q->n_before > 0)
        status = copy_before(out, q);
    if (status == LMAS_OK && q->n_stops > 0)
        status = copy_stops(out, q);
    return status == LMAS_OK && q->sampling ? copy_sampling(out, q) : status;
}

void lmi_question_done(lmas_question *q)
{
    const char *const texts[] = {q->text, q->note, q->other, q->other_note, q->system};
    size_t i;

    for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
        lmi_free((void *)texts[i]);
    for (i = 0; i < q->n_before; i++)
        lmi_free((void *)q->before[i].text);
    for (i = 0; i < q->n_stops; i++)
        lmi_free((void *)q->stops[i]);
    lmi_free((void *)q->before);
    lmi_free((void *)q->stops);
    lmi_free((void *)q->sampling);
    *q = (lmas_question){0};
}
