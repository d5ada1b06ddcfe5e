/*
 * print.c - values as Python's str() and repr() write them.
 *
 * What Python prints with an address (functions, generators) has no text that could be the same
 * twice; that is an error here.
 */
#include "jinja/value/print.h"

#include "jinja/text/chars.h"
#include "jinja/text/strings.h"

static void write_code(lmi_writer *w, uint32_t c)
{
    if (c <= 0xff)
        lmi_write_format(w, "\\x%02x", (unsigned)c);
    else if (c <= 0xffff)
        lmi_write_format(w, "\\u%04x", (unsigned)c);
    else
        lmi_write_format(w, "\\U%08x", (unsigned)c);
}

static void write_repr_char(lmi_writer *w, uint32_t c, char quote)
{
    if (c == '\n')
        lmi_write_text(w, "\\n");
    else if (c == '\r')
        lmi_write_text(w, "\\r");
    else if (c == '\t')
        lmi_write_text(w, "\\t");
    else if (c == '\\' || c == (uint32_t)quote)
        lmi_write_format(w, "\\%c", (int)c);
    else if (lmi_char_is_printable(w->r, c))
        lmi_write_char(w, c);
    else
        write_code(w, c);
}

void lmi_write_repr(lmi_writer *w, lmi_str s)
{
    const bool has_single = s.len && memchr(s.text, '\'', s.len);
    const bool has_double = s.len && memchr(s.text, '"', s.len);
    const char quote = has_single && !has_double ? '"' : '\'';
    size_t at, n;

    lmi_work(w->r, s.len / 64 + 1);
    lmi_write_char(w, (uint32_t)quote);
    for (at = 0; at < s.len; at += n)
        write_repr_char(w, lmi_char_at(&n, s.text + at), quote);
    lmi_write_char(w, (uint32_t)quote);
}

static void write_value(lmi_writer *w, lmi_value value);

static void write_items(lmi_writer *w, const lmi_list *list)
{
    size_t i;

    for (i = 0; i < list->n; i++) {
        if (i)
            lmi_write_text(w, ", ");
        write_value(w, list->items[i]);
    }
}

static void write_range(lmi_writer *w, const lmi_list *list)
{
    lmi_write_format(w, "range(%lld, %lld", (long long)list->start, (long long)list->stop);
    if (list->step != 1)
        lmi_write_format(w, ", %lld", (long long)list->step);
    lmi_write_char(w, ')');
}

static void write_list(lmi_writer *w, const lmi_list *list)
{
    static const char *const opening[] = {[LMI_PLAIN] = "[",
                                          [LMI_TUPLE] = "(",
                                          [LMI_KEYS] = "dict_keys([",
                                          [LMI_VALUES] = "dict_values([",
                                          [LMI_ITEMS] = "dict_items(["};

    if (list->flavour == LMI_RANGE) {
        write_range(w, list);
        return;
    }
    lmi_write_text(w, opening[list->flavour]);
    write_items(w, list);
    if (list->flavour == LMI_TUPLE)
        lmi_write_text(w, list->n == 1 ? ",)" : ")");
    else
        lmi_write_text(w, list->flavour == LMI_PLAIN ? "]" : "])");
}

static void write_dict(lmi_writer *w, const lmi_dict *dict)
{
    size_t i;

    lmi_write_char(w, '{');
    for (i = 0; i < dict->n; i++) {
        if (i)
            lmi_write_text(w, ", ");
        write_value(w, dict->keys[i]);
        lmi_write_text(w, ": ");
        write_value(w, dict->values[i]);
    }
    lmi_write_char(w, '}');
}

static void write_str_repr(lmi_writer *w, lmi_value value)
{
    if (value.is_markup)
        lmi_write_text(w, "Markup(");
    lmi_write_repr(w, value.as.str);
    if (value.is_markup)
        lmi_write_char(w, ')');
}

static void write_atom(lmi_writer *w, lmi_value value)
{
    switch (value.kind) {
    case LMI_UNDEFINED:
        lmi_write_text(w, "Undefined");
        break;
    case LMI_NONE:
        lmi_write_text(w, "None");
        break;
    case LMI_BOOL:
        lmi_write_text(w, value.as.boolean ? "True" : "False");
        break;
    case LMI_INT:
        lmi_write_format(w, "%lld", (long long)value.as.integer);
        break;
    case LMI_FLOAT:
        lmi_write_float(w, value.as.real);
        break;
    case LMI_STR:
        write_str_repr(w, value);
        break;
    case LMI_LOOP:
        lmi_write_str(w, lmi_loop_str(w->r, value.as.loop));
        break;
    case LMI_FUNCTION:
        lmi_write_str(w, lmi_macro_str(w->r, value.as.function));
        break;
    default:
        lmi_raise(w->r, "the text of a %s (Python prints an address) is not supported",
                  lmi_type_name(value));
    }
}

static void write_value(lmi_writer *w, lmi_value value)
{
    lmi_enter(w->r);
    switch (value.kind) {
    case LMI_LIST:
        write_list(w, value.as.list);
        break;
    case LMI_DICT:
        write_dict(w, value.as.dict);
        break;
    case LMI_NAMESPACE:
        lmi_write_text(w, "<Namespace ");
        write_dict(w, value.as.dict);
        lmi_write_char(w, '>');
        break;
    default:
        write_atom(w, value);
    }
    lmi_leave(w->r);
}

lmi_str lmi_to_repr(lmi_render *r, lmi_value value)
{
    lmi_writer w = lmi_writer_new(r);

    write_value(&w, value);
    return lmi_written(&w);
}

lmi_str lmi_to_str(lmi_render *r, lmi_value value)
{
    if (value.kind == LMI_STR)
        return value.as.str;
    if (value.kind == LMI_UNDEFINED)
        return LMI_STR("");
    return lmi_to_repr(r, value);
}

lmi_str lmi_to_ascii(lmi_render *r, lmi_value value)
{
    const lmi_str s = lmi_to_repr(r, value);
    lmi_writer w = lmi_writer_new(r);
    size_t at, n;

    for (at = 0; at < s.len; at += n) {
        const uint32_t c = lmi_char_at(&n, s.text + at);

        if (c < 0x80)
            lmi_write_char(&w, c);
        else
            write_code(&w, c);
    }
    return lmi_written(&w);
}
