/* shelf.c - finding out what prompts share; shelf.h has the idea. */
#include "team/turn/shelf.h"

#include "base/mem.h"

/* A beginning shorter than this is read faster than shared. */
enum { SHARED_MIN = 8 };

lmas_status lmi_shelf_init(lmi_shelf *shelf, const lmi_plan *plan)
{
    *shelf = (lmi_shelf){.plan = plan};
    shelf->places = lmi_new(plan->n_turns, sizeof(*shelf->places));
    return shelf->places ? LMAS_OK : lmi_fail(LMAS_E_NOMEM, "no memory for shared prompts");
}

void lmi_shelf_done(lmi_shelf *shelf)
{
    size_t i;

    for (i = 0; shelf->places && i < shelf->plan->n_turns; i++) {
        lmi_tokens_done(&shelf->places[i].tokens);
        if (shelf->places[i].prefix)
            lmi_prefix_free(lmi_shelf_context(shelf, i), shelf->places[i].prefix);
    }
    lmi_free(shelf->places);
}

lmi_context *lmi_shelf_context(const lmi_shelf *shelf, size_t i)
{
    return lmi_plan_host(shelf->plan, i)->session->ctx;
}

/* How many tokens both begin with. */
static size_t n_common(const lmi_tokens *a, const lmi_tokens *b)
{
    size_t n = 0;

    while (n < a->n && n < b->n && a->ids[n] == b->ids[n])
        n++;
    return n;
}

/* A text that differs from `text` from its first letter on. */
static const char *unlike(const char *text)
{
    return text && text[0] == '~' ? "#" : "~";
}

/* A case that has nothing in common with `c`. `said` has room for a text of each turn. */
static lmi_case unlike_case(const lmi_case *c, const lmi_plan *plan, const char **said)
{
    size_t i;

    for (i = 0; i < plan->n_turns; i++)
        said[i] = unlike(c->said ? c->said[i] : NULL);
    return (lmi_case){.question = unlike(c->question),
                      .note = unlike(c->note),
                      .other = unlike(c->other),
                      .other_note = unlike(c->other_note),
                      .kind = c->kind,
                      .said = said,
                      .n_speak_most = c->n_speak_most};
}

/* What two prompts of this turn share whose questions have nothing in common. */
static lmas_status find_common(lmi_shelf_place *place, const lmi_plan *plan, size_t i,
                               const lmi_case *c, const lmi_tokens *prompt)
{
    const char **said = lmi_new(plan->n_turns, sizeof(*said));
    lmas_status status;
    lmi_case other;
    lmi_buf text;

    if (!said)
        return lmi_fail(LMAS_E_NOMEM, "no memory for shared prompts");
    other = unlike_case(c, plan, said);
    lmi_buf_init(&text, LMI_PROMPT_MAX);
    status = lmi_plan_prompt(&text, plan, i, &other);
    if (status == LMAS_OK)
        status = lmi_model_tokenize(&place->tokens, plan->turns[i].model, lmi_buf_text(&text));
    if (status == LMAS_OK)
        place->tokens.n = n_common(&place->tokens, prompt);
    if (status == LMAS_OK && place->tokens.n == prompt->n && prompt->n > 0)
        place->tokens.n--; /* no question in it: the last token is read all the same */
    lmi_buf_done(&text);
    lmi_free(said);
    return status;
}

lmi_shelf_place *lmi_shelf_look(uint32_t *n_out, lmi_shelf *shelf, size_t i, const lmi_case *c,
                                const lmi_tokens *prompt)
{
    lmi_shelf_place *place = &shelf->places[i];
    size_t n;

    *n_out = 0;
    if (place->state == LMI_SHELF_UNKNOWN) {
        const bool is_open = shelf->plan->params.share_prefixes &&
                             lmi_plan_origin(shelf->plan, &shelf->plan->turns[i]) == 0 &&
                             lmi_turn_is_fresh(&shelf->plan->turns[i]) &&
                             lmi_prefix_is_possible(lmi_shelf_context(shelf, i)) &&
                             find_common(place, shelf->plan, i, c, prompt) == LMAS_OK;

        place->state =
            is_open && place->tokens.n >= SHARED_MIN ? LMI_SHELF_KNOWN : LMI_SHELF_ABSENT;
    }
    if (place->state == LMI_SHELF_ABSENT)
        return NULL;
    n = n_common(&place->tokens, prompt);
    if (n == prompt->n)
        n--; /* the last token is read, so that something comes out of it */
    if (n < SHARED_MIN)
        return NULL;
    *n_out = (uint32_t)n;
    return place;
}

uint32_t lmi_shelf_n_cells(const lmi_shelf *shelf, size_t host)
{
    uint32_t n = 0;
    size_t i;

    for (i = 0; i < shelf->plan->n_turns; i++)
        if (shelf->plan->turns[i].host == host && shelf->places[i].prefix &&
            shelf->places[i].prefix->seq >= 0)
            n += shelf->places[i].prefix->n;
    return n;
}
