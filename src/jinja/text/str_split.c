/* str_split.c - the methods of str that take a text apart, and the one that joins. */
#include "base/utf8.h"
#include "jinja/text/str_methods.h"

static void add(lmi_render *r, lmi_list *list, lmi_value self, lmi_str part)
{
    lmi_list_add(r, list, lmi_like(self, part));
}

static void add_part(lmi_render *r, lmi_list *list, lmi_value self, size_t from, size_t to)
{
    add(r, list, self, (lmi_str){self.as.str.text + from, to - from});
}

/* ---- At white space --------------------------------------------------------------------- */

static size_t skip(lmi_str s, size_t at, bool is_space)
{
    size_t n;

    for (; at < s.len; at += n)
        if (lmi_is_space(lmi_char_at(&n, s.text + at)) != is_space)
            break;
    return at;
}

static size_t skip_back(lmi_str s, size_t end, bool is_space)
{
    size_t n;

    while (end) {
        const size_t at = lmi_utf8_floor(s.text, end - 1);

        if (lmi_is_space(lmi_char_at(&n, s.text + at)) != is_space)
            break;
        end = at;
    }
    return end;
}

static void split_words(lmi_render *r, lmi_list *list, lmi_value self, int64_t max)
{
    const lmi_str s = self.as.str;
    size_t at = skip(s, 0, true);

    for (; at < s.len && max != 0; max--) {
        const size_t end = skip(s, at, false);

        add_part(r, list, self, at, end);
        at = skip(s, end, true);
    }
    if (at < s.len)
        add_part(r, list, self, at, s.len);
}

/* The last word first. */
static void rsplit_words(lmi_render *r, lmi_list *list, lmi_value self, int64_t max)
{
    const lmi_str s = self.as.str;
    size_t end = skip_back(s, s.len, true);

    for (; end && max != 0; max--) {
        const size_t at = skip_back(s, end, false);

        add_part(r, list, self, at, end);
        end = skip_back(s, at, true);
    }
    if (end)
        add_part(r, list, self, 0, end);
}

/* ---- At a separator --------------------------------------------------------------------- */

static void split_at(lmi_render *r, lmi_list *list, lmi_value self, lmi_str sep, int64_t max)
{
    size_t from = 0;
    size_t at;

    for (; max != 0 && (at = lmi_str_find(self.as.str, sep, from)) != SIZE_MAX; max--) {
        add_part(r, list, self, from, at);
        from = at + sep.len;
    }
    add_part(r, list, self, from, self.as.str.len);
}

/* The last part first. */
static void rsplit_at(lmi_render *r, lmi_list *list, lmi_value self, lmi_str sep, int64_t max)
{
    lmi_str rest = self.as.str;
    size_t at;

    for (; max != 0 && (at = lmi_str_find_back(r, rest, sep)) != SIZE_MAX; max--) {
        add_part(r, list, self, at + sep.len, rest.len);
        rest.len = at;
    }
    add(r, list, self, rest);
}

static void reverse(lmi_list *list)
{
    size_t i;

    for (i = 0; i < list->n / 2; i++) {
        const lmi_value item = list->items[i];

        list->items[i] = list->items[list->n - 1 - i];
        list->items[list->n - 1 - i] = item;
    }
}

static lmi_str separator(lmi_render *r, const char *name, lmi_value value)
{
    const lmi_str sep = lmi_arg_str(r, name, value);

    if (!sep.len)
        lmi_raise(r, "%s(): expected a separator, found an empty text", name);
    return sep;
}

static lmi_value split(lmi_render *r, const char *name, lmi_value self, const lmi_call *call,
                       bool is_back)
{
    lmi_list *list = lmi_list_new(r, LMI_PLAIN);
    lmi_value given[2];
    int64_t max;

    lmi_bind(r, name, "sep? maxsplit?", call, given);
    max = lmi_arg_int(r, name, given[1], -1);
    lmi_work(r, self.as.str.len / 64 + 1);
    if (lmi_is_given(given[0]))
        (is_back ? rsplit_at : split_at)(r, list, self, separator(r, name, given[0]), max);
    else
        (is_back ? rsplit_words : split_words)(r, list, self, max);
    if (is_back)
        reverse(list);
    return lmi_list_value(list);
}

