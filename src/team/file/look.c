/* look.c - what the public interface shows of a team: its file, its agents, its edges. */
#include <string.h>

#include "team/file/team.h"

const char *lmas_team_name(const lmas_team *team)
{
    return team ? team->name : NULL;
}

size_t lmas_team_n_agents(const lmas_team *team)
{
    return team ? team->n_agents : 0;
}

const char *lmas_team_agent_name(const lmas_team *team, size_t i)
{
    return team && i < team->n_agents ? team->agents[i].name : NULL;
}

const char *lmas_team_source(const lmas_team *team)
{
    return team ? team->source : NULL;
}

const char *lmas_team_remark(const lmas_team *team, size_t i)
{
    return team && i < team->n_remarks ? team->remarks[i] : NULL;
}

bool lmas_team_can_answer(const lmas_team *team, lmas_method method, lmas_answer_kind kind)
{
    bool has_need = false;
    size_t i;

    if (!team || (size_t)kind >= LMI_ANSWER_KINDS)
        return false;
    if (method == LMAS_METHOD_BASELINE)
        has_need = strstr(team->baseline, "{format}") != NULL;
    for (i = 0; method != LMAS_METHOD_BASELINE && i < team->n_agents; i++)
        has_need |= strstr(team->agents[i].prompt, "{format}") != NULL;
    return !has_need || team->formats[kind];
}

size_t lmas_team_n_rounds(const lmas_team *team)
{
    return team ? team->graph.n_rounds : 0;
}

bool lmas_team_edge(lmas_edge *out, const lmas_team *team, size_t i)
{
    const lmi_edge *edge;

    if (!out || !team || i >= team->graph.n_edges)
        return false;
    edge = &team->graph.edges[i];
    *out = (lmas_edge){.from = edge->from,
                       .to = edge->to,
                       .carry = lmi_carry_name(edge->carry),
                       .keep = edge->has_keep ? edge->keep_text : NULL,
                       .is_next_round = edge->is_next_round};
    return true;
}
