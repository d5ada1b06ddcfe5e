/*
 * shape.h - a team's graph as levels: each agent one below the lowest of those it takes from.
 *
 *     a | b | c      level 0      joined: all of it hand the same to all of the next level
 *         v
 *         d          level 1
 *
 * Joins say most of what there is to say of usual teams. Whatever edge is in none is told apart.
 */
#ifndef LMI_SERVE_SHAPE_H
#define LMI_SERVE_SHAPE_H

#include <stdbool.h>
#include <stddef.h>

#include "latentmas.h"

typedef struct lmi_shape {
    const lmas_team *team;
    size_t n_agents, n_levels, n_edges;
    size_t output;      /* the agent that speaks last */
    size_t *levels;     /* by agent */
    const char **joins; /* by level: what goes from all of it to all of the next; NULL if none */
    lmas_edge *edges;   /* in the team's order */
} lmi_shape;

/* Free with lmi_shape_done(), also after a failure. The team must outlive it. */
lmas_status lmi_shape_init(lmi_shape *out, const lmas_team *team);
void lmi_shape_done(lmi_shape *shape);

/* Whether a join says it. */
bool lmi_shape_is_joined(const lmi_shape *shape, const lmas_edge *edge);

/* The next agent of the level behind `*agent`, in the file's order; start with `*agent` at 0. */
bool lmi_shape_next(const lmi_shape *shape, size_t level, size_t *agent);

size_t lmi_shape_level_size(const lmi_shape *shape, size_t level);

/* Whether no two go side by side. */
bool lmi_shape_is_line(const lmi_shape *shape);

#endif
