/* list.c - the grammar: items with commas between, an item a number or a range. */
#include "cli/bench/list.h"

#include <stdbool.h>

#include "base/status.h"

/* first, first + step, ... or first, first * step, ... up to last. */
typedef struct range {
    uint32_t first, last, step;
    bool is_factor;
} range;

/* Digits only: a sign or a space is no part of a number. */
static bool take_number(uint32_t *out, const char **text, uint32_t max)
{
    const char *p = *text;
    uint64_t n = 0;

    for (; *p >= '0' && *p <= '9'; p++) {
        n = n * 10 + (uint64_t)(*p - '0');
        if (n > max)
            return false;
    }
    if (p == *text)
        return false;
    *text = p;
    *out = (uint32_t)n;
    return true;
}

static bool take_range(range *out, const char **text, uint32_t max)
{
    *out = (range){.step = 1};
    if (!take_number(&out->first, text, max))
        return false;
    out->last = out->first;
    if (**text != '-')
        return true;
    ++*text;
    if (!take_number(&out->last, text, max) || out->last < out->first)
        return false;
    if (**text != '+' && **text != '*')
        return true;
    out->is_factor = **text == '*';
    ++*text;
    if (!take_number(&out->step, text, max))
        return false;
    return out->is_factor ? out->step > 1 && out->first > 0 : out->step > 0;
}

/* False when the list is full. */
static bool add_range(lmi_list *list, const range *r)
{
    uint64_t i;

    for (i = r->first; i <= r->last; i = r->is_factor ? i * r->step : i + r->step) {
        if (i == 0)
            continue;
        if (list->n == LMI_LIST_MAX)
            return false;
        list->items[list->n++] = (uint32_t)i;
    }
    return true;
}

lmas_status lmi_list_parse(lmi_list *out, const char *flag, const char *text, uint32_t min,
                           uint32_t max)
{
    const char *rest = text;
    lmi_list list = {0};

    while (*rest || min > 0) {
        range r;

        if (!take_range(&r, &rest, max) || r.first < min || (*rest && *rest != ','))
            return lmi_fail(LMAS_E_INVALID,
                            "%s: expected numbers from %u to %u with commas between, or ranges "
                            "such as 1-4, 1-9+2 or 1-16*2, found \"%s\"",
                            flag, min, max, text);
        if (!add_range(&list, &r))
            return lmi_fail(LMAS_E_INVALID, "%s: expected at most %d numbers, found more in \"%s\"",
                            flag, LMI_LIST_MAX, text);
        if (!*rest)
            break;
        rest++;
        if (!*rest) /* nothing after a comma */
            return lmi_fail(LMAS_E_INVALID, "%s: expected a number after the last comma of \"%s\"",
                            flag, text);
    }
    *out = list;
    return LMAS_OK;
}
