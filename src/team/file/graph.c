/* graph.c - reading edges, and refusing what cannot go; graph.h has the picture. */
#include "team/file/graph.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"

static const char *const CARRY_NAMES[] = {"none", "memory", "text", "both", "embeds"};
enum { N_CARRIES = sizeof(CARRY_NAMES) / sizeof(CARRY_NAMES[0]), NOBODY = -1 };

const char *lmi_carry_name(lmi_carry carry)
{
    return (size_t)carry < N_CARRIES ? CARRY_NAMES[carry] : NULL;
}

bool lmi_carries_text(lmi_carry carry)
{
    return carry == LMI_CARRY_TEXT || carry == LMI_CARRY_BOTH;
}

bool lmi_carries_memory(lmi_carry carry)
{
    return carry == LMI_CARRY_MEMORY || carry == LMI_CARRY_BOTH || carry == LMI_CARRY_EMBEDS;
}

void lmi_graph_done(lmi_graph *graph)
{
    lmi_free(graph->edges);
    *graph = (lmi_graph){0};
}

/* ---- Reading ---- */

/* A graph on its way out of a file. */
typedef struct reader {
    lmi_graph *graph;
    const lmi_json *json;
    const char *const *names; /* of the agents */
    size_t line;              /* of the edge at hand */
} reader;

static lmas_status add_edge(reader *r, lmi_edge edge)
{
    lmi_graph *g = r->graph;
    size_t i;

    for (i = 0; i < g->n_edges; i++)
        if (g->edges[i].from == edge.from && g->edges[i].to == edge.to &&
            g->edges[i].is_next_round == edge.is_next_round)
            return lmi_fail(LMAS_E_FORMAT, "%s:%zu: a second edge from \"%s\" to \"%s\"",
                            r->json->label, r->line, r->names[edge.from], r->names[edge.to]);
    if (g->n_edges == LMI_TEAM_EDGES_MAX)
        return lmi_fail(LMAS_E_FORMAT, "%s:%zu: more than %d edges", r->json->label, r->line,
                        LMI_TEAM_EDGES_MAX);
    if (!lmi_reserve((void **)&g->edges, &g->capacity, g->n_edges + 1, sizeof(lmi_edge)))
        return lmi_fail(LMAS_E_NOMEM, "no memory for a team");
    g->edges[g->n_edges++] = edge;
    return LMAS_OK;
}

static lmas_status find_agent(size_t *out, const reader *r, yyjson_val *name, const char *key)
{
    const char *text = yyjson_get_str(name);
    size_t i;

    if (!text)
        return lmi_fail(LMAS_E_FORMAT, "%s:%zu: \"%s\" of an edge must name agents, found %s",
                        r->json->label, r->line, key, lmi_json_type(name));
    for (i = 0; i < r->graph->n_agents; i++) {
        if (strcmp(r->names[i], text) != 0)
            continue;
        *out = i;
        return LMAS_OK;
    }
    return lmi_fail(LMAS_E_FORMAT, "%s:%zu: \"%s\" of an edge names \"%s\", and no agent does",
                    r->json->label, lmi_json_line(r->json, name), key, text);
}

/* The agents at `key`, one or a list: as a set in the list's order. */
static lmas_status read_ends(size_t *out, size_t *n, reader *r, yyjson_val *edge, const char *key)
{
    yyjson_val *found = lmi_json_member(&r->line, r->json, edge, key);
    lmas_status status = LMAS_OK;
    size_t i, max;
    yyjson_val *name;

    *n = 1;
    if (!found)
        return lmi_fail(LMAS_E_FORMAT, "%s:%zu: missing key \"%s\" in an edge", r->json->label,
                        r->line, key);
    if (!yyjson_is_arr(found))
        return find_agent(out, r, found, key);
    *n = yyjson_arr_size(found);
    if (*n < 1 || *n > LMI_TEAM_AGENTS_MAX)
        return lmi_fail(LMAS_E_FORMAT,
                        "%s:%zu: \"%s\" of an edge names %zu agents, 1 to %d "
                        "expected",
                        r->json->label, r->line, key, *n, LMI_TEAM_AGENTS_MAX);
    yyjson_arr_foreach(found, i, max, name)
    {
        if (status == LMAS_OK)
            status = find_agent(&out[i], r, name, key);
    }
    return status;
}

