/*
 * science.c - the prompt files of Science-LatentMAS, as team files.
 *
 *     {"agents": [{"name": "Strategist", "role": "strategist"}, ...],      order of the chain
 *      "strategist": "Question:\n{question}\n\nYou plan. {context}", ...,  a template for each role
 *      "system": "...", "baseline": "..." (or "user")}
 *
 * or plain text: the prompt of the single agent. Such a file is rewritten as a team file and read
 * as one, so that there is one kind of team. What its program gets wrong is not repeated: a
 * template goes before the built-in one of its role, and braces that are no slots stay.
 */
#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "base/json.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "team/file/team.h"

/* Of a role that has no template, neither in the file nor built in. */
static const char GENERAL[] = "Question: {question}\n\nYou are a helpful assistant. Think step by "
                              "step, then answer.";

/* Keys that are no roles. */
static const char *const KEYS[] = {"agents", "system", "baseline", "user", NULL};

/* Bytes of a name that a number still has room behind. */
enum { ROOM = LMI_TEAM_NAME_MAX - 4 };

static const char BLANKS[] = " \t\r\n";

/* A file on its way to a team. */
typedef struct science {
    const char *label; /* of the file */
    lmi_json json;
    const lmas_team *base; /* whose agents stand in for what the file leaves out */
    yyjson_mut_doc *doc;
    yyjson_mut_val *root, *agents;
    lmi_buf remarks;   /* a line each, for whoever uses the team */
    bool has_question; /* some agent is shown it */
    bool has_own;      /* something of the file is an agent's */
} science;

static bool is_key(const char *word)
{
    size_t i = 0;

    while (KEYS[i] && strcmp(KEYS[i], word) != 0)
        i++;
    return KEYS[i] != NULL;
}

static const lmi_agent *built_in(const lmas_team *base, const char *role)
{
    size_t i;

    for (i = 0; i < base->n_agents; i++)
        if (strcmp(base->agents[i].name, role) == 0)
            return &base->agents[i];
    return NULL;
}

/* ---- Templates ---- */

/* Slots of a team file; str.format knows the first two. */
static const char *const SLOTS[] = {"{question}", "{context}", "{format}", "{note}"};
enum { N_SLOTS_SCIENCE = 2, N_SLOTS = 4 };

/* The slot among the first `n` that begins at `text`; 0 where none does. */
static size_t slot_len(const char *text, size_t n)
{
    size_t i;

    for (i = 0; i < n; i++)
        if (strncmp(text, SLOTS[i], strlen(SLOTS[i])) == 0)
            return strlen(SLOTS[i]);
    return 0;
}

/* The first pair of braces around a slot: with one brace less, as str.format means it, a team file
 * would take it for the slot. NULL where there is none. */
static const char *find_hidden(const char *text)
{
    while ((text = strstr(text, "{{"))) {
        const size_t len = slot_len(text + 1, N_SLOTS);

        if (len > 0 && text[1 + len] == '}')
            return text;
        text++;
    }
    return NULL;
}

/* Append `text` as Python's str.format reads it: "{{" is a brace. False where it would refuse the
 * text, for it has braces of another kind. */
static bool unescape(lmi_buf *out, const char *text)
{
    while (*text) {
        const size_t plain = strcspn(text, "{}");
        const size_t slot = slot_len(text + plain, N_SLOTS_SCIENCE);

        lmi_buf_append(out, text, plain + slot);
        text += plain + slot;
        if (slot || !*text)
            continue;
        if (text[1] != text[0])
            return false;
        lmi_buf_putc(out, *text);
        text += 2;
    }
    return true;
}

/* Where the braces are those of JSON or LaTeX, they are meant as they stand. */
static lmas_status add_template(science *s, yyjson_mut_val *object, const char *key,
                                const char *text)
{
    const char *hidden = find_hidden(text);
    lmas_status status;
    lmi_buf plain;

    if (hidden)
        return lmi_fail(LMAS_E_FORMAT,
                        "%s: a template holds %.*s, and the name of a slot in braces cannot be "
                        "said: expected it without them, or as a slot",
                        s->label, (int)strcspn(hidden, "}") + 2, hidden);
    lmi_buf_init(&plain, LMI_TEAM_FILE_MAX);
    if (!unescape(&plain, text)) {
        lmi_buf_clear(&plain);
        lmi_buf_puts(&plain, text);
    }
    status = lmi_buf_status(&plain);
    if (status == LMAS_OK && !yyjson_mut_obj_add_strcpy(s->doc, object, key, lmi_buf_text(&plain)))
        status = lmi_fail(LMAS_E_NOMEM, "no memory for a team");
    lmi_buf_done(&plain);
    return status;
}

