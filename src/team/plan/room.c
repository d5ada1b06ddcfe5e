/*
 * room.c - how many cells a question can need, before anything runs.
 *
 * What a turn adds is its prompt, its thoughts and what it speaks; what its memory holds is that
 * of all its blocks. A prompt may hold texts that nobody has spoken yet: those count by what their
 * agents may speak.
 */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "latent/probe.h"
#include "team/plan/params.h"
#include "team/plan/prompt.h"

/* Tokens that the heading and the blank line around one agent's text may take. */
enum { OUTPUT_OVERHEAD = 16 };

/* What each turn adds to its memory. */
typedef struct addition {
    uint64_t least;    /* prompt, thoughts */
    uint64_t most;     /* and all that it may hear and speak */
    uint64_t alone;    /* most cells that its memory has for itself */
    bool is_continued; /* another turn goes on in it */
} addition;

/* As many tokens for one where a text of one model is read by another: 1 for one vocabulary. Of two
 * the reader's may be the poorer. */
static uint64_t factor_of(const lmas_model *from, const lmas_model *to)
{
    return from && to && from->info.n_vocab == to->info.n_vocab ? 1 : 4;
}

/* Tokens that a turn's text may have for a reader; of a program's, a byte is one at least. */
static uint64_t most_said(const lmi_turn *turn, const lmi_case *c, const lmas_model *reader)
{
    return lmi_turn_is_errand(turn)
               ? turn->agent->command.output_size
               : (uint64_t)lmi_case_speaks(c, turn, turn->n_speak) * factor_of(turn->model, reader);
}

/* Tokens that all texts of others together may take: what they may speak, or what the byte limit
 * lets through (a token has a byte at least). */
static uint64_t most_heard_at_once(const lmi_plan *plan, size_t i, const lmi_case *c)
{
    const lmi_turn_list *hears = &plan->turns[i].hears;
    const int32_t limit = plan->params.text_context_length;
    uint64_t spoken = 0;
    size_t k;

    for (k = 0; k < hears->n; k++)
        spoken += most_said(&plan->turns[hears->at[k]], c, plan->turns[i].model) + OUTPUT_OVERHEAD;
    return limit >= 0 && (uint64_t)limit < spoken ? (uint64_t)limit : spoken;
}

/* The same of the whole prompt of turn `i`, as often as it says them: all, and one agent's. */
static uint64_t most_heard(const lmi_plan *plan, size_t i, const lmi_case *c)
{
    const lmi_turn *turn = &plan->turns[i];
    const char *at = turn->hears.n > 0 ? turn->agent->prompt : "";
    uint64_t n = lmi_plan_n_outputs(plan, i) * most_heard_at_once(plan, i, c);
    int32_t from;

    while ((from = lmi_plan_next_quote(&at, plan, i)) != LMI_NO_TURN)
        n += most_said(&plan->turns[from], c, turn->model) + OUTPUT_OVERHEAD;
    return n;
}

static lmas_status count_prompt(uint32_t *out, const lmi_plan *plan, size_t i, const lmi_case *c,
                                const lmas_model *model)
{
    lmas_status status;
    lmi_buf prompt;

    lmi_buf_init(&prompt, LMI_PROMPT_MAX);
    status = lmi_plan_prompt_for(&prompt, plan, i, c, model);
    if (status == LMAS_OK)
        status = lmas_model_count_tokens(out, model, lmi_buf_text(&prompt));
    lmi_buf_done(&prompt);
    return status;
}

