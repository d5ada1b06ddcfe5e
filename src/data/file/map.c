/*
 * map.c - "question", "options", "gold" and their kin of a task file: what each field of a row is.
 *
 *     "question": "question"
 *     "question": "Fill the blank.\n\n{sentence}"
 *     "options": "choices.text", or ["option1", "option2"], or {"listed": 4},
 *                or {"field": "options", "lettered": true, "in_question": true}
 */
#include <string.h>

#include "base/utf8.h"
#include "data/file/file.h"
#include "data/items/place.h"

/* Rows of code that the program has a reader for. */
static const struct {
    const char *name, *row;
    lmas_status (*read)(lmi_item *, const lmi_row *);
} readers[] = {
    {"humanevalplus", "\"task_id\", \"prompt\", \"canonical_solution\", \"entry_point\", \"test\"",
     lmi_item_read_humanevalplus},
    {"mbppplus", "\"prompt\", \"code\", \"test\", \"test_list\"", lmi_item_read_mbppplus},
};
enum { N_READERS = sizeof(readers) / sizeof(readers[0]) };

/* Bytes of a question that a message shows. */
enum { SHOWN_MAX = 40 };

static yyjson_val *root_of(const lmi_task *task)
{
    return lmi_json_root(&task->json);
}

static lmas_status read_reader(lmi_task *task)
{
    const char *word;
    size_t line, i;
    lmas_status status = lmi_json_string(&word, &task->json, root_of(task), "a task of answer code",
                                         "reader", false);

    if (status != LMAS_OK)
        return status;
    for (i = 0; i < N_READERS; i++)
        if (strcmp(readers[i].name, word) == 0) {
            task->map.read = readers[i].read;
            task->row = readers[i].row;
            return LMAS_OK;
        }
    (void)lmi_json_member(&line, &task->json, root_of(task), "reader");
    return lmi_fail(LMAS_E_FORMAT,
                    "%s:%zu: \"reader\" in the task must be humanevalplus or mbppplus, found "
                    "\"%s\"",
                    task->json.label, line, word);
}

/* ---- The question ---- */

static lmas_status refuse_template(const lmi_task *task)
{
    const char *found = task->map.question;
    const size_t len = strlen(found);
    size_t line;

    (void)lmi_json_member(&line, &task->json, root_of(task), "question");
    return lmi_fail(LMAS_E_FORMAT,
                    "%s:%zu: \"question\" in the task must be a field of a row, or a text with "
                    "{field} in it and {{ and }} for braces, found \"%.*s\"",
                    task->json.label, line,
                    (int)lmi_utf8_floor(found, len < SHOWN_MAX ? len : SHOWN_MAX), found);
}

static bool is_field(const lmi_piece *piece)
{
    char path[LMI_FIELD_MAX + 1];

    if (piece->len > LMI_FIELD_MAX)
        return false;
    memcpy(path, piece->text, piece->len);
    path[piece->len] = '\0';
    return lmi_path_is(path);
}

static lmas_status read_question(lmi_task *task)
{
    size_t n_fields = 0;
    const char *rest;
    lmi_piece piece;
    lmas_status status = lmi_json_string(&task->map.question, &task->json, root_of(task),
                                         "the task", "question", false);

    if (status != LMAS_OK || !lmi_is_template(task->map.question))
        return status == LMAS_OK ? lmi_task_field(&task->map.question, task, root_of(task),
                                                  "the task", "question", false)
                                 : status;
    for (rest = task->map.question; lmi_template_next(&piece, &rest);) {
        if (piece.kind == LMI_PIECE_BAD || (piece.kind == LMI_PIECE_FIELD && !is_field(&piece)))
            return refuse_template(task);
        n_fields += piece.kind == LMI_PIECE_FIELD;
    }
    return n_fields ? LMAS_OK : refuse_template(task);
}

/* ---- Options ---- */

static lmas_status refuse_options(const lmi_task *task, const char *wanted, const char *found)
{
    size_t line;

    (void)lmi_json_member(&line, &task->json, root_of(task), "options");
    return lmi_fail(LMAS_E_FORMAT, "%s:%zu: \"options\" in the task must be %s, found %s",
                    task->json.label, line, wanted, found);
}

