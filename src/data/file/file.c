/* file.c - a task file from its first byte to a task that need not be doubted. */
#include "data/file/file.h"

#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/sha256.h"
#include "base/utf8.h"
#include "data/items/place.h"

static const char BYTE_ORDER_MARK[] = "\xef\xbb\xbf";

static const char *const ANSWERS[] = {"number", "integer", "choice", "code", "text"};
enum { N_ANSWERS = sizeof(ANSWERS) / sizeof(ANSWERS[0]) };

const char *lmi_task_kind_name(const lmi_task *task)
{
    return ANSWERS[task->grade];
}

/* ---- Parts ---- */

lmas_status lmi_task_text(const char **out, const lmi_task *task, yyjson_val *object,
                          const char *where, const char *key, size_t max)
{
    const lmi_json *json = &task->json;
    const char *text = NULL;
    size_t line, len, i;
    lmas_status status = lmi_json_string(&text, json, object, where, key, false);

    if (status != LMAS_OK)
        return status;
    (void)lmi_json_member(&line, json, object, key);
    len = strlen(text);
    if (len < 1 || len > max)
        return lmi_fail(LMAS_E_FORMAT, "%s:%zu: \"%s\" in %s has %zu bytes, from 1 to %zu expected",
                        json->label, line, key, where, len, max);
    for (i = 0; i < len; i++)
        if (lmi_utf8_control(text + i))
            return lmi_fail(LMAS_E_FORMAT, "%s:%zu: \"%s\" in %s contains a control character",
                            json->label, line, key, where);
    *out = text;
    return LMAS_OK;
}

lmas_status lmi_task_field(const char **out, const lmi_task *task, yyjson_val *object,
                           const char *where, const char *key, bool is_optional)
{
    const char *path = NULL;
    size_t line;
    lmas_status status;

    *out = NULL;
    if (is_optional && !lmi_json_member(&line, &task->json, object, key))
        return LMAS_OK;
    status = lmi_task_text(&path, task, object, where, key, LMI_FIELD_MAX);
    if (status != LMAS_OK)
        return status;
    (void)lmi_json_member(&line, &task->json, object, key);
    if (!lmi_path_is(path) || lmi_is_template(path))
        return lmi_fail(LMAS_E_FORMAT,
                        "%s:%zu: \"%s\" in %s must name a field of a row, such as \"answer\" or "
                        "\"choices.text\", found \"%s\"",
                        task->json.label, line, key, where, path);
    *out = path;
    return LMAS_OK;
}

lmas_status lmi_task_object(yyjson_val **out, const lmi_task *task, const char *key,
                            const char *const *keys)
{
    const lmi_json *json = &task->json;
    size_t line;
    yyjson_val *val = lmi_json_member(&line, json, lmi_json_root(json), key);

    if (!yyjson_is_obj(val))
        return lmi_fail(LMAS_E_FORMAT, "%s:%zu: \"%s\" in the task must be an object, found %s",
                        json->label, line, key, lmi_json_type(val));
    *out = val;
    return lmi_json_only_keys(json, val, key, keys);
}

/* ---- The file ---- */

