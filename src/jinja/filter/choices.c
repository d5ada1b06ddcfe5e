/*
 * choices.c - map, select, reject, selectattr, rejectattr: generators that call another filter or
 * test on each value, when it is asked for and not before.
 */
#include "jinja/filter/filters.h"
#include "jinja/text/strings.h"

/* What such a generator does with each value. */
typedef struct choice {
    lmi_value attribute; /* LMI_MISSING: the value itself */
    lmi_value otherwise; /* for attributes that are not there */
    lmi_native native;   /* the filter or test; NULL: whether the value is true */
    lmi_call call;       /* its arguments */
    bool is_rejecting;
} choice;

static bool next_of_map(lmi_render *r, lmi_iter *iter, lmi_value *out)
{
    const choice *c = iter->more;
    lmi_value item;

    if (!lmi_next(r, iter->inner, &item))
        return false;
    *out =
        c->native ? c->native(r, item, &c->call) : lmi_follow(r, item, c->attribute, c->otherwise);
    return true;
}

static bool next_of_select(lmi_render *r, lmi_iter *iter, lmi_value *out)
{
    const choice *c = iter->more;
    lmi_value item;

    while (lmi_next(r, iter->inner, &item)) {
        const lmi_value seen = lmi_follow(r, item, c->attribute, lmi_none());
        const lmi_value verdict = c->native ? c->native(r, seen, &c->call) : seen;

        if (lmi_is_true(verdict) == c->is_rejecting)
            continue;
        *out = item;
        return true;
    }
    return false;
}

/* The arguments from `from` on. */
static lmi_call rest_of(const lmi_call *call, size_t from)
{
    lmi_call rest = *call;

    from = from < call->n ? from : call->n;
    rest.items += from;
    rest.n -= from;
    return rest;
}

static lmi_value generator(lmi_render *r, lmi_value source, const choice *what,
                           bool (*next)(lmi_render *, lmi_iter *, lmi_value *))
{
    lmi_iter *iter = lmi_make(r, 1, sizeof(*iter));
    choice *kept = lmi_make(r, 1, sizeof(*kept));

    *kept = *what;
    *iter = (lmi_iter){.next = next, .more = kept, .inner = lmi_iterate(r, source)};
    return lmi_iter_value(iter);
}

static lmi_native find_or_raise(lmi_render *r, const char *kind, lmi_value name,
                                lmi_native (*find)(lmi_str))
{
    const lmi_str text = lmi_arg_str(r, "the name of a filter or test", name);
    const lmi_native native = find(text);

    if (!native)
        lmi_raise(r, "no %s is named '%.*s'", kind, (int)text.len, text.text);
    return native;
}

static const lmi_value *find_named(const lmi_call *call, const char *name)
{
    size_t i;

    for (i = 0; i < call->n_named; i++)
        if (lmi_str_is(call->names[i], name))
            return &call->named[i];
    return NULL;
}

static lmi_value map_attribute(lmi_render *r, lmi_value self, const lmi_call *call)
{
    choice c = {0};
    lmi_value args[2];

    lmi_bind(r, "map", "attribute default?", call, args);
    c.attribute = args[0];
    c.otherwise = args[1];
    return generator(r, self, &c, next_of_map);
}

/* Of what is empty, jinja2 does not even look at the arguments. */
static lmi_value empty(lmi_render *r)
{
    return lmi_iter_over(r, lmi_list_new(r, LMI_PLAIN));
}

static lmi_value filter_map(lmi_render *r, lmi_value self, const lmi_call *call)
{
    choice c = {.call = rest_of(call, 1)};

    if (!lmi_is_true(self))
        return empty(r);
    if (!call->n && find_named(call, "attribute"))
        return map_attribute(r, self, call);
    if (!call->n)
        lmi_raise(r, "map needs the name of a filter, or an attribute");
    c.native = find_or_raise(r, "filter", call->items[0], lmi_find_filter);
    return generator(r, self, &c, next_of_map);
}

static lmi_value choose(lmi_render *r, lmi_value self, const lmi_call *call, bool has_attribute,
                        bool is_rejecting)
{
    choice c = {.attribute = {.kind = LMI_MISSING}, .is_rejecting = is_rejecting};

    if (!lmi_is_true(self))
        return empty(r);
    if (has_attribute && !call->n)
        lmi_raise(r, "the name of an attribute is missing");
    if (has_attribute)
        c.attribute = call->items[0];
    if (call->n > has_attribute)
        c.native = find_or_raise(r, "test", call->items[has_attribute], lmi_find_test);
    c.call = rest_of(call, has_attribute + (size_t)1);
    return generator(r, self, &c, next_of_select);
}

static lmi_value filter_select(lmi_render *r, lmi_value self, const lmi_call *call)
{
    return choose(r, self, call, false, false);
}

static lmi_value filter_reject(lmi_render *r, lmi_value self, const lmi_call *call)
{
    return choose(r, self, call, false, true);
}

static lmi_value filter_selectattr(lmi_render *r, lmi_value self, const lmi_call *call)
{
    return choose(r, self, call, true, false);
}

static lmi_value filter_rejectattr(lmi_render *r, lmi_value self, const lmi_call *call)
{
    return choose(r, self, call, true, true);
}

const lmi_named_native lmi_choice_filters[] = {
    {"map", filter_map},
    {"select", filter_select},
    {"reject", filter_reject},
    {"selectattr", filter_selectattr},
    {"rejectattr", filter_rejectattr},
    {NULL, NULL},
};
