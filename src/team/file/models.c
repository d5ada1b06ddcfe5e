/*
 * models.c - the models that a team's file names, and which of its agents is on which.
 *
 *     "models": {"big": {"file": "big.gguf"}, "hub": {"hf": "Qwen/Qwen3-8B-GGUF:Q4_K_M"},
 *                "far": {"url": "http://127.0.0.1:8000", "id": "qwen3"}}
 *     "agents": [{"name": "planner", "model": "big", ...
 *
 * A name says where a model is to be found; whoever opens the team finds it.
 */
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "team/file/team.h"

void lmi_team_models_done(lmas_team *team)
{
    size_t i;

    for (i = 0; i < team->n_models; i++) {
        lmas_team_model *m = &team->models[i];

        lmi_free((void *)m->name);
        lmi_free((void *)m->file);
        lmi_free((void *)m->hf);
        lmi_free((void *)m->url);
        lmi_free((void *)m->id);
    }
    team->n_models = 0;
}

/* What stands for a model is shown in messages: a line without control characters. */
static lmas_status take_place(const char **out, const lmi_json *json, yyjson_val *object,
                              const char *where, const char *key)
{
    char *text = NULL;
    size_t line, i;
    lmas_status status = lmi_team_take_string(&text, json, object, where, key, NULL);

    *out = text;
    if (status != LMAS_OK || !text)
        return status;
    lmi_json_member(&line, json, object, key);
    if (!*text || strlen(text) > LMI_TEAM_PLACE_MAX)
        return lmi_fail(LMAS_E_FORMAT, "%s:%zu: \"%s\" in %s has %zu bytes, from 1 to %d expected",
                        json->label, line, key, where, strlen(text), LMI_TEAM_PLACE_MAX);
    for (i = 0; text[i]; i++)
        if (lmi_utf8_control(text + i))
            return lmi_fail(LMAS_E_FORMAT, "%s:%zu: \"%s\" in %s contains a control character",
                            json->label, line, key, where);
    return LMAS_OK;
}

/* One of file, hf and url; an id belongs to a server. */
static lmas_status check_place(const lmas_team_model *m, const lmi_json *json, size_t line,
                               const char *where)
{
    const int n = (m->file != NULL) + (m->hf != NULL) + (m->url != NULL);

    if (n != 1)
        return lmi_fail(LMAS_E_FORMAT,
                        "%s:%zu: %s must say where it is by one of \"file\", \"hf\" and \"url\", "
                        "found %d of them",
                        json->label, line, where, n);
    if (m->id && !m->url)
        return lmi_fail(LMAS_E_FORMAT,
                        "%s:%zu: \"id\" in %s is a server's name for it: only with \"url\"",
                        json->label, line, where);
    return LMAS_OK;
}

static lmas_status read_place(lmas_team_model *m, const lmi_json *json, yyjson_val *object,
                              size_t line)
{
    static const char *const keys[] = {"file", "hf", "url", "id", NULL};
    char where[32 + LMI_TEAM_NAME_MAX];
    lmas_status status;

    snprintf(where, sizeof(where), "model \"%s\"", m->name);
    if (!yyjson_is_obj(object))
        return lmi_fail(LMAS_E_FORMAT, "%s:%zu: %s must be an object, found %s", json->label, line,
                        where, lmi_json_type(object));
    status = lmi_json_only_keys(json, object, where, keys);
    if (status == LMAS_OK)
        status = take_place(&m->file, json, object, where, "file");
    if (status == LMAS_OK)
        status = take_place(&m->hf, json, object, where, "hf");
    if (status == LMAS_OK)
        status = take_place(&m->url, json, object, where, "url");
    if (status == LMAS_OK)
        status = take_place(&m->id, json, object, where, "id");
    return status == LMAS_OK ? check_place(m, json, line, where) : status;
}

static lmas_status read_model(lmas_team *team, const lmi_json *json, yyjson_val *key,
                              yyjson_val *object, size_t line)
{
    const char *name = yyjson_get_str(key);
    lmas_team_model *m = &team->models[team->n_models];
    lmas_status status = lmi_team_check_name(json, line, "a model", name);

    if (status != LMAS_OK)
        return status;
    *m = (lmas_team_model){.name = lmi_strdup(name)};
    if (!m->name)
        return lmi_fail(LMAS_E_NOMEM, "no memory for a team");
    team->n_models++;
    return read_place(m, json, object, line);
}

lmas_status lmi_team_models_read(lmas_team *team, const lmi_json *json, yyjson_val *root)
{
    size_t line, i, max;
    yyjson_val *models = lmi_json_member(&line, json, root, "models");
    yyjson_val *key, *object;
    lmas_status status = LMAS_OK;

    if (!models)
        return LMAS_OK;
    if (!yyjson_is_obj(models))
        return lmi_fail(LMAS_E_FORMAT, "%s:%zu: \"models\" must be an object, found %s",
                        json->label, line, lmi_json_type(models));
    if (yyjson_obj_size(models) > LMI_TEAM_MODELS_MAX)
        return lmi_fail(LMAS_E_FORMAT, "%s:%zu: \"models\" has %zu entries, at most %d expected",
                        json->label, line, yyjson_obj_size(models), LMI_TEAM_MODELS_MAX);
    yyjson_obj_foreach(models, i, max, key, object)
    {
        if (status == LMAS_OK)
            status = read_model(team, json, key, object, line);
    }
    return status;
}

lmas_status lmi_agent_read_model(lmi_agent *agent, const lmas_team *team, const lmi_json *json,
                                 yyjson_val *object, const char *where)
{
    size_t line, i = 0;
    lmas_status status = lmi_team_take_string(&agent->model, json, object, where, "model", NULL);

    if (status != LMAS_OK || !agent->model)
        return status;
    lmi_json_member(&line, json, object, "model");
    while (i < team->n_models && strcmp(team->models[i].name, agent->model) != 0)
        i++;
    if (i == team->n_models)
        return lmi_fail(LMAS_E_FORMAT,
                        "%s:%zu: \"model\" in %s is \"%.64s\", which \"models\" "
                        "does not name",
                        json->label, line, where, agent->model);
    return LMAS_OK;
}

bool lmas_team_model_at(lmas_team_model *out, const lmas_team *team, size_t i)
{
    if (!out || !team || i >= team->n_models)
        return false;
    *out = team->models[i];
    return true;
}

const char *lmas_team_agent_model(const lmas_team *team, size_t i)
{
    return team && i < team->n_agents ? team->agents[i].model : NULL;
}
