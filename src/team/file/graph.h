/*
 * graph.h - who hands what to whom: the edges of a team, and the order in which agents can go.
 *
 *   "edges": [{"from": ["a", "b"], "to": "c"},                       c takes both memories
 *             {"from": "c", "to": "d", "carry": "text"},              d reads what c said
 *             {"from": "c", "to": "e", "keep": "knn:0.8"},            and e takes some of the cells
 *             {"from": "d", "to": "a", "next_round": true}]           in the round after
 *
 * Without "edges" each agent hands its memory to the next one. A chain is a graph like any other.
 * Where rounds follow each other and no edge leads from one to the next, the output hands its
 * memory to those who start: such edges stand behind the file's.
 * Edges of one round form no circle, and all lead to one agent, the output, which speaks last.
 */
#ifndef LMI_TEAM_GRAPH_H
#define LMI_TEAM_GRAPH_H

#include <stdbool.h>
#include <stddef.h>

#include "base/json.h"
#include "base/status.h"
#include "latent/keep.h"

enum {
    LMI_TEAM_AGENTS_MAX = 64,
    LMI_TEAM_ROUNDS_MAX = 64,
    LMI_TEAM_EDGES_MAX = 4096,
};

/* What goes along an edge. */
typedef enum lmi_carry {
    LMI_CARRY_NONE = 0, /* nothing: who takes only waits */
    LMI_CARRY_MEMORY,   /* the working memory */
    LMI_CARRY_TEXT,     /* what was said, by whoever hands on and by those it heard */
    LMI_CARRY_BOTH,
    LMI_CARRY_EMBEDS, /* the vectors that were read, to be read afresh: a relay */
} lmi_carry;

typedef struct lmi_edge {
    size_t from, to; /* agents */
    lmi_carry carry;
    bool is_next_round; /* whoever takes does so in the round after */
    bool has_keep;      /* it says which cells go on */
    lmi_keep keep;
    char keep_text[LMI_KEEP_TEXT_MAX];
    size_t line; /* of the file, 0 for none */
} lmi_edge;

typedef struct lmi_graph {
    lmi_edge *edges; /* in the file's order, which is that of joins */
    size_t n_edges, capacity;
    size_t n_agents, n_rounds;
    size_t order[LMI_TEAM_AGENTS_MAX]; /* each behind those it takes from; the output is last */
} lmi_graph;

/* Read "edges" and "rounds" of the team `root`, whose agents are named `names`. */
lmas_status lmi_graph_read(lmi_graph *out, const lmi_json *json, yyjson_val *root,
                           const char *const *names, size_t n);
void lmi_graph_done(lmi_graph *graph);

/* "none", "memory", "text", "both", "embeds"; NULL past the last. */
const char *lmi_carry_name(lmi_carry carry);

bool lmi_carries_text(lmi_carry carry);
bool lmi_carries_memory(lmi_carry carry); /* as cells or as vectors */

/* Whether text that `from` says can reach `to`, along edges that carry text. */
bool lmi_graph_tells(const lmi_graph *graph, size_t from, size_t to);

#endif
