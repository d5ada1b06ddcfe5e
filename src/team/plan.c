/* plan.c - from a graph and a method to turns; plan.h has the picture. */
#include "team/plan.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "team/params.h"

/* What goes from one turn to another. */
typedef struct link {
    size_t from, to;
    lmi_carry asked; /* as method and file say */
    lmi_carry carry; /* what an experiment lets through of it */
} link;

/* A plan on its way: all rounds, of which some turns nobody uses. */
typedef struct draft {
    lmi_plan *plan;
    link *links;
    size_t n_links, capacity;
    lmas_status status; /* the first failure; what follows does nothing */
} draft;

static bool add(draft *d, lmi_turn_list *list, size_t turn)
{
    size_t i;

    for (i = 0; i < list->n; i++)
        if (list->at[i] == (int32_t)turn)
            return false;
    if (!lmi_reserve((void **)&list->at, &list->capacity, list->n + 1, sizeof(*list->at))) {
        d->status = lmi_fail(LMAS_E_NOMEM, "no memory for a team's turns");
        return false;
    }
    list->at[list->n++] = (int32_t)turn;
    return true;
}

static void add_all(draft *d, lmi_turn_list *list, const lmi_turn_list *others)
{
    size_t i;

    for (i = 0; i < others->n; i++)
        add(d, list, (size_t)others->at[i]);
}

/* An empty list becomes like another. */
static void copy(draft *d, lmi_turn_list *list, const lmi_turn_list *other)
{
    if (!lmi_reserve((void **)&list->at, &list->capacity, other->n, sizeof(*list->at))) {
        d->status = lmi_fail(LMAS_E_NOMEM, "no memory for a team's turns");
        return;
    }
    memcpy(list->at, other->at, other->n * sizeof(*list->at));
    list->n = other->n;
}

/* ---- Links ---- */

/* What the method makes of an edge. */
static lmi_carry asked_of(const lmas_solver_params *p, lmi_carry carry)
{
    const bool is_text = p->method == LMAS_METHOD_TEXT_MAS || p->control == LMAS_CONTROL_TEXT;

    return is_text && carry != LMI_CARRY_NONE ? LMI_CARRY_TEXT : carry;
}

/* What is left of it where nothing is inherited. */
static lmi_carry carry_of(const lmas_solver_params *p, lmi_carry asked)
{
    if (p->control != LMAS_CONTROL_NO_MEMORY || !lmi_carries_memory(asked))
        return asked;
    return asked == LMI_CARRY_BOTH ? LMI_CARRY_TEXT : LMI_CARRY_NONE;
}

static void add_link(draft *d, size_t from, size_t to, lmi_carry carry)
{
    const lmi_carry asked = asked_of(&d->plan->params, carry);

    if (!lmi_reserve((void **)&d->links, &d->capacity, d->n_links + 1, sizeof(link))) {
        d->status = lmi_fail(LMAS_E_NOMEM, "no memory for a team's turns");
        return;
    }
    d->links[d->n_links++] = (link){from, to, asked, carry_of(&d->plan->params, asked)};
}

/* The edge in each round, or from each round to the next. `place` is where agents come in one. */
static void add_edge(draft *d, const lmi_edge *edge, const size_t *place)
{
    const lmi_graph *g = &d->plan->team->graph;
    const size_t step = edge->is_next_round ? 1 : 0;
    size_t round;

    for (round = 0; round + step < g->n_rounds; round++)
        add_link(d, round * g->n_agents + place[edge->from],
                 (round + step) * g->n_agents + place[edge->to], edge->carry);
}

static void link_turns(draft *d)
{
    const lmi_graph *g = &d->plan->team->graph;
    size_t place[LMI_TEAM_AGENTS_MAX];
    size_t i;

    for (i = 0; i < g->n_agents; i++)
        place[g->order[i]] = i;
    for (i = 0; i < g->n_edges; i++)
        add_edge(d, &g->edges[i], place);
}

/* ---- Turns ---- */

static lmas_status make_turns(lmi_plan *plan)
{
    const lmi_graph *g = &plan->team->graph;
    const bool is_single = plan->params.method == LMAS_METHOD_BASELINE;
    size_t i;

    plan->n_turns = is_single ? 1 : g->n_agents * g->n_rounds;
    plan->turns = lmi_new(plan->n_turns, sizeof(lmi_turn));
    if (!plan->turns) {
        plan->n_turns = 0;
        return lmi_fail(LMAS_E_NOMEM, "no memory for a team's turns");
    }
    for (i = 0; i < plan->n_turns; i++) {
        const lmi_agent *agent = is_single ? NULL : &plan->team->agents[g->order[i % g->n_agents]];

        plan->turns[i] = (lmi_turn){.agent = agent,
                                    .name = agent ? agent->name : "baseline",
                                    .round = is_single ? 0 : (uint32_t)(i / g->n_agents),
                                    .base = LMI_NO_TURN};
    }
    return LMAS_OK;
}

