/*
 * access.c - object.name, object[index], object[a:b], as the sandbox of jinja2 allows them.
 *
 * A dot looks for a method first and a key after that; brackets the other way round. What is not
 * there is undefined, and so is what would change a list or dict (append, update, ...): asking for
 * it is no error, calling it is.
 */
#include <string.h>

#include "jinja/run/evaluate.h"
#include "jinja/run/methods.h"
#include "jinja/text/strings.h"

static bool is_among(lmi_str name, const char *const *names)
{
    for (; *names; names++)
        if (lmi_str_is(name, *names))
            return true;
    return false;
}

/* What Python has and this engine lacks is an error, not undefined. */
static void refuse_lacking(lmi_render *r, lmi_value object, lmi_str name)
{
    static const char *const of_int[] = {"from_bytes", "to_bytes", NULL};
    static const char *const of_float[] = {"fromhex", "from_number", NULL};
    static const char *const of_macro[] = {"arguments", "catch_kwargs",    "catch_varargs",
                                           "caller",    "explicit_caller", NULL};
    const char *const *lacking = lmi_is_integer(object)        ? of_int
                                 : object.kind == LMI_FLOAT    ? of_float
                                 : object.kind == LMI_FUNCTION ? of_macro
                                                               : of_macro + 5;

    if (is_among(name, lacking))
        lmi_raise(r, "'%.*s' of %s is not supported", (int)name.len, name.text,
                  lmi_type_name(object));
}

static bool object_attribute(lmi_render *r, lmi_value *out, lmi_value object, lmi_str name)
{
    lmi_value *field;

    switch (object.kind) {
    case LMI_BOOL:
    case LMI_INT:
    case LMI_FLOAT:
        return lmi_number_method(r, out, object, name);
    case LMI_STR:
        return lmi_str_method(r, out, object, name);
    case LMI_LIST:
        return lmi_list_method(r, out, object, name);
    case LMI_DICT:
        return lmi_dict_method(r, out, object, name);
    case LMI_OBJECT:
        return lmi_cycler_method(r, out, object, name);
    case LMI_LOOP:
        return lmi_loop_attribute(r, out, object, name);
    case LMI_NAMESPACE:
        field = lmi_dict_find_str(r, object.as.dict, name);
        if (field)
            *out = *field;
        return field != NULL;
    case LMI_FUNCTION:
        if (!object.as.function->macro || !lmi_str_is(name, "name"))
            return false;
        *out = lmi_text(object.as.function->macro->name);
        return true;
    default:
        return false;
    }
}

static bool is_private(lmi_str name)
{
    return name.len && name.text[0] == '_';
}

lmi_value lmi_attribute(lmi_render *r, lmi_value object, lmi_str name)
{
    const lmi_value *item;
    lmi_value found;

    if (object.kind == LMI_UNDEFINED && !lmi_str_is(name, "__class__")) /* it has one, hidden */
        lmi_raise_undefined(r, object);
    if (!is_private(name) && object_attribute(r, &found, object, name))
        return found;
    item = object.kind == LMI_DICT ? lmi_dict_find_str(r, object.as.dict, name) : NULL;
    if (!item)
        refuse_lacking(r, object, name);
    return item ? *item : lmi_undefined(name);
}

/* As of an undefined value here: no such name is asked of it, and so none raises. */
static bool is_dunder(lmi_str name)
{
    return name.len >= 2 && memcmp(name.text, "__", 2) == 0 &&
           memcmp(name.text + name.len - 2, "__", 2) == 0;
}

lmi_value lmi_attribute_alone(lmi_render *r, lmi_value object, lmi_str name)
{
    lmi_value found;

    if (object.kind == LMI_UNDEFINED && !is_dunder(name))
        lmi_raise_undefined(r, object);
    if (!is_private(name) && object_attribute(r, &found, object, name))
        return found;
    refuse_lacking(r, object, name);
    return lmi_undefined(name);
}

/* The place that Python's index means; false when there is none. */
static bool place_of(size_t *out, int64_t index, int64_t n)
{
    if (index < -n || index >= n)
        return false;
    *out = (size_t)(index < 0 ? index + n : index);
    return true;
}

static bool item_of_list(lmi_value *out, const lmi_list *list, lmi_value index)
{
    size_t i;

    if (!lmi_is_integer(index) || list->flavour > LMI_RANGE ||
        !place_of(&i, lmi_as_int(index), (int64_t)list->n))
        return false;
    *out = list->items[i];
    return true;
}

static bool item_of_str(lmi_render *r, lmi_value *out, lmi_value text, lmi_value index)
{
    size_t i;

    lmi_work(r, text.as.str.len / 64);
    if (!lmi_is_integer(index) ||
        !place_of(&i, lmi_as_int(index), (int64_t)lmi_str_length(text.as.str)))
        return false;
    *out = text;
    out->as.str = lmi_str_at(text.as.str, i);
    return true;
}

static bool find_item(lmi_render *r, lmi_value *out, lmi_value object, lmi_value index)
{
    const lmi_value *there;

    switch (object.kind) {
    case LMI_LIST:
        return item_of_list(out, object.as.list, index);
    case LMI_STR:
        return item_of_str(r, out, object, index);
    case LMI_DICT:
        there = lmi_is_hashable(index) ? lmi_dict_find(r, object.as.dict, index) : NULL;
        if (there)
            *out = *there;
        return there != NULL;
    default:
        return false;
    }
}

