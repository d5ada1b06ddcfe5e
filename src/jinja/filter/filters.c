/* filters.c - which filter or test a name means, and what several filters need. */
#include "jinja/filter/filters.h"

#include "jinja/run/evaluate.h"
#include "jinja/text/strings.h"

lmi_native lmi_find_filter(lmi_str name)
{
    const lmi_named_native *const tables[] = {lmi_text_filters, lmi_sequence_filters,
                                              lmi_choice_filters, lmi_conversion_filters};
    lmi_native found = NULL;
    size_t i;

    for (i = 0; !found && i < sizeof(tables) / sizeof(tables[0]); i++)
        found = lmi_find_native(tables[i], name);
    return found;
}

lmi_native lmi_find_test(lmi_str name)
{
    return lmi_find_native(lmi_tests, name);
}

lmi_value lmi_soft_str(lmi_render *r, lmi_value value)
{
    return value.kind == LMI_STR ? value : lmi_text(lmi_to_str(r, value));
}

static bool is_digits(lmi_str s)
{
    size_t i;

    for (i = 0; i < s.len && s.text[i] >= '0' && s.text[i] <= '9'; i++)
        ;
    return i && i == s.len;
}

/* One part of "user.0.name". */
static lmi_value follow_part(lmi_render *r, lmi_value item, lmi_str part, lmi_value otherwise)
{
    lmi_value index = lmi_text(part);

    if (is_digits(part)) {
        index = lmi_int(0);
        lmi_str_to_int(r, &index.as.integer, part, 10);
    }
    item = lmi_item(r, item, index);
    return item.kind == LMI_UNDEFINED && lmi_is_given(otherwise) ? otherwise : item;
}

lmi_value lmi_follow(lmi_render *r, lmi_value item, lmi_value attribute, lmi_value otherwise)
{
    lmi_str rest;

    if (!lmi_is_given(attribute))
        return item;
    if (attribute.kind != LMI_STR) {
        item = lmi_item(r, item, attribute);
        return item.kind == LMI_UNDEFINED && lmi_is_given(otherwise) ? otherwise : item;
    }
    rest = attribute.as.str;
    while (true) {
        const char *dot = rest.len ? memchr(rest.text, '.', rest.len) : NULL;
        const lmi_str part = {rest.text, dot ? (size_t)(dot - rest.text) : rest.len};

        item = follow_part(r, item, part, otherwise);
        if (!dot)
            return item;
        rest.text += part.len + 1;
        rest.len -= part.len + 1;
    }
}

static bool next_of_all(lmi_render *r, lmi_iter *iter, lmi_value *out)
{
    const lmi_list *list = iter->source.as.list;

    (void)r;
    if (iter->at >= list->n)
        return false;
    *out = list->items[iter->at++];
    return true;
}

lmi_value lmi_iter_over(lmi_render *r, lmi_list *list)
{
    lmi_iter *iter = lmi_make(r, 1, sizeof(*iter));

    *iter = (lmi_iter){.next = next_of_all, .source = lmi_list_value(list)};
    return lmi_iter_value(iter);
}

lmi_value lmi_method(lmi_render *r, lmi_value text, const char *name, size_t n, lmi_value *args)
{
    const lmi_call call = {.items = args, .n = n};
    lmi_value method;

    if (!lmi_str_method(r, &method, text, (lmi_str){name, strlen(name)}))
        lmi_raise(r, "str has no method '%s'", name);
    return lmi_call_value(r, method, &call);
}
