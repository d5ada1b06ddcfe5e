/* texts.c - filters of texts. */
#include <string.h>

#include "jinja/filter/filters.h"
#include "jinja/run/evaluate.h"
#include "jinja/text/strings.h"

static lmi_value map_text(lmi_render *r, lmi_value self, const char *name, const lmi_call *call,
                          lmi_str (*change)(lmi_render *, lmi_str))
{
    lmi_value text;

    lmi_bind(r, name, "", call, NULL);
    text = lmi_soft_str(r, self);
    text.as.str = change(r, text.as.str);
    return text;
}

static lmi_value filter_upper(lmi_render *r, lmi_value self, const lmi_call *call)
{
    return map_text(r, self, "upper", call, lmi_str_upper);
}

static lmi_value filter_lower(lmi_render *r, lmi_value self, const lmi_call *call)
{
    return map_text(r, self, "lower", call, lmi_str_lower);
}

static lmi_value filter_capitalize(lmi_render *r, lmi_value self, const lmi_call *call)
{
    return map_text(r, self, "capitalize", call, lmi_str_capitalize);
}

/* What stands between words. */
static bool parts_words(uint32_t c)
{
    return (c < 0x80 && c && strchr("-({[<", (int)c)) || lmi_is_space(c);
}

/* The end of what stands between words at `at`, or (is_between false) of the word there. */
static size_t skip(lmi_str s, size_t at, bool is_between)
{
    size_t n;

    for (; at < s.len; at += n)
        if (parts_words(lmi_char_at(&n, s.text + at)) != is_between)
            break;
    return at;
}

/* Of each word the first character upper, the rest lower. */
static lmi_str title_of(lmi_render *r, lmi_str s)
{
    lmi_writer w = lmi_writer_new(r);
    size_t at = 0;

    while (at < s.len) {
        const size_t start = skip(s, at, true);
        const size_t end = skip(s, start, false);
        size_t n = 0;

        lmi_write(&w, s.text + at, start - at);
        if (start < end)
            lmi_char_at(&n, s.text + start);
        lmi_write_str(&w, lmi_str_upper(r, (lmi_str){s.text + start, n}));
        lmi_write_str(&w, lmi_str_lower(r, (lmi_str){s.text + start + n, end - start - n}));
        at = end;
    }
    return lmi_written(&w);
}

static lmi_value filter_title(lmi_render *r, lmi_value self, const lmi_call *call)
{
    lmi_value text = map_text(r, self, "title", call, title_of);

    text.is_markup = false; /* it is put together anew */
    return text;
}

static lmi_value filter_trim(lmi_render *r, lmi_value self, const lmi_call *call)
{
    lmi_value chars, text;
    lmi_str set;

    lmi_bind(r, "trim", "chars?", call, &chars);
    text = lmi_soft_str(r, self);
    if (lmi_is_given(chars))
        set = lmi_arg_str(r, "chars", chars);
    lmi_work(r, text.as.str.len / 64);
    text.as.str = lmi_str_strip(text.as.str, lmi_is_given(chars) ? &set : NULL, 0);
    return text;
}

static lmi_value filter_center(lmi_render *r, lmi_value self, const lmi_call *call)
{
    lmi_value width;

    lmi_bind(r, "center", "width?", call, &width);
    if (width.kind == LMI_MISSING)
        width = lmi_int(80);
    return lmi_method(r, lmi_soft_str(r, self), "center", 1, &width);
}

static lmi_value filter_replace(lmi_render *r, lmi_value self, const lmi_call *call)
{
    lmi_value args[3];
    int64_t count;

    lmi_bind(r, "replace", "old new count?", call, args);
    count = lmi_is_given(args[2]) ? lmi_arg_int(r, "count", args[2], -1) : -1;
    return lmi_text(lmi_str_replace(r, lmi_to_str(r, self), lmi_to_str(r, args[0]),
                                    lmi_to_str(r, args[1]), count));
}

static lmi_value filter_format(lmi_render *r, lmi_value self, const lmi_call *call)
{
    lmi_list *items = lmi_list_new(r, LMI_TUPLE);
    lmi_dict *named = lmi_dict_new(r);
    size_t i;

    if (call->n && call->n_named)
        lmi_raise(r, "format takes arguments by position or by name, not both");
    for (i = 0; i < call->n; i++)
        lmi_list_add(r, items, call->items[i]);
    for (i = 0; i < call->n_named; i++)
        lmi_dict_add(r, named, lmi_text(call->names[i]), call->named[i]);
    return lmi_str_percent(r, lmi_soft_str(r, self),
                           named->n ? lmi_dict_value(named) : lmi_list_value(items));
}

/* ---- Lines ----------------------------------------------------------------------------- */

static lmi_value indention_of(lmi_render *r, lmi_value width)
{
    if (width.kind == LMI_STR)
        return width;
    return lmi_operate(r, LMI_STR("*"), lmi_text(LMI_STR(" ")),
                       width.kind == LMI_MISSING ? lmi_int(4) : width);
}

