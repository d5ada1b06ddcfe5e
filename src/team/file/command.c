/*
 * command.c - an agent that is a program: what is run, and within which limits.
 *
 *     {"name": "solver", "command": ["python3", "solver.py"], "timeout_seconds": 10,
 *      "max_output_bytes": 4096, "memory_bytes": 1073741824, "sandbox": true, "on_failure": "tell"}
 */
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "process/limits.h"
#include "team/file/team.h"

void lmi_command_done(lmi_command *command)
{
    size_t i;

    for (i = 0; i < command->n; i++)
        lmi_free(command->words[i]);
    lmi_free(command->words);
    *command = (lmi_command){0};
}

static lmas_status add_word(lmi_command *out, const lmi_json *json, yyjson_val *word,
                            const char *where, size_t line)
{
    const char *text = yyjson_get_str(word);

    if (!text)
        return lmi_fail(LMAS_E_FORMAT, "%s:%zu: \"command\" in %s must hold strings, found %s",
                        json->label, line, where, lmi_json_type(word));
    if (strlen(text) != yyjson_get_len(word) || (out->n == 0 && !*text))
        return lmi_fail(LMAS_E_FORMAT, "%s:%zu: \"command\" in %s has a word that is no argument",
                        json->label, line, where);
    out->words[out->n] = lmi_strdup(text);
    if (!out->words[out->n])
        return lmi_fail(LMAS_E_NOMEM, "no memory for a team");
    out->n++;
    return LMAS_OK;
}

static lmas_status read_words(lmi_command *out, const lmi_json *json, yyjson_val *agent,
                              const char *where)
{
    size_t line;
    yyjson_val *words = lmi_json_member(&line, json, agent, "command");
    lmas_status status = LMAS_OK;
    size_t i, max;
    yyjson_val *word;

    if (!yyjson_is_arr(words) || yyjson_arr_size(words) < 1 ||
        yyjson_arr_size(words) > LMI_COMMAND_WORDS_MAX)
        return lmi_fail(LMAS_E_FORMAT,
                        "%s:%zu: \"command\" in %s must be an array of 1 to %d words, found %s",
                        json->label, line, where, LMI_COMMAND_WORDS_MAX,
                        yyjson_is_arr(words) ? "none, or more" : lmi_json_type(words));
    out->words = lmi_new(yyjson_arr_size(words), sizeof(*out->words));
    if (!out->words)
        return lmi_fail(LMAS_E_NOMEM, "no memory for a team");
    yyjson_arr_foreach(words, i, max, word)
    {
        if (status == LMAS_OK)
            status = add_word(out, json, word, where, line);
    }
    return status;
}

static lmas_status read_limits(lmi_command *out, const lmi_json *json, yyjson_val *agent,
                               const char *where)
{
    double seconds = LMI_COMMAND_SECONDS, output = LMI_COMMAND_OUTPUT, memory = 0;
    lmas_status status = lmi_team_read_number(
        &seconds, json, agent,
        &(lmi_number){where, "timeout_seconds", 0.001, LMI_WALL_MS_MAX / 1e3, false});

    if (status == LMAS_OK)
        status = lmi_team_read_number(
            &output, json, agent,
            &(lmi_number){where, "max_output_bytes", 1, LMI_COMMAND_OUTPUT_MAX, true});
    if (status == LMAS_OK)
        status = lmi_team_read_number(
            &memory, json, agent,
            &(lmi_number){where, "memory_bytes", LMI_MEMORY_SIZE_MIN, 1e15, true});
    out->wall_ms = seconds * 1e3;
    out->output_size = (uint64_t)output;
    out->memory_size = (uint64_t)memory;
    return status;
}

static lmas_status read_failure(bool *is_told, const lmi_json *json, yyjson_val *agent,
                                const char *where)
{
    const char *word;
    size_t line;
    const lmas_status status = lmi_json_string(&word, json, agent, where, "on_failure", true);

    lmi_json_member(&line, json, agent, "on_failure");
    *is_told = status == LMAS_OK && word && strcmp(word, "tell") == 0;
    if (status != LMAS_OK || *is_told || !word || strcmp(word, "stop") == 0)
        return status;
    return lmi_fail(LMAS_E_FORMAT,
                    "%s:%zu: \"on_failure\" in %s must be stop or tell, found \"%s\"", json->label,
                    line, where, word);
}

lmas_status lmi_command_read(lmi_command *out, const lmi_json *json, yyjson_val *agent,
                             const char *where)
{
    static const char *const keys[] = {
        "name",         "command", "timeout_seconds", "max_output_bytes",
        "memory_bytes", "sandbox", "on_failure",      NULL};
    char what[64];
    lmas_status status;

    snprintf(what, sizeof(what), "%.40s, a program", where);
    status = lmi_json_only_keys(json, agent, what, keys);
    if (status == LMAS_OK)
        status = read_words(out, json, agent, where);
    if (status == LMAS_OK)
        status = read_limits(out, json, agent, where);
    if (status == LMAS_OK)
        status = lmi_team_read_bool(&out->is_sandboxed, json, agent, where, "sandbox");
    return status == LMAS_OK ? read_failure(&out->is_told, json, agent, where) : status;
}

const char *lmas_team_agent_program(const lmas_team *team, size_t i)
{
    if (!team || i >= team->n_agents || team->agents[i].command.n == 0)
        return NULL;
    return team->agents[i].command.words[0];
}