/* ---- Agents ---- */

/* A name that no agent before has: "critic", "critic 2". */
static void name_apart(char *out, size_t size, const science *s, const char *name)
{
    yyjson_mut_arr_iter at = yyjson_mut_arr_iter_with(s->agents);
    yyjson_mut_val *other;
    const size_t len = strlen(name) < ROOM ? strlen(name) : lmi_utf8_floor(name, ROOM);
    size_t n_same = 1;

    snprintf(out, size, "%s", name);
    while ((other = yyjson_mut_arr_iter_next(&at))) {
        if (strcmp(yyjson_mut_get_str(yyjson_mut_obj_get(other, "name")), out) != 0)
            continue;
        snprintf(out, size, "%.*s %zu", (int)len, name, ++n_same);
        at = yyjson_mut_arr_iter_with(s->agents);
    }
}

static lmas_status add_agent(science *s, const char *name, const char *role)
{
    const lmi_agent *known = built_in(s->base, role);
    const char *template = NULL;
    char apart[2 * LMI_TEAM_NAME_MAX];
    yyjson_mut_val *agent;
    lmas_status status = LMAS_OK;

    if (!is_key(role))
        status =
            lmi_json_string(&template, &s->json, lmi_json_root(&s->json), "the file", role, true);
    if (status != LMAS_OK)
        return status;
    if (!template && !known)
        lmi_buf_printf(&s->remarks, "%s: no template for the role \"%s\": %s gets a general one\n",
                       s->label, role, name);
    s->has_question |= strstr(template ? template
                              : known  ? known->prompt
                                       : GENERAL,
                              "{question}") != NULL;
    s->has_own |= template != NULL;
    name_apart(apart, sizeof(apart), s, name);
    agent = yyjson_mut_arr_add_obj(s->doc, s->agents);
    if (!agent || !yyjson_mut_obj_add_strcpy(s->doc, agent, "name", apart))
        return lmi_fail(LMAS_E_NOMEM, "no memory for a team");
    if (template)
        return add_template(s, agent, "prompt", template);
    lmi_json_add_text(s->doc, agent, "prompt", known ? known->prompt : GENERAL);
    return LMAS_OK;
}

/* Name and role, of which one stands for the other. */
static lmas_status read_agent(science *s, yyjson_val *object, size_t number, size_t agents_line)
{
    const char *name, *role;
    char where[32];
    lmas_status status;

    snprintf(where, sizeof(where), "agent %zu", number);
    if (!yyjson_is_obj(object))
        return lmi_fail(LMAS_E_FORMAT, "%s:%zu: %s must be an object, found %s", s->label,
                        agents_line, where, lmi_json_type(object));
    status = lmi_json_string(&name, &s->json, object, where, "name", true);
    if (status == LMAS_OK)
        status = lmi_json_string(&role, &s->json, object, where, "role", true);
    if (status != LMAS_OK)
        return status;
    if (!name && !role)
        return lmi_fail(LMAS_E_FORMAT, "%s:%zu: %s has neither \"name\" nor \"role\"", s->label,
                        agents_line, where);
    status = lmi_team_check_name(&s->json, agents_line, where, name ? name : role);
    s->has_own = true;
    return status == LMAS_OK ? add_agent(s, name ? name : role, role ? role : name) : status;
}

/* Those of the built-in team, with the file's templates for their roles. */
static lmas_status add_base_agents(science *s)
{
    lmas_status status = LMAS_OK;
    size_t i;

    for (i = 0; status == LMAS_OK && i < s->base->n_agents; i++)
        status = add_agent(s, s->base->agents[i].name, s->base->agents[i].name);
    return status;
}

static lmas_status read_agents(science *s)
{
    size_t line, i, max;
    yyjson_val *agents = lmi_json_member(&line, &s->json, lmi_json_root(&s->json), "agents");
    yyjson_val *agent;
    lmas_status status = LMAS_OK;

    if (!agents)
        return add_base_agents(s);
    if (!yyjson_is_arr(agents))
        return lmi_fail(LMAS_E_FORMAT, "%s:%zu: \"agents\" must be an array, found %s", s->label,
                        line, lmi_json_type(agents));
    if (yyjson_arr_size(agents) < 1 || yyjson_arr_size(agents) > LMI_TEAM_AGENTS_MAX)
        return lmi_fail(LMAS_E_FORMAT, "%s:%zu: \"agents\" has %zu entries, from 1 to %d expected",
                        s->label, line, yyjson_arr_size(agents), LMI_TEAM_AGENTS_MAX);
    yyjson_arr_foreach(agents, i, max, agent)
    {
        status = read_agent(s, agent, i + 1, line);
        if (status != LMAS_OK)
            break;
    }
    return status;
}

