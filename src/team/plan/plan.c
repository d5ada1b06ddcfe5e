/* plan.c - from a graph and a method to turns; plan.h has the picture. */
#include "team/plan/plan.h"

#include <math.h>
#include <stdint.h>
#include <string.h>

#include "base/mem.h"
#include "team/plan/params.h"

/* What goes from one turn to another. */
typedef struct link {
    size_t from, to;
    lmi_carry asked;      /* as method and file say */
    lmi_carry carry;      /* what an experiment lets through of it */
    const lmi_keep *keep; /* and which cells of that; NULL for all */
    bool is_afresh;       /* memory goes on to be read afresh: a relay, or to another host */
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

/* What the method makes of an edge, and a server that takes texts alone. */
static lmi_carry asked_of(const lmi_plan *plan, size_t to, lmi_carry carry)
{
    const lmas_solver_params *p = &plan->params;
    const bool is_text = p->method == LMAS_METHOD_TEXT_MAS || p->control == LMAS_CONTROL_TEXT ||
                         lmi_plan_host(plan, to)->space == LMI_NO_SPACE;

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

/* Cells stay in their session. */
static bool is_afresh(const lmi_plan *plan, size_t from, size_t to, lmi_carry carry)
{
    return carry == LMI_CARRY_EMBEDS ||
           (lmi_carries_memory(carry) &&
            (plan->turns[from].host != plan->turns[to].host || lmi_plan_host(plan, to)->remote));
}

static void add_link(draft *d, size_t from, size_t to, const lmi_edge *edge)
{
    const lmi_carry asked = asked_of(d->plan, to, edge->carry);
    const lmi_carry carry = carry_of(&d->plan->params, asked);

    if (!lmi_reserve((void **)&d->links, &d->capacity, d->n_links + 1, sizeof(link))) {
        fail(d);
        return;
    }
    d->links[d->n_links++] =
        (link){from, to, asked, carry, keep_of(d->plan, edge), is_afresh(d->plan, from, to, carry)};
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

/* An agent's host by name, as the caller says, or the file. NULL is the baseline's single one. */
static const char *host_name(const lmi_plan *plan, const lmi_agent *agent)
{
    const lmas_solver_params *p = &plan->params;
    const size_t i = agent ? (size_t)(agent - plan->team->agents) : 0;

    if (!agent)
        return NULL;
    return i < p->n_agent_hosts ? p->agent_hosts[i] : agent->model;
}

/* A speaker speaks for the first host's agents: the last one's turn, or where there is no memory
 * all. */
static size_t speaker_of(const lmi_plan *plan, size_t i, size_t host)
{
    const bool is_asked = plan->params.method != LMAS_METHOD_LATENT_MAS || i + 1 == plan->n_turns;

    return plan->params.speaker && host == 0 && is_asked ? plan->n_hosts - 1 : host;
}

static lmas_status place_turns(lmi_plan *plan)
{
    size_t i;

    for (i = 0; i < plan->n_turns; i++) {
        lmi_turn *turn = &plan->turns[i];
        const char *name = host_name(plan, turn->agent);
        const size_t host = lmi_hosts_find(plan->hosts, plan->n_hosts, name);

        if (lmi_turn_is_errand(turn))
            continue;
        if (host == plan->n_hosts)
            return lmi_fail(LMAS_E_INVALID,
                            "agent %s of team %s is on the model \"%.64s\", and no host has that "
                            "name",
                            turn->name, plan->team->name, name);
        turn->host = speaker_of(plan, i, host);
        turn->is_remote = lmi_plan_host(plan, i)->remote != NULL;
        turn->model = lmi_plan_host(plan, i)->model;
    }
    return LMAS_OK;
}

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
    return place_turns(plan);
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
            d->links[n++] = (link){place[l->from] - 1, place[l->to] - 1, l->asked,
                                   l->carry,           l->keep,          l->is_afresh};
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

/* Somebody reads the block afresh, as far as a rule lets it: in another space its thoughts must be
 * mapped. */
static void note_reader(const lmi_plan *plan, size_t block, size_t to, const lmi_keep *keep)
{
    const int32_t space = lmi_plan_host(plan, to)->space;
    const lmi_keep_rule rule = keep ? keep->rule : LMI_KEEP_ALL;
    lmi_turn *turn = &plan->turns[block];

    turn->is_relayed = true;
    if (space == lmi_plan_host(plan, block)->space || rule == LMI_KEEP_PROMPTS)
        return;
    turn->crosses |= 1u << space;
    turn->retold |= rule != LMI_KEEP_THOUGHTS ? 1u << space : 0;
}

/* What the memory of turn `from` has, and `to` has not, comes behind. It is most often the last of
 * many: so its first block is looked for from the end. */
static void add_parcels(draft *d, size_t to, const link *l)
{
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
        add_parcel(d, &d->plan->turns[to], (lmi_parcel){block, (int32_t)l->from, l->is_afresh});
        if (l->is_afresh)
            note_reader(d->plan, (size_t)block, to, l->keep);
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

    if (turn->blocks.n == 0 && !l->is_afresh) {
        turn->base = (int32_t)l->from;
        copy(d, &turn->blocks, &d->plan->turns[l->from].blocks);
    } else {
        add_parcels(d, to, l);
    }
    add_keeps(d, turn, l->keep);
    set_add_all(&d->blocks[to], &d->blocks[l->from]);
    if (l->is_afresh)
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
        if (lmi_carries_memory(links[i].carry) && !links[i].is_afresh)
            inherit(d, to, &links[i]);
    for (i = 0; i < n; i++)
        if (links[i].is_afresh)
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
    if (lmi_turn_is_errand(turn))
        return;
    turn->is_wanted = turn->is_output && p->on_memory && !turn->is_remote;
    if (is_latent && !turn->is_remote)
        set_thoughts(turn, p, set_has(memory, i));
    if (!is_latent || turn->is_output || agent->speaks || is_first || set_has(text, i) ||
        turn->is_remote || (turn->retold && p->align.method == LMAS_ALIGN_TEXT))
        turn->n_speak = most_spoken(plan, agent);
    else if (turn->retold)
        turn->n_instead = most_spoken(plan, agent);
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

/* ---- The whole ---- */

lmas_status lmi_plan_make(lmi_plan *out, const lmas_model *model, const lmas_team *team,
                          const lmas_solver_params *params)
{
    draft d = {.plan = out};

    *out = (lmi_plan){.team = team};
    out->params = params ? *params : lmas_solver_params_default();
    out->n_origin = lmas_memory_n_pos(out->params.origin);
    d.status = lmi_params_check(&out->params);
    if (d.status == LMAS_OK)
        d.status = lmi_params_keep(&out->keep, &out->params);
    if (d.status == LMAS_OK)
        d.status = lmi_hosts_make(out->hosts, &out->n_hosts, model, &out->params);
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
        lmi_plan_count_lanes(out);
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

bool lmi_turn_is_away(const lmi_turn *turn)
{
    return turn->is_remote || lmi_turn_is_errand(turn);
}

const lmi_host *lmi_plan_host(const lmi_plan *plan, size_t turn)
{
    return &plan->hosts[plan->turns[turn].host];
}

uint32_t lmi_plan_origin(const lmi_plan *plan, const lmi_turn *turn)
{
    return turn->host == 0 ? plan->n_origin : 0;
}

bool lmi_turn_is_fresh(const lmi_turn *turn)
{
    return turn->base == LMI_NO_TURN && turn->n_parcels == 0;
}

bool lmi_turn_restarts(const lmi_turn *turn)
{
    size_t i;

    for (i = 0; i < turn->n_keeps; i++)
        if (turn->keeps[i] && turn->keeps[i]->restarts)
            return true;
    return false;
}

bool lmi_turn_is_handed_on(const lmi_turn *turn)
{
    return turn->gives_to.n > 0 || turn->is_relayed || turn->is_wanted;
}

bool lmi_plan_takes(const lmi_plan *plan, size_t i, const lmi_parcel *parcel, lmi_part part)
{
    const lmi_turn *turn = &plan->turns[i];
    const lmi_keep *keep = turn->keeps[lmi_turn_place(turn, parcel->block)];

    if (!keep || (plan->turns[parcel->from].host == turn->host && !turn->is_remote))
        return true;
    return (keep->rule != LMI_KEEP_THOUGHTS || part == LMI_PART_THOUGHTS) &&
           (keep->rule != LMI_KEEP_PROMPTS || part == LMI_PART_PROMPT);
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
