/* line.c - the keys of a line in their order, the graded ones made anew. */
#include "eval/regrade/line.h"

#include <string.h>

#include "base/mem.h"

static const char WHAT[] = "a sample";
static const char GRADED_BEFORE[] = "graded_before";
static const char GRADER[] = "grader";

/* What lmi_sample_write() writes of a judged sample, and what is written here. */
static const char *const made_anew[] = {"index",      "id",      "question",      "gold",
                                        "prediction", "correct", "conflict",      "compat",
                                        "code",       "run_ms",  "graded_before", NULL};

/* What an entry of `graded_before` has of a line. */
static const char *const verdict[] = {"gold",   "prediction", "correct", "conflict",
                                      "compat", "code",       NULL};

static bool is_listed(const char *const *list, const char *name)
{
    while (*list && strcmp(*list, name) != 0)
        list++;
    return *list != NULL;
}

static lmas_status refuse(const lmi_json *line, const char *what)
{
    return lmi_fail(LMAS_E_FORMAT, "%s:%zu: this is no line of a run: %s", line->label,
                    line->first_line, what);
}

lmas_status lmi_line_result(lmas_result *out, const lmi_json *line)
{
    yyjson_val *root = lmi_json_root(line);
    yyjson_val *marked = yyjson_obj_get(root, "marked");
    const char *text = yyjson_get_str(yyjson_obj_get(root, "text"));
    const char *state = yyjson_get_str(yyjson_obj_get(root, "status"));
    const bool is_ok = state && strcmp(state, lmas_status_name(LMAS_OK)) == 0;

    if (!text || !state)
        return refuse(line, "\"text\" and \"status\" must be texts");
    if (marked && !yyjson_is_str(marked))
        return refuse(line, "\"marked\" must be a text");
    *out = (lmas_result){.id = yyjson_get_uint(yyjson_obj_get(root, "index")),
                         .status = is_ok ? LMAS_OK : LMAS_E_ENGINE, /* any: it failed */
                         .error = "",
                         .text = text,
                         .marked = yyjson_get_str(marked)};
    return LMAS_OK;
}

/* ---- The new line ---- */

/* Copy the keys of `from` that are in `list`, or those that are not. */
static void copy_keys(yyjson_mut_doc *doc, yyjson_mut_val *object, yyjson_val *from,
                      const char *const *list, bool are_listed)
{
    size_t i, max;
    yyjson_val *key, *val;

    yyjson_obj_foreach(from, i, max, key, val)
    {
        if (is_listed(list, yyjson_get_str(key)) == are_listed)
            yyjson_mut_obj_add(object, yyjson_val_mut_copy(doc, key),
                               yyjson_val_mut_copy(doc, val));
    }
}

/* The verdicts of before, and behind them the one that goes now. */
static yyjson_mut_val *list_before(yyjson_mut_doc *doc, yyjson_val *was, const char *version,
                                   const char *const *keys)
{
    yyjson_mut_val *list = yyjson_mut_arr(doc);
    yyjson_val *older = yyjson_obj_get(was, GRADED_BEFORE);
    const size_t n = yyjson_arr_size(older);
    yyjson_mut_val *entry;
    size_t i = n < LMI_GRADED_BEFORE_MAX ? 0 : n - LMI_GRADED_BEFORE_MAX + 1;

    for (; i < n; i++)
        yyjson_mut_arr_append(list, yyjson_val_mut_copy(doc, yyjson_arr_get(older, i)));
    entry = yyjson_mut_arr_add_obj(doc, list);
    lmi_json_add_text(doc, entry, "version", version);
    copy_keys(doc, entry, was, keys, true);
    return list;
}

/* The second part of the line, as JSON for lmi_free(). */
static lmas_status make_rest(char **out, yyjson_val *was, const char *version)
{
    yyjson_mut_doc *doc;
    yyjson_mut_val *root;
    lmi_buf rest;
    lmas_status status = lmi_json_new(&doc, &root, WHAT);

    if (status != LMAS_OK)
        return status;
    yyjson_mut_obj_add_val(doc, root, GRADED_BEFORE, list_before(doc, was, version, verdict));
    copy_keys(doc, root, was, made_anew, false);
    lmi_buf_init(&rest, LMI_SAMPLE_MAX);
    status = lmi_json_write(&rest, doc, 0, WHAT);
    if (status == LMAS_OK)
        *out = lmi_buf_steal(&rest);
    lmi_buf_done(&rest);
    return status;
}

