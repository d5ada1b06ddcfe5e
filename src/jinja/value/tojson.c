/*
 * tojson.c - values as Python's json.dumps() writes them.
 *
 * No JSON library of C writes Python's floats, separators and indents, so this one does.
 */
#include "jinja/text/chars.h"
#include "jinja/text/strings.h"
#include "jinja/value/print.h"

typedef struct json {
    lmi_writer w;
    const lmi_json_style *style;
    size_t level;
} json;

static void write_value(json *j, lmi_value value);

/* ---- Texts and numbers ---------------------------------------------------------------- */

static const char *short_escape(uint32_t c)
{
    switch (c) {
    case '"':
        return "\\\"";
    case '\\':
        return "\\\\";
    case '\n':
        return "\\n";
    case '\r':
        return "\\r";
    case '\t':
        return "\\t";
    case '\f':
        return "\\f";
    case '\b':
        return "\\b";
    default:
        return NULL;
    }
}

static void write_char(json *j, uint32_t c)
{
    const char *escape = short_escape(c);

    if (escape)
        lmi_write_text(&j->w, escape);
    else if (c >= 0x20 && (c < 0x7f || !j->style->is_ascii))
        lmi_write_char(&j->w, c);
    else if (c < 0x10000)
        lmi_write_format(&j->w, "\\u%04x", (unsigned)c);
    else
        lmi_write_format(&j->w, "\\u%04x\\u%04x", 0xd7c0U + (unsigned)(c >> 10),
                         0xdc00U + (unsigned)(c & 0x3ff));
}

static void write_str(json *j, lmi_str s)
{
    size_t at, n;

    lmi_work(j->w.r, s.len / 64 + 1);
    lmi_write_char(&j->w, '"');
    for (at = 0; at < s.len; at += n)
        write_char(j, lmi_char_at(&n, s.text + at));
    lmi_write_char(&j->w, '"');
}

static void write_float(json *j, double f)
{
    if (__builtin_isnan(f))
        lmi_write_text(&j->w, "NaN");
    else if (__builtin_isinf(f))
        lmi_write_text(&j->w, f < 0 ? "-Infinity" : "Infinity");
    else
        lmi_write_float(&j->w, f);
}

/* Whether `value` was one that stands for itself; it is then written. */
static bool write_atom(json *j, lmi_value value)
{
    switch (value.kind) {
    case LMI_NONE:
        lmi_write_text(&j->w, "null");
        return true;
    case LMI_BOOL:
        lmi_write_text(&j->w, value.as.boolean ? "true" : "false");
        return true;
    case LMI_INT:
        lmi_write_format(&j->w, "%lld", (long long)value.as.integer);
        return true;
    case LMI_FLOAT:
        write_float(j, value.as.real);
        return true;
    default:
        return false;
    }
}

/* ---- Arrays and objects ----------------------------------------------------------------- */

static void write_line(json *j)
{
    size_t i;

    if (!j->style->has_indent)
        return;
    lmi_write_char(&j->w, '\n');
    for (i = 0; i < j->level; i++)
        lmi_write_str(&j->w, j->style->indent);
}

static void write_opening(json *j, char bracket)
{
    lmi_write_char(&j->w, (uint32_t)bracket);
    j->level++;
    write_line(j);
}

static void write_closing(json *j, char bracket)
{
    j->level--;
    write_line(j);
    lmi_write_char(&j->w, (uint32_t)bracket);
}

static void write_comma(json *j)
{
    lmi_write_str(&j->w, j->style->item);
    write_line(j);
}

static void write_list(json *j, const lmi_list *list)
{
    size_t i;

    if (!list->n) {
        lmi_write_text(&j->w, "[]");
        return;
    }
    write_opening(j, '[');
    for (i = 0; i < list->n; i++) {
        if (i)
            write_comma(j);
        write_value(j, list->items[i]);
    }
    write_closing(j, ']');
}

static void write_key(json *j, lmi_value key)
{
    if (key.kind == LMI_STR) {
        write_str(j, key.as.str);
        return;
    }
    lmi_write_char(&j->w, '"');
    if (!write_atom(j, key))
        lmi_raise(j->w.r, "keys must be str, int, float, bool or None, not %s", lmi_type_name(key));
    lmi_write_char(&j->w, '"');
}

/* Merge the sorted halves of order[from, to). */
static void merge(lmi_render *r, const lmi_dict *dict, size_t *order, size_t *spare, size_t from,
                  size_t middle, size_t to)
{
    size_t left = from;
    size_t right = middle;
    size_t i;

    memcpy(spare + from, order + from, (to - from) * sizeof(*order));
    for (i = from; i < to; i++) {
        const bool is_right =
            left == middle || (right < to && lmi_order(r, dict->keys[spare[right]],
                                                       dict->keys[spare[left]], "<") < 0);

        order[i] = is_right ? spare[right++] : spare[left++];
    }
}

/* The entries by their keys, in order. */
static const size_t *order_of(lmi_render *r, const lmi_dict *dict)
{
    size_t *order = lmi_make(r, dict->n, sizeof(*order));
    size_t *spare = lmi_make(r, dict->n, sizeof(*spare));
    size_t run, i;

    for (i = 0; i < dict->n; i++)
        order[i] = i;
    for (run = 1; run < dict->n; run *= 2) {
        lmi_work(r, dict->n);
        for (i = 0; i + run < dict->n; i += 2 * run)
            merge(r, dict, order, spare, i, i + run, i + 2 * run < dict->n ? i + 2 * run : dict->n);
    }
    return order;
}

static void write_dict(json *j, const lmi_dict *dict)
{
    const size_t *order;
    size_t i;

    if (!dict->n) {
        lmi_write_text(&j->w, "{}");
        return;
    }
    order = j->style->is_sorted ? order_of(j->w.r, dict) : NULL;
    write_opening(j, '{');
    for (i = 0; i < dict->n; i++) {
        const size_t at = order ? order[i] : i;

        if (i)
            write_comma(j);
        write_key(j, dict->keys[at]);
        lmi_write_str(&j->w, j->style->key);
        write_value(j, dict->values[at]);
    }
    write_closing(j, '}');
}

static bool is_array(lmi_value value)
{
    return value.kind == LMI_LIST &&
           (value.as.list->flavour == LMI_PLAIN || value.as.list->flavour == LMI_TUPLE);
}

static void write_value(json *j, lmi_value value)
{
    lmi_enter(j->w.r);
    if (value.kind == LMI_STR)
        write_str(j, value.as.str);
    else if (is_array(value))
        write_list(j, value.as.list);
    else if (value.kind == LMI_DICT)
        write_dict(j, value.as.dict);
    else if (!write_atom(j, value))
        lmi_raise(j->w.r, "a value of type %s is not JSON serializable", lmi_type_name(value));
    lmi_leave(j->w.r);
}

lmi_str lmi_tojson(lmi_render *r, lmi_value value, const lmi_json_style *style)
{
    json j = {.w = lmi_writer_new(r), .style = style};

    write_value(&j, value);
    return lmi_written(&j.w);
}