/* What turn `i` adds to a memory of `model`, its own or another that reads it afresh. */
static lmas_status count_turn(addition *out, const lmi_plan *plan, size_t i, const lmi_case *c,
                              const lmas_model *model)
{
    const lmi_turn *turn = &plan->turns[i];
    const uint64_t n_words =
        (uint64_t)lmi_case_speaks(c, turn, turn->n_speak > 0 ? turn->n_speak : turn->n_instead);
    const uint64_t factor = factor_of(turn->model, model);
    uint32_t n_prompt = 0;
    const lmas_status status =
        lmi_turn_is_errand(turn) || !model ? LMAS_OK : count_prompt(&n_prompt, plan, i, c, model);

    if (lmi_turn_is_errand(turn) || !model)
        return LMAS_OK;
    out->least = n_prompt; /* and thoughts, but where words may come in their place */
    if (model == turn->model || turn->n_instead == 0)
        out->least += (uint64_t)turn->n_thoughts;
    out->most =
        (uint64_t)n_prompt + (uint64_t)turn->n_thoughts + most_heard(plan, i, c) + factor * n_words;
    if (turn->n_speak == 0)
        out->most += plan->params.n_probe; /* for a while */
    return status;
}

/* No two lanes share a recurrent state, and whoever takes a probe back in a window is made anew. */
static bool copies_all(const lmi_plan *plan, const lmas_model *model)
{
    return model->is_packed_by_sequence || (plan->params.n_probe > 0 && lmi_probe_copies(model));
}

/* Then an origin's cells are each lane's own, and so they are where holes are closed. */
static bool copies_origin(const lmi_plan *plan)
{
    size_t i = 0;

    while (i < plan->n_turns && !lmi_turn_restarts(&plan->turns[i]))
        i++;
    return i < plan->n_turns || copies_all(plan, plan->hosts[0].model);
}

/* A fork shares what it began with, as all share the origin, and a memory that an experiment
 * overwrites shares nothing. Where there is a join each counts for itself, which is more than it
 * takes: a fork may outlive the one who went on in what both began with. */
static void count_alone(addition *turns, const lmi_plan *plan, size_t i, uint64_t whole)
{
    const lmi_turn *turn = &plan->turns[i];
    const int32_t base = turn->base;
    const lmi_turn_list *takers = base == LMI_NO_TURN ? NULL : &plan->turns[base].gives_to;
    const lmi_turn *heir = takers ? &plan->turns[takers->at[takers->n - 1]] : NULL;
    const bool is_apart = !heir || turn->n_parcels > 0 || heir->n_parcels > 0 ||
                          lmi_control_overwrites(plan->params.control) || lmi_turn_restarts(turn) ||
                          copies_all(plan, turn->model);

    turns[i].alone = is_apart ? whole : turns[i].most;
    if (heir == turn && !is_apart)
        turns[i].alone += turns[base].alone;
    if (heir == turn)
        turns[base].is_continued = true;
}

static uint32_t clamp(uint64_t n)
{
    return n < UINT32_MAX ? (uint32_t)n : UINT32_MAX;
}

/* What block `k` is in the memory of turn `i`. */
static lmas_status count_block(addition *out, const addition *turns, const lmi_plan *plan, size_t i,
                               size_t k, const lmi_case *c)
{
    const lmas_model *model = plan->turns[i].model;

    *out = turns[k];
    if (plan->turns[k].model == model)
        return LMAS_OK;
    *out = (addition){0};
    return count_turn(out, plan, k, c, model);
}

/* What the memory of turn `i` holds when it ends. */
static lmas_status count_memory(lmi_room *rooms, addition *turns, const lmi_plan *plan, size_t i,
                                const lmi_case *c)
{
    const lmi_turn *turn = &plan->turns[i];
    const uint32_t n_origin = lmi_plan_origin(plan, turn);
    lmi_room *room = &rooms[turn->host];
    uint64_t least = n_origin, most = n_origin;
    size_t k;

    if (lmi_turn_is_away(turn))
        return LMAS_OK;
    for (k = 0; k < turn->blocks.n; k++) {
        addition block;
        const lmas_status status =
            count_block(&block, turns, plan, i, (size_t)turn->blocks.at[k], c);

        if (status != LMAS_OK)
            return status;
        least += block.least;
        most += block.most;
    }
    count_alone(turns, plan, i, copies_origin(plan) ? most : most - n_origin);
    room->n_least = clamp(least) > room->n_least ? clamp(least) : room->n_least;
    room->n_most = clamp(most) > room->n_most ? clamp(most) : room->n_most;
    return LMAS_OK;
}

