/*
 * team.c - reading a team file, and refusing one that could only disappoint later.
 *
 * The format is in docs/teams.md. Reading is strict: an unknown key is a typing mistake until
 * proved otherwise, a team in which no agent is shown the question answers nothing, and a
 * context that drops the others' text is not a text team. Every complaint names file, line
 * and key.
 */
#include "team/file/team.h"

#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "base/json.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "team/file/builtin.h"
#include "team/file/reach.h"
#include "team/file/slots.h"

static const char *const KIND_NAMES[LMI_ANSWER_KINDS + 1] = {"number", "choice", "code", "free"};
static const char DEFAULT_BASELINE[] = "{question}\n\n{format}";

/* Some editors put it before a text; it says nothing. */
static const char BYTE_ORDER_MARK[] = "\xef\xbb\xbf";

const char *lmas_answer_kind_name(lmas_answer_kind kind)
{
    return (size_t)kind < LMI_ANSWER_KINDS ? KIND_NAMES[kind] : NULL;
}

bool lmas_answer_kind_parse(lmas_answer_kind *out, const char *name)
{
    size_t i;

    for (i = 0; out && name && i < LMI_ANSWER_KINDS; i++) {
        if (strcmp(name, KIND_NAMES[i]) != 0)
            continue;
        *out = (lmas_answer_kind)i;
        return true;
    }
    return false;
}

static bool parse_reasoning(lmas_reasoning *out, const char *name)
{
    if (strcmp(name, "auto") == 0)
        *out = LMAS_REASONING_AUTO;
    else if (strcmp(name, "on") == 0 || strcmp(name, "off") == 0)
        *out = strcmp(name, "on") == 0 ? LMAS_REASONING_ON : LMAS_REASONING_OFF;
    else
        return false;
    return true;
}

lmas_status lmi_team_take_string(char **out, const lmi_json *json, yyjson_val *object,
                                 const char *where, const char *key, const char *otherwise)
{
    const char *text;
    lmas_status status = lmi_json_string(&text, json, object, where, key, true);

    if (status != LMAS_OK)
        return status;
    if (!text)
        text = otherwise;
    *out = text ? lmi_strdup(text) : NULL;
    return text && !*out ? lmi_fail(LMAS_E_NOMEM, "no memory for a team") : LMAS_OK;
}

/* An optional object at `key`: NULL when absent. */
static lmas_status find_object(yyjson_val **out, const lmi_json *json, yyjson_val *root,
                               const char *key)
{
    size_t line;

    *out = lmi_json_member(&line, json, root, key);
    if (*out && !yyjson_is_obj(*out))
        return lmi_fail(LMAS_E_FORMAT, "%s:%zu: \"%s\" must be an object, found %s", json->label,
                        line, key, lmi_json_type(*out));
    return LMAS_OK;
}

lmas_status lmi_team_read_chat(lmas_reasoning *reasoning, char **kwargs, const lmi_json *json,
                               yyjson_val *object, const char *where)
{
    yyjson_val *variables;
    const char *name;
    size_t line;
    lmas_status status = lmi_json_string(&name, json, object, where, "reasoning", true);

    if (status == LMAS_OK)
        status = find_object(&variables, json, object, "chat_template_kwargs");
    if (status != LMAS_OK)
        return status;
    lmi_json_member(&line, json, object, "reasoning");
    if (!parse_reasoning(reasoning, name ? name : "auto"))
        return lmi_fail(LMAS_E_FORMAT,
                        "%s:%zu: \"reasoning\" must be on, off or auto, found \"%s\"", json->label,
                        line, name);
    *kwargs = variables ? yyjson_val_write(variables, 0, NULL) : NULL;
    if (variables && !*kwargs)
        return lmi_fail(LMAS_E_NOMEM, "no memory for a team");
    return LMAS_OK;
}

size_t lmi_team_find_agent(const lmas_team *team, const char *name, size_t n)
{
    size_t i = 0;

    while (i < team->n_agents &&
           (strlen(team->agents[i].name) != n || memcmp(team->agents[i].name, name, n) != 0))
        i++;
    return i;
}