static lmas_status read_carry(lmi_carry *out, const reader *r, yyjson_val *edge)
{
    const char *name;
    size_t line, i;
    lmas_status status = lmi_json_string(&name, r->json, edge, "an edge", "carry", true);

    if (status != LMAS_OK)
        return status;
    lmi_json_member(&line, r->json, edge, "carry");
    for (i = 0; i < N_CARRIES; i++) {
        if (strcmp(name ? name : "memory", CARRY_NAMES[i]) != 0)
            continue;
        *out = (lmi_carry)i;
        return LMAS_OK;
    }
    return lmi_fail(LMAS_E_FORMAT,
                    "%s:%zu: \"carry\" must be memory, text, both, embeds or none, found \"%s\"",
                    r->json->label, line, name);
}

static lmas_status read_next_round(bool *out, const reader *r, yyjson_val *edge)
{
    size_t line;
    yyjson_val *found = lmi_json_member(&line, r->json, edge, "next_round");

    if (found && !yyjson_is_bool(found))
        return lmi_fail(LMAS_E_FORMAT, "%s:%zu: \"next_round\" must be true or false, found %s",
                        r->json->label, line, lmi_json_type(found));
    *out = yyjson_is_true(found);
    return LMAS_OK;
}

/* Which cells go on: of an edge that carries some. */
static lmas_status read_keep(lmi_edge *out, const reader *r, yyjson_val *edge)
{
    const char *text;
    size_t line;
    lmas_status status = lmi_json_string(&text, r->json, edge, "an edge", "keep", true);

    if (status != LMAS_OK || !text)
        return status;
    lmi_json_member(&line, r->json, edge, "keep");
    if (!lmi_carries_memory(out->carry))
        return lmi_fail(
            LMAS_E_FORMAT,
            "%s:%zu: \"keep\" says which cells of a memory go on, and this edge carries "
            "%s",
            r->json->label, line, lmi_carry_name(out->carry));
    if (!lmi_keep_parse(&out->keep, text))
        return lmi_fail(LMAS_E_FORMAT,
                        "%s:%zu: \"keep\" must be " LMI_KEEP_EXPECTED ", found \"%.*s\"",
                        r->json->label, line, LMI_KEEP_TEXT_MAX, text);
    out->has_keep = true;
    snprintf(out->keep_text, sizeof(out->keep_text), "%s", text);
    return LMAS_OK;
}

/* One entry: from each of its `from` to each of its `to`. */
static lmas_status read_edge(reader *r, yyjson_val *edge)
{
    static const char *const keys[] = {"from", "to", "carry", "keep", "next_round", NULL};
    size_t from[LMI_TEAM_AGENTS_MAX], to[LMI_TEAM_AGENTS_MAX];
    lmi_edge made = {0};
    size_t n_from, n_to, i;
    lmas_status status;

    if (!yyjson_is_obj(edge))
        return lmi_fail(LMAS_E_FORMAT, "%s:%zu: an edge must be an object, found %s",
                        r->json->label, r->line, lmi_json_type(edge));
    status = lmi_json_only_keys(r->json, edge, "an edge", keys);
    if (status == LMAS_OK)
        status = read_carry(&made.carry, r, edge);
    if (status == LMAS_OK)
        status = read_keep(&made, r, edge);
    if (status == LMAS_OK)
        status = read_next_round(&made.is_next_round, r, edge);
    if (status == LMAS_OK)
        status = read_ends(from, &n_from, r, edge, "from");
    if (status == LMAS_OK)
        status = read_ends(to, &n_to, r, edge, "to");
    for (i = 0; status == LMAS_OK && i < n_from * n_to; i++) {
        made.from = from[i / n_to];
        made.to = to[i % n_to];
        made.line = r->line;
        status = add_edge(r, made);
    }
    return status;
}