/* Leave out the turns that lead nowhere, such as a judge's before the last round. */
static void drop_unused(draft *d)
{
    lmi_plan *plan = d->plan;
    size_t *place = lmi_new(plan->n_turns, sizeof(*place)); /* from 1; 0: unused */
    size_t i, n = 0;

    if (!place) {
        d->status = lmi_fail(LMAS_E_NOMEM, "no memory for a team's turns");
        return;
    }
    place[plan->n_turns - 1] = 1;
    for (i = plan->n_turns; i-- > 0;) {
        size_t k;

        for (k = 0; place[i] && k < d->n_links; k++)
            if (d->links[k].to == i)
                place[d->links[k].from] = 1;
    }
    for (i = 0; i < plan->n_turns; i++) {
        if (!place[i])
            continue;
        plan->turns[n] = plan->turns[i];
        place[i] = ++n;
    }
    plan->n_turns = n;
    for (i = 0, n = 0; i < d->n_links; i++) {
        const link *l = &d->links[i];

        if (place[l->to])
            d->links[n++] = (link){place[l->from] - 1, place[l->to] - 1, l->asked, l->carry};
    }
    d->n_links = n;
    lmi_free(place);
}

static void add_parcel(draft *d, lmi_turn *turn, lmi_parcel parcel)
{
    if (!lmi_reserve((void **)&turn->parcels, &turn->capacity, turn->n_parcels + 1,
                     sizeof(lmi_parcel))) {
        d->status = lmi_fail(LMAS_E_NOMEM, "no memory for a team's turns");
        return;
    }
    turn->parcels[turn->n_parcels++] = parcel;
}

/* What the memory of turn `from` has, and `to` has not, comes behind. */
static void add_parcels(draft *d, size_t to, const link *l)
{
    const bool is_read = l->carry == LMI_CARRY_EMBEDS;
    const lmi_turn_list *blocks = &d->plan->turns[l->from].blocks;
    size_t i;

    for (i = 0; i < blocks->n; i++) {
        const int32_t block = blocks->at[i];

        if (!add(d, &d->plan->turns[to].blocks, (size_t)block))
            continue;
        add_parcel(d, &d->plan->turns[to], (lmi_parcel){block, (int32_t)l->from, is_read});
        d->plan->turns[block].is_relayed |= is_read;
    }
}

/* The first memory is the base. */
static void inherit(draft *d, size_t to, const link *l)
{
    lmi_turn *turn = &d->plan->turns[to];

    if (turn->blocks.n > 0 || l->carry == LMI_CARRY_EMBEDS) {
        add_parcels(d, to, l);
    } else {
        turn->base = (int32_t)l->from;
        copy(d, &turn->blocks, &d->plan->turns[l->from].blocks);
    }
    if (l->carry != LMI_CARRY_EMBEDS)
        add(d, &d->plan->turns[l->from].gives_to, to);
}

/* Memory that reaches the turn, link by link in the file's order: as cells, or as vectors. */
static void gather_memory(draft *d, size_t to, bool is_read)
{
    size_t i;

    for (i = 0; i < d->n_links; i++) {
        const link *l = &d->links[i];

        if (l->to == to && lmi_carries_memory(l->carry) &&
            (l->carry == LMI_CARRY_EMBEDS) == is_read)
            inherit(d, to, l);
    }
}

static int by_turn(const void *a, const void *b)
{
    const int32_t x = *(const int32_t *)a, y = *(const int32_t *)b;

    return (x > y) - (x < y);
}

/* Whom it waits for, and whose text it may read: theirs, and what they heard. */
static void gather_text(draft *d, size_t to)
{
    lmi_turn *turn = &d->plan->turns[to];
    size_t i;

    for (i = 0; i < d->n_links; i++) {
        const link *l = &d->links[i];

        if (l->to != to)
            continue;
        add(d, &turn->waits_for, l->from);
        turn->gets_memory |= lmi_carries_memory(l->asked);
        if (!lmi_carries_text(l->carry))
            continue;
        add_all(d, &turn->hears, &d->plan->turns[l->from].hears);
        add(d, &turn->hears, l->from);
    }
    if (turn->hears.n > 1)
        qsort(turn->hears.at, turn->hears.n, sizeof(*turn->hears.at), by_turn);
}

