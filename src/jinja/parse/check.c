/*
 * check.c - what jinja2 refuses when it compiles: unknown filters and tests, `break` outside a
 * loop. Names inside an `if` or a choice are looked up only when they are reached, but for those
 * in a frame of its own there: the body of a loop, the filters on a block.
 */
#include "jinja/filter/filters.h"
#include "jinja/parse/parser.h"

typedef struct place {
    bool is_soft;    /* inside `if`: unknown names may stay */
    bool is_in_loop; /* where `break` means something */
    bool is_in_for;  /* however deep: `loop` is taken */
} place;

static void check(lmi_render *r, const lmi_node *node, place at);

static void check_nodes(lmi_render *r, const lmi_nodes *nodes, place at)
{
    size_t i;

    for (i = 0; i < nodes->n; i++)
        check(r, nodes->items[i], at);
}

static void check_call(lmi_render *r, const lmi_call_node *call, place at)
{
    if (!call)
        return;
    check_nodes(r, &call->positional, at);
    check_nodes(r, &call->named, at);
    check(r, call->star, at);
    check(r, call->star_star, at);
}

static void check_name(lmi_render *r, const lmi_node *node, place at)
{
    const bool is_filter = node->kind == LMI_N_FILTER;

    if (at.is_soft || (is_filter ? lmi_find_filter(node->name) : lmi_find_test(node->name)))
        return;
    lmi_raise(r, "no %s is named '%.*s'", is_filter ? "filter" : "test", (int)node->name.len,
              node->name.text);
}

/* How what stands inside `node` is placed. */
static place place_within(const lmi_node *node, place at)
{
    switch (node->kind) {
    case LMI_N_IF:
        return (place){.is_soft = true, .is_in_loop = at.is_in_loop, .is_in_for = at.is_in_for};
    case LMI_N_FOR:
        return (place){.is_in_loop = true, .is_in_for = true};
    case LMI_N_MACRO:
    case LMI_N_CALL_BLOCK:
        return (place){.is_in_for = at.is_in_for};
    case LMI_N_SET_BLOCK:
    case LMI_N_FILTER_BLOCK:
    case LMI_N_WITH:
        return (place){.is_in_loop = at.is_in_loop && !node->flag, .is_in_for = at.is_in_for};
    default:
        return at;
    }
}

/* A `for` sets `loop` itself. */
static void check_target(lmi_render *r, const lmi_node *target, place at)
{
    size_t i;

    if (at.is_in_for && target->kind == LMI_N_NAME && lmi_str_is(target->name, "loop"))
        lmi_raise(r, "'loop' cannot be set inside a for");
    for (i = 0; target->kind == LMI_N_TUPLE && i < target->items.n; i++)
        check_target(r, target->items.items[i], at);
}

static void check_children(lmi_render *r, const lmi_node *node, place at)
{
    const place within = place_within(node, at);
    const bool is_block = node->kind == LMI_N_SET_BLOCK || node->kind == LMI_N_FILTER_BLOCK;
    place beside = at;
    size_t i;

    beside.is_soft = at.is_soft || node->kind == LMI_N_IF || node->kind == LMI_N_CHOICE;
    check(r, node->a, beside);
    check(r, node->b, is_block ? within : beside);
    check(r, node->c, node->kind == LMI_N_FOR ? within : beside);
    check_nodes(r, &node->items, beside);
    check_call(r, node->call, beside);
    for (i = 0; node->defaults && i < node->items.n; i++)
        check(r, node->defaults[i], within);
    check(r, node->body, within);
    check(r, node->more,
          node->kind == LMI_N_IF
              ? within
              : (place){.is_in_loop = at.is_in_loop, .is_in_for = within.is_in_for});
}

static void check(lmi_render *r, const lmi_node *node, place at)
{
    size_t i;

    if (!node)
        return;
    lmi_enter(r);
    r->line = node->line;
    r->column = node->column;
    if (node->kind == LMI_N_FILTER || node->kind == LMI_N_TEST)
        check_name(r, node, at);
    if ((node->kind == LMI_N_BREAK || node->kind == LMI_N_CONTINUE) && !at.is_in_loop)
        lmi_raise(r, "'%s' outside a loop", node->kind == LMI_N_BREAK ? "break" : "continue");
    if (node->kind == LMI_N_FOR || node->kind == LMI_N_SET || node->kind == LMI_N_SET_BLOCK)
        check_target(r, node->a, place_within(node, at));
    check_children(r, node, at);
    for (i = 0; node->kind == LMI_N_OUTPUT && i < node->items.n; i++)
        lmi_mark_constant(node->items.items[i]);
    lmi_leave(r);
}

void lmi_check(lmi_render *r, const lmi_node *node)
{
    check(r, node, (place){0});
}
