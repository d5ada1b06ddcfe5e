/* sequences.c - filters that go over values: sort, group, join, take apart, add up. */
#include "jinja/filter/filters.h"
#include "jinja/run/evaluate.h"
#include "jinja/run/methods.h"
#include "jinja/text/strings.h"

static lmi_value filter_length(lmi_render *r, lmi_value self, const lmi_call *call)
{
    lmi_bind(r, "length", "/", call, NULL);
    return lmi_int(lmi_length(r, self));
}

static lmi_value filter_list(lmi_render *r, lmi_value self, const lmi_call *call)
{
    lmi_bind(r, "list", "", call, NULL);
    return lmi_list_value(lmi_collect(r, self));
}

static lmi_value filter_first(lmi_render *r, lmi_value self, const lmi_call *call)
{
    lmi_value first;

    lmi_bind(r, "first", "", call, NULL);
    return lmi_next(r, lmi_iterate(r, self), &first) ? first : lmi_undefined(LMI_STR("first"));
}

/* What Python's reversed() takes: a generator it does not. */
static void check_reversible(lmi_render *r, lmi_value value)
{
    if (value.kind == LMI_ITER || value.kind == LMI_LOOP)
        lmi_raise(r, "'%s' object is not reversible", lmi_type_name(value));
}

static lmi_value filter_last(lmi_render *r, lmi_value self, const lmi_call *call)
{
    const lmi_list *list;

    lmi_bind(r, "last", "", call, NULL);
    check_reversible(r, self);
    list = lmi_collect(r, self);
    return list->n ? list->items[list->n - 1] : lmi_undefined(LMI_STR("last"));
}

static void turn_around(lmi_list *list)
{
    size_t i;

    for (i = 0; i < list->n / 2; i++) {
        const lmi_value item = list->items[i];

        list->items[i] = list->items[list->n - 1 - i];
        list->items[list->n - 1 - i] = item;
    }
}

static lmi_value filter_reverse(lmi_render *r, lmi_value self, const lmi_call *call)
{
    lmi_list *list;

    lmi_bind(r, "reverse", "", call, NULL);
    list = lmi_collect(r, self);
    turn_around(list);
    if (self.kind == LMI_STR) {
        lmi_writer w = lmi_writer_new(r);
        size_t i;

        for (i = 0; i < list->n; i++)
            lmi_write_str(&w, list->items[i].as.str);
        self.as.str = lmi_written(&w);
        return self;
    }
    return self.kind == LMI_ITER ? lmi_list_value(list) : lmi_iter_over(r, list);
}

static lmi_value filter_join(lmi_render *r, lmi_value self, const lmi_call *call)
{
    lmi_value args[2], item;
    lmi_str separator = {"", 0};
    lmi_list *texts = lmi_list_new(r, LMI_PLAIN);
    lmi_iter *iter;
    lmi_writer w;
    size_t i;

    lmi_bind(r, "join", "d? attribute?", call, args);
    if (args[0].kind != LMI_MISSING)
        separator = lmi_to_str(r, args[0]);
    iter = lmi_iterate(r, self);
    while (lmi_next(r, iter, &item))
        lmi_list_add(r, texts, lmi_text(lmi_to_str(r, lmi_follow(r, item, args[1], lmi_none()))));
    w = lmi_writer_new(r);
    for (i = 0; i < texts->n; i++) {
        if (i)
            lmi_write_str(&w, separator);
        lmi_write_str(&w, texts->items[i].as.str);
    }
    return lmi_text(lmi_written(&w));
}

/* ---- Order ---------------------------------------------------------------------------- */

/* What decides the place of an item, beside it. */
typedef struct keyed {
    lmi_value key, item;
} keyed;

static lmi_value fold_case(lmi_render *r, lmi_value value, bool is_case_sensitive)
{
    if (value.kind == LMI_STR && !is_case_sensitive)
        value.as.str = lmi_str_lower(r, value.as.str);
    return value;
}

