/* shape.c - from edges to levels and joins; shape.h has the picture. */
#include "serve/graph/shape.h"

#include <string.h>

#include "base/mem.h"
#include "base/status.h"

bool lmi_shape_next(const lmi_shape *shape, size_t level, size_t *agent)
{
    while (*agent < shape->n_agents && shape->levels[*agent] != level)
        ++*agent;
    return *agent < shape->n_agents;
}

size_t lmi_shape_level_size(const lmi_shape *shape, size_t level)
{
    size_t n = 0;
    size_t agent;

    for (agent = 0; lmi_shape_next(shape, level, &agent); agent++)
        n++;
    return n;
}

bool lmi_shape_is_line(const lmi_shape *shape)
{
    return shape->n_levels == shape->n_agents;
}

/* Edges of one round form no circle, so levels settle. */
static void find_levels(lmi_shape *s)
{
    bool is_settled = false;
    size_t i;

    while (!is_settled) {
        is_settled = true;
        for (i = 0; i < s->n_edges; i++) {
            const lmas_edge *e = &s->edges[i];

            if (e->is_next_round || s->levels[e->to] > s->levels[e->from])
                continue;
            s->levels[e->to] = s->levels[e->from] + 1;
            is_settled = false;
        }
    }
    for (i = 0; i < s->n_agents; i++) {
        if (s->levels[i] < s->n_levels)
            continue;
        s->n_levels = s->levels[i] + 1;
        s->output = i; /* all lead to it: the lowest level is its own */
    }
}

static bool is_between(const lmi_shape *s, const lmas_edge *e, size_t level)
{
    return !e->is_next_round && s->levels[e->from] == level && s->levels[e->to] == level + 1;
}

/* Whether an edge before this one leads there from an agent that is shown behind: the first memory
 * is the one that goes on, so their order tells. */
static bool is_out_of_order(const lmi_shape *s, const lmas_edge *edge)
{
    const lmas_edge *e;

    for (e = s->edges; e < edge; e++)
        if (e->to == edge->to && e->from > edge->from && is_between(s, e, s->levels[edge->from]))
            return true;
    return false;
}

static const char *join_of(const lmi_shape *s, size_t level)
{
    const char *carry = NULL;
    size_t n = 0;
    size_t i;

    for (i = 0; i < s->n_edges; i++) {
        const lmas_edge *e = &s->edges[i];

        if (!is_between(s, e, level))
            continue;
        if ((carry && strcmp(carry, e->carry) != 0) || e->keep || is_out_of_order(s, e))
            return NULL;
        carry = e->carry;
        n++;
    }
    return n == lmi_shape_level_size(s, level) * lmi_shape_level_size(s, level + 1) ? carry : NULL;
}

bool lmi_shape_is_joined(const lmi_shape *shape, const lmas_edge *edge)
{
    const size_t level = shape->levels[edge->from];

    return is_between(shape, edge, level) && shape->joins[level];
}

lmas_status lmi_shape_init(lmi_shape *out, const lmas_team *team)
{
    lmi_shape s = {.team = team, .n_agents = lmas_team_n_agents(team)};
    lmas_edge edge;
    size_t i;

    while (lmas_team_edge(&edge, team, s.n_edges))
        s.n_edges++;
    s.levels = lmi_new(s.n_agents, sizeof(*s.levels));
    s.joins = lmi_new(s.n_agents, sizeof(*s.joins));
    s.edges = lmi_new(s.n_edges + 1, sizeof(*s.edges));
    *out = s;
    if (!s.levels || !s.joins || !s.edges)
        return lmi_fail(LMAS_E_NOMEM, "no memory to draw a team");
    for (i = 0; i < s.n_edges; i++)
        lmas_team_edge(&s.edges[i], team, i);
    find_levels(out);
    for (i = 0; i + 1 < out->n_levels; i++)
        out->joins[i] = join_of(out, i);
    return LMAS_OK;
}

void lmi_shape_done(lmi_shape *shape)
{
    lmi_free(shape->levels);
    lmi_free((void *)shape->joins);
    lmi_free(shape->edges);
    *shape = (lmi_shape){0};
}