lmas_status lmi_team_check_name(const lmi_json *json, size_t line, const char *what,
                                const char *name)
{
    const size_t len = strlen(name);
    size_t i;

    if (len < 1 || len > LMI_TEAM_NAME_MAX)
        return lmi_fail(LMAS_E_FORMAT, "%s:%zu: name of %s has %zu bytes, from 1 to %d expected",
                        json->label, line, what, len, LMI_TEAM_NAME_MAX);
    for (i = 0; i < len; i++)
        if (lmi_utf8_control(name + i))
            return lmi_fail(LMAS_E_FORMAT, "%s:%zu: name of %s contains a control character",
                            json->label, line, what);
    return LMAS_OK;
}

static lmas_status read_context(lmas_team *team, const lmi_json *json, yyjson_val *root)
{
    static const char *const keys[] = {"latent", "text", NULL};
    yyjson_val *context;
    size_t line;
    lmas_status status = find_object(&context, json, root, "context");

    if (status == LMAS_OK)
        status = lmi_json_only_keys(json, context, "context", keys);
    if (status == LMAS_OK)
        status =
            lmi_team_take_string(&team->context_latent, json, context, "context", "latent", "");
    if (status == LMAS_OK)
        status = lmi_team_take_string(&team->context_text, json, context, "context", "text", "");
    if (status != LMAS_OK)
        return status;
    if (lmi_json_member(&line, json, context, "text") && !strstr(team->context_text, "{outputs}"))
        return lmi_fail(
            LMAS_E_FORMAT,
            "%s:%zu: \"text\" in context has no {outputs}: the agents' text would be lost",
            json->label, line);
    return LMAS_OK;
}

static lmas_status read_formats(lmas_team *team, const lmi_json *json, yyjson_val *root)
{
    yyjson_val *formats;
    lmas_status status = find_object(&formats, json, root, "formats");
    size_t i;

    if (status == LMAS_OK)
        status = lmi_json_only_keys(json, formats, "formats", KIND_NAMES);
    for (i = 0; status == LMAS_OK && i < LMI_ANSWER_KINDS; i++)
        status =
            lmi_team_take_string(&team->formats[i], json, formats, "formats", KIND_NAMES[i], NULL);
    return status;
}

static lmas_status read_agents(lmas_team *team, const lmi_json *json, yyjson_val *root)
{
    size_t line;
    yyjson_val *agents = lmi_json_member(&line, json, root, "agents");
    lmas_status status = LMAS_OK;
    size_t i, max;
    yyjson_val *agent;

    if (!agents)
        return lmi_fail(LMAS_E_FORMAT, "%s:%zu: missing key \"agents\": a team needs at least one",
                        json->label, line);
    if (!yyjson_is_arr(agents))
        return lmi_fail(LMAS_E_FORMAT, "%s:%zu: \"agents\" must be an array, found %s", json->label,
                        line, lmi_json_type(agents));
    if (yyjson_arr_size(agents) < 1 || yyjson_arr_size(agents) > LMI_TEAM_AGENTS_MAX)
        return lmi_fail(LMAS_E_FORMAT, "%s:%zu: \"agents\" has %zu entries, from 1 to %d expected",
                        json->label, line, yyjson_arr_size(agents), LMI_TEAM_AGENTS_MAX);
    yyjson_arr_foreach(agents, i, max, agent)
    {
        status = lmi_agent_read(team, json, agent, line);
        if (status != LMAS_OK)
            break;
    }
    return status;
}

static lmas_status read_graph(lmas_team *team, const lmi_json *json, yyjson_val *root)
{
    const char *names[LMI_TEAM_AGENTS_MAX];
    size_t line, i;
    lmas_status status;

    for (i = 0; i < team->n_agents; i++)
        names[i] = team->agents[i].name;
    status = lmi_graph_read(&team->graph, json, root, names, team->n_agents);
    lmi_json_member(&line, json, root, "rounds");
    if (status == LMAS_OK && team->graph.n_rounds * team->n_agents > LMI_TEAM_TURNS_MAX)
        return lmi_fail(LMAS_E_FORMAT,
                        "%s:%zu: %zu agents in %zu \"rounds\" are %zu turns, at most %d expected",
                        json->label, line, team->n_agents, team->graph.n_rounds,
                        team->n_agents * team->graph.n_rounds, LMI_TEAM_TURNS_MAX);
    return status;
}

