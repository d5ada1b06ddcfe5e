/*
 * calls.c - tool calls and other frames of programs.
 *
 * A tool's argument is JSON in most families, tags in some; which key or tag holds the program is
 * anybody's guess, so every string that could be one is handed on: the sandbox takes the one that
 * defines what the tests call.
 */
#include "grade/calls.h"

#include <string.h>

#include "base/json.h"
#include "grade/exact/answer.h"

/* JSON in a string of JSON, as some write arguments; no deeper than that. */
enum { DEPTH_MAX = 2 };

static const struct {
    const char *open, *close;
    bool is_own; /* the closing mark says by itself that a program stood before it */
} kinds[LMI_CALL_KINDS] = {
    {"[PYTHON]", "[/PYTHON]", true},
    {"[BEGIN]", "[DONE]", true},
    {"[CODE]", "[/CODE]", true},
    {"<code>", "</code>", false},
    {"<python>", "</python>", false},
    {"<execute>", "</execute>", false},
    {"<execute_ipython>", "</execute_ipython>", false},
    {"<tool_call>", "</tool_call>", false},
    {"<seed:tool_call>", "</seed:tool_call>", false},
    {"<function_call>", "</function_call>", false},
    {"<|tool_call_begin|>", "<|tool_call_end|>", false},
    {"<|python_tag|>", "<|eom_id|>", false},
    {"[TOOL_CALLS]", "[/TOOL_CALLS]", false},
    {"\\begin{lstlisting}", "\\end{lstlisting}", false},
    {"\\begin{verbatim}", "\\end{verbatim}", false},
    {"\\begin{minted}{python}", "\\end{minted}", false},
};

/* Tags whose content is a parameter: <parameter=code>...</parameter>. */
static const char *const parameters[][2] = {
    {"<parameter=", "</parameter>"},
    {"<parameter>", "</parameter>"},
    {"<arg_value>", "</arg_value>"},
};

static bool stands_at(lmi_span in, size_t at, const char *what)
{
    const size_t len = strlen(what);

    return in.len - at >= len && memcmp(in.text + at, what, len) == 0;
}

bool lmi_call_find(lmi_call *out, lmi_span in, size_t at)
{
    size_t k;

    if (!strchr("[<\\", in.text[at]))
        return false;
    for (k = 0; k < LMI_CALL_KINDS; k++) {
        const bool is_open = stands_at(in, at, kinds[k].open);

        if (!is_open && !(kinds[k].is_own && stands_at(in, at, kinds[k].close)))
            continue;
        *out = (lmi_call){k, at, at + strlen(is_open ? kinds[k].open : kinds[k].close), !is_open};
        return true;
    }
    return false;
}

const char *lmi_call_end(size_t kind)
{
    return kinds[kind].close;
}

/* Whether a string can be a program: more than a word. */
static bool is_code(const char *text, size_t len)
{
    return memchr(text, '\n', len) || memchr(text, '(', len) || memchr(text, '=', len);
}

/* Who is told, whether there was anything to tell, and how deep JSON stands in strings of JSON. */
typedef struct noted {
    lmi_call_fn fn;
    void *user;
    bool has_any;
    int depth;
} noted;

static lmas_status read_json(noted *n, lmi_span in);

static lmas_status note(noted *n, lmi_span program)
{
    n->has_any = true;
    return n->fn(n->user, program);
}

/* A string is a program, or JSON that holds one. */
static lmas_status read_string(noted *n, lmi_span text)
{
    const bool had_any = n->has_any;
    lmas_status status = LMAS_OK;

    n->has_any = false;
    if (n->depth < DEPTH_MAX && text.len && text.text[0] == '{') {
        n->depth++;
        status = read_json(n, text);
        n->depth--;
    }
    if (status == LMAS_OK && !n->has_any && is_code(text.text, text.len))
        status = note(n, text);
    n->has_any |= had_any;
    return status;
}

/* Every string of a value; JSON as base reads it is 64 deep at most. */
static lmas_status read_strings(noted *n, yyjson_val *val)
{
    lmas_status status = LMAS_OK;
    size_t i, max;
    yyjson_val *key, *item;

    if (yyjson_is_str(val))
        return read_string(n, (lmi_span){yyjson_get_str(val), yyjson_get_len(val)});
    if (yyjson_is_arr(val)) {
        yyjson_arr_foreach(val, i, max, item)
        {
            if (status == LMAS_OK)
                status = read_strings(n, item);
        }
    } else if (yyjson_is_obj(val)) {
        yyjson_obj_foreach(val, i, max, key, item)
        {
            if (status == LMAS_OK)
                status = read_strings(n, item);
        }
    }
    return status;
}

/* The JSON in a text: from the first brace to the last, as names may stand before it. */
static lmas_status read_json(noted *n, lmi_span in)
{
    const char *first = memchr(in.text, '{', in.len);
    const char *last = memrchr(in.text, '}', in.len);
    lmi_json json;
    lmas_status status;

    if (!first || !last || last < first)
        return LMAS_OK;
    status = lmi_json_parse(&json, "a tool call", first, (size_t)(last - first) + 1);
    if (status != LMAS_OK)
        return status == LMAS_E_NOMEM ? status : LMAS_OK; /* then it is none */
    status = read_strings(n, lmi_json_root(&json));
    lmi_json_done(&json);
    return status;
}

/* The content of each tag that `open` begins; what else the tag says, up to its '>', is a name. */
static lmas_status read_parameters(noted *n, lmi_span in, const char *open, const char *close)
{
    const char *end = in.text + in.len;
    const char *at = in.text;
    lmas_status status = LMAS_OK;

    while (status == LMAS_OK && (at = lmi_find(at, end, open))) {
        const char *from = memchr(at, '>', (size_t)(end - at));
        const char *to = from ? lmi_find(from, end, close) : NULL;

        if (!from)
            break;
        status = note(n, (lmi_span){from + 1, (size_t)((to ? to : end) - from) - 1});
        at = to ? to : end;
    }
    return status;
}

lmas_status lmi_call_read(lmi_span in, bool is_json, lmi_call_fn fn, void *user)
{
    noted n = {fn, user, false, 0};
    lmas_status status = read_json(&n, in);
    size_t k;

    for (k = 0; k < sizeof(parameters) / sizeof(parameters[0]) && !is_json && !n.has_any; k++)
        if (status == LMAS_OK)
            status = read_parameters(&n, in, parameters[k][0], parameters[k][1]);
    if (status == LMAS_OK && !n.has_any && !is_json)
        status = fn(user, in);
    return status;
}
