/* value.c - making values, and what Python says of their truth, equality, order and length. */
#include "jinja/value/value.h"

#include <math.h>

#include "jinja/text/strings.h"

lmi_list *lmi_list_new(lmi_render *r, lmi_flavour flavour)
{
    lmi_list *list = lmi_make(r, 1, sizeof(*list));

    list->flavour = flavour;
    return list;
}

void lmi_list_add(lmi_render *r, lmi_list *list, lmi_value value)
{
    lmi_make_room(r, (void **)&list->items, &list->capacity, list->n, sizeof(*list->items));
    list->items[list->n++] = value;
}

lmi_value lmi_list_value(lmi_list *list)
{
    return (lmi_value){.kind = LMI_LIST, .as.list = list};
}

lmi_value lmi_pair(lmi_render *r, lmi_value first, lmi_value second)
{
    lmi_list *pair = lmi_list_new(r, LMI_TUPLE);

    lmi_list_add(r, pair, first);
    lmi_list_add(r, pair, second);
    return lmi_list_value(pair);
}

lmi_dict *lmi_dict_new(lmi_render *r)
{
    return lmi_make(r, 1, sizeof(lmi_dict));
}

lmi_value lmi_dict_value(lmi_dict *dict)
{
    return (lmi_value){.kind = LMI_DICT, .as.dict = dict};
}

bool lmi_is_hashable(lmi_value value)
{
    size_t i;

    if (value.kind == LMI_DICT)
        return false;
    if (value.kind != LMI_LIST)
        return true;
    if (value.as.list->flavour == LMI_RANGE)
        return true;
    if (value.as.list->flavour != LMI_TUPLE)
        return false;
    for (i = 0; i < value.as.list->n; i++)
        if (!lmi_is_hashable(value.as.list->items[i]))
            return false;
    return true;
}

void lmi_check_hashable(lmi_render *r, lmi_value value)
{
    if (!lmi_is_hashable(value))
        lmi_raise(r, "unhashable type: '%s'", lmi_type_name(value));
}

lmi_value *lmi_dict_find(lmi_render *r, const lmi_dict *dict, lmi_value key)
{
    size_t i;

    lmi_check_hashable(r, key);
    lmi_work(r, dict->n / 4 + 1);
    for (i = 0; i < dict->n; i++)
        if (lmi_equals(r, dict->keys[i], key))
            return &dict->values[i];
    return NULL;
}

lmi_value *lmi_dict_find_str(lmi_render *r, const lmi_dict *dict, lmi_str key)
{
    size_t i;

    lmi_work(r, dict->n / 4 + 1);
    for (i = 0; i < dict->n; i++)
        if (dict->keys[i].kind == LMI_STR && lmi_str_equals(dict->keys[i].as.str, key))
            return &dict->values[i];
    return NULL;
}

void lmi_dict_add(lmi_render *r, lmi_dict *dict, lmi_value key, lmi_value value)
{
    lmi_make_room(r, (void **)&dict->keys, &dict->capacity, dict->n, sizeof(*dict->keys));
    lmi_make_room(r, (void **)&dict->values, &dict->values_capacity, dict->n,
                  sizeof(*dict->values));
    dict->keys[dict->n] = key;
    dict->values[dict->n++] = value;
}

void lmi_dict_set(lmi_render *r, lmi_dict *dict, lmi_value key, lmi_value value)
{
    lmi_value *there = lmi_dict_find(r, dict, key);

    if (there)
        *there = value;
    else
        lmi_dict_add(r, dict, key, value);
}

lmi_value lmi_function_new(lmi_render *r, const char *name, lmi_native call, lmi_value self)
{
    lmi_function *function = lmi_make(r, 1, sizeof(*function));

    *function = (lmi_function){.name = name, .call = call, .self = self};
    return (lmi_value){.kind = LMI_FUNCTION, .as.function = function};
}

bool lmi_is_number(lmi_value value)
{
    return value.kind == LMI_BOOL || value.kind == LMI_INT || value.kind == LMI_FLOAT;
}

bool lmi_is_integer(lmi_value value)
{
    return value.kind == LMI_BOOL || value.kind == LMI_INT;
}