/* No prompt holds {question}; one may hold a word that was meant to be it. */
static lmas_status refuse_unasked(const lmas_team *team, const lmi_json *json, size_t line)
{
    size_t i;

    for (i = 0; i < team->n_remarks; i++)
        if (strstr(team->remarks[i], "the slot is {question}"))
            return lmi_fail(LMAS_E_FORMAT, "%s, and no prompt contains it", team->remarks[i]);
    return lmi_fail(LMAS_E_FORMAT, "%s:%zu: no prompt in \"agents\" contains {question}",
                    json->label, line);
}

/* What no single key shows: the question must reach somebody, and a `{context}` must have
 * something to say. */
static lmas_status check_whole(const lmas_team *team, const lmi_json *json, yyjson_val *root)
{
    yyjson_val *context = yyjson_obj_get(root, "context");
    bool has_question = false;
    bool has_context = false;
    size_t line, i;

    for (i = 0; i < team->n_agents; i++) {
        has_question |=
            team->agents[i].command.n > 0 || strstr(team->agents[i].prompt, "{question}");
        has_context |= strstr(team->agents[i].prompt, "{context}") != NULL;
    }
    lmi_json_member(&line, json, root, "agents");
    if (!has_question)
        return refuse_unasked(team, json, line);
    if (has_context && !(yyjson_obj_get(context, "latent") && yyjson_obj_get(context, "text")))
        return lmi_fail(LMAS_E_FORMAT,
                        "%s:%zu: prompts in \"agents\" use {context}, so \"context\" needs both "
                        "\"latent\" and \"text\"",
                        json->label, line);
    lmi_json_member(&line, json, root, "baseline");
    if (!strstr(team->baseline, "{question}"))
        return lmi_fail(LMAS_E_FORMAT, "%s:%zu: \"baseline\" does not contain {question}",
                        json->label, line);
    return LMAS_OK;
}

/* Name, and what holds for all agents. */
static lmas_status read_common(lmas_team *team, const lmi_json *json, yyjson_val *root)
{
    const char *name = NULL;
    size_t line;
    lmas_status status = lmi_json_string(&name, json, root, "the team", "name", false);

    lmi_json_member(&line, json, root, "name");
    if (status == LMAS_OK)
        status = lmi_team_check_name(json, line, "the team", name);
    if (status == LMAS_OK)
        status = lmi_team_take_string(&team->name, json, root, "the team", "name", NULL);
    if (status == LMAS_OK)
        status = lmi_team_take_string(&team->system, json, root, "the team", "system", "");
    if (status == LMAS_OK)
        status = lmi_team_take_string(&team->baseline, json, root, "the team", "baseline",
                                      DEFAULT_BASELINE);
    if (status == LMAS_OK)
        status = lmi_team_read_chat(&team->reasoning, &team->kwargs, json, root, "the team");
    return status;
}

static lmas_status read_team(lmas_team *team, const lmi_json *json)
{
    static const char *const keys[] = {
        "name",   "system",   "context", "agents",    "edges",
        "rounds", "baseline", "formats", "reasoning", "chat_template_kwargs",
        "models", NULL};
    yyjson_val *root = lmi_json_root(json);
    lmas_status status;

    if (!yyjson_is_obj(root))
        return lmi_fail(LMAS_E_FORMAT, "%s:1: a team must be an object, found %s", json->label,
                        lmi_json_type(root));
    status = lmi_json_only_keys(json, root, "the team", keys);
    if (status == LMAS_OK)
        status = read_common(team, json, root);
    if (status == LMAS_OK)
        status = read_context(team, json, root);
    if (status == LMAS_OK)
        status = read_formats(team, json, root);
    if (status == LMAS_OK)
        status = lmi_team_models_read(team, json, root);
    if (status == LMAS_OK)
        status = read_agents(team, json, root);
    if (status == LMAS_OK)
        status = read_graph(team, json, root);
    if (status == LMAS_OK)
        status = lmi_slots_check(team, json);
    if (status == LMAS_OK)
        status = check_whole(team, json, root);
    return status == LMAS_OK ? lmi_reach_check(team, json) : status;
}

void lmi_team_skip_mark(const char **text, size_t *len)
{
    const size_t n = strlen(BYTE_ORDER_MARK);

    if (*len < n || memcmp(*text, BYTE_ORDER_MARK, n) != 0)
        return;
    *text += n;
    *len -= n;
}

