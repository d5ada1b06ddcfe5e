/*
 * json.c - strict JSON with line numbers, and documents into buffers.
 *
 * The line of a key is found without a parser of our own: yyjson in its in-place mode leaves
 * every string where it stood in the text, so a string's address is its position. The starts
 * of the lines are noted before, because in-place parsing overwrites what is between.
 *
 * A document to be written allocates through a mark of ours. Each of the hundreds of calls that
 * fill one tells whether memory ran out; the mark remembers it for all of them, and the writer asks
 * it once. So a document is whole or an error, and never shorter than it should be.
 */
#include "base/json.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"

/* Nesting deeper than MAX_DEPTH is refused before anything walks the tree, and an object of
 * more keys than MAX_KEYS before anything compares them pairwise. */
enum { MAX_DEPTH = 64, MAX_KEYS = 1024 };

static lmas_status note_lines(lmi_json *json)
{
    size_t capacity = 0;
    size_t i;

    for (i = 0; i <= json->len; i++) {
        if (i != 0 && json->text[i - 1] != '\n')
            continue;
        if (!lmi_reserve((void **)&json->lines, &capacity, json->n_lines + 1, sizeof(size_t)))
            return lmi_fail(LMAS_E_NOMEM, "no memory to read %s", json->label);
        json->lines[json->n_lines++] = i;
    }
    return LMAS_OK;
}

/* Index of the line that holds `offset`: the last one that starts at or before it. */
static size_t line_of(const lmi_json *json, size_t offset)
{
    size_t low = 0;
    size_t high = json->n_lines;

    while (high - low > 1) {
        const size_t middle = low + (high - low) / 2;

        if (json->lines[middle] <= offset)
            low = middle;
        else
            high = middle;
    }
    return low;
}

size_t lmi_json_line(const lmi_json *json, yyjson_val *val)
{
    const char *text = yyjson_get_str(val);

    if (!text || text < json->text || text > json->text + json->len)
        return json->first_line;
    return line_of(json, (size_t)(text - json->text)) + json->first_line;
}

/* Line of the first key of `object`: where a reader looks for a key that is missing. */
static size_t first_line(const lmi_json *json, yyjson_val *object)
{
    yyjson_obj_iter keys = yyjson_obj_iter_with(object);

    return lmi_json_line(json, yyjson_obj_iter_next(&keys));
}

/* The parser takes the last of two equal keys in silence; a person who wrote both is wrong
 * about one of them. Depth is bounded by the parser's own nesting of this document. */
static lmas_status refuse_twins(const lmi_json *json, yyjson_val *val)
{
    size_t i, max;
    yyjson_val *key, *item;

    if (yyjson_is_arr(val)) {
        yyjson_arr_foreach(val, i, max, item)
        {
            const lmas_status status = refuse_twins(json, item);
            if (status != LMAS_OK)
                return status;
        }
    }
    if (!yyjson_is_obj(val))
        return LMAS_OK;
    if (yyjson_obj_size(val) > MAX_KEYS)
        return lmi_fail(LMAS_E_FORMAT, "%s:%zu: object of %zu keys, at most %d expected",
                        json->label, first_line(json, val), yyjson_obj_size(val), MAX_KEYS);
    yyjson_obj_foreach(val, i, max, key, item)
    {
        const char *name = yyjson_get_str(key);
        lmas_status status;

        if (yyjson_obj_getn(val, name, yyjson_get_len(key)) != item)
            return lmi_fail(LMAS_E_FORMAT, "%s:%zu: key \"%s\" stands twice in one object",
                            json->label, lmi_json_line(json, key), name);
        status = refuse_twins(json, item);
        if (status != LMAS_OK)
            return status;
    }
    return LMAS_OK;
}

static lmas_status refuse_depth(const lmi_json *json)
{
    size_t depth = 0;
    bool is_string = false;
    size_t i;

    for (i = 0; i < json->len; i++) {
        const char c = json->text[i];

        if (is_string && c == '\\')
            i++;
        else if (c == '"')
            is_string = !is_string;
        else if (!is_string && (c == '{' || c == '['))
            depth++;
        else if (!is_string && (c == '}' || c == ']') && depth)
            depth--;
        if (depth > MAX_DEPTH)
            return lmi_fail(LMAS_E_FORMAT, "%s:%zu: nested deeper than %d levels", json->label,
                            line_of(json, i) + json->first_line, MAX_DEPTH);
    }
    return LMAS_OK;
}

/* ", found 'x'": what a person who looks at the file sees there. */
static void show_byte(char out[24], const lmi_json *json, size_t pos)
{
    const unsigned char c = pos < json->len ? (unsigned char)json->text[pos] : 0;

    if (c > ' ' && c < 0x7f)
        snprintf(out, 24, ", found '%c'", c);
    else
        snprintf(out, 24, ", found byte 0x%02x", c);
}