static int largest_first(const void *a, const void *b)
{
    const uint64_t x = ((const addition *)a)->alone, y = ((const addition *)b)->alone;

    return (x < y) - (x > y);
}

/* As many of the host's largest memories as there can be at once; whoever is gone on in is no more.
 */
static lmas_status count_all(uint32_t *out, const addition *turns, const lmi_plan *plan,
                             size_t host)
{
    addition *own = lmi_new(plan->n_turns, sizeof(*own));
    uint64_t n = 0;
    size_t n_own = 0;
    size_t i;

    if (!own)
        return lmi_fail(LMAS_E_NOMEM, "no memory for a team's turns");
    for (i = 0; i < plan->n_turns; i++)
        if (plan->turns[i].host == host && !turns[i].is_continued)
            own[n_own++] = turns[i];
    qsort(own, n_own, sizeof(*own), largest_first);
    for (i = 0; i < n_own && i < plan->hosts[host].n_lanes; i++)
        n += own[i].alone;
    lmi_free(own);
    *out = clamp(n);
    return LMAS_OK;
}

static lmas_status count_turns(lmi_room *rooms, addition *turns, const lmi_plan *plan,
                               const lmi_case *c)
{
    lmas_status status = LMAS_OK;
    size_t i;

    for (i = 0; status == LMAS_OK && i < plan->n_turns; i++) {
        status = count_turn(&turns[i], plan, i, c, plan->turns[i].model);
        if (status == LMAS_OK)
            status = count_memory(rooms, turns, plan, i, c);
    }
    return status;
}

lmas_status lmi_plan_room(lmi_room *out, const lmi_plan *plan, const lmi_case *c)
{
    addition *turns = lmi_new(plan->n_turns, sizeof(*turns));
    lmas_status status;
    size_t h;

    if (!turns)
        return lmi_fail(LMAS_E_NOMEM, "no memory for a team's turns");
    memset(out, 0, plan->n_hosts * sizeof(*out));
    status = count_turns(out, turns, plan, c);
    for (h = 0; status == LMAS_OK && h < plan->n_hosts; h++)
        status = count_all(&out[h].n_all, turns, plan, h);
    lmi_free(turns);
    return status;
}

static lmas_needs needs_of(const lmi_plan *plan, const lmi_room *room, size_t h)
{
    return (lmas_needs){.n_lanes = plan->hosts[h].n_lanes,
                        .n_lanes_least = plan->hosts[h].n_lanes_least,
                        .n_cells = room->n_most,
                        .n_cells_all = room->n_all,
                        .copies_origin = h == 0 && copies_origin(plan)};
}

lmas_status lmas_question_needs(lmas_needs *out, const lmas_model *model, const lmas_team *team,
                                const lmas_solver_params *params, const lmas_question *question)
{
    lmi_plan plan = {0};
    lmi_room rooms[LMI_HOSTS_MAX];
    lmas_status status;
    lmi_case c;
    size_t h;

    if (!out || !model || !team)
        return lmi_fail(LMAS_E_INVALID, "lmas_question_needs needs out, model, team and question");
    status = lmi_question_check(question);
    if (status != LMAS_OK)
        return status;
    c = lmi_case_of(question);
    status = lmi_plan_make(&plan, model, team, params);
    if (status == LMAS_OK)
        status = lmi_plan_check(&plan);
    if (status == LMAS_OK)
        status = lmi_plan_room(rooms, &plan, &c);
    for (h = 0; status == LMAS_OK && h <= plan.params.n_hosts; h++)
        out[h] = needs_of(&plan, &rooms[h], h);
    lmi_plan_done(&plan);
    return status;
}