static void gather(draft *d, size_t to)
{
    gather_text(d, to);
    gather_memory(d, to, false);
    gather_memory(d, to, true);
    add(d, &d->plan->turns[to].blocks, to);
}

/* ---- What a turn does ---- */

/* How an agent draws: as the run says, but for what it says itself. */
static lmas_sampling sampling_of(const lmi_plan *plan, const lmi_agent *agent)
{
    const lmi_own_sampling *own = agent ? &agent->sampling : NULL;
    lmas_sampling out = plan->params.sampling;

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

/* What it may say, and never more than the run allows. */
static int32_t most_spoken(const lmi_plan *plan, const lmi_agent *agent)
{
    const int32_t most = plan->params.max_new_tokens;

    return agent && agent->max_new_tokens > 0 && agent->max_new_tokens < most
               ? agent->max_new_tokens
               : most;
}

/* Whether some link from the turn is to carry text, or memory. */
static bool hands_on(const draft *d, size_t from, bool (*carries)(lmi_carry))
{
    size_t i;

    for (i = 0; i < d->n_links; i++)
        if (d->links[i].from == from && carries(d->links[i].asked))
            return true;
    return false;
}

/* With text every agent speaks, and none thinks. */
static void set_work(const draft *d, size_t i)
{
    const lmas_solver_params *p = &d->plan->params;
    lmi_turn *turn = &d->plan->turns[i];
    const lmi_agent *agent = turn->agent;
    const bool is_latent = p->method == LMAS_METHOD_LATENT_MAS;
    const bool is_first = agent == d->plan->team->agents && p->first_speaks;

    turn->is_output = i + 1 == d->plan->n_turns;
    turn->sampling = sampling_of(d->plan, agent);
    if (is_latent)
        turn->n_thoughts = agent->latent_steps >= 0             ? agent->latent_steps
                           : hands_on(d, i, lmi_carries_memory) ? p->latent_steps
                                                                : 0;
    if (!is_latent || turn->is_output || agent->speaks || is_first ||
        hands_on(d, i, lmi_carries_text))
        turn->n_speak = most_spoken(d->plan, agent);
}

/* ---- Memories at once ---- */

bool lmi_plan_takes_over(const lmi_plan *plan, const lmi_standing *standing, size_t turn)
{
    const int32_t base = plan->turns[turn].base;
    size_t i;

    if (base == LMI_NO_TURN)
        return false;
    for (i = 0; i < plan->turns[base].gives_to.n; i++) {
        const size_t taker = (size_t)plan->turns[base].gives_to.at[i];

        if (taker != turn && standing[taker] == LMI_WAITS)
            return false;
    }
    return true;
}

uint32_t lmi_plan_n_held(const lmi_plan *plan, const lmi_standing *standing)
{
    uint32_t n = 0;
    size_t i, k;

    for (i = 0; i < plan->n_turns; i++) {
        bool is_held = standing[i] == LMI_RUNS;

        for (k = 0; standing[i] == LMI_ENDED && k < plan->turns[i].gives_to.n; k++)
            is_held |= standing[plan->turns[i].gives_to.at[k]] == LMI_WAITS;
        n += is_held;
    }
    return n;
}

/* Let turn `i` start; how many memories there are at that moment. */
static uint32_t start(const lmi_plan *plan, lmi_standing *standing, size_t i)
{
    const uint32_t n =
        lmi_plan_n_held(plan, standing) + (lmi_plan_takes_over(plan, standing, i) ? 0 : 1);

    standing[i] = LMI_RUNS;
    return n;
}

static void end_running(const lmi_plan *plan, lmi_standing *standing)
{
    size_t i;

    for (i = 0; i < plan->n_turns; i++)
        if (standing[i] == LMI_RUNS)
            standing[i] = LMI_ENDED;
}

uint32_t lmi_plan_peak(const lmi_plan *plan, const lmi_standing *standing)
{
    lmi_standing ahead[LMI_TEAM_TURNS_MAX];
    uint32_t peak = lmi_plan_n_held(plan, standing);
    size_t i;

    memcpy(ahead, standing, plan->n_turns * sizeof(*ahead));
    for (i = 0; i < plan->n_turns; i++) {
        uint32_t n;

        if (ahead[i] != LMI_WAITS)
            continue;
        end_running(plan, ahead);
        n = start(plan, ahead, i);
        peak = n > peak ? n : peak;
    }
    return peak;
}

bool lmi_plan_is_ready(const lmi_plan *plan, const lmi_standing *standing, size_t i)
{
    const lmi_turn_list *list = &plan->turns[i].waits_for;
    size_t k;

    for (k = 0; k < list->n; k++)
        if (standing[list->at[k]] != LMI_ENDED)
            return false;
    return standing[i] == LMI_WAITS;
}

/* The first one that waits may always begin once those before it have ended. */
static bool is_next(const lmi_standing *standing, size_t turn)
{
    size_t i;

    for (i = 0; i < turn; i++)
        if (standing[i] != LMI_ENDED)
            return false;
    return true;
}

bool lmi_plan_may_begin(const lmi_plan *plan, const lmi_standing *standing, size_t turn,
                        uint32_t n_lanes)
{
    lmi_standing ahead[LMI_TEAM_TURNS_MAX];

    if (is_next(standing, turn))
        return true;
    memcpy(ahead, standing, plan->n_turns * sizeof(*ahead));
    return start(plan, ahead, turn) <= n_lanes && lmi_plan_peak(plan, ahead) <= n_lanes;
}

/* The most there are where all that can start does. */
static uint32_t widest(const lmi_plan *plan)
{
    lmi_standing standing[LMI_TEAM_TURNS_MAX] = {LMI_WAITS};
    uint32_t peak = 1;
    size_t n_left = plan->n_turns;
    size_t i;

    while (n_left > 0) {
        bool ready[LMI_TEAM_TURNS_MAX];

        for (i = 0; i < plan->n_turns; i++)
            ready[i] = lmi_plan_is_ready(plan, standing, i);
        for (i = 0; i < plan->n_turns; i++) {
            const uint32_t n = ready[i] ? start(plan, standing, i) : 0;

            n_left -= ready[i];
            peak = n > peak ? n : peak;
        }
        end_running(plan, standing);
    }
    return peak;
}

static void count_lanes(lmi_plan *plan)
{
    const lmi_standing none[LMI_TEAM_TURNS_MAX] = {LMI_WAITS};

    plan->n_lanes_least = lmi_plan_peak(plan, none);
    plan->n_lanes = widest(plan);
    if (plan->n_lanes < plan->n_lanes_least)
        plan->n_lanes = plan->n_lanes_least;
}

/* ---- The whole ---- */

lmas_status lmi_plan_make(lmi_plan *out, const lmas_model *model, const lmas_team *team,
                          const lmas_solver_params *params)
{
    draft d = {.plan = out};
    size_t i;

    *out = (lmi_plan){.model = model, .team = team};
    out->params = params ? *params : lmas_solver_params_default();
    d.status = lmi_params_check(&out->params);
    if (d.status == LMAS_OK)
        d.status = make_turns(out);
    if (d.status == LMAS_OK && out->params.method != LMAS_METHOD_BASELINE)
        link_turns(&d);
    if (d.status == LMAS_OK)
        drop_unused(&d);
    for (i = 0; d.status == LMAS_OK && i < out->n_turns; i++) {
        gather(&d, i);
        set_work(&d, i);
    }
    lmi_free(d.links);
    if (d.status == LMAS_OK)
        count_lanes(out);
    return d.status;
}

void lmi_plan_done(lmi_plan *plan)
{
    size_t i;

    for (i = 0; i < plan->n_turns; i++) {
        lmi_turn *turn = &plan->turns[i];

        lmi_free(turn->waits_for.at);
        lmi_free(turn->hears.at);
        lmi_free(turn->gives_to.at);
        lmi_free(turn->blocks.at);
        lmi_free(turn->parcels);
    }
    lmi_free(plan->turns);
    *plan = (lmi_plan){0};
}

bool lmi_turn_is_fresh(const lmi_turn *turn)
{
    return turn->base == LMI_NO_TURN && turn->n_parcels == 0;
}

bool lmi_turn_is_handed_on(const lmi_turn *turn)
{
    return turn->gives_to.n > 0 || turn->is_relayed;
}

bool lmi_plan_keeps_memory(const lmi_plan *plan)
{
    size_t i;

    for (i = 1; i < plan->n_turns; i++)
        if (plan->turns[i].base != (int32_t)i - 1 || plan->turns[i].n_parcels > 0)
            return false;
    return true;
}
