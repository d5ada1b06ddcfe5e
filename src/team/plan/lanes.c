/*
 * lanes.c - how many working memories a question holds at once, host by host.
 *
 * A memory is held from its turn's start until its last taker starts, which goes on in it if it is
 * its base. Takers of cells are on the same host, so hosts are counted apart.
 */
#include <string.h>

#include "team/plan/plan.h"

/* Whether the turn has a memory, and of this host. */
static bool is_of(const lmi_turn *turn, size_t host)
{
    return turn->host == host && !lmi_turn_is_away(turn);
}

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

uint32_t lmi_plan_n_held(const lmi_plan *plan, const lmi_turn_state *standing, size_t host)
{
    uint32_t n = 0;
    size_t i;

    for (i = 0; i < plan->n_turns; i++) {
        const lmi_turn *turn = &plan->turns[i];

        n += is_of(turn, host) &&
             (standing[i] == LMI_RUNS ||
              (standing[i] == LMI_ENDED && last_taker(turn, standing) != LMI_NO_TURN));
    }
    return n;
}

/* Let turn `i` start; how many memories there are at that moment. */
static uint32_t start(const lmi_plan *plan, lmi_turn_state *standing, size_t i)
{
    const bool is_more = !lmi_plan_takes_over(plan, standing, i);
    const uint32_t n = lmi_plan_n_held(plan, standing, plan->turns[i].host) + is_more;

    standing[i] = LMI_RUNS;
    return n;
}

/* Turns go in their order from here on. */
uint32_t lmi_plan_peak(const lmi_plan *plan, const lmi_turn_state *standing, size_t host)
{
    uint32_t n_until[LMI_TEAM_TURNS_MAX] = {0}; /* memories held until that turn starts */
    uint32_t peak = lmi_plan_n_held(plan, standing, host);
    uint32_t n = 0;
    size_t i;

    for (i = 0; i < plan->n_turns; i++) {
        const int32_t last = last_taker(&plan->turns[i], standing);

        if (!is_of(&plan->turns[i], host) || standing[i] == LMI_WAITS || last == LMI_NO_TURN)
            continue;
        n_until[last]++;
        n++;
    }
    for (i = 0; i < plan->n_turns; i++) {
        const lmi_turn *turn = &plan->turns[i];
        const int32_t last = last_taker(turn, standing);
        bool goes_on;

        if (standing[i] != LMI_WAITS || !is_of(turn, host))
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

    if (lmi_turn_is_away(&plan->turns[turn]) || is_next(standing, turn))
        return true;
    memcpy(ahead, standing, plan->n_turns * sizeof(*ahead));
    return start(plan, ahead, turn) <= n_lanes &&
           lmi_plan_peak(plan, ahead, plan->turns[turn].host) <= n_lanes;
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
static uint32_t widest(const lmi_plan *plan, size_t host)
{
    size_t waves[LMI_TEAM_TURNS_MAX];
    const size_t n_waves = find_waves(waves, plan);
    tally t = {0};
    size_t wave, i;

    for (i = 0; i < plan->n_turns; i++)
        t.n_takers[i] = plan->turns[i].gives_to.n;
    for (wave = 0; wave < n_waves; wave++) {
        for (i = 0; i < plan->n_turns; i++)
            if (waves[i] == wave && is_of(&plan->turns[i], host))
                tally_start(&t, &plan->turns[i]);
        for (i = 0; i < plan->n_turns; i++)
            t.n -= waves[i] == wave && t.n_takers[i] == 0 && is_of(&plan->turns[i], host);
    }
    return t.peak;
}

bool lmi_plan_needs_host(const lmi_plan *plan, const lmi_turn_state *standing, size_t host)
{
    size_t i = 0;

    while (i < plan->n_turns && (!is_of(&plan->turns[i], host) || standing[i] == LMI_ENDED))
        i++;
    return i < plan->n_turns || lmi_plan_n_held(plan, standing, host) > 0;
}

void lmi_plan_count_lanes(lmi_plan *plan)
{
    const lmi_turn_state none[LMI_TEAM_TURNS_MAX] = {LMI_WAITS};
    size_t h;

    for (h = 0; h < plan->n_hosts; h++) {
        lmi_host *host = &plan->hosts[h];

        host->n_lanes_least = lmi_plan_peak(plan, none, h);
        host->n_lanes = widest(plan, h);
        if (host->n_lanes < host->n_lanes_least)
            host->n_lanes = host->n_lanes_least;
    }
}
