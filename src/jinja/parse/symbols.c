/*
 * symbols.c - which names a frame hides from what it holds, decided before anything runs.
 *
 * A frame is the template, the body of a `for`, a macro, `with`, a block that is captured. When the
 * first thing it does with a name is to set it, and no frame around it has the name, then the name
 * is the frame's own: what it holds sees it undefined until it is set, even if the caller gave a
 * variable of that name. Set in a branch of an `if`, a name hides nothing. So decides jinja2, and
 * templates that set `tools` after a macro that reads it depend on it.
 */
#include "jinja/parse/parser.h"

typedef struct frame {
    const struct frame *outer;
    lmi_names names;   /* those it has: set here, or read here and nowhere around it */
    lmi_names *hidden; /* those of them that it sets first */
} frame;

static void add_name(lmi_render *r, lmi_names *names, lmi_str name)
{
    lmi_make_room(r, (void **)&names->items, &names->capacity, names->n, sizeof(*names->items));
    names->items[names->n++] = name;
}

static bool has_name(lmi_render *r, const lmi_names *names, lmi_str name)
{
    size_t i;

    lmi_work(r, names->n / 4 + 1);
    for (i = 0; i < names->n; i++)
        if (lmi_str_equals(names->items[i], name))
            return true;
    return false;
}

static bool is_around(lmi_render *r, const frame *f, lmi_str name)
{
    for (; f; f = f->outer)
        if (has_name(r, &f->names, name))
            return true;
    return false;
}

static void note_load(lmi_render *r, frame *f, lmi_str name)
{
    if (!is_around(r, f, name))
        add_name(r, &f->names, name);
}

static void note_store(lmi_render *r, frame *f, lmi_str name, bool is_branch)
{
    if (has_name(r, &f->names, name))
        return;
    if (!is_branch && !is_around(r, f->outer, name))
        add_name(r, f->hidden, name);
    add_name(r, &f->names, name);
}

/* ---- What a frame does itself ----------------------------------------------------------- */

static void note_loads(lmi_render *r, frame *f, const lmi_node *node);

static void note_nodes(lmi_render *r, frame *f, const lmi_nodes *nodes)
{
    size_t i;

    for (i = 0; i < nodes->n; i++)
        note_loads(r, f, nodes->items[i]);
}

/* Names that an expression reads. */
static void note_loads(lmi_render *r, frame *f, const lmi_node *node)
{
    if (!node)
        return;
    lmi_work(r, 1);
    if (node->kind == LMI_N_NAME)
        note_load(r, f, node->name);
    note_loads(r, f, node->a);
    note_loads(r, f, node->b);
    note_loads(r, f, node->c);
    note_nodes(r, f, &node->items);
    if (!node->call)
        return;
    note_nodes(r, f, &node->call->positional);
    note_nodes(r, f, &node->call->named);
    note_loads(r, f, node->call->star);
    note_loads(r, f, node->call->star_star);
}

static void note_target(lmi_render *r, frame *f, const lmi_node *target, bool is_branch)
{
    size_t i;

    if (target->kind == LMI_N_NAME)
        note_store(r, f, target->name, is_branch);
    else if (target->kind == LMI_N_TARGET_FIELD)
        note_load(r, f, target->name);
    for (i = 0; target->kind == LMI_N_TUPLE && i < target->items.n; i++)
        note_target(r, f, target->items.items[i], is_branch);
}

/* A statement as its frame sees it: of what opens a frame of its own, only what is evaluated
 * outside. */
static void note_statement(lmi_render *r, frame *f, const lmi_node *node, bool is_branch)
{
    size_t i;

    switch (node->kind) {
    case LMI_N_BODY:
        for (i = 0; i < node->items.n; i++)
            note_statement(r, f, node->items.items[i], is_branch);
        break;
    case LMI_N_IF:
        note_loads(r, f, node->a);
        note_statement(r, f, node->body, true);
        if (node->more)
            note_statement(r, f, node->more, true);
        break;
    case LMI_N_FOR:
    case LMI_N_FILTER_BLOCK:
        note_loads(r, f, node->b);
        break;
    case LMI_N_SET:
        note_loads(r, f, node->b);
        note_target(r, f, node->a, is_branch);
        break;
    case LMI_N_SET_BLOCK:
        note_target(r, f, node->a, is_branch);
        break;
    case LMI_N_MACRO:
        note_store(r, f, node->name, is_branch);
        break;
    case LMI_N_CALL_BLOCK:
        note_loads(r, f, node->a);
        break;
    case LMI_N_WITH:
        for (i = 1; i < node->items.n; i += 2)
            note_loads(r, f, node->items.items[i]);
        break;
    default:
        note_loads(r, f, node);
    }
}

/* ---- Frames within ---------------------------------------------------------------------- */

static void look_within(lmi_render *r, const frame *f, lmi_node *node);

/* What is there when the frame is entered. */
static void declare(lmi_render *r, frame *f, const lmi_node *target)
{
    size_t i;

    if (target->kind == LMI_N_NAME)
        add_name(r, &f->names, target->name);
    for (i = 0; target->kind == LMI_N_TUPLE && i < target->items.n; i++)
        declare(r, f, target->items.items[i]);
}

static void declare_all(lmi_render *r, frame *f, const lmi_node *node)
{
    static const char *const of_macro[] = {"caller", "varargs", "kwargs"};
    const bool is_macro = node->kind == LMI_N_MACRO || node->kind == LMI_N_CALL_BLOCK;
    size_t i;

    if (node->kind == LMI_N_FOR) {
        declare(r, f, node->a);
        add_name(r, &f->names, LMI_STR("loop"));
    }
    for (i = 0; is_macro && i < 3; i++)
        add_name(r, &f->names, (lmi_str){of_macro[i], strlen(of_macro[i])});
    for (i = 0; i < node->items.n; i += is_macro ? 1 : 2)
        declare(r, f, node->items.items[i]);
}

/* The frame of `body`, which stands in `node`. */
static void open_frame(lmi_render *r, const frame *outer, const lmi_node *node, lmi_node *body)
{
    frame f = {.outer = outer, .hidden = &body->hidden};

    if (node && body == node->body)
        declare_all(r, &f, node);
    if (node && node->kind == LMI_N_SET_BLOCK)
        note_target(r, &f, node->a, false);
    note_statement(r, &f, body, false);
    look_within(r, &f, body);
}

static bool opens_frame(const lmi_node *node)
{
    return node->kind == LMI_N_FOR || node->kind == LMI_N_MACRO || node->kind == LMI_N_CALL_BLOCK ||
           node->kind == LMI_N_WITH || node->kind == LMI_N_SET_BLOCK ||
           node->kind == LMI_N_FILTER_BLOCK;
}

static void look_within(lmi_render *r, const frame *f, lmi_node *node)
{
    size_t i;

    if (opens_frame(node)) {
        open_frame(r, f, node, node->body);
        if (node->more)
            open_frame(r, f, node, node->more);
        return;
    }
    for (i = 0; node->kind == LMI_N_BODY && i < node->items.n; i++)
        look_within(r, f, node->items.items[i]);
    if (node->kind != LMI_N_IF)
        return;
    look_within(r, f, node->body);
    if (node->more)
        look_within(r, f, node->more);
}

void lmi_find_hidden(lmi_render *r, lmi_node *template)
{
    open_frame(r, NULL, NULL, template);
}
