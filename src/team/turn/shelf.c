/* shelf.c - finding out what prompts share; shelf.h has the idea. */
#include "team/turn/shelf.h"

#include <string.h>

#include "base/mem.h"

/* A beginning shorter than this is read faster than shared. */
enum { SHARED_MIN = 8 };

lmas_status lmi_shelf_init(lmi_shelf *shelf, const lmi_plan *plan, lmi_shelf_place **kept)
{
    *shelf = (lmi_shelf){.plan = plan, .kept = kept};
    shelf->places = lmi_new(plan->n_turns, sizeof(*shelf->places));
    return shelf->places ? LMAS_OK : lmi_fail(LMAS_E_NOMEM, "no memory for shared prompts");
}

static void clear_place(const lmi_shelf *shelf, lmi_shelf_place *place, size_t turn)
{
    lmi_tokens_done(&place->tokens);
    if (place->prefix)
        lmi_prefix_free(lmi_shelf_context(shelf, turn), place->prefix);
}

static void drop_kept(lmi_shelf_place **at)
{
    lmi_shelf_place *place = *at;

    *at = place->next;
    clear_place(place->shelf, place, place->turn);
    lmi_free(place);
}

void lmi_shelf_done(lmi_shelf *shelf)
{
    lmi_shelf_place **at = shelf->kept;
    size_t i;

    while (at && *at) {
        if ((*at)->shelf == shelf)
            drop_kept(at);
        else
            at = &(*at)->next;
    }
    for (i = 0; shelf->places && i < shelf->plan->n_turns; i++)
        clear_place(shelf, &shelf->places[i], i);
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
                      .n_speak_most = c->n_speak_most,
                      .asked = c->asked};
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

bool lmi_shelf_is_open(const lmi_shelf *shelf, size_t i)
{
    const lmi_turn *turn = &shelf->plan->turns[i];

    return shelf->plan->params.share_prefixes && lmi_plan_origin(shelf->plan, turn) == 0 &&
           lmi_turn_is_fresh(turn) && lmi_prefix_is_possible(lmi_shelf_context(shelf, i));
}

uint32_t lmi_shelf_share(const lmi_tokens *read, const lmi_tokens *prompt)
{
    size_t n = n_common(read, prompt);

    if (n == prompt->n && n > 0)
        n--;
    return n < SHARED_MIN ? 0 : (uint32_t)n;
}

/* ---- What all questions begin with ---- */

static lmi_loan look_at_all(lmi_shelf *shelf, size_t i, const lmi_case *c, const lmi_tokens *prompt)
{
    lmi_shelf_place *place = &shelf->places[i];
    lmi_loan loan = {0};

    if (place->state == LMI_SHELF_UNKNOWN)
        place->state = lmi_shelf_is_open(shelf, i) &&
                               find_common(place, shelf->plan, i, c, prompt) == LMAS_OK &&
                               place->tokens.n >= SHARED_MIN
                           ? LMI_SHELF_KNOWN
                           : LMI_SHELF_ABSENT;
    if (place->state == LMI_SHELF_ABSENT)
        return loan;
    loan.n = lmi_shelf_share(&place->tokens, prompt);
    /* Whoever shares less than all of it cannot read it for others. */
    if (loan.n > 0 && (place->state == LMI_SHELF_KEPT || loan.n == place->tokens.n))
        loan.place = place;
    return loan;
}

/* ---- What a conversation begins with ---- */

bool lmi_shelf_is_kept(const lmi_shelf_place *place)
{
    return place->shelf != NULL;
}

static bool serves_same(const lmi_shelf_place *a, const lmi_shelf_place *b)
{
    return a->shelf == b->shelf && a->turn == b->turn && a->realm == b->realm &&
           a->is_passing == b->is_passing;
}

static bool is_same(const lmi_shelf_place *a, const lmi_shelf_place *b)
{
    return serves_same(a, b) && a->tokens.n == b->tokens.n &&
           n_common(&a->tokens, &b->tokens) == a->tokens.n;
}

const lmi_prefix *lmi_shelf_shorter(uint32_t *n, const lmi_shelf *shelf,
                                    const lmi_shelf_place *wanted)
{
    const lmi_shelf_place *const all = &shelf->places[wanted->turn];
    const lmi_shelf_place *place;
    const lmi_prefix *found = NULL;

    *n = 0;
    for (place = all; place; place = place == all ? *shelf->kept : place->next) {
        const bool lies_there =
            place->state == LMI_SHELF_KEPT && (place == all || serves_same(place, wanted));
        const uint32_t n_here = lies_there ? lmi_shelf_share(&place->tokens, &wanted->tokens) : 0;

        if (n_here > *n) {
            *n = n_here;
            found = place->prefix;
        }
    }
    return found;
}