static lmi_value filter_indent(lmi_render *r, lmi_value self, const lmi_call *call)
{
    lmi_value args[3], text, indention, lines;
    lmi_writer w;
    size_t i;

    lmi_bind(r, "indent", "width? first? blank?", call, args);
    indention = indention_of(r, args[0]);
    text = lmi_operate(r, LMI_STR("+"), self, lmi_text(LMI_STR("\n")));
    if (text.kind != LMI_STR)
        lmi_raise(r, "indent needs a text, found %s", lmi_type_name(self));
    lines = lmi_method(r, text, "splitlines", 0, NULL);
    w = lmi_writer_new(r);
    for (i = 0; i < lines.as.list->n; i++) {
        const lmi_str line = lines.as.list->items[i].as.str;
        const bool is_wanted =
            i ? lmi_arg_bool(args[2], false) || line.len : lmi_arg_bool(args[1], false);

        if (i)
            lmi_write_text(&w, "\n");
        if (is_wanted)
            lmi_write_str(&w, indention.as.str);
        lmi_write_str(&w, line);
    }
    text.as.str = lmi_written(&w);
    return text;
}

/* The first `n` characters (all but -n where negative). */
static lmi_value head(lmi_render *r, lmi_value value, int64_t n)
{
    return lmi_slice(r, value, lmi_none(), lmi_int(n), lmi_none());
}

static lmi_value filter_truncate(lmi_render *r, lmi_value self, const lmi_call *call)
{
    const lmi_value blank_and_one[] = {lmi_text(LMI_STR(" ")), lmi_int(1)};
    lmi_value args[4], end, part;
    int64_t length, leeway, end_length;

    lmi_bind(r, "truncate", "length? killwords? end? leeway?", call, args);
    length = lmi_arg_int(r, "length", args[0], 255);
    end = args[2].kind == LMI_MISSING ? lmi_text(LMI_STR("...")) : args[2];
    leeway = lmi_is_given(args[3]) ? lmi_arg_int(r, "leeway", args[3], 5) : 5;
    end_length = lmi_length(r, end);
    if (length < end_length || leeway < 0)
        lmi_raise(r, "truncate needs a length of %lld or more, and no negative leeway",
                  (long long)end_length);
    if (lmi_length(r, self) <= length + leeway)
        return self;
    part = head(r, self, length - end_length);
    if (!lmi_arg_bool(args[1], false)) {
        if (part.kind != LMI_STR)
            lmi_raise(r, "truncate needs a text, found %s", lmi_type_name(self));
        part = lmi_method(r, part, "rsplit", 2, (lmi_value *)blank_and_one).as.list->items[0];
    }
    return lmi_operate(r, LMI_STR("+"), part, end);
}

static bool is_word_char(lmi_render *r, lmi_str s)
{
    if (s.len == 1)
        return s.text[0] == '_' || lmi_is_true(lmi_method(r, lmi_text(s), "isalnum", 0, NULL));
    return lmi_is_true(lmi_method(r, lmi_text(s), "isalnum", 0, NULL));
}

static lmi_value filter_wordcount(lmi_render *r, lmi_value self, const lmi_call *call)
{
    bool is_inside = false;
    int64_t n = 0;
    lmi_iter *iter;
    lmi_value c;

    lmi_bind(r, "wordcount", "", call, NULL);
    iter = lmi_iterate(r, lmi_soft_str(r, self));
    while (lmi_next(r, iter, &c)) {
        const bool is_word = is_word_char(r, c.as.str);

        n += is_word && !is_inside;
        is_inside = is_word;
    }
    return lmi_int(n);
}

/* ---- HTML ------------------------------------------------------------------------------ */

static lmi_value safe(lmi_str s)
{
    lmi_value value = lmi_text(s);

    value.is_markup = true;
    return value;
}

static lmi_value filter_safe(lmi_render *r, lmi_value self, const lmi_call *call)
{
    lmi_bind(r, "safe", "", call, NULL);
    return safe(lmi_to_str(r, self));
}

static lmi_value filter_escape(lmi_render *r, lmi_value self, const lmi_call *call)
{
    lmi_bind(r, "escape", "/", call, NULL);
    if (self.kind == LMI_STR && self.is_markup)
        return self;
    return safe(lmi_str_escape(r, lmi_to_str(r, self)));
}

static lmi_value filter_forceescape(lmi_render *r, lmi_value self, const lmi_call *call)
{
    lmi_bind(r, "forceescape", "", call, NULL);
    return safe(lmi_str_escape(r, lmi_to_str(r, self)));
}

static void write_attribute(lmi_render *r, lmi_writer *w, lmi_str key, lmi_str value)
{
    size_t i;

    for (i = 0; i < key.len; i++)
        if (strchr(" \t\n\r\f\v/>=", key.text[i]) && key.text[i])
            lmi_raise(r, "character '%c' in the name of an attribute", key.text[i]);
    lmi_write_str(w, key);
    lmi_write_text(w, "=\"");
    lmi_write_str(w, value);
    lmi_write_text(w, "\"");
}