int64_t lmi_as_int(lmi_value number)
{
    return number.kind == LMI_BOOL ? number.as.boolean : number.as.integer;
}

double lmi_as_double(lmi_value number)
{
    return number.kind == LMI_FLOAT ? number.as.real : (double)lmi_as_int(number);
}

bool lmi_is_true(lmi_value value)
{
    switch (value.kind) {
    case LMI_UNDEFINED:
    case LMI_NONE:
    case LMI_MISSING:
        return false;
    case LMI_BOOL:
        return value.as.boolean;
    case LMI_INT:
        return value.as.integer != 0;
    case LMI_FLOAT:
        return value.as.real != 0;
    case LMI_STR:
        return value.as.str.len != 0;
    case LMI_LIST:
        return value.as.list->n != 0;
    case LMI_DICT:
        return value.as.dict->n != 0;
    default:
        return true;
    }
}

static bool is_same_list(lmi_render *r, const lmi_list *a, const lmi_list *b)
{
    size_t i;

    if (a->n != b->n)
        return false;
    lmi_enter(r);
    for (i = 0; i < a->n; i++)
        if (!lmi_equals(r, a->items[i], b->items[i]))
            break;
    lmi_leave(r);
    return i == a->n;
}

/* Lists equal lists and tuples tuples; views of values equal nothing but themselves. */
static bool are_lists_equal(lmi_render *r, const lmi_list *a, const lmi_list *b)
{
    if (a == b)
        return true;
    if (a->flavour != b->flavour || a->flavour == LMI_VALUES)
        return false;
    return is_same_list(r, a, b);
}

static bool are_dicts_equal(lmi_render *r, const lmi_dict *a, const lmi_dict *b)
{
    size_t i;

    if (a->n != b->n)
        return false;
    lmi_enter(r);
    for (i = 0; i < a->n; i++) {
        const lmi_value *other = lmi_dict_find(r, b, a->keys[i]);

        if (!other || !lmi_equals(r, a->values[i], *other))
            break;
    }
    lmi_leave(r);
    return i == a->n;
}

bool lmi_equals(lmi_render *r, lmi_value a, lmi_value b)
{
    if (lmi_is_number(a) && lmi_is_number(b)) {
        if (lmi_is_integer(a) && lmi_is_integer(b))
            return lmi_as_int(a) == lmi_as_int(b);
        return lmi_as_double(a) == lmi_as_double(b);
    }
    if (a.kind != b.kind)
        return false;
    switch (a.kind) {
    case LMI_STR:
        lmi_work(r, a.as.str.len / 64);
        return lmi_str_equals(a.as.str, b.as.str);
    case LMI_LIST:
        lmi_work(r, 1);
        return are_lists_equal(r, a.as.list, b.as.list);
    case LMI_DICT:
        return are_dicts_equal(r, a.as.dict, b.as.dict);
    case LMI_UNDEFINED:
    case LMI_NONE:
        return true;
    default:
        return a.as.list == b.as.list;
    }
}

static _Noreturn void refuse_comparison(lmi_render *r, lmi_value a, lmi_value b,
                                        const char *operation)
{
    if (a.kind == LMI_UNDEFINED || b.kind == LMI_UNDEFINED)
        lmi_raise_undefined(r, a.kind == LMI_UNDEFINED ? a : b);
    lmi_raise(r, "'%s' not supported between instances of '%s' and '%s'", operation,
              lmi_type_name(a), lmi_type_name(b));
}

static int compare_numbers(lmi_value a, lmi_value b)
{
    if (lmi_is_integer(a) && lmi_is_integer(b)) {
        const int64_t x = lmi_as_int(a), y = lmi_as_int(b);

        return (x > y) - (x < y);
    }
    return (lmi_as_double(a) > lmi_as_double(b)) - (lmi_as_double(a) < lmi_as_double(b));
}

static int compare_texts(lmi_render *r, lmi_str a, lmi_str b)
{
    const size_t n = a.len < b.len ? a.len : b.len;
    const int order = n ? memcmp(a.text, b.text, n) : 0;

    lmi_work(r, n / 64);
    return order ? order : (a.len > b.len) - (a.len < b.len);
}

