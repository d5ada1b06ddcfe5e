/*
 * fold.c - outputs of constants alone, which jinja2 works out when it compiles.
 *
 * The one difference that shows: there a slice of what has no slices ({{ 1[:] }}) is an undefined
 * value, as any other item that is missing; elsewhere it is an error.
 */
#include "jinja/parse/parser.h"

static bool are_constant(const lmi_nodes *nodes);

/* What map, select and their kin give depends on where they stand. */
static bool is_of_place(lmi_str filter)
{
    static const char *const names[] = {"map",        "select",     "reject",
                                        "selectattr", "rejectattr", "random"};
    size_t i;

    for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        if (lmi_str_is(filter, names[i]))
            return true;
    return false;
}

static bool is_constant(const lmi_node *node)
{
    if (!node)
        return true;
    if (node->kind == LMI_N_NAME || node->kind == LMI_N_CALL)
        return false;
    if (node->kind == LMI_N_FILTER && is_of_place(node->name))
        return false;
    if (node->call && (node->call->star || node->call->star_star ||
                       !are_constant(&node->call->positional) || !are_constant(&node->call->named)))
        return false;
    return is_constant(node->a) && is_constant(node->b) && is_constant(node->c) &&
           are_constant(&node->items);
}

static bool are_constant(const lmi_nodes *nodes)
{
    size_t i;

    for (i = 0; i < nodes->n; i++)
        if (!is_constant(nodes->items[i]))
            return false;
    return true;
}

static void mark_all(const lmi_nodes *nodes);

static void mark(lmi_node *node)
{
    if (!node)
        return;
    node->flag = node->kind == LMI_N_SLICE;
    mark(node->a);
    mark(node->b);
    mark(node->c);
    mark_all(&node->items);
    if (node->call) {
        mark_all(&node->call->positional);
        mark_all(&node->call->named);
    }
}

static void mark_all(const lmi_nodes *nodes)
{
    size_t i;

    for (i = 0; i < nodes->n; i++)
        mark(nodes->items[i]);
}

void lmi_mark_constant(lmi_node *expression)
{
    if (is_constant(expression))
        mark(expression);
}
