/* iterate.c - one value after the other, of anything that Python iterates over. */
#include "jinja/text/strings.h"
#include "jinja/value/value.h"

static bool next_of_list(lmi_render *r, lmi_iter *iter, lmi_value *out)
{
    const lmi_list *list = iter->source.as.list;

    (void)r;
    if (iter->at >= list->n)
        return false;
    *out = list->items[iter->at++];
    return true;
}

static bool next_of_dict(lmi_render *r, lmi_iter *iter, lmi_value *out)
{
    const lmi_dict *dict = iter->source.as.dict;

    (void)r;
    if (iter->at >= dict->n)
        return false;
    *out = dict->keys[iter->at++];
    return true;
}

/* What is safe as a whole is so no more in parts. */
static bool next_of_str(lmi_render *r, lmi_iter *iter, lmi_value *out)
{
    const lmi_str s = iter->source.as.str;
    size_t len;

    (void)r;
    if (iter->at >= s.len)
        return false;
    lmi_char_at(&len, s.text + iter->at);
    *out = lmi_text((lmi_str){s.text + iter->at, len});
    iter->at += len;
    return true;
}

static bool next_of_nothing(lmi_render *r, lmi_iter *iter, lmi_value *out)
{
    (void)r;
    (void)iter;
    (void)out;
    return false;
}

static bool (*next_of(lmi_kind kind))(lmi_render *, lmi_iter *, lmi_value *)
{
    switch (kind) {
    case LMI_LIST:
        return next_of_list;
    case LMI_DICT:
        return next_of_dict;
    case LMI_STR:
        return next_of_str;
    case LMI_UNDEFINED:
        return next_of_nothing;
    default:
        return NULL;
    }
}

bool lmi_is_iterable(lmi_value value)
{
    return value.kind == LMI_ITER || value.kind == LMI_LOOP || next_of(value.kind);
}

lmi_iter *lmi_iterate(lmi_render *r, lmi_value value)
{
    lmi_iter *iter;

    if (value.kind == LMI_ITER)
        return value.as.iter;
    if (!next_of(value.kind))
        lmi_raise(r, "'%s' object is not iterable", lmi_type_name(value));
    iter = lmi_make(r, 1, sizeof(*iter));
    *iter = (lmi_iter){.next = next_of(value.kind), .source = value};
    return iter;
}

bool lmi_next(lmi_render *r, lmi_iter *iter, lmi_value *out)
{
    lmi_work(r, 1);
    return iter->next(r, iter, out);
}

lmi_value lmi_iter_value(lmi_iter *iter)
{
    return (lmi_value){.kind = LMI_ITER, .as.iter = iter};
}

lmi_list *lmi_collect(lmi_render *r, lmi_value iterable)
{
    lmi_list *list = lmi_list_new(r, LMI_PLAIN);
    lmi_iter *iter = lmi_iterate(r, iterable);
    lmi_value item;

    while (lmi_next(r, iter, &item))
        lmi_list_add(r, list, item);
    return list;
}