static lmas_status read_fields(lmi_task *task, yyjson_val *fields)
{
    lmi_options_map *map = &task->map.options;
    size_t i, max;
    yyjson_val *field;

    if (yyjson_arr_size(fields) < 2 || yyjson_arr_size(fields) > LMI_OPTIONS_MAX)
        return refuse_options(task, "from 2 to 26 fields",
                              yyjson_arr_size(fields) < 2 ? "less" : "more");
    yyjson_arr_foreach(fields, i, max, field)
    {
        const char *path = yyjson_get_str(field);

        if (!path || strlen(path) != yyjson_get_len(field) || !lmi_path_is(path) ||
            lmi_is_template(path))
            return refuse_options(task, "fields of a row", lmi_json_type(field));
        map->fields[map->n_fields++] = path;
    }
    return LMAS_OK;
}

static lmas_status read_listed(lmi_task *task, yyjson_val *listed)
{
    static const char *const keys[] = {"listed", NULL};
    yyjson_val *options;
    lmas_status status = lmi_task_object(&options, task, "options", keys);

    if (status != LMAS_OK)
        return status;
    if (!yyjson_is_uint(listed) || yyjson_get_uint(listed) < 2 ||
        yyjson_get_uint(listed) > LMI_OPTIONS_MAX)
        return refuse_options(task, "{\"listed\": N}, N from 2 to 26",
                              yyjson_is_num(listed) ? "another number" : lmi_json_type(listed));
    task->map.options.n_listed = (size_t)yyjson_get_uint(listed);
    return LMAS_OK;
}

static lmas_status read_bool(bool *out, const lmi_task *task, yyjson_val *object, const char *where,
                             const char *key)
{
    size_t line;
    yyjson_val *val = lmi_json_member(&line, &task->json, object, key);

    if (val && !yyjson_is_bool(val))
        return lmi_fail(LMAS_E_FORMAT, "%s:%zu: \"%s\" in %s must be true or false, found %s",
                        task->json.label, line, key, where, lmi_json_type(val));
    *out = yyjson_is_true(val);
    return LMAS_OK;
}

static lmas_status read_array(lmi_task *task)
{
    static const char *const keys[] = {"field", "lettered", "in_question", NULL};
    lmi_options_map *map = &task->map.options;
    yyjson_val *options;
    lmas_status status = lmi_task_object(&options, task, "options", keys);

    if (status == LMAS_OK)
        status = lmi_task_field(&map->field, task, options, "options", "field", false);
    if (status == LMAS_OK)
        status = read_bool(&map->is_lettered, task, options, "options", "lettered");
    return status == LMAS_OK
               ? read_bool(&map->is_in_question, task, options, "options", "in_question")
               : status;
}

static lmas_status read_options(lmi_task *task)
{
    yyjson_val *options = yyjson_obj_get(root_of(task), "options");

    if (yyjson_is_str(options))
        return lmi_task_field(&task->map.options.field, task, root_of(task), "the task", "options",
                              false);
    if (yyjson_is_arr(options))
        return read_fields(task, options);
    if (!yyjson_is_obj(options))
        return refuse_options(task, "a field of a row, an array of fields or an object",
                              lmi_json_type(options));
    return yyjson_obj_get(options, "listed") ? read_listed(task, yyjson_obj_get(options, "listed"))
                                             : read_array(task);
}

/* ---- The right answer ---- */

/* Words of "as", each of one kind of answer. */
static const struct {
    const char *word; /* NULL: it needs none */
    lmi_grade_kind grade;
    lmi_gold_as as;
} ways[] = {
    {NULL, LMI_GRADE_NUMBER, LMI_GOLD_NUMBER},     {"####", LMI_GRADE_NUMBER, LMI_GOLD_HASHES},
    {NULL, LMI_GRADE_INTEGER, LMI_GOLD_INTEGER},   {NULL, LMI_GRADE_TEXT, LMI_GOLD_FREE},
    {"letter", LMI_GRADE_CHOICE, LMI_GOLD_LETTER}, {"index", LMI_GRADE_CHOICE, LMI_GOLD_INDEX},
    {"label", LMI_GRADE_CHOICE, LMI_GOLD_LABEL},   {"option", LMI_GRADE_CHOICE, LMI_GOLD_OPTION},
    {"within", LMI_GRADE_CHOICE, LMI_GOLD_WITHIN},
};
enum { N_WAYS = sizeof(ways) / sizeof(ways[0]) };

static lmas_status refuse_gold(const lmi_task *task, yyjson_val *gold, const char *key,
                               const char *wanted)
{
    size_t line;
    yyjson_val *val = lmi_json_member(&line, &task->json, gold, key);

    if (!gold)
        (void)lmi_json_member(&line, &task->json, root_of(task), "gold");
    if (yyjson_is_str(val))
        return lmi_fail(LMAS_E_FORMAT, "%s:%zu: \"%s\" in gold must be %s, found \"%s\"",
                        task->json.label, line, key, wanted, yyjson_get_str(val));
    return lmi_fail(LMAS_E_FORMAT, "%s:%zu: \"%s\" in gold must be %s, found %s", task->json.label,
                    line, key, wanted, lmi_json_type(val));
}

