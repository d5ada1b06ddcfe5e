/*
 * methods.c - what lists and dicts can be asked. Methods that change them are not there: the
 * sandbox of transformers hides them, and a template that calls one fails as it does there.
 */
#include "jinja/run/methods.h"

#include "jinja/run/evaluate.h"
#include "jinja/text/strings.h"

/* ---- Lists ---------------------------------------------------------------------------- */

static lmi_value list_copy(lmi_render *r, lmi_value self, const lmi_call *call)
{
    lmi_bind(r, "copy", "/", call, NULL);
    return lmi_list_value(lmi_collect(r, self));
}

static lmi_value list_count(lmi_render *r, lmi_value self, const lmi_call *call)
{
    const lmi_list *list = self.as.list;
    lmi_value value;
    int64_t n = 0;
    size_t i;

    lmi_bind(r, "count", "/ value", call, &value);
    lmi_work(r, list->n);
    for (i = 0; i < list->n; i++)
        n += lmi_equals(r, list->items[i], value);
    return lmi_int(n);
}

static size_t index_argument(lmi_render *r, lmi_value value, int64_t n, int64_t otherwise)
{
    int64_t i = lmi_arg_int(r, "slice indices", value, otherwise);

    if (i < 0)
        i = i + n < 0 ? 0 : i + n;
    return (size_t)(i < n ? i : n);
}

static lmi_value list_index(lmi_render *r, lmi_value self, const lmi_call *call)
{
    const lmi_list *list = self.as.list;
    const int64_t n = (int64_t)list->n;
    lmi_value args[3];
    size_t i, end;

    lmi_bind(r, "index", "/ value start? stop?", call, args);
    end = index_argument(r, args[2], n, n);
    lmi_work(r, list->n);
    for (i = index_argument(r, args[1], n, 0); i < end; i++)
        if (lmi_equals(r, list->items[i], args[0]))
            return lmi_int((int64_t)i);
    lmi_raise(r, "a value that is not in the %s", lmi_type_name(self));
}

static bool field_of_group(lmi_value *out, const lmi_list *list, lmi_str name)
{
    if (!list->is_group || (!lmi_str_is(name, "grouper") && !lmi_str_is(name, "list")))
        return false;
    *out = list->items[lmi_str_is(name, "list")];
    return true;
}

static bool field_of_range(lmi_value *out, const lmi_list *list, lmi_str name)
{
    if (list->flavour != LMI_RANGE)
        return false;
    if (lmi_str_is(name, "start"))
        *out = lmi_int(list->start);
    else if (lmi_str_is(name, "stop"))
        *out = lmi_int(list->stop);
    else if (lmi_str_is(name, "step"))
        *out = lmi_int(list->step);
    else
        return false;
    return true;
}

bool lmi_list_method(lmi_render *r, lmi_value *out, lmi_value self, lmi_str name)
{
    const lmi_list *list = self.as.list;

    if (field_of_group(out, list, name) || field_of_range(out, list, name))
        return true;
    if (list->flavour > LMI_RANGE) {
        if (lmi_str_is(name, "isdisjoint") || lmi_str_is(name, "mapping"))
            lmi_raise(r, "'%.*s' of %s is not supported", (int)name.len, name.text,
                      lmi_type_name(self));
        return false;
    }
    if (lmi_str_is(name, "count"))
        *out = lmi_function_new(r, "count", list_count, self);
    else if (lmi_str_is(name, "index"))
        *out = lmi_function_new(r, "index", list_index, self);
    else if (lmi_str_is(name, "copy") && list->flavour == LMI_PLAIN)
        *out = lmi_function_new(r, "copy", list_copy, self);
    else
        return false;
    return true;
}

/* ---- Dicts ---------------------------------------------------------------------------- */

lmi_value lmi_dict_items(lmi_render *r, const lmi_dict *dict, lmi_flavour flavour)
{
    lmi_list *list = lmi_list_new(r, flavour);
    size_t i;

    lmi_work(r, dict->n);
    for (i = 0; i < dict->n; i++)
        lmi_list_add(r, list,
                     flavour == LMI_KEYS     ? dict->keys[i]
                     : flavour == LMI_VALUES ? dict->values[i]
                                             : lmi_pair(r, dict->keys[i], dict->values[i]));
    return lmi_list_value(list);
}

static lmi_value dict_keys(lmi_render *r, lmi_value self, const lmi_call *call)
{
    lmi_bind(r, "keys", "/", call, NULL);
    return lmi_dict_items(r, self.as.dict, LMI_KEYS);
}

static lmi_value dict_values(lmi_render *r, lmi_value self, const lmi_call *call)
{
    lmi_bind(r, "values", "/", call, NULL);
    return lmi_dict_items(r, self.as.dict, LMI_VALUES);
}

