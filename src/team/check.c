/*
 * check.c - what a team asks of its sessions and servers, seen before anything runs.
 *
 * What could only fail in the middle of a question is refused here, in one line that names the turn
 * and the way out.
 */
#include "team/check.h"

#include "base/log.h"
#include "engine/state/shift.h"
#include "team/plan/params.h"
#include "team/plan/prompt.h"

/* Whether a turn of the host thinks, or takes in thoughts of others. */
static bool thinks(const lmi_plan *plan, size_t host)
{
    size_t i, k;

    for (i = 0; i < plan->n_turns; i++) {
        const lmi_turn *turn = &plan->turns[i];

        if (turn->host != host || lmi_turn_is_away(turn))
            continue;
        if (turn->n_thoughts > 0)
            return true;
        for (k = 0; k < turn->n_parcels; k++)
            if (turn->parcels[k].is_read && plan->turns[turn->parcels[k].block].n_thoughts > 0)
                return true;
    }
    return false;
}

/* What cannot think is refused. */
static lmas_status check_thinking(const lmas_session *session, const lmi_plan *plan, size_t host)
{
    if (!thinks(plan, host))
        return LMAS_OK;
    if (session->model->thought.has_inputs_by_token)
        lmi_log(LMAS_LOG_WARN,
                "%s: its layers have inputs by the token's id; a thought has none and gets those "
                "of token 0, which the model was never trained for",
                session->model->info.arch);
    return lmi_session_check_thinking(session);
}

/* The turn of the host that joins memories first; NULL where none does. */
static const lmi_turn *find_join(const lmi_plan *plan, size_t host)
{
    size_t i, k;

    for (i = 0; i < plan->n_turns; i++)
        for (k = 0; k < plan->turns[i].n_parcels; k++)
            if (plan->turns[i].host == host && !plan->turns[i].parcels[k].is_read)
                return &plan->turns[i];
    return NULL;
}

/* What cannot be joined is refused, too; a session proves once that it can. */
static lmas_status check_joins(const lmas_session *session, const lmi_plan *plan, size_t host)
{
    const lmi_turn *turn = find_join(plan, host);
    const char *refusal;
    lmas_status status;
    size_t k = 0;

    if (!turn)
        return LMAS_OK;
    status = lmi_context_prove_join(session->ctx);
    if (status != LMAS_OK)
        return status;
    refusal = lmi_context_cannot_join(session->ctx);
    while (turn->parcels[k].is_read)
        k++;
    if (!refusal)
        return LMAS_OK;
    return lmi_fail(LMAS_E_MODEL,
                    "team %s joins memories in the edge from \"%s\" to \"%s\": %s; let that edge "
                    "carry \"text\" or \"embeds\"",
                    plan->team->name, plan->turns[turn->parcels[k].from].name, turn->name, refusal);
}

/* Of one state that sums up all that was read, an experiment can take no part. */
static lmas_status check_control(const lmas_session *session, const lmi_plan *plan, size_t host)
{
    const lmas_control control = plan->params.control;
    size_t i = 0;

    if (!session->model->is_packed_by_sequence ||
        !(lmi_control_drops(control) || lmi_control_overwrites(control)))
        return LMAS_OK;
    while (i < plan->n_turns && (plan->turns[i].host != host || plan->turns[i].blocks.n == 1))
        i++;
    if (i == plan->n_turns)
        return LMAS_OK; /* nobody inherits */
    return lmi_fail(LMAS_E_MODEL,
                    "control %s: this model sums up all it has read in one state, of which no part "
                    "can be %s; none, text, shuffled and wrong-task are possible",
                    lmas_control_name(control),
                    lmi_control_drops(control) ? "dropped" : "overwritten");
}

/* A rule that cannot be followed here is refused before anything runs. */
static lmas_status check_keeps(lmas_session *session, const lmi_plan *plan, size_t host)
{
    size_t i, k;

    for (i = 0; i < plan->n_turns; i++) {
        const lmi_turn *turn = &plan->turns[i];

        for (k = 0; turn->host == host && k < turn->n_keeps; k++) {
            if (!turn->keeps[k] || lmi_keep_check(session, turn->keeps[k]) == LMAS_OK)
                continue;
            return lmi_fail(LMAS_E_MODEL, "of the memory that %s inherits not all goes on: %s",
                            turn->name, lmas_last_error());
        }
    }
    return LMAS_OK;
}

/* A turn elsewhere would begin without it. */
static lmas_status check_at_home(const lmi_plan *plan)
{
    size_t i = 0;

    while (i < plan->n_turns && plan->turns[i].host == 0)
        i++;
    if (i == plan->n_turns)
        return LMAS_OK;
    return lmi_fail(LMAS_E_INVALID,
                    "a memory that all begin with is of the first model, and %s is not on that, or "
                    "a server speaks for it: leave out one of the two",
                    plan->turns[i].name);
}

/* What begins every memory must be at hand, and the team's own stay distinct from it. */
static lmas_status check_origin(const lmas_session *session, const lmi_plan *plan)
{
    const lmas_memory *origin = plan->params.origin;

    if (!origin)
        return LMAS_OK;
    if (origin->session != session || lmi_memory_is_busy(origin))
        return lmi_fail(LMAS_E_INVALID, "origin must be an idle working memory of the session");
    if (lmi_control_overwrites(plan->params.control))
        return lmi_fail(LMAS_E_INVALID,
                        "control %s overwrites whole memories, the origin in them too: leave out "
                        "one of the two",
                        lmas_control_name(plan->params.control));
    return check_at_home(plan);
}

