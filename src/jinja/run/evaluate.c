/* evaluate.c - expressions, one small function for each kind of node. */
#include "jinja/run/evaluate.h"

#include "jinja/filter/filters.h"
#include "jinja/text/strings.h"

static lmi_value eval_list(lmi_render *r, const lmi_node *node)
{
    lmi_list *list = lmi_list_new(r, node->kind == LMI_N_TUPLE ? LMI_TUPLE : LMI_PLAIN);
    size_t i;

    for (i = 0; i < node->items.n; i++)
        lmi_list_add(r, list, lmi_eval(r, node->items.items[i]));
    return lmi_list_value(list);
}

static lmi_value eval_dict(lmi_render *r, const lmi_node *node)
{
    lmi_dict *dict = lmi_dict_new(r);
    size_t i;

    for (i = 0; i + 1 < node->items.n; i += 2) {
        const lmi_value key = lmi_eval(r, node->items.items[i]);

        lmi_dict_set(r, dict, key, lmi_eval(r, node->items.items[i + 1]));
    }
    return lmi_dict_value(dict);
}

static lmi_value eval_optional(lmi_render *r, const lmi_node *node)
{
    return node ? lmi_eval(r, node) : lmi_none();
}

static lmi_value eval_item(lmi_render *r, const lmi_node *node)
{
    const lmi_value object = lmi_eval(r, node->a);
    const lmi_node *index = node->b;

    if (index->kind == LMI_N_SLICE) {
        const lmi_value start = eval_optional(r, index->a);
        const lmi_value stop = eval_optional(r, index->b);

        const lmi_value step = eval_optional(r, index->c);

        if (index->flag && !lmi_can_slice(object, start, stop, step))
            return lmi_undefined(LMI_STR("a slice"));
        return lmi_slice(r, object, start, stop, step);
    }
    return lmi_item(r, object, lmi_eval(r, index));
}

static lmi_value eval_call(lmi_render *r, const lmi_node *node)
{
    const lmi_value callee = lmi_eval(r, node->a);
    const lmi_call call = lmi_eval_call(r, node->call);

    return lmi_call_value(r, callee, &call);
}

/* A filter or test that is not known got past the check only inside an `if`. */
static lmi_value eval_named(lmi_render *r, const lmi_node *node)
{
    const bool is_filter = node->kind == LMI_N_FILTER;
    const lmi_native native = (is_filter ? lmi_find_filter : lmi_find_test)(node->name);
    const lmi_value value = node->a ? lmi_eval(r, node->a) : node->value;
    lmi_call call;

    if (!native)
        lmi_raise(r, "no %s is named '%.*s'", is_filter ? "filter" : "test", (int)node->name.len,
                  node->name.text);
    call = lmi_eval_call(r, node->call);
    return native(r, value, &call);
}

/* a < b < c is a < b and b < c, with b evaluated once. */
static lmi_value eval_comparison(lmi_render *r, const lmi_node *node)
{
    lmi_value left = lmi_eval(r, node->a);
    size_t i;

    for (i = 0; i < node->items.n; i++) {
        const lmi_node *operand = node->items.items[i];
        const lmi_value right = lmi_eval(r, operand->a);

        if (!lmi_relate(r, operand->name, left, right))
            return lmi_bool(false);
        left = right;
    }
    return lmi_bool(true);
}

static lmi_value eval_concat(lmi_render *r, const lmi_node *node)
{
    lmi_str text = {"", 0};
    size_t i;

    for (i = 0; i < node->items.n; i++)
        text = lmi_str_concat(r, text, lmi_to_str(r, lmi_eval(r, node->items.items[i])));
    return lmi_text(text);
}

static lmi_value eval_choice(lmi_render *r, const lmi_node *node)
{
    if (lmi_is_true(lmi_eval(r, node->b)))
        return lmi_eval(r, node->a);
    return node->c ? lmi_eval(r, node->c)
                   : lmi_undefined(LMI_STR("the value of an if without else"));
}

static lmi_value eval_unary(lmi_render *r, const lmi_node *node)
{
    const lmi_value operand = lmi_eval(r, node->a);

    if (node->kind == LMI_N_NOT)
        return lmi_bool(!lmi_is_true(operand));
    return lmi_negate(r, operand, node->kind == LMI_N_NEGATIVE);
}

static lmi_value eval_binary(lmi_render *r, const lmi_node *node)
{
    const lmi_value left = lmi_eval(r, node->a);
    const lmi_value right = lmi_eval(r, node->b);

    return lmi_operate(r, node->name, left, right);
}

static lmi_value eval_logic(lmi_render *r, const lmi_node *node)
{
    const lmi_value left = lmi_eval(r, node->a);

    return lmi_is_true(left) == (node->kind == LMI_N_OR) ? left : lmi_eval(r, node->b);
}

static lmi_value eval_node(lmi_render *r, const lmi_node *node)
{
    switch (node->kind) {
    case LMI_N_CONST:
        return node->value;
    case LMI_N_NAME:
        return lmi_scope_find(r, node->name);
    case LMI_N_LIST:
    case LMI_N_TUPLE:
        return eval_list(r, node);
    case LMI_N_DICT:
        return eval_dict(r, node);
    case LMI_N_ATTRIBUTE:
        return lmi_attribute(r, lmi_eval(r, node->a), node->name);
    case LMI_N_ITEM:
        return eval_item(r, node);
    case LMI_N_CALL:
        return eval_call(r, node);
    case LMI_N_FILTER:
    case LMI_N_TEST:
        return eval_named(r, node);
    case LMI_N_NOT:
    case LMI_N_NEGATIVE:
    case LMI_N_POSITIVE:
        return eval_unary(r, node);
    case LMI_N_AND:
    case LMI_N_OR:
        return eval_logic(r, node);
    case LMI_N_COMPARE:
        return eval_comparison(r, node);
    case LMI_N_BINARY:
        return eval_binary(r, node);
    case LMI_N_CONCAT:
        return eval_concat(r, node);
    case LMI_N_CHOICE:
        return eval_choice(r, node);
    default:
        lmi_raise(r, "a slice stands where a value is expected");
    }
}

lmi_value lmi_eval(lmi_render *r, const lmi_node *node)
{
    lmi_value value;

    lmi_work(r, 1);
    lmi_enter(r);
    r->line = node->line;
    r->column = node->column;
    value = eval_node(r, node);
    r->line = node->line;
    r->column = node->column;
    lmi_leave(r);
    return value;
}