lmi_value lmi_item(lmi_render *r, lmi_value object, lmi_value index)
{
    lmi_value found;

    if (object.kind == LMI_UNDEFINED)
        lmi_raise_undefined(r, object);
    if (find_item(r, &found, object, index))
        return found;
    if (index.kind != LMI_STR)
        return lmi_undefined(LMI_STR("an item that is not there"));
    if (!is_private(index.as.str) && object_attribute(r, &found, object, index.as.str))
        return found;
    refuse_lacking(r, object, index.as.str);
    return lmi_undefined(index.as.str);
}

/* ---- Slices --------------------------------------------------------------------------- */

static int64_t slice_part(lmi_render *r, lmi_value part, int64_t otherwise)
{
    if (part.kind == LMI_NONE)
        return otherwise;
    if (part.kind == LMI_UNDEFINED)
        lmi_raise_undefined(r, part);
    if (!lmi_is_integer(part))
        lmi_raise(r, "slice indices must be integers or none, not %s", lmi_type_name(part));
    return lmi_as_int(part);
}

/* `i` counted from the end where negative, and kept within [least, most]. */
static int64_t clip(int64_t i, int64_t n, int64_t least, int64_t most)
{
    if (i < 0)
        i += n;
    return i < least ? least : i > most ? most : i;
}

typedef struct bounds {
    int64_t start, step;
    size_t n;
} bounds;

static bounds bounds_of(lmi_render *r, int64_t n, lmi_value start, lmi_value stop, lmi_value step)
{
    bounds b = {.step = slice_part(r, step, 1)};
    const bool is_back = b.step < 0;
    int64_t end;

    if (b.step == 0)
        lmi_raise(r, "slice step cannot be zero");
    if (b.step < -n - 1 || b.step > n + 1)
        b.step = is_back ? -n - 1 : n + 1;
    b.start = clip(slice_part(r, start, is_back ? INT64_MAX : 0), n, is_back ? -1 : 0,
                   is_back ? n - 1 : n);
    end = stop.kind == LMI_NONE
              ? (is_back ? -1 : n)
              : clip(slice_part(r, stop, 0), n, is_back ? -1 : 0, is_back ? n - 1 : n);
    if (is_back ? b.start > end : b.start < end)
        b.n = (size_t)((is_back ? b.start - end - 1 : end - b.start - 1) /
                           (is_back ? -b.step : b.step) +
                       1);
    return b;
}

static lmi_value slice_of_list(lmi_render *r, const lmi_list *list, bounds b)
{
    lmi_list *part = lmi_list_new(r, list->flavour);
    size_t i;

    lmi_work(r, b.n);
    for (i = 0; i < b.n; i++)
        lmi_list_add(r, part, list->items[b.start + (int64_t)i * b.step]);
    if (list->flavour == LMI_RANGE) {
        part->start = list->start + b.start * list->step;
        part->step = list->step * b.step;
        part->stop = part->start + (int64_t)b.n * part->step;
    }
    return lmi_list_value(part);
}

static lmi_value slice_of_str(lmi_render *r, lmi_value text, bounds b)
{
    const lmi_str s = text.as.str;
    lmi_writer w;
    size_t i;

    lmi_work(r, s.len / 64 + b.n);
    if (b.step == 1 || b.n < 2) {
        const size_t from = b.n ? lmi_str_offset(s, (size_t)b.start) : 0;
        const lmi_str rest = {s.text + from, s.len - from};

        text.as.str = (lmi_str){rest.text, lmi_str_offset(rest, b.n)};
        return text;
    }
    w = lmi_writer_new(r);
    for (i = 0; i < b.n; i++) {
        lmi_work(r, s.len / 64);
        lmi_write_str(&w, lmi_str_at(s, (size_t)(b.start + (int64_t)i * b.step)));
    }
    text.as.str = lmi_written(&w);
    return text;
}

static bool is_bound(lmi_value part)
{
    return part.kind == LMI_NONE || lmi_is_integer(part);
}

bool lmi_can_slice(lmi_value object, lmi_value start, lmi_value stop, lmi_value step)
{
    if (object.kind == LMI_UNDEFINED)
        return true; /* it says more of itself */
    if (object.kind != LMI_STR && (object.kind != LMI_LIST || object.as.list->flavour > LMI_RANGE))
        return false;
    return is_bound(start) && is_bound(stop) && is_bound(step);
}

lmi_value lmi_slice(lmi_render *r, lmi_value object, lmi_value start, lmi_value stop,
                    lmi_value step)
{
    if (object.kind == LMI_UNDEFINED)
        lmi_raise_undefined(r, object);
    if (object.kind == LMI_STR)
        return slice_of_str(r, object, bounds_of(r, lmi_length(r, object), start, stop, step));
    if (object.kind == LMI_LIST && object.as.list->flavour <= LMI_RANGE)
        return slice_of_list(r, object.as.list,
                             bounds_of(r, (int64_t)object.as.list->n, start, stop, step));
    lmi_raise(r, "'%s' object cannot be sliced", lmi_type_name(object));
}
