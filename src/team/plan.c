/* plan.c - from a graph and a method to turns; plan.h has the picture. */
#include "team/plan.h"

#include <math.h>
#include <stdint.h>
#include <string.h>

#include "base/mem.h"
#include "team/params.h"

/* What goes from one turn to another. */
typedef struct link {
    size_t from, to;
    lmi_carry asked;      /* as method and file say */
    lmi_carry carry;      /* what an experiment lets through of it */
    const lmi_keep *keep; /* and which cells of that; NULL for all */
} link;

/* A set of turns. Where many hand to many, lists alone would be searched for seconds. */
typedef struct set {
    uint64_t words[LMI_TEAM_TURNS_MAX / 64];
} set;

/* A plan on its way: all rounds, of which some turns nobody uses. */
typedef struct draft {
    lmi_plan *plan;
    link *links; /* by whom they lead to, and then in the file's order */
    size_t n_links, capacity;
    set *blocks, *heard; /* of each turn: what its lists hold */
    lmas_status status;  /* the first failure; what follows does nothing */
} draft;

static void set_add(set *s, size_t turn)
{
    s->words[turn / 64] |= (uint64_t)1 << turn % 64;
}

static bool set_has(const set *s, size_t turn)
{
    return s->words[turn / 64] >> turn % 64 & 1;
}

static void set_add_all(set *s, const set *others)
{
    size_t i;

    for (i = 0; i < LMI_TEAM_TURNS_MAX / 64; i++)
        s->words[i] |= others->words[i];
}

/* How many of the others it has not. */
static size_t set_count_new(const set *s, const set *others)
{
    size_t n = 0;
    size_t i;

    for (i = 0; i < LMI_TEAM_TURNS_MAX / 64; i++)
        n += (size_t)__builtin_popcountll(others->words[i] & ~s->words[i]);
    return n;
}

static void fail(draft *d)
{
    d->status = lmi_fail(LMAS_E_NOMEM, "no memory for a team's turns");
}

static void add(draft *d, lmi_turn_list *list, size_t turn)
{
    if (!lmi_reserve((void **)&list->at, &list->capacity, list->n + 1, sizeof(*list->at)))
        fail(d);
    else
        list->at[list->n++] = (int32_t)turn;
}