lmas_status lmi_line_rewrite(lmi_buf *out, const lmi_json *was, lmi_sample *sample,
                             const char *version)
{
    yyjson_val *root = lmi_json_root(was);
    char *rest = NULL;
    const lmas_status status = make_rest(&rest, root, version);

    if (status != LMAS_OK)
        return status;
    lmi_free(sample->rest);
    sample->rest = rest;
    return lmi_sample_write(out, sample, yyjson_get_num(yyjson_obj_get(root, "run_ms")));
}

/* ---- A grader's verdict ---- */

static bool is_failure(yyjson_val *grader)
{
    return !grader || yyjson_obj_get(grader, "error");
}

/* `key` where it is, else behind the verdicts of the rules. */
static void put(yyjson_mut_doc *doc, yyjson_mut_val *root, const char *key, yyjson_mut_val *val)
{
    yyjson_mut_obj_iter iter = yyjson_mut_obj_iter_with(root);
    yyjson_mut_val *name = yyjson_mut_str(doc, key);
    yyjson_mut_val *at;
    size_t i = 0;

    if (yyjson_mut_obj_get(root, key)) {
        yyjson_mut_obj_replace(root, name, val);
        return;
    }
    while ((at = yyjson_mut_obj_iter_next(&iter)) != NULL && !yyjson_mut_equals_str(at, "run_ms"))
        i++;
    yyjson_mut_obj_insert(root, name, val, i);
}

static lmas_status write_grader(lmi_buf *line, yyjson_val *was, yyjson_val *grader,
                                const char *version)
{
    static const char *const keys[] = {GRADER, NULL};
    yyjson_mut_doc *doc;
    yyjson_mut_val *root;
    const lmas_status status = lmi_json_copy(&doc, &root, was, WHAT);

    if (status != LMAS_OK)
        return status;
    if (!is_failure(yyjson_obj_get(was, GRADER)))
        put(doc, root, GRADED_BEFORE, list_before(doc, was, version, keys));
    put(doc, root, GRADER, yyjson_val_mut_copy(doc, grader));
    lmi_buf_clear(line);
    return lmi_json_write(line, doc, YYJSON_WRITE_NEWLINE_AT_END, WHAT);
}

lmas_status lmi_line_set_grader(lmi_buf *line, yyjson_val *was, const char *verdict_json,
                                const char *version)
{
    yyjson_val *before = yyjson_obj_get(was, GRADER);
    lmi_json json;
    lmas_status status = lmi_json_parse(&json, "a verdict", verdict_json, strlen(verdict_json));

    if (status != LMAS_OK)
        return status;
    if (!before || !yyjson_equals(before, lmi_json_root(&json)))
        status = write_grader(line, was, lmi_json_root(&json), version);
    lmi_json_done(&json);
    return status;
}

/* ---- What differs ---- */

static bool is_same_key(yyjson_val *a, yyjson_val *b, const char *key)
{
    yyjson_val *left = yyjson_obj_get(a, key);
    yyjson_val *right = yyjson_obj_get(b, key);

    return left && right ? yyjson_equals(left, right) : left == right;
}

lmas_status lmi_line_keep_question(lmi_buf *line, yyjson_val *was, yyjson_val *is)
{
    yyjson_val *question = yyjson_obj_get(was, "question");
    yyjson_mut_doc *doc;
    yyjson_mut_val *root;
    lmas_status status;

    if (!question || is_same_key(was, is, "question"))
        return LMAS_OK;
    status = lmi_json_copy(&doc, &root, is, WHAT);
    if (status != LMAS_OK)
        return status;
    yyjson_mut_obj_replace(root, yyjson_mut_str(doc, "question"),
                           yyjson_val_mut_copy(doc, question));
    lmi_buf_clear(line);
    return lmi_json_write(line, doc, YYJSON_WRITE_NEWLINE_AT_END, WHAT);
}

bool lmi_line_same_rule(yyjson_val *a, yyjson_val *b)
{
    return is_same_key(a, b, "gold") && is_same_key(a, b, "prediction") &&
           is_same_key(a, b, "correct");
}

bool lmi_line_same(yyjson_val *a, yyjson_val *b)
{
    return lmi_line_same_rule(a, b) &&
           lmi_line_same_rule(yyjson_obj_get(a, "compat"), yyjson_obj_get(b, "compat")) &&
           is_same_key(a, b, "conflict") && is_same_key(a, b, GRADER);
}