/* It becomes part of the names of files and folders. */
static lmas_status read_name(lmi_task *task)
{
    static const char letters[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-.";
    yyjson_val *root = lmi_json_root(&task->json);
    size_t line;
    lmas_status status =
        lmi_task_text(&task->name, task, root, "the task", "name", LMI_TASK_NAME_MAX);

    if (status != LMAS_OK)
        return status;
    (void)lmi_json_member(&line, &task->json, root, "name");
    if (task->name[strspn(task->name, letters)] || strchr("-.", task->name[0]))
        return lmi_fail(LMAS_E_FORMAT,
                        "%s:%zu: a task's name has letters, digits, _, - and . only, and begins "
                        "with none of the last two, found \"%s\"",
                        task->json.label, line, task->name);
    return LMAS_OK;
}

static lmas_status read_answer(lmi_task *task)
{
    yyjson_val *root = lmi_json_root(&task->json);
    const char *word;
    size_t line, i;
    lmas_status status = lmi_json_string(&word, &task->json, root, "the task", "answer", false);

    if (status != LMAS_OK)
        return status;
    (void)lmi_json_member(&line, &task->json, root, "answer");
    for (i = 0; i < N_ANSWERS && strcmp(ANSWERS[i], word) != 0; i++)
        ;
    if (i == N_ANSWERS)
        return lmi_fail(LMAS_E_FORMAT,
                        "%s:%zu: \"answer\" in the task must be number, integer, choice, code or "
                        "text, found \"%s\"",
                        task->json.label, line, word);
    task->grade = (lmi_grade_kind)i;
    return LMAS_OK;
}

/* What an answer of this kind has no use for is unknown. */
static lmas_status check_keys(const lmi_task *task)
{
    static const char *const plain[] = {"name",     "summary", "answer", "data", "id",
                                        "question", "note",    "gold",   NULL};
    static const char *const choice[] = {"name",     "summary", "answer",  "data", "id",
                                         "question", "note",    "options", "gold", NULL};
    static const char *const code[] = {"name", "summary", "answer", "data", "reader", NULL};
    char where[32];

    snprintf(where, sizeof(where), "a task of answer %s", lmi_task_kind_name(task));
    return lmi_json_only_keys(&task->json, lmi_json_root(&task->json), where,
                              task->grade == LMI_GRADE_CHOICE ? choice
                              : task->grade == LMI_GRADE_CODE ? code
                                                              : plain);
}

static lmas_status read_summary(lmi_task *task)
{
    yyjson_val *root = lmi_json_root(&task->json);

    task->summary = "";
    if (!yyjson_obj_get(root, "summary"))
        return LMAS_OK;
    return lmi_task_text(&task->summary, task, root, "the task", "summary", LMI_TASK_SUMMARY_MAX);
}

static lmas_status read_task(lmi_task *task, const char *folder)
{
    yyjson_val *root = lmi_json_root(&task->json);
    lmas_status status;

    if (!yyjson_is_obj(root))
        return lmi_fail(LMAS_E_FORMAT, "%s:1: a task must be an object, found %s", task->json.label,
                        lmi_json_type(root));
    status = read_answer(task);
    if (status == LMAS_OK)
        status = check_keys(task);
    if (status == LMAS_OK)
        status = read_name(task);
    if (status == LMAS_OK)
        status = read_summary(task);
    if (status == LMAS_OK)
        status = lmi_task_read_data(task, folder);
    if (status == LMAS_OK)
        status = lmi_task_read_map(task);
    return status == LMAS_OK ? lmi_task_describe(task) : status;
}

lmas_status lmi_task_parse(lmi_task **out, const char *label, const char *text, size_t len,
                           const char *folder)
{
    const size_t n = strlen(BYTE_ORDER_MARK);
    lmi_task *task;
    lmas_status status;

    if (len > LMI_TASK_FILE_MAX)
        return lmi_fail(LMAS_E_FORMAT, "%s has %zu bytes, a task file has at most %d", label, len,
                        LMI_TASK_FILE_MAX);
    if (len >= n && memcmp(text, BYTE_ORDER_MARK, n) == 0) {
        text += n;
        len -= n;
    }
    task = lmi_new(1, sizeof(*task));
    if (task)
        task->text = lmi_strndup(text, len);
    if (!task || !task->text)
        status = lmi_fail(LMAS_E_NOMEM, "no memory for a task");
    else
        status = lmi_json_parse(&task->json, label, text, len);
    if (status == LMAS_OK)
        status = read_task(task, folder);
    if (status != LMAS_OK) {
        lmi_task_free(task);
        return status;
    }
    *out = task;
    return LMAS_OK;
}

static lmas_status parse_at(lmi_task **out, const char *path, const lmi_buf *text)
{
    const char *slash = strrchr(path, '/');
    char *folder = NULL;
    lmas_status status;

    if (slash)
        folder = lmi_strndup(path, slash == path ? 1 : (size_t)(slash - path));
    if (slash && !folder)
        return lmi_fail(LMAS_E_NOMEM, "no memory for a task");
    status = lmi_task_parse(out, path, lmi_buf_text(text), text->len, folder);
    lmi_free(folder);
    return status;
}

lmas_status lmi_task_load(lmi_task **out, const char *path)
{
    lmi_buf text;
    lmas_status status;

    lmi_buf_init(&text, LMI_TASK_FILE_MAX);
    status = lmi_file_read(&text, path);
    if (status == LMAS_OK)
        status = parse_at(out, path, &text);
    lmi_buf_done(&text);
    return status;
}

void lmi_task_free(lmi_task *task)
{
    if (!task)
        return;
    lmi_json_done(&task->json);
    lmi_free(task->text);
    lmi_free(task->row_text);
    lmi_free(task->place);
    lmi_free(task);
}