/* The place of that beginning, in front of the others: there by now, or this one. */
static lmi_shelf_place *settle(lmi_shelf_place **kept, lmi_shelf_place *wanted)
{
    lmi_shelf_place **at = kept;
    lmi_shelf_place *place;

    while (*at && !is_same(*at, wanted))
        at = &(*at)->next;
    place = *at ? *at : wanted;
    if (*at) {
        *at = place->next;
        lmi_tokens_done(&wanted->tokens);
        lmi_free(wanted);
    }
    place->next = *kept;
    *kept = place;
    return place;
}

static lmi_loan refuse(lmi_shelf_place *place)
{
    if (place)
        lmi_tokens_done(&place->tokens);
    lmi_free(place);
    return (lmi_loan){0};
}

/* A loan of the beginning that `place`, which is new, names. */
static lmi_loan lend(lmi_shelf *shelf, lmi_shelf_place *place)
{
    place->state = LMI_SHELF_KNOWN;
    place->shelf = shelf;
    place = settle(shelf->kept, place);
    if (place->state == LMI_SHELF_ABSENT)
        return (lmi_loan){0};
    place->n_holders++;
    return (lmi_loan){.place = place, .n = (uint32_t)place->tokens.n};
}

static lmi_loan look_at_kept(lmi_shelf *shelf, size_t i, const lmi_case *c,
                             const lmi_tokens *prompt)
{
    lmi_shelf_place *place = lmi_new(1, sizeof(*place));

    if (!place || !lmi_shelf_is_open(shelf, i) ||
        find_common(place, shelf->plan, i, c, prompt) != LMAS_OK || place->tokens.n < SHARED_MIN)
        return refuse(place);
    place->turn = i;
    place->realm = c->asked->realm;
    return lend(shelf, place);
}

/* ---- What turns of one question begin with ---- */

lmi_loan lmi_shelf_join(lmi_shelf *shelf, size_t i, uint64_t question, const lmi_tokens *prompt,
                        uint32_t n)
{
    lmi_shelf_place *place = lmi_new(1, sizeof(*place));

    if (!place ||
        !lmi_reserve((void **)&place->tokens.ids, &place->tokens.capacity, n, sizeof(*prompt->ids)))
        return refuse(place);
    memcpy(place->tokens.ids, prompt->ids, n * sizeof(*prompt->ids));
    place->tokens.n = n;
    place->turn = i;
    place->realm = question;
    place->is_passing = true;
    return lend(shelf, place);
}

lmi_loan lmi_shelf_look(lmi_shelf *shelf, size_t i, const lmi_case *c, const lmi_tokens *prompt)
{
    const char *system = c->asked->system;
    const bool goes_on = c->asked->n_before > 0 || (system && system[0]);

    if (!goes_on)
        return look_at_all(shelf, i, c, prompt);
    return shelf->plan->params.kept_size > 0 ? look_at_kept(shelf, i, c, prompt) : (lmi_loan){0};
}

/* The oldest go that nobody needs now, until the others have room. */
static void make_room(const lmi_shelf *shelf)
{
    lmi_shelf_place **at = shelf->kept;
    uint64_t size = 0;

    while (*at) {
        const lmi_prefix *prefix = (*at)->prefix;
        const uint64_t own = (*at)->tokens.n * sizeof(int32_t) + (prefix ? prefix->copy.size : 0);
        const bool is_over = (*at)->is_passing || size + own > shelf->plan->params.kept_size;

        if (is_over && (*at)->n_holders == 0) {
            drop_kept(at);
        } else {
            size += (*at)->is_passing ? 0 : own;
            at = &(*at)->next;
        }
    }
}

void lmi_shelf_put(lmi_shelf *shelf, size_t i, const lmi_loan *loan, lmi_lane *lane)
{
    lmi_shelf_place *place = loan->place;
    const bool shares_cells = !lmi_shelf_is_kept(place) && lmi_plan_keeps_memory(shelf->plan);
    const lmas_status status =
        lmi_prefix_keep(&place->prefix, lmi_shelf_context(shelf, i), lane, shares_cells);

    place->state = status == LMAS_OK ? LMI_SHELF_KEPT : LMI_SHELF_ABSENT;
}

void lmi_shelf_leave(lmi_shelf *shelf, lmi_loan *loan)
{
    if (!loan->place)
        return; /* the shelf may be gone */
    if (loan->is_reader && loan->place->state == LMI_SHELF_READING)
        loan->place->state = LMI_SHELF_KNOWN;
    if (lmi_shelf_is_kept(loan->place))
        loan->place->n_holders--;
    *loan = (lmi_loan){0};
    make_room(shelf);
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