/* An empty list becomes like another. */
static void copy(draft *d, lmi_turn_list *list, const lmi_turn_list *other)
{
    if (!lmi_reserve((void **)&list->at, &list->capacity, other->n, sizeof(*list->at))) {
        fail(d);
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

/* An experiment that chooses cells does so along every edge. */
static const lmi_keep *keep_of(const lmi_plan *plan, const lmi_edge *edge)
{
    const bool is_own = edge->has_keep && !lmi_control_drops(plan->params.control);
    const lmi_keep *keep = is_own ? &edge->keep : &plan->keep;

    return keep->rule == LMI_KEEP_ALL ? NULL : keep;
}

static void add_link(draft *d, size_t from, size_t to, const lmi_edge *edge)
{
    const lmi_carry asked = asked_of(&d->plan->params, edge->carry);

    if (!lmi_reserve((void **)&d->links, &d->capacity, d->n_links + 1, sizeof(link))) {
        fail(d);
        return;
    }
    d->links[d->n_links++] =
        (link){from, to, asked, carry_of(&d->plan->params, asked), keep_of(d->plan, edge)};
}

/* What leads to the agent at `order[at]` in a round: from the same one, or from that before. */
static void link_turn(draft *d, size_t round, size_t at, const size_t *place)
{
    const lmi_graph *g = &d->plan->team->graph;
    size_t i;

    for (i = 0; i < g->n_edges; i++) {
        const lmi_edge *e = &g->edges[i];
        const size_t step = e->is_next_round ? 1 : 0;

        if (e->to == g->order[at] && round >= step)
            add_link(d, (round - step) * g->n_agents + place[e->from], round * g->n_agents + at, e);
    }
}

static void link_turns(draft *d)
{
    const lmi_graph *g = &d->plan->team->graph;
    size_t place[LMI_TEAM_AGENTS_MAX];
    size_t i;

    for (i = 0; i < g->n_agents; i++)
        place[g->order[i]] = i;
    for (i = 0; d->status == LMAS_OK && i < g->n_agents * g->n_rounds; i++)
        link_turn(d, i / g->n_agents, i % g->n_agents, place);
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

/* Renumber the turns that have a place, counted from 1, and the links between them. */
static void close_ranks(draft *d, const size_t *place)
{
    lmi_plan *plan = d->plan;
    size_t i, n = 0;

    for (i = 0; i < plan->n_turns; i++)
        if (place[i])
            plan->turns[n++] = plan->turns[i];
    plan->n_turns = n;
    for (i = 0, n = 0; i < d->n_links; i++) {
        const link *l = &d->links[i];

        if (place[l->to])
            d->links[n++] =
                (link){place[l->from] - 1, place[l->to] - 1, l->asked, l->carry, l->keep};
    }
    d->n_links = n;
}

/* Leave out the turns that lead nowhere, such as a judge's before the last round. */
static void drop_unused(draft *d)
{
    const size_t n_turns = d->plan->n_turns;
    size_t place[LMI_TEAM_TURNS_MAX] = {0};
    size_t i, n = 0;

    place[n_turns - 1] = 1;
    for (i = d->n_links; i-- > 0;)
        if (place[d->links[i].to])
            place[d->links[i].from] = 1;
    for (i = 0; i < n_turns; i++)
        if (place[i])
            place[i] = ++n;
    close_ranks(d, place);
}

static void add_parcel(draft *d, lmi_turn *turn, lmi_parcel parcel)
{
    if (!lmi_reserve((void **)&turn->parcels, &turn->capacity, turn->n_parcels + 1,
                     sizeof(lmi_parcel))) {
        fail(d);
        return;
    }
    turn->parcels[turn->n_parcels++] = parcel;
}

/* What the memory of turn `from` has, and `to` has not, comes behind. It is most often the last of
 * many: so its first block is looked for from the end. */
static void add_parcels(draft *d, size_t to, const link *l)
{
    const bool is_read = l->carry == LMI_CARRY_EMBEDS;
    const lmi_turn_list *blocks = &d->plan->turns[l->from].blocks;
    size_t n_new = set_count_new(&d->blocks[to], &d->blocks[l->from]);
    size_t i = blocks->n;

    while (n_new > 0)
        n_new -= !set_has(&d->blocks[to], (size_t)blocks->at[--i]);
    for (; i < blocks->n; i++) {
        const int32_t block = blocks->at[i];

        if (set_has(&d->blocks[to], (size_t)block))
            continue;
        add(d, &d->plan->turns[to].blocks, (size_t)block);
        add_parcel(d, &d->plan->turns[to], (lmi_parcel){block, (int32_t)l->from, is_read});
        d->plan->turns[block].is_relayed |= is_read;
    }
}

/* What was added to its blocks came along an edge of this rule. */
static void add_keeps(draft *d, lmi_turn *turn, const lmi_keep *keep)
{
    if (!lmi_reserve((void **)&turn->keeps, &turn->keeps_capacity, turn->blocks.n,
                     sizeof(*turn->keeps))) {
        fail(d);
        return;
    }
    while (turn->n_keeps < turn->blocks.n)
        turn->keeps[turn->n_keeps++] = keep;
    d->plan->is_weighed |= keep && keep->rule == LMI_KEEP_ATTENTION;
}

/* The first memory is the base. */
static void inherit(draft *d, size_t to, const link *l)
{
    lmi_turn *turn = &d->plan->turns[to];

    if (turn->blocks.n == 0 && l->carry != LMI_CARRY_EMBEDS) {
        turn->base = (int32_t)l->from;
        copy(d, &turn->blocks, &d->plan->turns[l->from].blocks);
    } else {
        add_parcels(d, to, l);
    }
    add_keeps(d, turn, l->keep);
    set_add_all(&d->blocks[to], &d->blocks[l->from]);
    if (l->carry == LMI_CARRY_EMBEDS)
        return;
    add(d, &d->plan->turns[l->from].gives_to, to);
    add(d, &turn->takes_from, l->from);
}

/* Whom it waits for, and whose text it may read: theirs, and what they heard. */
static void gather_text(draft *d, size_t to, const link *l)
{
    lmi_turn *turn = &d->plan->turns[to];

    add(d, &turn->waits_for, l->from);
    turn->gets_memory |= lmi_carries_memory(l->asked);
    if (!lmi_carries_text(l->carry))
        return;
    set_add_all(&d->heard[to], &d->heard[l->from]);
    set_add(&d->heard[to], l->from);
}

static void list_heard(draft *d, size_t to)
{
    size_t i;

    for (i = 0; i < to; i++)
        if (set_has(&d->heard[to], i))
            add(d, &d->plan->turns[to].hears, i);
}

/* All that reaches the turn by `n` links, in the file's order: memory as cells, and behind it what
 * comes as vectors. */
static void gather(draft *d, size_t to, const link *links, size_t n)
{
    size_t i;

    for (i = 0; i < n; i++)
        gather_text(d, to, &links[i]);
    list_heard(d, to);
    for (i = 0; i < n; i++)
        if (lmi_carries_memory(links[i].carry) && links[i].carry != LMI_CARRY_EMBEDS)
            inherit(d, to, &links[i]);
    for (i = 0; i < n; i++)
        if (links[i].carry == LMI_CARRY_EMBEDS)
            inherit(d, to, &links[i]);
    add(d, &d->plan->turns[to].blocks, to);
    set_add(&d->blocks[to], to);
}

static void gather_all(draft *d)
{
    const link *l = d->links;
    const link *end = l + d->n_links;
    size_t i;

    d->blocks = lmi_new(d->plan->n_turns, sizeof(set));
    d->heard = lmi_new(d->plan->n_turns, sizeof(set));
    if (!d->blocks || !d->heard) {
        fail(d);
        return;
    }
    for (i = 0; d->status == LMAS_OK && i < d->plan->n_turns; i++) {
        const link *first = l;

        while (l < end && l->to == i)
            l++;
        gather(d, i, first, (size_t)(l - first));
    }
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

/* Who hands no memory on thinks only if the file says so. */
static void set_thoughts(lmi_turn *turn, const lmas_solver_params *p, bool hands_on)
{
    const int32_t own = turn->agent->latent_steps;
    const int32_t n = own != LMI_STEPS_UNSAID ? own : hands_on ? p->latent_steps : 0;

    turn->ends_at_rest = n == LMAS_LATENT_STEPS_AUTO;
    turn->n_thoughts = turn->ends_at_rest ? p->latent_steps_max : n;
}

/* With text every agent speaks, and none thinks. `memory`, `text`: the turns that are to hand such
 * on. */
static void set_work(lmi_plan *plan, size_t i, const set *memory, const set *text)
{
    const lmas_solver_params *p = &plan->params;
    lmi_turn *turn = &plan->turns[i];
    const lmi_agent *agent = turn->agent;
    const bool is_latent = p->method == LMAS_METHOD_LATENT_MAS;
    const bool is_first = agent == plan->team->agents && p->first_speaks;

    turn->is_output = i + 1 == plan->n_turns;
    turn->sampling = sampling_of(plan, agent);
    if (lmi_turn_is_errand(turn))
        return;
    if (is_latent)
        set_thoughts(turn, p, set_has(memory, i));
    if (!is_latent || turn->is_output || agent->speaks || is_first || set_has(text, i))
        turn->n_speak = most_spoken(plan, agent);
}

static void set_all_work(const draft *d)
{
    set memory = {{0}}, text = {{0}};
    size_t i;

    for (i = 0; i < d->n_links; i++) {
        if (lmi_carries_memory(d->links[i].asked))
            set_add(&memory, d->links[i].from);
        if (lmi_carries_text(d->links[i].asked))
            set_add(&text, d->links[i].from);
    }
    for (i = 0; i < d->plan->n_turns; i++)
        set_work(d->plan, i, &memory, &text);
}

/* ---- Memories at once ---- */

bool lmi_plan_takes_over(const lmi_plan *plan, const lmi_turn_state *standing, size_t turn)
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

/* The last of those still to take from the turn's memory; LMI_NO_TURN for none. */
static int32_t last_taker(const lmi_turn *turn, const lmi_turn_state *standing)
{
    size_t k = turn->gives_to.n;

    while (k-- > 0)
        if (standing[turn->gives_to.at[k]] == LMI_WAITS)
            return turn->gives_to.at[k];
    return LMI_NO_TURN;
}

uint32_t lmi_plan_n_held(const lmi_plan *plan, const lmi_turn_state *standing)
{
    uint32_t n = 0;
    size_t i;

    for (i = 0; i < plan->n_turns; i++) {
        const lmi_turn *turn = &plan->turns[i];

        n += (standing[i] == LMI_RUNS && !lmi_turn_is_errand(turn)) ||
             (standing[i] == LMI_ENDED && last_taker(turn, standing) != LMI_NO_TURN);
    }
    return n;
}

/* Let turn `i` start; how many memories there are at that moment. */
static uint32_t start(const lmi_plan *plan, lmi_turn_state *standing, size_t i)
{
    const bool is_more =
        !lmi_turn_is_errand(&plan->turns[i]) && !lmi_plan_takes_over(plan, standing, i);
    const uint32_t n = lmi_plan_n_held(plan, standing) + is_more;

    standing[i] = LMI_RUNS;
    return n;
}

/* Turns go in their order from here on: a memory is held until its last taker starts, which goes
 * on in it if it is its base. */
uint32_t lmi_plan_peak(const lmi_plan *plan, const lmi_turn_state *standing)
{
    uint32_t n_until[LMI_TEAM_TURNS_MAX] = {0}; /* memories held until that turn starts */
    uint32_t peak = lmi_plan_n_held(plan, standing);
    uint32_t n = 0;
    size_t i;

    for (i = 0; i < plan->n_turns; i++) {
        const int32_t last = last_taker(&plan->turns[i], standing);

        if (standing[i] == LMI_WAITS || last == LMI_NO_TURN)
            continue;
        n_until[last]++;
        n++;
    }
    for (i = 0; i < plan->n_turns; i++) {
        const lmi_turn *turn = &plan->turns[i];
        const int32_t last = last_taker(turn, standing);
        bool goes_on;

        if (standing[i] != LMI_WAITS || lmi_turn_is_errand(turn))
            continue;
        goes_on = turn->base != LMI_NO_TURN &&
                  last_taker(&plan->turns[turn->base], standing) == (int32_t)i;
        peak = n + !goes_on > peak ? n + !goes_on : peak;
        n -= n_until[i];
        if (last == LMI_NO_TURN)
            continue;
        n_until[last]++;
        n++;
    }
    return peak;
}

bool lmi_plan_is_ready(const lmi_plan *plan, const lmi_turn_state *standing, size_t i)
{
    const lmi_turn_list *list = &plan->turns[i].waits_for;
    size_t k;

    for (k = 0; k < list->n; k++)
        if (standing[list->at[k]] != LMI_ENDED)
            return false;
    return standing[i] == LMI_WAITS;
}

/* The first one that waits may always begin once those before it have ended. */
static bool is_next(const lmi_turn_state *standing, size_t turn)
{
    size_t i;

    for (i = 0; i < turn; i++)
        if (standing[i] != LMI_ENDED)
            return false;
    return true;
}

bool lmi_plan_may_begin(const lmi_plan *plan, const lmi_turn_state *standing, size_t turn,
                        uint32_t n_lanes)
{
    lmi_turn_state ahead[LMI_TEAM_TURNS_MAX];

    if (is_next(standing, turn))
        return true;
    memcpy(ahead, standing, plan->n_turns * sizeof(*ahead));
    return start(plan, ahead, turn) <= n_lanes && lmi_plan_peak(plan, ahead) <= n_lanes;
}

/* Turns that go at the same time where all that can start does: those with as many others before
 * them. */
static size_t find_waves(size_t *waves, const lmi_plan *plan)
{
    size_t n = 0;
    size_t i, k;

    for (i = 0; i < plan->n_turns; i++) {
        const lmi_turn_list *list = &plan->turns[i].waits_for;

        waves[i] = 0;
        for (k = 0; k < list->n; k++)
            if (waves[i] <= waves[list->at[k]])
                waves[i] = waves[list->at[k]] + 1;
        n = n > waves[i] ? n : waves[i] + 1;
    }
    return n;
}

/* Memories, and by turn how many are still to take from its own. */
typedef struct tally {
    uint32_t n, peak;
    size_t n_takers[LMI_TEAM_TURNS_MAX];
} tally;

/* The turn starts: with a memory of its own, or in its base's if nobody else will take from it. */
static void tally_start(tally *t, const lmi_turn *turn)
{
    size_t k;

    t->n++;
    if (turn->base == LMI_NO_TURN || t->n_takers[turn->base] > 1)
        t->peak = t->n > t->peak ? t->n : t->peak;
    for (k = 0; k < turn->takes_from.n; k++)
        if (--t->n_takers[turn->takes_from.at[k]] == 0)
            t->n--;
}

/* The most there are where all that can start does. */
static uint32_t widest(const lmi_plan *plan)
{
    size_t waves[LMI_TEAM_TURNS_MAX];
    const size_t n_waves = find_waves(waves, plan);
    tally t = {.peak = 1};
    size_t wave, i;

    for (i = 0; i < plan->n_turns; i++)
        t.n_takers[i] = plan->turns[i].gives_to.n;
    for (wave = 0; wave < n_waves; wave++) {
        for (i = 0; i < plan->n_turns; i++)
            if (waves[i] == wave && !lmi_turn_is_errand(&plan->turns[i]))
                tally_start(&t, &plan->turns[i]);
        for (i = 0; i < plan->n_turns; i++)
            t.n -= waves[i] == wave && t.n_takers[i] == 0 && !lmi_turn_is_errand(&plan->turns[i]);
    }
    return t.peak;
}

static void count_lanes(lmi_plan *plan)
{
    const lmi_turn_state none[LMI_TEAM_TURNS_MAX] = {LMI_WAITS};

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

    *out = (lmi_plan){.model = model, .team = team};
    out->params = params ? *params : lmas_solver_params_default();
    d.status = lmi_params_check(&out->params);
    if (d.status == LMAS_OK)
        d.status = lmi_params_keep(&out->keep, &out->params);
    if (d.status == LMAS_OK)
        d.status = make_turns(out);
    if (d.status == LMAS_OK && out->params.method != LMAS_METHOD_BASELINE)
        link_turns(&d);
    if (d.status == LMAS_OK)
        drop_unused(&d);
    if (d.status == LMAS_OK)
        gather_all(&d);
    if (d.status == LMAS_OK)
        set_all_work(&d);
    if (d.status == LMAS_OK)
        count_lanes(out);
    lmi_free(d.links);
    lmi_free(d.blocks);
    lmi_free(d.heard);
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
        lmi_free(turn->takes_from.at);
        lmi_free(turn->blocks.at);
        lmi_free((void *)turn->keeps);
        lmi_free(turn->parcels);
    }
    lmi_free(plan->turns);
    *plan = (lmi_plan){0};
}

bool lmi_turn_is_errand(const lmi_turn *turn)
{
    return turn->agent && turn->agent->command.n > 0;
}

bool lmi_turn_is_fresh(const lmi_turn *turn)
{
    return turn->base == LMI_NO_TURN && turn->n_parcels == 0;
}

bool lmi_turn_is_handed_on(const lmi_turn *turn)
{
    return turn->gives_to.n > 0 || turn->is_relayed;
}

size_t lmi_turn_place(const lmi_turn *turn, int32_t block)
{
    size_t k = 0;

    while (turn->blocks.at[k] != block)
        k++;
    return k;
}

bool lmi_plan_keeps_memory(const lmi_plan *plan)
{
    size_t i;

    for (i = 1; i < plan->n_turns; i++)
        if (plan->turns[i].base != (int32_t)i - 1 || plan->turns[i].n_parcels > 0)
            return false;
    return true;
}
