/*
 * agent.c - one agent of a team file: who it is, what it is told, and what it does otherwise than
 * the run says.
 *
 *     {"name": "planner", "prompt": "Plan. {question}", "latent_steps": 40, "speaks": true,
 *      "max_new_tokens": 100, "sampling": {"temperature": 0.2}, "think": "<plan>\n"}
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "team/file/team.h"

lmas_status lmi_team_read_number(double *out, const lmi_json *json, yyjson_val *object,
                                 const lmi_number *n)
{
    size_t line;
    yyjson_val *found = lmi_json_member(&line, json, object, n->key);
    const double value = yyjson_get_num(found);

    if (!found)
        return LMAS_OK;
    if (!yyjson_is_num(found))
        return lmi_fail(LMAS_E_FORMAT, "%s:%zu: \"%s\" in %s must be a number, found %s",
                        json->label, line, n->key, n->where, lmi_json_type(found));
    if (n->is_whole && value != floor(value))
        return lmi_fail(LMAS_E_FORMAT, "%s:%zu: \"%s\" in %s must be a whole number, found %g",
                        json->label, line, n->key, n->where, value);
    if (!(value >= n->least && value <= n->most))
        return lmi_fail(LMAS_E_FORMAT, "%s:%zu: \"%s\" in %s must be from %.9g to %.9g, found %.9g",
                        json->label, line, n->key, n->where, n->least, n->most, value);
    *out = value;
    return LMAS_OK;
}

static lmas_status read_whole(int32_t *out, const lmi_json *json, yyjson_val *object,
                              const lmi_number *n)
{
    double value = *out;
    const lmas_status status = lmi_team_read_number(&value, json, object, n);

    *out = (int32_t)value;
    return status;
}

lmas_status lmi_team_read_bool(bool *out, const lmi_json *json, yyjson_val *object,
                               const char *where, const char *key)
{
    size_t line;
    yyjson_val *found = lmi_json_member(&line, json, object, key);

    if (found && !yyjson_is_bool(found))
        return lmi_fail(LMAS_E_FORMAT, "%s:%zu: \"%s\" in %s must be true or false, found %s",
                        json->label, line, key, where, lmi_json_type(found));
    if (found)
        *out = yyjson_is_true(found);
    return LMAS_OK;
}

static lmas_status read_sampling(lmi_own_sampling *out, const lmi_json *json, yyjson_val *agent,
                                 const char *where)
{
    static const char *const keys[] = {"temperature", "top_k", "top_p", "min_p", NULL};
    size_t line;
    yyjson_val *object = lmi_json_member(&line, json, agent, "sampling");
    char inside[64];
    lmas_status status;

    *out = (lmi_own_sampling){.temperature = NAN, .top_p = NAN, .min_p = NAN, .top_k = -1};
    if (!object)
        return LMAS_OK;
    if (!yyjson_is_obj(object))
        return lmi_fail(LMAS_E_FORMAT, "%s:%zu: \"sampling\" in %s must be an object, found %s",
                        json->label, line, where, lmi_json_type(object));
    snprintf(inside, sizeof(inside), "sampling of %s", where);
    status = lmi_json_only_keys(json, object, inside, keys);
    if (status == LMAS_OK)
        status = lmi_team_read_number(
            &out->temperature, json, object,
            &(lmi_number){inside, "temperature", 0, LMAS_TEMPERATURE_MAX, false});
    if (status == LMAS_OK)
        status = read_whole(&out->top_k, json, object,
                            &(lmi_number){inside, "top_k", 0, LMAS_TOP_K_MAX, true});
    if (status == LMAS_OK)
        status = lmi_team_read_number(&out->top_p, json, object,
                                      &(lmi_number){inside, "top_p", 1e-6, 1, false});
    if (status == LMAS_OK)
        status = lmi_team_read_number(&out->min_p, json, object,
                                      &(lmi_number){inside, "min_p", 0, 1, false});
    return status;
}

static lmas_status read_steps(int32_t *out, const lmi_json *json, yyjson_val *object,
                              const char *where)
{
    size_t line;
    yyjson_val *steps = lmi_json_member(&line, json, object, "latent_steps");

    if (!yyjson_equals_str(steps, "auto"))
        return read_whole(out, json, object,
                          &(lmi_number){where, "latent_steps", 0, LMAS_LATENT_STEPS_MAX, true});
    *out = LMAS_LATENT_STEPS_AUTO;
    return LMAS_OK;
}

/* What it does otherwise than the run says. */
static lmas_status read_ways(lmi_agent *agent, const lmi_json *json, yyjson_val *object,
                             const char *where)
{
    lmas_status status = read_steps(&agent->latent_steps, json, object, where);

    if (status == LMAS_OK)
        status = read_whole(&agent->max_new_tokens, json, object,
                            &(lmi_number){where, "max_new_tokens", 1, LMAS_NEW_TOKENS_MAX, true});
    if (status == LMAS_OK)
        status = lmi_team_read_bool(&agent->speaks, json, object, where, "speaks");
    if (status == LMAS_OK)
        status = read_sampling(&agent->sampling, json, object, where);
    if (status == LMAS_OK)
        status = lmi_team_read_chat(&agent->reasoning, &agent->kwargs, json, object, where);
    if (status == LMAS_OK)
        status = lmi_team_take_string(&agent->system, json, object, where, "system", NULL);
    if (status == LMAS_OK)
        status = lmi_team_take_string(&agent->think, json, object, where, "think", NULL);
    return status;
}

