/* slots.c - finding words in braces that look like slots; slots.h says what for. */
#include "team/file/slots.h"

#include <stdio.h>
#include <string.h>

/* Longest word in braces that is looked at, in bytes; slots of one place, and one more. */
enum { WORD_MAX = 15, SLOTS_MAX = 6 };

/* What is filled in the prompts, in the text context, and nowhere else. */
static const char *const IN_PROMPTS[SLOTS_MAX] = {"question", "note", "context", "format",
                                                  "outputs"};
static const char *const IN_CONTEXT[SLOTS_MAX] = {"outputs"};
static const char *const IN_NOTHING[SLOTS_MAX] = {NULL};

/* One text of the file. */
typedef struct place {
    lmas_team *team;
    const char *label; /* of the file */
    size_t line;
    const char *what; /* "the prompt of critic" */
    const char *const *slots;
} place;

/* A word in braces: what stands between them, and the same as a slot would be written. */
typedef struct word {
    const char *begin; /* at its first brace */
    size_t len;        /* both braces included */
    char name[WORD_MAX + 1];
} word;

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* Take the word that begins with the brace at `text`; false where something else stands there. */
static bool read_word(word *out, const char *text)
{
    const char *at = text + 1;
    size_t n = 0;

    at += strspn(at, " ");
    while (n < WORD_MAX && (is_letter(*at) || *at == '_' || *at == '-')) {
        const char c = *at++;

        out->name[n++] = (char)(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
    }
    out->name[n] = '\0';
    at += strspn(at, " ");
    out->begin = text;
    out->len = (size_t)(at - text) + 1;
    return n > 0 && *at == '}';
}

/* Whether it is the argument of a command of LaTeX: \boxed{answer}. */
static bool is_argument(const char *text, const word *w)
{
    const char *at = w->begin;

    while (at > text && is_letter(at[-1]))
        at--;
    return at > text && at < w->begin && at[-1] == '\\';
}

static size_t least(size_t a, size_t b, size_t c)
{
    return a < b ? (a < c ? a : c) : (b < c ? b : c);
}

/* Letters to change, add, leave out or swap with their neighbour until `a` is `b`. */
static size_t distance(const char *a, const char *b)
{
    size_t rows[WORD_MAX + 1][WORD_MAX + 1] = {{0}};
    size_t i, k;

    for (i = 0; i <= strlen(a); i++) {
        for (k = 0; k <= strlen(b); k++) {
            if (i == 0 || k == 0) {
                rows[i][k] = i + k;
                continue;
            }
            rows[i][k] = least(rows[i - 1][k] + 1, rows[i][k - 1] + 1,
                               rows[i - 1][k - 1] + (a[i - 1] != b[k - 1]));
            if (i > 1 && k > 1 && a[i - 1] == b[k - 2] && a[i - 2] == b[k - 1])
                rows[i][k] = least(rows[i][k], rows[i - 2][k - 2] + 1, rows[i][k]);
        }
    }
    return rows[strlen(a)][strlen(b)];
}

/* The slot of `slots` that the name may be meant for: one slip in four letters. Of a short one no
 * letter may be another: {node} is as good a word as {note}. */
static const char *nearest(const char *const *slots, const char *name)
{
    for (; *slots; slots++) {
        const size_t len = strlen(*slots);

        if (strcmp(*slots, name) == 0 ||
            (distance(*slots, name) <= len / 4 && (len > 4 || strlen(name) != len)))
            return *slots;
    }
    return NULL;
}

static bool is_exact(const word *w)
{
    return w->len == strlen(w->name) + 2 && strncmp(w->begin + 1, w->name, w->len - 2) == 0;
}

/* The end of a remark, around the slot's name: what is meant, or where it would be filled. */
typedef struct advice {
    const char *before, *after;
} advice;

static lmas_status add_remark(const place *p, const word *w, const char *slot, advice a)
{
    lmas_team *team = p->team;
    lmi_buf text;
    lmas_status status;

    lmi_buf_init(&text, LMI_ERROR_MAX);
    lmi_buf_printf(&text, "%s:%zu: %.*s in %s stays as it is; %s{%s}%s", p->label, p->line,
                   (int)w->len, w->begin, p->what, a.before, slot, a.after);
    status = lmi_buf_status(&text);
    if (status == LMAS_OK)
        team->remarks[team->n_remarks++] = lmi_buf_steal(&text);
    lmi_buf_done(&text);
    return status;
}

static lmas_status check_word(const place *p, const word *w)
{
    const char *slot = nearest(p->slots, w->name);

    if (slot && is_exact(w) && strcmp(slot, w->name) == 0)
        return LMAS_OK;
    if (slot)
        return add_remark(p, w, slot, (advice){"the slot is ", ""});
    slot = nearest(IN_PROMPTS, w->name);
    if (!slot)
        return LMAS_OK;
    return add_remark(p, w, slot,
                      (advice){"", strcmp(slot, IN_CONTEXT[0]) == 0
                                       ? " is a slot in prompts and context.text alone"
                                       : " is a slot in prompts alone"});
}

static lmas_status check_text(const place *p, const char *text)
{
    const char *at = text;
    lmas_status status = LMAS_OK;
    word w;

    while (status == LMAS_OK && p->team->n_remarks < LMI_TEAM_REMARKS_MAX &&
           (at = strchr(at, '{'))) {
        if (read_word(&w, at) && !is_argument(text, &w))
            status = check_word(p, &w);
        at++;
    }
    return status;
}

/* The string at `key` of `object`, where there is one; `what` names it. */
static lmas_status check_key(lmas_team *team, const lmi_json *json, yyjson_val *object,
                             const char *key, const char *what, const char *const *slots)
{
    place p = {.team = team, .label = json->label, .what = what, .slots = slots};
    const char *text = yyjson_get_str(lmi_json_member(&p.line, json, object, key));

    return text ? check_text(&p, text) : LMAS_OK;
}

static lmas_status check_agents(lmas_team *team, const lmi_json *json, yyjson_val *agents)
{
    lmas_status status = LMAS_OK;
    size_t i, max;
    yyjson_val *agent;

    yyjson_arr_foreach(agents, i, max, agent)
    {
        char what[LMI_TEAM_NAME_MAX + 32];

        snprintf(what, sizeof(what), "the prompt of %s", team->agents[i].name);
        if (status == LMAS_OK)
            status = check_key(team, json, agent, "prompt", what, IN_PROMPTS);
    }
    return status;
}

static lmas_status check_formats(lmas_team *team, const lmi_json *json, yyjson_val *formats)
{
    lmas_status status = LMAS_OK;
    size_t i;

    for (i = 0; status == LMAS_OK && i < LMI_ANSWER_KINDS; i++) {
        char what[32];

        snprintf(what, sizeof(what), "formats.%s", lmas_answer_kind_name((lmas_answer_kind)i));
        status = check_key(team, json, formats, lmas_answer_kind_name((lmas_answer_kind)i), what,
                           IN_NOTHING);
    }
    return status;
}

lmas_status lmi_slots_check(lmas_team *team, const lmi_json *json)
{
    yyjson_val *root = lmi_json_root(json);
    yyjson_val *context = yyjson_obj_get(root, "context");
    lmas_status status = check_key(team, json, root, "system", "system", IN_NOTHING);

    if (status == LMAS_OK)
        status = check_key(team, json, context, "latent", "context.latent", IN_NOTHING);
    if (status == LMAS_OK)
        status = check_key(team, json, context, "text", "context.text", IN_CONTEXT);
    if (status == LMAS_OK)
        status = check_agents(team, json, yyjson_obj_get(root, "agents"));
    if (status == LMAS_OK)
        status = check_key(team, json, root, "baseline", "baseline", IN_PROMPTS);
    if (status == LMAS_OK)
        status = check_formats(team, json, yyjson_obj_get(root, "formats"));
    return status;
}