/* Merge sort, stable; in reverse, equal items keep their order too. */
static void sort(lmi_render *r, keyed *items, keyed *spare, size_t n, bool is_reverse)
{
    const size_t half = n / 2;
    size_t left = 0, right = half, i;

    if (n < 2)
        return;
    sort(r, items, spare, half, is_reverse);
    sort(r, items + half, spare, n - half, is_reverse);
    memcpy(spare, items, n * sizeof(*items));
    for (i = 0; i < n; i++) {
        bool takes_right = left >= half;

        lmi_work(r, 1);
        if (left < half && right < n) {
            const int order = lmi_order(r, spare[right].key, spare[left].key, "<");

            takes_right = is_reverse ? order > 0 : order < 0;
        }
        items[i] = takes_right ? spare[right++] : spare[left++];
    }
}

static lmi_list *sorted(lmi_render *r, keyed *items, size_t n, bool is_reverse)
{
    keyed *spare = lmi_make(r, n + 1, sizeof(*spare));
    lmi_list *list = lmi_list_new(r, LMI_PLAIN);
    size_t i;

    sort(r, items, spare, n, is_reverse);
    for (i = 0; i < n; i++)
        lmi_list_add(r, list, items[i].item);
    return list;
}

/* "a,b": the values of several attributes as one list. */
static lmi_value key_of_many(lmi_render *r, lmi_value item, lmi_value attribute,
                             bool is_case_sensitive)
{
    lmi_list *keys = lmi_list_new(r, LMI_PLAIN);
    lmi_str rest = attribute.kind == LMI_STR ? attribute.as.str : (lmi_str){"", 0};
    const char *comma;

    do {
        lmi_value part = attribute;

        comma = rest.len ? memchr(rest.text, ',', rest.len) : NULL;
        if (attribute.kind == LMI_STR)
            part = lmi_text((lmi_str){rest.text, comma ? (size_t)(comma - rest.text) : rest.len});
        lmi_list_add(r, keys,
                     fold_case(r, lmi_follow(r, item, part, lmi_none()), is_case_sensitive));
        if (comma) {
            rest.len -= (size_t)(comma - rest.text) + 1;
            rest.text = comma + 1;
        }
    } while (comma);
    return lmi_list_value(keys);
}

static lmi_value filter_sort(lmi_render *r, lmi_value self, const lmi_call *call)
{
    lmi_list *list;
    lmi_value args[3];
    keyed *items;
    size_t i;

    lmi_bind(r, "sort", "reverse? case_sensitive? attribute?", call, args);
    list = lmi_collect(r, self);
    items = lmi_make(r, list->n + 1, sizeof(*items));
    for (i = 0; i < list->n; i++)
        items[i] = (keyed){key_of_many(r, list->items[i], args[2], lmi_arg_bool(args[1], false)),
                           list->items[i]};
    return lmi_list_value(sorted(r, items, list->n, lmi_arg_bool(args[0], false)));
}

static lmi_value filter_dictsort(lmi_render *r, lmi_value self, const lmi_call *call)
{
    const lmi_list *pairs;
    lmi_value args[3];
    bool is_by_value;
    keyed *items;
    size_t i;

    lmi_bind(r, "dictsort", "case_sensitive? by? reverse?", call, args);
    is_by_value = args[1].kind == LMI_STR && lmi_str_is(args[1].as.str, "value");
    if (args[1].kind != LMI_MISSING && !is_by_value &&
        !(args[1].kind == LMI_STR && lmi_str_is(args[1].as.str, "key")))
        lmi_raise(r, "dictsort sorts by \"key\" or \"value\"");
    if (self.kind != LMI_DICT)
        lmi_raise(r, "dictsort needs a dict, found %s", lmi_type_name(self));
    pairs = lmi_dict_items(r, self.as.dict, LMI_ITEMS).as.list;
    items = lmi_make(r, pairs->n + 1, sizeof(*items));
    for (i = 0; i < pairs->n; i++)
        items[i] = (keyed){
            fold_case(r, pairs->items[i].as.list->items[is_by_value], lmi_arg_bool(args[0], false)),
            pairs->items[i]};
    return lmi_list_value(sorted(r, items, pairs->n, lmi_arg_bool(args[2], false)));
}