/* Somebody must be shown the question. */
static lmas_status check_question(const science *s)
{
    size_t line;

    lmi_json_member(&line, &s->json, lmi_json_root(&s->json), "agents");
    if (!s->has_question)
        return lmi_fail(LMAS_E_FORMAT, "%s:%zu: no template of an agent contains {question}",
                        s->label, line);
    return LMAS_OK;
}

static bool is_role(yyjson_val *agents, const lmas_team *base, const char *word)
{
    size_t i, max;
    yyjson_val *agent;

    if (!agents)
        return built_in(base, word) != NULL;
    yyjson_arr_foreach(agents, i, max, agent)
    {
        yyjson_val *role = yyjson_obj_get(agent, "role");

        if (yyjson_equals_str(role ? role : yyjson_obj_get(agent, "name"), word))
            return true;
    }
    return false;
}

/* A template that no agent has is most likely a misspelt role. */
static void warn_of_idle(science *s)
{
    yyjson_val *root = lmi_json_root(&s->json);
    yyjson_val *agents = yyjson_obj_get(root, "agents");
    size_t i, max;
    yyjson_val *key, *val;

    yyjson_obj_foreach(root, i, max, key, val)
    {
        if (!is_key(yyjson_get_str(key)) && !is_role(agents, s->base, yyjson_get_str(key)))
            lmi_buf_printf(&s->remarks, "%s:%zu: no agent has the role \"%s\"\n", s->label,
                           lmi_json_line(&s->json, key), yyjson_get_str(key));
    }
}

/* ---- The rest ---- */

/* The prompt of the single agent. The question comes behind it unless it says where. */
static lmas_status add_baseline(science *s, const char *text)
{
    lmas_status status;
    lmi_buf whole;

    lmi_buf_init(&whole, LMI_TEAM_FILE_MAX);
    lmi_buf_puts(&whole, text);
    if (!strstr(text, "{question}"))
        lmi_buf_puts(&whole, "\n\n{question}");
    status = lmi_buf_status(&whole);
    if (status == LMAS_OK)
        status = add_template(s, s->root, "baseline", lmi_buf_text(&whole));
    lmi_buf_done(&whole);
    return status;
}

/* What a file of Science does not have: a name, formats, and what `{context}` says. */
static void add_usual(science *s, const char *latent, const char *text)
{
    yyjson_mut_val *context = yyjson_mut_obj_add_obj(s->doc, s->root, "context");
    yyjson_mut_val *formats = yyjson_mut_obj_add_obj(s->doc, s->root, "formats");
    size_t i;

    lmi_json_add_text(s->doc, s->root, "name", "custom");
    lmi_json_add_text(s->doc, context, "latent", latent);
    lmi_json_add_text(s->doc, context, "text", text);
    for (i = 0; i < LMI_ANSWER_KINDS; i++)
        if (s->base->formats[i])
            lmi_json_add_text(s->doc, formats, lmas_answer_kind_name((lmas_answer_kind)i),
                              s->base->formats[i]);
}

static lmas_status read_object(science *s)
{
    yyjson_val *root = lmi_json_root(&s->json);
    const char *system, *baseline, *user;
    lmas_status status = lmi_json_string(&system, &s->json, root, "the file", "system", true);

    if (status == LMAS_OK)
        status = lmi_json_string(&baseline, &s->json, root, "the file", "baseline", true);
    if (status == LMAS_OK)
        status = lmi_json_string(&user, &s->json, root, "the file", "user", true);
    if (status != LMAS_OK)
        return status;
    if (system)
        lmi_json_add_text(s->doc, s->root, "system", system);
    if (baseline || user)
        status = add_baseline(s, baseline ? baseline : user);
    if (status == LMAS_OK)
        status = read_agents(s);
    if (status == LMAS_OK)
        status = check_question(s);
    if (status != LMAS_OK)
        return status;
    warn_of_idle(s);
    if (yyjson_obj_get(root, "agents"))
        add_usual(s, "", "{outputs}"); /* as in its program: nothing, or the others' text alone */
    else
        add_usual(s, s->base->context_latent, s->base->context_text);
    return LMAS_OK;
}

/* Plain text, and the built-in team as it is. */
static lmas_status read_plain(science *s, const char *text)
{
    lmas_status status = add_baseline(s, text);

    if (status == LMAS_OK)
        status = add_base_agents(s);
    lmi_json_add_text(s->doc, s->root, "system", s->base->system);
    add_usual(s, s->base->context_latent, s->base->context_text);
    return status;
}

/* A brace, and then a key: a plain text may begin with "{question}". */
static bool looks_like_object(const char *text)
{
    text += strspn(text, BLANKS);
    if (*text != '{')
        return false;
    text += 1 + strspn(text + 1, BLANKS);
    return *text == '"' || *text == '}';
}

