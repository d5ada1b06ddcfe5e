/* str_search.c - the methods of str that look for a part of it, between two indices. */
#include "jinja/text/str_methods.h"

/* Cut `s` down to s[start:end]; false where Python finds nothing there, not even an empty text.
 * `before` is the number of characters cut off its start. */
static bool cut(lmi_render *r, const char *name, lmi_str *s, size_t *before,
                const lmi_value bounds[2])
{
    const int64_t length = (int64_t)lmi_str_length(*s);
    int64_t start = lmi_is_given(bounds[0]) ? lmi_arg_int(r, name, bounds[0], 0) : 0;
    int64_t end = lmi_is_given(bounds[1]) ? lmi_arg_int(r, name, bounds[1], 0) : length;
    size_t from;

    lmi_work(r, s->len / 64 + 1);
    if (start < 0)
        start = start + length > 0 ? start + length : 0;
    if (end < 0)
        end = end + length > 0 ? end + length : 0;
    if (end > length)
        end = length;
    if (start > end)
        return false;
    *before = (size_t)start;
    from = lmi_str_offset(*s, (size_t)start);
    *s = (lmi_str){s->text + from, lmi_str_offset(*s, (size_t)end) - from};
    return true;
}

size_t lmi_str_find_back(lmi_render *r, lmi_str s, lmi_str part)
{
    size_t n_starts = part.len <= s.len ? s.len - part.len + 1 : 0;
    const char *at;

    if (!part.len)
        return s.len;
    while (n_starts && (at = memrchr(s.text, *part.text, n_starts))) {
        lmi_work(r, part.len / 64 + 1);
        if (memcmp(at, part.text, part.len) == 0)
            return (size_t)(at - s.text);
        n_starts = (size_t)(at - s.text);
    }
    return SIZE_MAX;
}

/* The index of what was looked for, -1 without one. */
static int64_t find(lmi_render *r, const char *name, lmi_value self, const lmi_call *call,
                    bool is_last)
{
    lmi_str s = self.as.str;
    lmi_value given[3];
    lmi_str part;
    size_t before, at;

    lmi_bind(r, name, "/ sub start? end?", call, given);
    part = lmi_arg_str(r, name, given[0]);
    if (!cut(r, name, &s, &before, given + 1))
        return -1;
    at = is_last ? lmi_str_find_back(r, s, part) : lmi_str_find(s, part, 0);
    if (at == SIZE_MAX)
        return -1;
    return (int64_t)(before + lmi_str_length((lmi_str){s.text, at}));
}

static lmi_value found(lmi_render *r, const char *name, int64_t at)
{
    if (at < 0)
        lmi_raise(r, "%s(): the text does not have what was looked for", name);
    return lmi_int(at);
}

lmi_value lmi_str_find_first(lmi_render *r, lmi_value self, const lmi_call *call)
{
    return lmi_int(find(r, "find", self, call, false));
}

lmi_value lmi_str_find_last(lmi_render *r, lmi_value self, const lmi_call *call)
{
    return lmi_int(find(r, "rfind", self, call, true));
}

lmi_value lmi_str_index(lmi_render *r, lmi_value self, const lmi_call *call)
{
    return found(r, "index", find(r, "index", self, call, false));
}

lmi_value lmi_str_rindex(lmi_render *r, lmi_value self, const lmi_call *call)
{
    return found(r, "rindex", find(r, "rindex", self, call, true));
}

lmi_value lmi_str_count(lmi_render *r, lmi_value self, const lmi_call *call)
{
    lmi_str s = self.as.str;
    lmi_value given[3];
    lmi_str part;
    size_t before, at;
    int64_t n = 0;

    lmi_bind(r, "count", "/ sub start? end?", call, given);
    part = lmi_arg_str(r, "count", given[0]);
    if (!cut(r, "count", &s, &before, given + 1))
        return lmi_int(0);
    if (!part.len)
        return lmi_int((int64_t)lmi_str_length(s) + 1);
    for (at = 0; (at = lmi_str_find(s, part, at)) != SIZE_MAX; at += part.len)
        n++;
    return lmi_int(n);
}

static bool is_at_end(lmi_str s, lmi_str part, bool is_start)
{
    return part.len <= s.len &&
           memcmp(is_start ? s.text : s.text + s.len - part.len, part.text, part.len) == 0;
}

static lmi_value matches(lmi_render *r, const char *name, lmi_value self, const lmi_call *call,
                         bool is_start)
{
    lmi_str s = self.as.str;
    lmi_value given[3];
    bool is_inside;
    size_t before, i;

    lmi_bind(r, name, "/ affix start? end?", call, given);
    is_inside = cut(r, name, &s, &before, given + 1);
    if (given[0].kind != LMI_LIST || given[0].as.list->flavour != LMI_TUPLE) {
        const lmi_str affix = lmi_arg_str(r, name, given[0]);

        return lmi_bool(is_inside && is_at_end(s, affix, is_start));
    }
    for (i = 0; i < given[0].as.list->n; i++) {
        const lmi_str affix = lmi_arg_str(r, name, given[0].as.list->items[i]);

        if (is_inside && is_at_end(s, affix, is_start))
            return lmi_bool(true);
    }
    return lmi_bool(false);
}

lmi_value lmi_str_startswith(lmi_render *r, lmi_value self, const lmi_call *call)
{
    return matches(r, "startswith", self, call, true);
}

lmi_value lmi_str_endswith(lmi_render *r, lmi_value self, const lmi_call *call)
{
    return matches(r, "endswith", self, call, false);
}