/* The parser's complaint in terms of the file. */
static const char *explain(const yyjson_read_err *error)
{
    static const char character[] = "unexpected character, ";

    if (error->code == YYJSON_READ_ERROR_INVALID_PARAMETER ||
        error->code == YYJSON_READ_ERROR_EMPTY_CONTENT)
        return "empty, JSON expected";
    if (error->code == YYJSON_READ_ERROR_UNEXPECTED_END)
        return "ends before its JSON is complete";
    if (error->code == YYJSON_READ_ERROR_UNEXPECTED_CONTENT)
        return "more follows where the JSON is complete";
    if (strncmp(error->msg, character, strlen(character)) == 0)
        return error->msg + strlen(character);
    return error->msg;
}

static lmas_status refuse_syntax(const lmi_json *json, const yyjson_read_err *error)
{
    const size_t pos = error->pos < json->len ? error->pos : json->len;
    const size_t line = line_of(json, pos);
    char found[24] = "";

    if (error->code == YYJSON_READ_ERROR_MEMORY_ALLOCATION)
        return lmi_fail(LMAS_E_NOMEM, "no memory to read %s", json->label);
    if (error->code == YYJSON_READ_ERROR_UNEXPECTED_CHARACTER ||
        error->code == YYJSON_READ_ERROR_UNEXPECTED_CONTENT)
        show_byte(found, json, pos);
    return lmi_fail(LMAS_E_FORMAT, "%s:%zu:%zu: %s%s", json->label, line + json->first_line,
                    pos - json->lines[line] + 1, explain(error), found);
}

static lmas_status parse(lmi_json *json)
{
    yyjson_read_err error;
    lmas_status status = note_lines(json);

    if (status == LMAS_OK)
        status = refuse_depth(json);
    if (status != LMAS_OK)
        return status;
    json->doc = yyjson_read_opts(json->text, json->len, YYJSON_READ_INSITU, NULL, &error);
    if (!json->doc)
        return refuse_syntax(json, &error);
    return refuse_twins(json, yyjson_doc_get_root(json->doc));
}

lmas_status lmi_json_parse(lmi_json *out, const char *label, const char *text, size_t len)
{
    return lmi_json_parse_line(out, label, 1, text, len);
}

lmas_status lmi_json_parse_line(lmi_json *out, const char *label, size_t line, const char *text,
                                size_t len)
{
    lmi_json json = {.label = label, .len = len, .first_line = line};
    lmas_status status;

    json.text = lmi_new(len + YYJSON_PADDING_SIZE, 1);
    if (!json.text)
        return lmi_fail(LMAS_E_NOMEM, "no memory to read %s", label);
    memcpy(json.text, text, len);
    status = parse(&json);
    if (status != LMAS_OK) {
        lmi_json_done(&json);
        return status;
    }
    *out = json;
    return LMAS_OK;
}

void lmi_json_done(lmi_json *json)
{
    yyjson_doc_free(json->doc);
    lmi_free(json->text);
    lmi_free(json->lines);
    *json = (lmi_json){0};
}

yyjson_val *lmi_json_root(const lmi_json *json)
{
    return yyjson_doc_get_root(json->doc);
}

const char *lmi_json_type(yyjson_val *val)
{
    if (yyjson_is_obj(val))
        return "an object";
    if (yyjson_is_arr(val))
        return "an array";
    if (yyjson_is_str(val))
        return "a string";
    if (yyjson_is_num(val))
        return "a number";
    if (yyjson_is_bool(val))
        return "a boolean";
    return yyjson_is_null(val) ? "null" : "nothing";
}

static bool is_known(const char *name, const char *const *known)
{
    for (; *known; known++)
        if (strcmp(name, *known) == 0)
            return true;
    return false;
}

lmas_status lmi_json_only_keys(const lmi_json *json, yyjson_val *object, const char *where,
                               const char *const *known)
{
    size_t i, max;
    yyjson_val *key, *val;

    if (!object) /* (the loop would step from NULL to what is behind it) */
        return LMAS_OK;
    yyjson_obj_foreach(object, i, max, key, val)
    {
        lmi_buf names;
        lmas_status status;
        size_t k;

        if (strlen(yyjson_get_str(key)) != yyjson_get_len(key))
            return lmi_fail(LMAS_E_FORMAT, "%s:%zu: a key in %s contains a NUL character",
                            json->label, lmi_json_line(json, key), where);
        if (is_known(yyjson_get_str(key), known))
            continue;
        lmi_buf_init(&names, LMI_ERROR_MAX);
        for (k = 0; known[k]; k++)
            lmi_buf_printf(&names, "%s%s", k ? ", " : "", known[k]);
        status = lmi_fail(LMAS_E_FORMAT, "%s:%zu: unknown key \"%s\" in %s, expected one of: %s",
                          json->label, lmi_json_line(json, key), yyjson_get_str(key), where,
                          lmi_buf_text(&names));
        lmi_buf_done(&names);
        return status;
    }
    return LMAS_OK;
}