/* Text in one of the ways that a file of prompts may have. */
static lmas_status check_text(const char *label, const char *text, size_t len)
{
    if (strlen(text) != len)
        return lmi_fail(LMAS_E_FORMAT, "%s: a NUL at byte %zu, text expected", label, strlen(text));
    if (!lmi_utf8_is_valid(text, len))
        return lmi_fail(LMAS_E_FORMAT, "%s is not UTF-8", label);
    text += strspn(text, BLANKS);
    if (!*text)
        return lmi_fail(LMAS_E_FORMAT,
                        "%s is empty: JSON with a template for each role, or plain "
                        "text expected",
                        label);
    if (*text == '[')
        return lmi_fail(LMAS_E_FORMAT, "%s begins an array: an object or plain text expected",
                        label);
    return LMAS_OK;
}

static lmas_status rewrite(lmi_buf *out, science *s, const char *text, size_t len)
{
    const bool is_object = looks_like_object(text);
    lmas_status status = check_text(s->label, text, len);

    if (status == LMAS_OK)
        status = lmi_json_new(&s->doc, &s->root, "a team");
    if (status == LMAS_OK) {
        s->agents = yyjson_mut_obj_add_arr(s->doc, s->root, "agents");
        status = s->agents ? LMAS_OK : lmi_fail(LMAS_E_NOMEM, "no memory for a team");
    }
    if (status == LMAS_OK && is_object)
        status = lmi_json_parse(&s->json, s->label, text, len);
    if (status == LMAS_OK)
        status = is_object ? read_object(s) : read_plain(s, text);
    if (status == LMAS_OK) {
        status = lmi_json_write(out, s->doc, YYJSON_WRITE_PRETTY_TWO_SPACES, "a team");
        s->doc = NULL;
    }
    if (status == LMAS_OK && !s->has_own)
        lmi_buf_printf(
            &s->remarks,
            "%s: it has no agents and no template of a role, only the prompt of the single "
            "agent (baseline)\n",
            s->label);
    yyjson_mut_doc_free(s->doc);
    lmi_json_done(&s->json);
    return status;
}

/* What was remarked becomes the team's, as far as it has room. */
static lmas_status hand_over(lmas_team *team, const lmi_buf *remarks)
{
    const char *line = lmi_buf_text(remarks);

    while (*line && team->n_remarks < LMI_TEAM_REMARKS_MAX) {
        const size_t len = strcspn(line, "\n");
        char *remark = lmi_strndup(line, len);

        if (!remark)
            return lmi_fail(LMAS_E_NOMEM, "no memory for a team");
        lmi_flatten(remark);
        team->remarks[team->n_remarks++] = remark;
        line += len + 1;
    }
    return lmi_buf_status(remarks);
}

/* The file at `path`, rewritten, as a team. */
static lmas_status open_rewritten(lmas_team **out, science *s, lmi_buf *file, lmi_buf *team)
{
    char label[LMI_PATH_MAX + 32];
    lmas_status status = lmi_file_read(file, s->label);
    const char *text = lmi_buf_text(file);
    size_t len = file->len;

    lmi_team_skip_mark(&text, &len);
    snprintf(label, sizeof(label), "%s, as a team", s->label);
    if (status == LMAS_OK)
        status = rewrite(team, s, text, len);
    if (status == LMAS_OK)
        status = lmas_team_parse(out, label, lmi_buf_text(team), team->len);
    if (status != LMAS_OK)
        return status;
    status = hand_over(*out, &s->remarks);
    if (status != LMAS_OK)
        lmas_team_free(*out);
    return status;
}

lmas_status lmas_team_open_prompts(lmas_team **out, const char *path, const char *base_name)
{
    lmas_team *base = NULL;
    science s = {.label = path};
    lmi_buf file, team;
    lmas_status status;

    if (!out || !path || !base_name)
        return lmi_fail(LMAS_E_INVALID, "lmas_team_open_prompts needs an out parameter, a path and "
                                        "the name of a built-in team");
    lmi_buf_init(&file, LMI_TEAM_FILE_MAX);
    lmi_buf_init(&team, 2 * (size_t)LMI_TEAM_FILE_MAX);
    lmi_buf_init(&s.remarks, LMI_TEAM_FILE_MAX);
    status = lmas_team_builtin(&base, base_name);
    s.base = base;
    if (status == LMAS_OK)
        status = open_rewritten(out, &s, &file, &team);
    lmi_buf_done(&file);
    lmi_buf_done(&team);
    lmi_buf_done(&s.remarks);
    lmas_team_free(base);
    return status;
}