static lmas_status make_chain(reader *r)
{
    lmas_status status = LMAS_OK;
    size_t i;

    for (i = 1; status == LMAS_OK && i < r->graph->n_agents; i++)
        status = add_edge(r, (lmi_edge){.from = i - 1, .to = i, .carry = LMI_CARRY_MEMORY});
    return status;
}

static lmas_status read_edges(reader *r, yyjson_val *root)
{
    yyjson_val *edges = lmi_json_member(&r->line, r->json, root, "edges");
    lmas_status status = LMAS_OK;
    size_t i, max;
    yyjson_val *edge;

    if (!edges)
        return make_chain(r);
    if (!yyjson_is_arr(edges))
        return lmi_fail(LMAS_E_FORMAT, "%s:%zu: \"edges\" must be an array, found %s",
                        r->json->label, r->line, lmi_json_type(edges));
    yyjson_arr_foreach(edges, i, max, edge)
    {
        if (status == LMAS_OK)
            status = read_edge(r, edge);
    }
    return status;
}

static lmas_status read_rounds(reader *r, yyjson_val *root)
{
    size_t line;
    yyjson_val *rounds = lmi_json_member(&line, r->json, root, "rounds");
    const uint64_t n = yyjson_get_uint(rounds);

    r->graph->n_rounds = 1;
    if (!rounds)
        return LMAS_OK;
    if (!yyjson_is_uint(rounds) || n < 1 || n > LMI_TEAM_ROUNDS_MAX)
        return lmi_fail(LMAS_E_FORMAT,
                        "%s:%zu: \"rounds\" must be a whole number from 1 to %d, found %s",
                        r->json->label, line, LMI_TEAM_ROUNDS_MAX,
                        yyjson_is_num(rounds) ? "another" : lmi_json_type(rounds));
    r->graph->n_rounds = (size_t)n;
    return LMAS_OK;
}

/* ---- What cannot go ---- */

/* The first edge of one round that leads to `to` from an agent of `set`; NULL for none. */
static const lmi_edge *edge_into(const lmi_graph *g, size_t to, const bool *set)
{
    size_t i;

    for (i = 0; i < g->n_edges; i++)
        if (!g->edges[i].is_next_round && g->edges[i].to == to && set[g->edges[i].from])
            return &g->edges[i];
    return NULL;
}

/* Whoever is left has somebody left before it: going back from one of them ends in a circle. */
static lmas_status refuse_circle(const reader *r, const bool *left)
{
    const lmi_graph *g = r->graph;
    size_t path[LMI_TEAM_AGENTS_MAX + 1];
    size_t line = 0, at = 0, n = 0, i = 0;
    lmi_buf names;
    lmas_status status;

    while (!left[at])
        at++;
    do {
        path[n++] = at;
        line = edge_into(g, at, left)->line;
        at = edge_into(g, at, left)->from;
        for (i = 0; i < n && path[i] != at; i++)
            ;
    } while (i == n);
    lmi_buf_init(&names, LMI_ERROR_MAX);
    lmi_buf_puts(&names, r->names[at]);
    while (n-- > i)
        lmi_buf_printf(&names, " > %s", r->names[path[n]]);
    status = lmi_fail(LMAS_E_FORMAT,
                      "%s:%zu: edges in a circle: %s; an edge of it that is meant for the round "
                      "after needs \"next_round\": true",
                      r->json->label, line, lmi_buf_text(&names));
    lmi_buf_done(&names);
    return status;
}