static lmi_value filter_xmlattr(lmi_render *r, lmi_value self, const lmi_call *call)
{
    lmi_list *texts = lmi_list_new(r, LMI_PLAIN);
    const lmi_call none = {0};
    lmi_value autospace;
    lmi_writer w;
    size_t i;

    lmi_bind(r, "xmlattr", "autospace?", call, &autospace);
    if (self.kind != LMI_DICT)
        lmi_raise(r, "xmlattr needs a dict, found %s", lmi_type_name(self));
    for (i = 0; i < self.as.dict->n; i++) {
        const lmi_value value = self.as.dict->values[i];

        if (value.kind == LMI_NONE || value.kind == LMI_UNDEFINED)
            continue;
        lmi_arg_str(r, "the name of an attribute", self.as.dict->keys[i]);
        lmi_list_add(r, texts, filter_escape(r, self.as.dict->keys[i], &none));
        lmi_list_add(r, texts, filter_escape(r, value, &none));
    }
    w = lmi_writer_new(r);
    for (i = 0; i < texts->n; i += 2) {
        if (i || lmi_arg_bool(autospace, true))
            lmi_write_text(&w, " ");
        write_attribute(r, &w, texts->items[i].as.str, texts->items[i + 1].as.str);
    }
    return lmi_text(lmi_written(&w));
}

/* Of a query, '/' is quoted too. */
static bool is_never_quoted(char c, bool is_query)
{
    const bool is_letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    const bool is_digit = c >= '0' && c <= '9';

    return is_letter || is_digit || (c && strchr("_.-~", c)) || (c == '/' && !is_query);
}

static void write_quoted(lmi_render *r, lmi_writer *w, lmi_str s, bool is_query)
{
    size_t i;

    lmi_work(r, s.len / 16);
    for (i = 0; i < s.len; i++) {
        const char c = s.text[i];

        if (is_never_quoted(c, is_query))
            lmi_write(w, &c, 1);
        else if (c == ' ' && is_query)
            lmi_write_text(w, "+");
        else
            lmi_write_format(w, "%%%02X", (unsigned char)c);
    }
}

/* A text, or pairs as a query: "a=1&b=2". */
static lmi_value filter_urlencode(lmi_render *r, lmi_value self, const lmi_call *call)
{
    lmi_list *pairs, *texts = lmi_list_new(r, LMI_PLAIN);
    lmi_writer w;
    size_t i;

    lmi_bind(r, "urlencode", "", call, NULL);
    if (self.kind == LMI_STR || !lmi_is_iterable(self)) {
        const lmi_str text = lmi_to_str(r, self);

        w = lmi_writer_new(r);
        write_quoted(r, &w, text, false);
        return lmi_text(lmi_written(&w));
    }
    pairs = self.kind == LMI_DICT ? NULL : lmi_collect(r, self);
    for (i = 0; i < (pairs ? pairs->n : self.as.dict->n); i++) {
        const lmi_list *pair =
            pairs ? lmi_collect(r, pairs->items[i])
                  : lmi_pair(r, self.as.dict->keys[i], self.as.dict->values[i]).as.list;

        if (pair->n != 2)
            lmi_raise(r, "urlencode needs pairs, found %zu values", pair->n);
        lmi_list_add(r, texts, lmi_text(lmi_to_str(r, pair->items[0])));
        lmi_list_add(r, texts, lmi_text(lmi_to_str(r, pair->items[1])));
    }
    w = lmi_writer_new(r);
    for (i = 0; i < texts->n; i++) {
        if (i)
            lmi_write_text(&w, i % 2 ? "=" : "&");
        write_quoted(r, &w, texts->items[i].as.str, true);
    }
    return lmi_text(lmi_written(&w));
}

static lmi_value filter_urlize(lmi_render *r, lmi_value self, const lmi_call *call)
{
    (void)self;
    (void)call;
    lmi_raise(r, "urlize is not supported");
}

const lmi_named_native lmi_text_filters[] = {
    {"trim", filter_trim},
    {"upper", filter_upper},
    {"lower", filter_lower},
    {"capitalize", filter_capitalize},
    {"title", filter_title},
    {"center", filter_center},
    {"replace", filter_replace},
    {"format", filter_format},
    {"indent", filter_indent},
    {"truncate", filter_truncate},
    {"wordcount", filter_wordcount},
    {"wordwrap", lmi_filter_wordwrap},
    {"safe", filter_safe},
    {"escape", filter_escape},
    {"e", filter_escape},
    {"forceescape", filter_forceescape},
    {"xmlattr", filter_xmlattr},
    {"urlencode", filter_urlencode},
    {"striptags", lmi_filter_striptags},
    {"urlize", filter_urlize},
    {NULL, NULL},
};