static lmi_value extreme(lmi_render *r, const char *name, lmi_value self, const lmi_call *call,
                         int wanted)
{
    lmi_value args[2], item, key, best, best_key;
    lmi_iter *iter = lmi_iterate(r, self);
    bool is_first = true;

    lmi_bind(r, name, "case_sensitive? attribute?", call, args);
    best = lmi_undefined(LMI_STR("an item of an empty sequence"));
    best_key = best;
    while (lmi_next(r, iter, &item)) {
        key = fold_case(r, lmi_follow(r, item, args[1], lmi_none()), lmi_arg_bool(args[0], false));
        if (is_first || lmi_order(r, key, best_key, wanted < 0 ? "<" : ">") * wanted > 0) {
            best = item;
            best_key = key;
        }
        is_first = false;
    }
    return best;
}

static lmi_value filter_min(lmi_render *r, lmi_value self, const lmi_call *call)
{
    return extreme(r, "min", self, call, -1);
}

static lmi_value filter_max(lmi_render *r, lmi_value self, const lmi_call *call)
{
    return extreme(r, "max", self, call, 1);
}

/* ---- Groups --------------------------------------------------------------------------- */

static bool has_key(lmi_render *r, const lmi_list *seen, lmi_value key)
{
    size_t i;

    lmi_check_hashable(r, key);
    lmi_work(r, seen->n);
    for (i = 0; i < seen->n; i++)
        if (lmi_equals(r, seen->items[i], key))
            return true;
    return false;
}

static lmi_value filter_unique(lmi_render *r, lmi_value self, const lmi_call *call)
{
    lmi_list *seen = lmi_list_new(r, LMI_PLAIN);
    lmi_list *kept = lmi_list_new(r, LMI_PLAIN);
    lmi_value args[2], item;
    lmi_iter *iter;

    lmi_bind(r, "unique", "case_sensitive? attribute?", call, args);
    iter = lmi_iterate(r, self);
    while (lmi_next(r, iter, &item)) {
        const lmi_value key =
            fold_case(r, lmi_follow(r, item, args[1], lmi_none()), lmi_arg_bool(args[0], false));

        if (has_key(r, seen, key))
            continue;
        lmi_list_add(r, seen, key);
        lmi_list_add(r, kept, item);
    }
    return lmi_iter_over(r, kept);
}

static lmi_value new_group(lmi_render *r, lmi_value key, lmi_list **members)
{
    lmi_value group;

    *members = lmi_list_new(r, LMI_PLAIN);
    group = lmi_pair(r, key, lmi_list_value(*members));
    group.as.list->is_group = true;
    return group;
}

/* Sorted by the key, then cut where it changes; a group shows its first item's key as it is. */
static lmi_value filter_groupby(lmi_render *r, lmi_value self, const lmi_call *call)
{
    lmi_list *groups = lmi_list_new(r, LMI_PLAIN);
    lmi_list *members = NULL;
    lmi_value args[3];
    const lmi_list *list;
    bool is_exact;
    keyed *items;
    size_t i;

    lmi_bind(r, "groupby", "attribute default? case_sensitive?", call, args);
    is_exact = lmi_arg_bool(args[2], false);
    list = lmi_collect(r, self);
    items = lmi_make(r, list->n + 1, sizeof(*items));
    for (i = 0; i < list->n; i++)
        items[i] = (keyed){fold_case(r, lmi_follow(r, list->items[i], args[0], args[1]), is_exact),
                           list->items[i]};
    sorted(r, items, list->n, false);
    for (i = 0; i < list->n; i++) {
        if (!i || !lmi_equals(r, items[i].key, items[i - 1].key))
            lmi_list_add(r, groups,
                         new_group(r, lmi_follow(r, items[i].item, args[0], args[1]), &members));
        lmi_list_add(r, members, items[i].item);
    }
    return lmi_list_value(groups);
}