static lmi_value dict_items(lmi_render *r, lmi_value self, const lmi_call *call)
{
    lmi_bind(r, "items", "/", call, NULL);
    return lmi_dict_items(r, self.as.dict, LMI_ITEMS);
}

static lmi_value dict_get(lmi_render *r, lmi_value self, const lmi_call *call)
{
    const lmi_value *found;
    lmi_value args[2];

    lmi_bind(r, "get", "/ key default?", call, args);
    found = lmi_dict_find(r, self.as.dict, args[0]);
    if (found)
        return *found;
    return args[1].kind == LMI_MISSING ? lmi_none() : args[1];
}

static void add_all(lmi_render *r, lmi_dict *dict, const lmi_dict *more)
{
    size_t i;

    for (i = 0; i < more->n; i++)
        lmi_dict_set(r, dict, more->keys[i], more->values[i]);
}

static lmi_value dict_copy(lmi_render *r, lmi_value self, const lmi_call *call)
{
    lmi_dict *copy = lmi_dict_new(r);

    lmi_bind(r, "copy", "/", call, NULL);
    add_all(r, copy, self.as.dict);
    return lmi_dict_value(copy);
}

bool lmi_dict_method(lmi_render *r, lmi_value *out, lmi_value self, lmi_str name)
{
    static const struct {
        const char *name;
        lmi_native call;
    } methods[] = {{"get", dict_get},
                   {"items", dict_items},
                   {"keys", dict_keys},
                   {"values", dict_values},
                   {"copy", dict_copy}};
    /* (hidden by the sandbox, so that a key of such a name is not found by a dot either) */
    static const char *const hidden[] = {"clear", "pop", "popitem", "setdefault", "update"};
    size_t i;

    for (i = 0; i < sizeof(methods) / sizeof(methods[0]); i++)
        if (lmi_str_is(name, methods[i].name)) {
            *out = lmi_function_new(r, methods[i].name, methods[i].call, self);
            return true;
        }
    for (i = 0; i < sizeof(hidden) / sizeof(hidden[0]); i++)
        if (lmi_str_is(name, hidden[i])) {
            *out = lmi_undefined(name);
            return true;
        }
    if (lmi_str_is(name, "fromkeys"))
        lmi_raise(r, "dict.fromkeys is not supported");
    return false;
}

static void add_pairs(lmi_render *r, lmi_dict *dict, lmi_value pairs)
{
    lmi_iter *iter = lmi_iterate(r, pairs);
    lmi_value item;

    while (lmi_next(r, iter, &item)) {
        const lmi_list *pair = lmi_collect(r, item);

        if (pair->n != 2)
            lmi_raise(r, "expected pairs to make a dict of, found %zu values", pair->n);
        lmi_dict_set(r, dict, pair->items[0], pair->items[1]);
    }
}

lmi_dict *lmi_dict_of(lmi_render *r, const lmi_call *call)
{
    lmi_dict *dict = lmi_dict_new(r);
    size_t i;

    if (call->n > 1)
        lmi_raise(r, "dict() takes at most 1 argument, got %zu", call->n);
    if (call->n && (call->items[0].kind == LMI_DICT))
        add_all(r, dict, call->items[0].as.dict);
    else if (call->n)
        add_pairs(r, dict, call->items[0]);
    for (i = 0; i < call->n_named; i++)
        lmi_dict_set(r, dict, lmi_text(call->names[i]), call->named[i]);
    return dict;
}

/* ---- Cyclers --------------------------------------------------------------------------- */

static lmi_value cycler_next(lmi_render *r, lmi_value self, const lmi_call *call)
{
    lmi_object *cycler = self.as.object;
    const lmi_value item = cycler->items->items[cycler->at];

    lmi_bind(r, "next", "/", call, NULL);
    cycler->at = (cycler->at + 1) % cycler->items->n;
    return item;
}

static lmi_value cycler_reset(lmi_render *r, lmi_value self, const lmi_call *call)
{
    lmi_bind(r, "reset", "/", call, NULL);
    self.as.object->at = 0;
    return lmi_none();
}

bool lmi_cycler_method(lmi_render *r, lmi_value *out, lmi_value self, lmi_str name)
{
    const lmi_object *cycler = self.as.object;

    if (cycler->is_joiner)
        return false;
    if (lmi_str_is(name, "current"))
        *out = cycler->items->items[cycler->at];
    else if (lmi_str_is(name, "next"))
        *out = lmi_function_new(r, "next", cycler_next, self);
    else if (lmi_str_is(name, "reset"))
        *out = lmi_function_new(r, "reset", cycler_reset, self);
    else
        return false;
    return true;
}