lmas_status lmas_team_parse(lmas_team **out, const char *label, const char *json, size_t len)
{
    lmi_json parsed = {0};
    lmas_team *team;
    lmas_status status;

    if (!out || !label || !json)
        return lmi_fail(LMAS_E_INVALID,
                        "lmas_team_parse needs an out parameter, a label and the file's content");
    lmi_team_skip_mark(&json, &len);
    if (len > LMI_TEAM_FILE_MAX)
        return lmi_fail(LMAS_E_FORMAT, "%s has %zu bytes, a team file has at most %d", label, len,
                        LMI_TEAM_FILE_MAX);
    status = lmi_json_parse(&parsed, label, json, len);
    if (status != LMAS_OK)
        return status;
    team = lmi_new(1, sizeof(*team));
    if (team)
        team->source = lmi_strndup(json, len);
    if (!team || !team->source)
        status = lmi_fail(LMAS_E_NOMEM, "no memory for a team");
    if (status == LMAS_OK)
        status = read_team(team, &parsed);
    lmi_json_done(&parsed);
    if (status != LMAS_OK) {
        lmas_team_free(team);
        return status;
    }
    *out = team;
    return LMAS_OK;
}

/* Its programs start where the file lies. */
static lmas_status set_folder(lmas_team *team, const char *path)
{
    const char *slash = strrchr(path, '/');

    if (!slash)
        return LMAS_OK;
    team->folder = lmi_strndup(path, slash == path ? 1 : (size_t)(slash - path));
    return team->folder ? LMAS_OK : lmi_fail(LMAS_E_NOMEM, "no memory for a team");
}

lmas_status lmas_team_open(lmas_team **out, const char *path)
{
    lmas_team *team = NULL;
    lmas_status status;
    lmi_buf file;

    if (!out || !path)
        return lmi_fail(LMAS_E_INVALID, "lmas_team_open needs an out parameter and a path");
    lmi_buf_init(&file, LMI_TEAM_FILE_MAX);
    status = lmi_file_read(&file, path);
    if (status == LMAS_OK)
        status = lmas_team_parse(&team, path, lmi_buf_text(&file), file.len);
    lmi_buf_done(&file);
    if (team)
        status = set_folder(team, path);
    if (status == LMAS_OK)
        *out = team;
    else
        lmas_team_free(team);
    return status;
}

lmas_status lmas_team_builtin(lmas_team **out, const char *name)
{
    lmi_buf names;
    lmas_status status;
    size_t i;

    if (!out || !name)
        return lmi_fail(LMAS_E_INVALID, "lmas_team_builtin needs an out parameter and a name");
    for (i = 0; lmi_builtin_teams[i].name; i++)
        if (strcmp(lmi_builtin_teams[i].name, name) == 0)
            return lmas_team_parse(out, name, lmi_builtin_teams[i].json, lmi_builtin_teams[i].len);
    lmi_buf_init(&names, LMI_ERROR_MAX);
    for (i = 0; lmi_builtin_teams[i].name; i++)
        lmi_buf_printf(&names, "%s%s", i ? ", " : "", lmi_builtin_teams[i].name);
    status = lmi_fail(LMAS_E_INVALID, "no built-in team \"%s\", expected one of: %s", name,
                      lmi_buf_text(&names));
    lmi_buf_done(&names);
    return status;
}

const char *lmas_team_builtin_name(size_t i)
{
    size_t n = 0;

    while (lmi_builtin_teams[n].name)
        n++;
    return i < n ? lmi_builtin_teams[i].name : NULL;
}

void lmas_team_free(lmas_team *team)
{
    size_t i;

    if (!team)
        return;
    for (i = 0; i < team->n_agents; i++)
        lmi_agent_done(&team->agents[i]);
    lmi_team_models_done(team);
    lmi_graph_done(&team->graph);
    for (i = 0; i < LMI_ANSWER_KINDS; i++)
        lmi_free(team->formats[i]);
    for (i = 0; i < team->n_remarks; i++)
        lmi_free(team->remarks[i]);
    lmi_free(team->source);
    lmi_free(team->folder);
    lmi_free(team->name);
    lmi_free(team->system);
    lmi_free(team->kwargs);
    lmi_free(team->context_latent);
    lmi_free(team->context_text);
    lmi_free(team->baseline);
    lmi_free(team);
}