lmi_value lmi_str_split(lmi_render *r, lmi_value self, const lmi_call *call)
{
    return split(r, "split", self, call, false);
}

lmi_value lmi_str_rsplit(lmi_render *r, lmi_value self, const lmi_call *call)
{
    return split(r, "rsplit", self, call, true);
}

static bool is_line_end(uint32_t c)
{
    return (c >= 0x0a && c <= 0x0d) || (c >= 0x1c && c <= 0x1e) || c == 0x85 || c == 0x2028 ||
           c == 0x2029;
}

lmi_value lmi_str_splitlines(lmi_render *r, lmi_value self, const lmi_call *call)
{
    lmi_list *list = lmi_list_new(r, LMI_PLAIN);
    const lmi_str s = self.as.str;
    lmi_value given;
    size_t from = 0;
    size_t at, n;
    bool keep;

    lmi_bind(r, "splitlines", "keepends?", call, &given);
    keep = lmi_arg_bool(given, false);
    lmi_work(r, s.len / 64 + 1);
    for (at = 0; at < s.len; at += n) {
        const uint32_t c = lmi_char_at(&n, s.text + at);

        if (!is_line_end(c))
            continue;
        if (c == '\r' && at + 1 < s.len && s.text[at + 1] == '\n')
            n = 2;
        add_part(r, list, self, from, keep ? at + n : at);
        from = at + n;
    }
    if (from < s.len)
        add_part(r, list, self, from, s.len);
    return lmi_list_value(list);
}

/* (before, sep, after); where there is none, all of the text stands at the front or at the back. */
static lmi_value partition(lmi_render *r, const char *name, lmi_value self, const lmi_call *call,
                           bool is_back)
{
    lmi_list *list = lmi_list_new(r, LMI_TUPLE);
    const lmi_str s = self.as.str;
    lmi_value given;
    lmi_str sep;
    size_t at;

    lmi_bind(r, name, "/ sep", call, &given);
    sep = separator(r, name, given);
    lmi_work(r, s.len / 64 + 1);
    at = is_back ? lmi_str_find_back(r, s, sep) : lmi_str_find(s, sep, 0);
    if (at == SIZE_MAX) {
        add(r, list, self, is_back ? LMI_STR("") : s);
        add(r, list, self, LMI_STR(""));
        add(r, list, self, is_back ? s : LMI_STR(""));
    } else {
        add_part(r, list, self, 0, at);
        add(r, list, self, sep);
        add_part(r, list, self, at + sep.len, s.len);
    }
    return lmi_list_value(list);
}

lmi_value lmi_str_partition(lmi_render *r, lmi_value self, const lmi_call *call)
{
    return partition(r, "partition", self, call, false);
}

lmi_value lmi_str_rpartition(lmi_render *r, lmi_value self, const lmi_call *call)
{
    return partition(r, "rpartition", self, call, true);
}

lmi_value lmi_str_join(lmi_render *r, lmi_value self, const lmi_call *call)
{
    lmi_value given;
    const lmi_list *list;
    lmi_writer w;
    size_t i;

    lmi_bind(r, "join", "/ iterable", call, &given);
    list = lmi_collect(r, given);
    w = lmi_writer_new(r);
    for (i = 0; i < list->n; i++) {
        const lmi_value item = list->items[i];
        const bool is_text = item.kind == LMI_STR;

        if (!is_text && !self.is_markup)
            lmi_raise(r, "join(): expected texts, item %zu is of type %s", i, lmi_type_name(item));
        if (i)
            lmi_write_str(&w, self.as.str);
        if (self.is_markup && !item.is_markup)
            lmi_write_str(&w, lmi_str_escape(r, lmi_to_str(r, item)));
        else
            lmi_write_str(&w, item.as.str);
    }
    return lmi_like(self, lmi_written(&w));
}
