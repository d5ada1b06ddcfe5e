/*
 * reach.c - see reach.h.
 *
 * A file without "edges" is a chain: what its texts are is a matter of the method.
 */
#include "team/file/reach.h"

#include <string.h>

static bool has_any(const char *prompt, const char *const *slots)
{
    for (; *slots; slots++)
        if (strstr(prompt, *slots))
            return true;
    return false;
}

/* The line of the prompt of agent `i`. */
static size_t line_of(const lmi_json *json, size_t i)
{
    yyjson_val *agents = yyjson_obj_get(lmi_json_root(json), "agents");
    size_t line;

    lmi_json_member(&line, json, yyjson_arr_get(agents, i), "prompt");
    return line;
}

static bool is_program(const lmas_team *team, size_t i)
{
    return team->agents[i].command.n > 0;
}

/* A program reads texts and writes one: no memory goes there or comes from there, and who speaks
 * last is a model. */
static lmas_status check_programs(const lmas_team *team, const lmi_json *json)
{
    const lmi_graph *g = &team->graph;
    const size_t output = g->order[g->n_agents - 1];
    size_t i;

    for (i = 0; i < g->n_edges; i++) {
        const lmi_edge *e = &g->edges[i];

        if (lmi_carries_memory(e->carry) && (is_program(team, e->from) || is_program(team, e->to)))
            return lmi_fail(LMAS_E_FORMAT,
                            "%s:%zu: the edge from \"%s\" to \"%s\" carries %s, and \"%s\" is a "
                            "program, which has texts alone: \"carry\": \"text\"",
                            json->label, e->line ? e->line : 1, team->agents[e->from].name,
                            team->agents[e->to].name, lmi_carry_name(e->carry),
                            team->agents[is_program(team, e->to) ? e->to : e->from].name);
    }
    if (is_program(team, output))
        return lmi_fail(LMAS_E_FORMAT, "%s:%zu: \"%s\" speaks last, and is a program", json->label,
                        line_of(json, output), team->agents[output].name);
    return LMAS_OK;
}

/* Whoever is shown nothing and handed nothing has nothing to say. */
static lmas_status check_reached(const lmas_team *team, const lmi_json *json, size_t i)
{
    static const char *const told[] = {"{question}", "{note}", "{note:", NULL};
    size_t k;

    if (is_program(team, i) || has_any(team->agents[i].prompt, told))
        return LMAS_OK;
    for (k = 0; k < team->graph.n_edges; k++) {
        const lmi_edge *e = &team->graph.edges[k];

        if (e->to == i && e->carry != LMI_CARRY_NONE && !e->is_next_round)
            return LMAS_OK; /* in the first round, too */
    }
    return lmi_fail(LMAS_E_FORMAT,
                    "%s:%zu: nothing reaches \"%s\": no edge brings it anything, and its prompt "
                    "contains neither {question} nor {note}",
                    json->label, line_of(json, i), team->agents[i].name);
}

/* Text along an edge is read only where the prompt says so. */
static lmas_status check_edge(const lmas_team *team, const lmi_json *json, const lmi_edge *edge)
{
    static const char *const heard[] = {"{context}", "{outputs}", "{output:", NULL};

    if (!lmi_carries_text(edge->carry) || is_program(team, edge->to) ||
        has_any(team->agents[edge->to].prompt, heard))
        return LMAS_OK;
    return lmi_fail(LMAS_E_FORMAT,
                    "%s:%zu: this edge carries text to \"%s\", whose prompt has none of {context}, "
                    "{outputs} and {output:%s}: it would be lost",
                    json->label, edge->line, team->agents[edge->to].name,
                    team->agents[edge->from].name);
}

static lmas_status check_output(const lmas_team *team, const lmi_json *json, size_t i,
                                const char *name, size_t len)
{
    const size_t k = lmi_team_find_agent(team, name, len);

    if (k == team->n_agents)
        return lmi_fail(LMAS_E_FORMAT,
                        "%s:%zu: {output:%.*s} in the prompt of \"%s\" names no agent", json->label,
                        line_of(json, i), (int)(len < 64 ? len : 64), name, team->agents[i].name);
    if (lmi_graph_tells(&team->graph, k, i))
        return LMAS_OK;
    return lmi_fail(LMAS_E_FORMAT,
                    "%s:%zu: {output:%s} in the prompt of \"%s\" stays empty: no edge that carries "
                    "text leads there from \"%s\"",
                    json->label, line_of(json, i), team->agents[k].name, team->agents[i].name,
                    team->agents[k].name);
}

static lmas_status check_outputs(const lmas_team *team, const lmi_json *json, size_t i)
{
    static const char OUTPUT[] = "{output:";
    const char *at = team->agents[i].prompt;
    lmas_status status = LMAS_OK;

    while (status == LMAS_OK && (at = strstr(at, OUTPUT))) {
        at += strlen(OUTPUT);
        status = check_output(team, json, i, at, strcspn(at, "}"));
    }
    return status;
}

lmas_status lmi_reach_check(const lmas_team *team, const lmi_json *json)
{
    lmas_status status = check_programs(team, json);
    size_t i;

    if (status != LMAS_OK || !yyjson_obj_get(lmi_json_root(json), "edges"))
        return status;
    for (i = 0; status == LMAS_OK && i < team->n_agents; i++) {
        status = check_reached(team, json, i);
        if (status == LMAS_OK)
            status = check_outputs(team, json, i);
    }
    for (i = 0; status == LMAS_OK && i < team->graph.n_edges; i++)
        status = check_edge(team, json, &team->graph.edges[i]);
    return status;
}