/* Each agent behind those it takes from; the first of the file goes first where several could. */
static lmas_status find_order(reader *r)
{
    lmi_graph *g = r->graph;
    bool left[LMI_TEAM_AGENTS_MAX];
    size_t n, i;

    for (i = 0; i < g->n_agents; i++)
        left[i] = true;
    for (n = 0; n < g->n_agents; n++) {
        for (i = 0; i < g->n_agents; i++)
            if (left[i] && !edge_into(g, i, left))
                break;
        if (i == g->n_agents)
            return refuse_circle(r, left);
        left[i] = false;
        g->order[n] = i;
    }
    return LMAS_OK;
}

/* How many edges `agent` is in: those that lead on in a round, or all. */
static size_t count_edges(const lmi_graph *g, size_t agent, bool leads_on)
{
    size_t n = 0;
    size_t i;

    for (i = 0; i < g->n_edges; i++) {
        const lmi_edge *e = &g->edges[i];

        n += leads_on ? !e->is_next_round && e->from == agent : e->from == agent || e->to == agent;
    }
    return n;
}

/* One agent has nobody behind it. */
static lmas_status check_output(const reader *r, size_t line)
{
    const lmi_graph *g = r->graph;
    const size_t output = g->order[g->n_agents - 1];
    size_t i;

    for (i = 0; i < g->n_agents; i++) {
        if (i == output || count_edges(g, i, true) > 0)
            continue;
        if (count_edges(g, i, false) == 0 || count_edges(g, output, false) == 0)
            return lmi_fail(LMAS_E_FORMAT, "%s:%zu: nobody uses \"%s\": it is in no edge",
                            r->json->label, line,
                            r->names[count_edges(g, i, false) == 0 ? i : output]);
        return lmi_fail(LMAS_E_FORMAT,
                        "%s:%zu: two outputs, \"%s\" and \"%s\": from each agent but one an edge "
                        "must lead on",
                        r->json->label, line, r->names[i < output ? i : output],
                        r->names[i < output ? output : i]);
    }
    return LMAS_OK;
}

/* Where no edge leads from round to round, the output hands its memory to those who start. */
static lmas_status add_returns(reader *r)
{
    const lmi_graph *g = r->graph;
    lmi_edge made = {
        .from = g->order[g->n_agents - 1], .carry = LMI_CARRY_MEMORY, .is_next_round = true};
    bool takes[LMI_TEAM_AGENTS_MAX] = {false};
    lmas_status status = LMAS_OK;
    size_t i;

    for (i = 0; i < g->n_edges; i++) {
        if (g->edges[i].is_next_round)
            return LMAS_OK;
        takes[g->edges[i].to] = true;
    }
    for (i = 0; status == LMAS_OK && g->n_rounds > 1 && i < g->n_agents; i++) {
        made.to = i;
        if (!takes[i])
            status = add_edge(r, made);
    }
    return status;
}

lmas_status lmi_graph_read(lmi_graph *out, const lmi_json *json, yyjson_val *root,
                           const char *const *names, size_t n)
{
    reader r = {.graph = out, .json = json, .names = names};
    lmas_status status;
    size_t line;

    *out = (lmi_graph){.n_agents = n};
    status = read_rounds(&r, root);
    if (status == LMAS_OK)
        status = read_edges(&r, root);
    if (status == LMAS_OK)
        status = find_order(&r);
    lmi_json_member(&line, json, root, "edges");
    if (status == LMAS_OK)
        status = check_output(&r, line);
    return status == LMAS_OK ? add_returns(&r) : status;
}

bool lmi_graph_tells(const lmi_graph *graph, size_t from, size_t to)
{
    bool heard[LMI_TEAM_AGENTS_MAX] = {false};
    bool is_new = true;
    size_t i;

    while (is_new) {
        is_new = false;
        for (i = 0; i < graph->n_edges; i++) {
            const lmi_edge *e = &graph->edges[i];

            if (!lmi_carries_text(e->carry) || heard[e->to] || !(e->from == from || heard[e->from]))
                continue;
            heard[e->to] = true;
            is_new = true;
        }
    }
    return heard[to];
}