yyjson_val *lmi_json_member(size_t *line, const lmi_json *json, yyjson_val *object, const char *key)
{
    size_t i, max;
    yyjson_val *at, *val;

    *line = first_line(json, object);
    if (!object) /* (the loop would step from NULL to what is behind it) */
        return NULL;
    yyjson_obj_foreach(object, i, max, at, val)
    {
        if (strcmp(yyjson_get_str(at), key) != 0)
            continue;
        *line = lmi_json_line(json, at);
        return val;
    }
    return NULL;
}

lmas_status lmi_json_string(const char **out, const lmi_json *json, yyjson_val *object,
                            const char *where, const char *key, bool is_optional)
{
    size_t line;
    yyjson_val *val = lmi_json_member(&line, json, object, key);

    if (!val && is_optional) {
        *out = NULL;
        return LMAS_OK;
    }
    if (!val)
        return lmi_fail(LMAS_E_FORMAT, "%s:%zu: missing key \"%s\" in %s", json->label, line, key,
                        where);
    if (!yyjson_is_str(val))
        return lmi_fail(LMAS_E_FORMAT, "%s:%zu: \"%s\" in %s must be a string, found %s",
                        json->label, line, key, where, lmi_json_type(val));
    if (strlen(yyjson_get_str(val)) != yyjson_get_len(val))
        return lmi_fail(LMAS_E_FORMAT, "%s:%zu: \"%s\" in %s contains a NUL character", json->label,
                        line, key, where);
    *out = yyjson_get_str(val);
    return LMAS_OK;
}

/* ---- Writing ---- */

/* What a document's allocations go through. It goes with the document, which yyjson frees last. */
typedef struct mark {
    void *doc; /* its first allocation */
    bool has_failed;
} mark;

static void *take(void *user, size_t size)
{
    mark *m = user;
    void *p = lmi_resize(NULL, size);

    m->has_failed |= !p;
    m->doc = m->doc ? m->doc : p;
    return p;
}

static void *take_more(void *user, void *p, size_t old_size, size_t size)
{
    mark *m = user;
    void *grown = lmi_resize(p, size);

    (void)old_size;
    m->has_failed |= !grown;
    return grown;
}

static void give(void *user, void *p)
{
    mark *m = user;
    const bool is_last = p == m->doc;

    lmi_free(p);
    if (is_last)
        lmi_free(m);
}

lmas_status lmi_json_new(yyjson_mut_doc **doc, yyjson_mut_val **root, const char *what)
{
    mark *m = lmi_new(1, sizeof(*m));
    const yyjson_alc alc = {.malloc = take, .realloc = take_more, .free = give, .ctx = m};

    *doc = m ? yyjson_mut_doc_new(&alc) : NULL;
    if (!*doc) {
        lmi_free(m);
        return lmi_fail(LMAS_E_NOMEM, "no memory for %s", what);
    }
    *root = yyjson_mut_obj(*doc);
    yyjson_mut_doc_set_root(*doc, *root);
    return LMAS_OK;
}

lmas_status lmi_json_copy(yyjson_mut_doc **doc, yyjson_mut_val **root, yyjson_val *val,
                          const char *what)
{
    const lmas_status status = lmi_json_new(doc, root, what);

    if (status != LMAS_OK)
        return status;
    *root = yyjson_val_mut_copy(*doc, val);
    yyjson_mut_doc_set_root(*doc, *root);
    return LMAS_OK;
}

lmas_status lmi_json_status(const yyjson_mut_doc *doc, const char *what)
{
    const mark *m = doc->alc.ctx;

    return m->has_failed ? lmi_fail(LMAS_E_NOMEM, "no memory for %s", what) : LMAS_OK;
}

void lmi_json_lose(yyjson_mut_doc *doc)
{
    mark *m = doc->alc.ctx;

    m->has_failed = true;
}

void lmi_json_add_text(yyjson_mut_doc *doc, yyjson_mut_val *object, const char *key,
                       const char *text)
{
    if (text)
        yyjson_mut_obj_add_str(doc, object, key, text);
    else
        yyjson_mut_obj_add_null(doc, object, key);
}

void lmi_json_add_real(yyjson_mut_doc *doc, yyjson_mut_val *object, const char *key, double x)
{
    if (isfinite(x))
        yyjson_mut_obj_add_real(doc, object, key, x);
    else
        yyjson_mut_obj_add_null(doc, object, key);
}

lmas_status lmi_json_write(lmi_buf *out, yyjson_mut_doc *doc, yyjson_write_flag flags,
                           const char *what)
{
    const lmas_status status = lmi_json_status(doc, what);
    yyjson_write_err error = {0};
    size_t len = 0;
    char *text = status == LMAS_OK ? yyjson_mut_write_opts(doc, flags, NULL, &len, &error) : NULL;

    yyjson_mut_doc_free(doc);
    if (status != LMAS_OK)
        return status;
    if (!text && error.code == YYJSON_WRITE_ERROR_MEMORY_ALLOCATION)
        return lmi_fail(LMAS_E_NOMEM, "no memory for %s", what);
    if (!text)
        return lmi_fail(LMAS_E_FORMAT, "%s cannot be written as JSON: %s", what, error.msg);
    lmi_buf_append(out, text, len);
    lmi_free(text);
    return lmi_buf_status(out);
}