static lmas_status read_as(lmi_task *task, yyjson_val *gold)
{
    yyjson_val *as = yyjson_obj_get(gold, "as");
    const char *word = yyjson_get_str(as);
    size_t i;

    for (i = 0; i < N_WAYS; i++) {
        if (ways[i].grade != task->grade || (as && !word))
            continue;
        if (word ? ways[i].word && strcmp(ways[i].word, word) == 0 : !ways[i].word) {
            task->map.gold.as = ways[i].as;
            return LMAS_OK;
        }
    }
    return refuse_gold(
        task, gold, "as",
        task->grade == LMI_GRADE_CHOICE
            ? "letter, index, label, option or within, as in {\"field\": \"answer\", \"as\": "
              "\"letter\"}"
        : task->grade == LMI_GRADE_NUMBER ? "####, or left out"
                                          : "left out");
}

/* What some ways need beside the field, and what they need of the options. */
static lmas_status read_rest(lmi_task *task, yyjson_val *gold)
{
    lmi_gold_map *map = &task->map.gold;
    const lmi_options_map *options = &task->map.options;
    yyjson_val *first = yyjson_obj_get(gold, "first");
    lmas_status status = LMAS_OK;

    if (first && (!yyjson_is_uint(first) || yyjson_get_uint(first) > 1))
        return refuse_gold(task, gold, "first", "0 or 1");
    map->first = (size_t)yyjson_get_uint(first);
    if (map->as == LMI_GOLD_LABEL)
        status = lmi_task_field(&map->labels, task, gold, "gold", "labels", false);
    if (status == LMAS_OK)
        status = read_bool(&map->is_optional, task, gold, "gold", "optional");
    if (status == LMAS_OK && options->n_listed && map->as > LMI_GOLD_INDEX)
        return refuse_gold(task, gold, "as", "letter or index where options are listed");
    if (status == LMAS_OK && options->n_fields && map->as == LMI_GOLD_WITHIN)
        return refuse_gold(task, gold, "as", "another where options are fields");
    return status;
}

static const char *const *gold_keys(const lmi_task *task)
{
    static const char *const plain[] = {"field", "as", NULL};
    static const char *const text[] = {"field", "optional", NULL};
    static const char *const index[] = {"field", "as", "first", NULL};
    static const char *const label[] = {"field", "as", "labels", NULL};

    if (task->grade == LMI_GRADE_TEXT)
        return text;
    return task->map.gold.as == LMI_GOLD_INDEX   ? index
           : task->map.gold.as == LMI_GOLD_LABEL ? label
                                                 : plain;
}

static lmas_status read_gold(lmi_task *task)
{
    static const char *const any[] = {"field", "as", "first", "labels", "optional", NULL};
    yyjson_val *gold = yyjson_obj_get(root_of(task), "gold");
    const bool is_path = yyjson_is_str(gold);
    lmas_status status = LMAS_OK;

    if (is_path)
        status =
            lmi_task_field(&task->map.gold.field, task, root_of(task), "the task", "gold", false);
    else
        status = lmi_task_object(&gold, task, "gold", any);
    if (status == LMAS_OK && !is_path)
        status = lmi_task_field(&task->map.gold.field, task, gold, "gold", "field", false);
    if (is_path)
        gold = NULL;
    if (status == LMAS_OK)
        status = read_as(task, gold);
    if (status == LMAS_OK && gold)
        status = lmi_task_object(&gold, task, "gold", gold_keys(task));
    return status == LMAS_OK ? read_rest(task, gold) : status;
}

lmas_status lmi_task_read_map(lmi_task *task)
{
    yyjson_val *root = root_of(task);
    lmas_status status;

    if (task->grade == LMI_GRADE_CODE)
        return read_reader(task);
    status = read_question(task);
    if (status == LMAS_OK)
        status = lmi_task_field(&task->map.id, task, root, "the task", "id", true);
    if (status == LMAS_OK)
        status = lmi_task_field(&task->map.note, task, root, "the task", "note", true);
    if (status == LMAS_OK && task->grade == LMI_GRADE_CHOICE)
        status = read_options(task);
    return status == LMAS_OK ? read_gold(task) : status;
}