/* A name of its own. */
static lmas_status read_name(lmas_team *team, const lmi_json *json, yyjson_val *object,
                             const char *where)
{
    lmi_agent *agent = &team->agents[team->n_agents - 1];
    const lmi_agent *other;
    lmas_status status;
    const char *name;
    size_t line;

    status = lmi_json_string(&name, json, object, where, "name", false);
    if (status != LMAS_OK)
        return status;
    lmi_json_member(&line, json, object, "name");
    for (other = team->agents; other < agent; other++)
        if (strcmp(other->name, name) == 0)
            return lmi_fail(LMAS_E_FORMAT, "%s:%zu: two agents are named \"%s\"", json->label, line,
                            name);
    agent->name = lmi_strdup(name);
    if (!agent->name)
        return lmi_fail(LMAS_E_NOMEM, "no memory for a team");
    return lmi_team_check_name(json, line, where, name);
}

/* An agent that a model is. */
static lmas_status read_model(lmi_agent *agent, const lmas_team *team, const lmi_json *json,
                              yyjson_val *object, const char *where)
{
    static const char *const keys[] = {
        "name",           "prompt", "system",   "think",     "latent_steps",
        "max_new_tokens", "speaks", "sampling", "reasoning", "chat_template_kwargs",
        "command",        "model",  NULL};
    const char *prompt;
    lmas_status status = lmi_json_only_keys(json, object, where, keys);

    if (status == LMAS_OK)
        status = lmi_json_string(&prompt, json, object, where, "prompt", false);
    if (status == LMAS_OK)
        status = lmi_team_take_string(&agent->prompt, json, object, where, "prompt", NULL);
    if (status == LMAS_OK)
        status = lmi_agent_read_model(agent, team, json, object, where);
    return status == LMAS_OK ? read_ways(agent, json, object, where) : status;
}

lmas_status lmi_agent_read(lmas_team *team, const lmi_json *json, yyjson_val *object, size_t line)
{
    lmi_agent *agent = &team->agents[team->n_agents];
    char where[32];
    lmas_status status;

    snprintf(where, sizeof(where), "agent %zu", team->n_agents + 1);
    if (!yyjson_is_obj(object))
        return lmi_fail(LMAS_E_FORMAT, "%s:%zu: %s must be an object, found %s", json->label, line,
                        where, lmi_json_type(object));
    *agent = (lmi_agent){.latent_steps = LMI_STEPS_UNSAID};
    team->n_agents++;
    if (!yyjson_obj_get(object, "command")) {
        status = read_model(agent, team, json, object, where);
    } else {
        status = lmi_command_read(&agent->command, json, object, where);
        if (status == LMAS_OK)
            status = lmi_team_take_string(&agent->prompt, json, object, where, "prompt", "");
    }
    return status == LMAS_OK ? read_name(team, json, object, where) : status;
}

void lmi_agent_done(lmi_agent *agent)
{
    lmi_free(agent->name);
    lmi_free(agent->model);
    lmi_free(agent->prompt);
    lmi_free(agent->system);
    lmi_free(agent->think);
    lmi_free(agent->kwargs);
    lmi_command_done(&agent->command);
}