/* Branches go side by side as far as there are lanes for them. */
static lmas_status check_lanes(const lmas_session *session, lmi_plan *plan, size_t i)
{
    const bool has_origin = i == 0 && plan->params.origin;
    const uint32_t n_lanes = lmas_session_n_lanes(session) - (has_origin ? 1 : 0);
    lmi_host *host = &plan->hosts[i];

    if (host->n_lanes_least > n_lanes)
        return lmi_fail(LMAS_E_INVALID,
                        "team %s holds %u working memories at once: a session of as many lanes or "
                        "more expected, this one has %u%s",
                        plan->team->name, host->n_lanes_least, n_lanes,
                        has_origin ? " beside the origin's" : "");
    host->n_lanes = host->n_lanes < n_lanes ? host->n_lanes : n_lanes;
    return LMAS_OK;
}

/* What a file makes run on this machine is run only where the caller said so. */
static lmas_status check_programs(const lmi_plan *plan)
{
    size_t i = 0;

    while (i < plan->n_turns && !lmi_turn_is_errand(&plan->turns[i]))
        i++;
    if (i == plan->n_turns || plan->params.allow_tools)
        return LMAS_OK;
    return lmi_fail(LMAS_E_INVALID,
                    "team %s runs a program, %s (%.80s): that must be allowed (allow_tools)",
                    plan->team->name, plan->turns[i].name, plan->turns[i].agent->command.words[0]);
}

static lmas_status check_session(lmi_plan *plan, size_t i)
{
    lmas_session *session = plan->hosts[i].session;
    lmas_status status = check_control(session, plan, i);

    if (status == LMAS_OK)
        status = check_keeps(session, plan, i);
    if (status == LMAS_OK)
        status = check_lanes(session, plan, i);
    if (status == LMAS_OK)
        status = check_thinking(session, plan, i);
    return status == LMAS_OK ? check_joins(session, plan, i) : status;
}

/* Of the rows that go to a server only whole kinds can be left out. */
static lmas_status check_rows(const lmi_plan *plan, const lmi_turn *turn)
{
    size_t k;

    if (turn->n_parcels > 0 && lmi_control_overwrites(plan->params.control))
        return lmi_fail(LMAS_E_INVALID,
                        "control %s overwrites cells, and %s, behind a server, takes vectors: "
                        "none, prompts, thoughts, text, shuffled and wrong-task are possible",
                        lmas_control_name(plan->params.control), turn->name);
    for (k = 0; k < turn->n_keeps; k++)
        if (turn->keeps[k] && turn->keeps[k]->rule != LMI_KEEP_THOUGHTS &&
            turn->keeps[k]->rule != LMI_KEEP_PROMPTS)
            return lmi_fail(LMAS_E_INVALID,
                            "of what %s takes, behind a server, \"thoughts\" or \"prompts\" can be "
                            "kept, or all: other rules choose among cells, and it takes vectors",
                            turn->name);
    return LMAS_OK;
}

/* A speaker that nobody would ask. */
static lmas_status check_speaker(const lmi_plan *plan, size_t host)
{
    size_t i = 0;

    while (i < plan->n_turns && plan->turns[i].host != host)
        i++;
    if (i < plan->n_turns)
        return LMAS_OK;
    return lmi_fail(LMAS_E_INVALID,
                    "%s would not be asked: it speaks for agents of the first model%s, and %s is "
                    "on another",
                    lmas_remote_describe(plan->hosts[host].remote)->url,
                    plan->params.method == LMAS_METHOD_LATENT_MAS ? ", for the last one of a team"
                                                                  : "",
                    plan->turns[plan->n_turns - 1].name);
}

/* A server that is given vectors must run the first host's model. */
static lmas_status check_remote(const lmi_plan *plan, size_t i)
{
    const lmi_host *host = &plan->hosts[i];
    lmas_status status = host->name ? LMAS_OK : check_speaker(plan, i);
    size_t k;

    for (k = 0; status == LMAS_OK && k < plan->n_turns; k++)
        if (plan->turns[k].host == i && plan->turns[k].is_remote)
            status = check_rows(plan, &plan->turns[k]);
    if (status == LMAS_OK && host->model)
        status = lmas_remote_match(host->remote, host->model);
    if (status != LMAS_OK || host->name || host->space != LMI_NO_SPACE ||
        plan->params.method != LMAS_METHOD_LATENT_MAS)
        return status;
    return lmi_fail(
        LMAS_E_INVALID,
        "%s (%s) takes no vectors, as latent_mas needs: take text_mas or baseline, which "
        "do without, or start vLLM with --enable-prompt-embeds, SGLang with "
        "--disable-radix-cache",
        lmas_remote_describe(host->remote)->url, lmas_remote_describe(host->remote)->api);
}

static lmas_status check_hosts(lmi_plan *plan)
{
    lmas_status status = LMAS_OK;
    size_t i;

    for (i = 0; status == LMAS_OK && i < plan->n_hosts; i++)
        if (plan->hosts[i].session)
            status = check_session(plan, i);
        else if (plan->hosts[i].remote)
            status = check_remote(plan, i);
        else
            status = lmi_fail(LMAS_E_INVALID, "host %s has no session", plan->hosts[i].name);
    return status;
}

lmas_status lmi_check_plan(lmi_plan *plan)
{
    lmas_status status = lmi_plan_check(plan);

    if (status == LMAS_OK)
        status = check_programs(plan);
    if (status == LMAS_OK)
        status = check_origin(plan->hosts[0].session, plan);
    return status == LMAS_OK ? check_hosts(plan) : status;
}