/* The first items that differ decide, else the length. */
static int compare_lists(lmi_render *r, const lmi_list *a, const lmi_list *b, const char *operation)
{
    size_t i;
    int order = (a->n > b->n) - (a->n < b->n);

    lmi_enter(r);
    for (i = 0; i < a->n && i < b->n; i++) {
        lmi_work(r, 1);
        if (lmi_equals(r, a->items[i], b->items[i]))
            continue;
        order = lmi_order(r, a->items[i], b->items[i], operation);
        break;
    }
    lmi_leave(r);
    return order;
}

/* (A NaN is not less, equal or greater; no template compares one, and it sorts as equal.) */
int lmi_order(lmi_render *r, lmi_value a, lmi_value b, const char *operation)
{
    if (lmi_is_number(a) && lmi_is_number(b))
        return compare_numbers(a, b);
    if (a.kind == LMI_STR && b.kind == LMI_STR)
        return compare_texts(r, a.as.str, b.as.str);
    if (a.kind == LMI_LIST && b.kind == LMI_LIST && a.as.list->flavour == b.as.list->flavour &&
        (a.as.list->flavour == LMI_PLAIN || a.as.list->flavour == LMI_TUPLE))
        return compare_lists(r, a.as.list, b.as.list, operation);
    refuse_comparison(r, a, b, operation);
}

int64_t lmi_length(lmi_render *r, lmi_value value)
{
    switch (value.kind) {
    case LMI_UNDEFINED:
        return 0;
    case LMI_STR:
        lmi_work(r, value.as.str.len / 64);
        return (int64_t)lmi_str_length(value.as.str);
    case LMI_LIST:
        return (int64_t)value.as.list->n;
    case LMI_DICT:
        return (int64_t)value.as.dict->n;
    case LMI_LOOP:
        return lmi_loop_length(r, value.as.loop);
    default:
        lmi_raise(r, "object of type '%s' has no len()", lmi_type_name(value));
    }
}

static bool contains_item(lmi_render *r, lmi_value whole, lmi_value part)
{
    lmi_iter *iter = lmi_iterate(r, whole);
    lmi_value item;

    while (lmi_next(r, iter, &item))
        if (lmi_equals(r, item, part))
            return true;
    return false;
}

bool lmi_contains(lmi_render *r, lmi_value whole, lmi_value part)
{
    switch (whole.kind) {
    case LMI_STR:
        if (part.kind != LMI_STR)
            lmi_raise(r, "'in <string>' requires string as left operand, not %s",
                      lmi_type_name(part));
        lmi_work(r, whole.as.str.len / 64);
        return lmi_str_find(whole.as.str, part.as.str, 0) != SIZE_MAX;
    case LMI_DICT:
        return lmi_dict_find(r, whole.as.dict, part) != NULL;
    case LMI_LIST:
    case LMI_ITER:
    case LMI_UNDEFINED:
    case LMI_LOOP:
        return contains_item(r, whole, part);
    default:
        lmi_raise(r, "argument of type '%s' is not iterable", lmi_type_name(whole));
    }
}

static const char *list_name(const lmi_list *list)
{
    static const char *const names[] = {"list",      "tuple",       "range",
                                        "dict_keys", "dict_values", "dict_items"};

    return names[list->flavour];
}

const char *lmi_type_name(lmi_value value)
{
    static const char *const names[] = {
        [LMI_UNDEFINED] = "Undefined", [LMI_NONE] = "NoneType",
        [LMI_BOOL] = "bool",           [LMI_INT] = "int",
        [LMI_FLOAT] = "float",         [LMI_STR] = "str",
        [LMI_DICT] = "dict",           [LMI_NAMESPACE] = "Namespace",
        [LMI_ITER] = "generator",      [LMI_FUNCTION] = "function",
        [LMI_LOOP] = "LoopContext",    [LMI_OBJECT] = "object",
    };

    return value.kind == LMI_LIST ? list_name(value.as.list) : names[value.kind];
}

void lmi_raise_undefined(lmi_render *r, lmi_value undefined)
{
    lmi_raise(r, "'%.*s' is undefined",
              (int)(undefined.as.str.len < 200 ? undefined.as.str.len : 200),
              undefined.as.str.text);
}