static lmi_value filter_batch(lmi_render *r, lmi_value self, const lmi_call *call)
{
    lmi_list *batches = lmi_list_new(r, LMI_PLAIN);
    lmi_list *batch = lmi_list_new(r, LMI_PLAIN);
    lmi_value args[2], item;
    lmi_iter *iter;
    int64_t size;

    lmi_bind(r, "batch", "linecount fill_with?", call, args);
    size = lmi_arg_int(r, "batch size", args[0], 0);
    iter = lmi_iterate(r, self);
    while (lmi_next(r, iter, &item)) {
        if ((int64_t)batch->n == size) {
            lmi_list_add(r, batches, lmi_list_value(batch));
            batch = lmi_list_new(r, LMI_PLAIN);
        }
        lmi_list_add(r, batch, item);
    }
    if (!batch->n)
        return lmi_iter_over(r, batches);
    while (lmi_is_given(args[1]) && (int64_t)batch->n < size)
        lmi_list_add(r, batch, args[1]);
    lmi_list_add(r, batches, lmi_list_value(batch));
    return lmi_iter_over(r, batches);
}

/* `n` columns of nearly the same length; the first ones have one item more. */
static lmi_value filter_slice(lmi_render *r, lmi_value self, const lmi_call *call)
{
    lmi_list *slices = lmi_list_new(r, LMI_PLAIN);
    const lmi_list *all;
    lmi_value args[2];
    size_t at = 0;
    int64_t n, i;

    lmi_bind(r, "slice", "slices fill_with?", call, args);
    n = lmi_arg_int(r, "number of slices", args[0], 0);
    all = lmi_collect(r, self);
    if (n == 0)
        lmi_raise(r, "division by zero");
    for (i = 0; i < n; i++) {
        lmi_list *slice = lmi_list_new(r, LMI_PLAIN);
        const bool is_longer = i < (int64_t)all->n % n;
        size_t k;

        lmi_work(r, 1);
        for (k = 0; k < all->n / (size_t)n + is_longer; k++)
            lmi_list_add(r, slice, all->items[at++]);
        if (lmi_is_given(args[1]) && !is_longer)
            lmi_list_add(r, slice, args[1]);
        lmi_list_add(r, slices, lmi_list_value(slice));
    }
    return lmi_iter_over(r, slices);
}

static lmi_value filter_items(lmi_render *r, lmi_value self, const lmi_call *call)
{
    lmi_bind(r, "items", "", call, NULL);
    if (self.kind == LMI_UNDEFINED)
        return lmi_iter_over(r, lmi_list_new(r, LMI_PLAIN));
    if (self.kind != LMI_DICT)
        lmi_raise(r, "items needs a dict, found %s", lmi_type_name(self));
    return lmi_iter_over(r, lmi_dict_items(r, self.as.dict, LMI_PLAIN).as.list);
}

static lmi_value filter_sum(lmi_render *r, lmi_value self, const lmi_call *call)
{
    lmi_value args[2], item, sum;
    lmi_iter *iter;

    lmi_bind(r, "sum", "attribute? start?", call, args);
    iter = lmi_iterate(r, self);
    sum = args[1].kind == LMI_MISSING ? lmi_int(0) : args[1];
    if (sum.kind == LMI_STR)
        lmi_raise(r, "sum adds no texts: use join");
    while (lmi_next(r, iter, &item))
        sum = lmi_operate(r, LMI_STR("+"), sum, lmi_follow(r, item, args[0], lmi_none()));
    return sum;
}

const lmi_named_native lmi_sequence_filters[] = {
    {"length", filter_length},   {"count", filter_length}, {"list", filter_list},
    {"first", filter_first},     {"last", filter_last},    {"reverse", filter_reverse},
    {"join", filter_join},       {"sort", filter_sort},    {"dictsort", filter_dictsort},
    {"min", filter_min},         {"max", filter_max},      {"unique", filter_unique},
    {"groupby", filter_groupby}, {"batch", filter_batch},  {"slice", filter_slice},
    {"items", filter_items},     {"sum", filter_sum},      {NULL, NULL},
};
