/*
 * loop.c - `for`, and its variable `loop`.
 *
 * The values are gathered before the first turn (so `loop.length` is known), and each turn has a
 * scope of its own: what it sets is gone with it. The scope is used again unless a macro keeps it.
 */
#include "jinja/run/evaluate.h"
#include "jinja/text/strings.h"

/* The value that a target has been given, put together anew. */
static lmi_value read_target(lmi_render *r, const lmi_node *target)
{
    lmi_list *items;
    size_t i;

    if (target->kind != LMI_N_TUPLE)
        return lmi_scope_find(r, target->name);
    items = lmi_list_new(r, LMI_TUPLE);
    for (i = 0; i < target->items.n; i++)
        lmi_list_add(r, items, read_target(r, target->items.items[i]));
    return lmi_list_value(items);
}

/* The values that `for x in ... if c` goes over. */
static lmi_list *gather(lmi_render *r, const lmi_node *node, lmi_value iterable)
{
    lmi_list *all = lmi_collect(r, iterable);
    lmi_list *kept = lmi_list_new(r, LMI_PLAIN);
    lmi_scope *outer = r->scope;
    size_t i;

    if (!node->c)
        return all;
    for (i = 0; i < all->n; i++) {
        r->scope = lmi_scope_new(r, outer, NULL);
        lmi_assign(r, node->a, all->items[i]);
        if (lmi_is_true(lmi_eval(r, node->c)))
            lmi_list_add(r, kept, read_target(r, node->a));
    }
    r->scope = outer;
    return kept;
}

/* Whether a turn went through to its end: `break` and `continue` cut turns short. */
static bool run_turns(lmi_render *r, lmi_loop *loop)
{
    const lmi_value value = {.kind = LMI_LOOP, .as.loop = loop};
    lmi_scope *scope = NULL;
    lmi_flow flow = LMI_GO_ON;
    bool is_any_whole = false;

    for (; loop->index0 < loop->items->n && flow != LMI_BREAK; loop->index0++) {
        if (!scope || scope->is_captured)
            scope = lmi_scope_new(r, loop->scope, NULL);
        lmi_scope_reset(r, scope, loop->node->body);
        r->scope = scope;
        lmi_scope_set(r, scope, LMI_STR("loop"), value);
        lmi_assign(r, loop->node->a, loop->items->items[loop->index0]);
        flow = lmi_execute(r, loop->node->body);
        is_any_whole |= flow == LMI_GO_ON;
    }
    return is_any_whole;
}

/* `else` is for a loop of which no turn went through, as jinja2 has it. */
static void run(lmi_render *r, const lmi_node *node, lmi_value iterable, int64_t depth0)
{
    lmi_loop *loop = lmi_make(r, 1, sizeof(*loop));

    *loop = (lmi_loop){.node = node, .scope = r->scope, .depth0 = depth0};
    loop->items = gather(r, node, iterable);
    if (!run_turns(r, loop) && node->more) {
        r->scope = lmi_scope_new(r, loop->scope, node->more);
        lmi_execute(r, node->more);
    }
    r->scope = loop->scope;
}

lmi_flow lmi_execute_for(lmi_render *r, const lmi_node *node)
{
    run(r, node, lmi_eval(r, node->b), 0);
    return LMI_GO_ON;
}

lmi_value lmi_loop_again(lmi_render *r, lmi_loop *loop, const lmi_call *call)
{
    lmi_scope *scope = r->scope;
    const size_t start = r->out->len;
    lmi_value iterable;
    char *text;
    size_t len;

    lmi_bind(r, "loop", "iterable", call, &iterable);
    if (!loop->node->flag)
        lmi_raise(r, "a loop must have the 'recursive' marker to be called");
    r->scope = loop->scope;
    run(r, loop->node, iterable, loop->depth0 + 1);
    r->scope = scope;
    len = r->out->len - start;
    text = lmi_make_text(r, len);
    if (len)
        memcpy(text, r->out->data + start, len);
    r->out->len = start;
    return lmi_text((lmi_str){text, len});
}

int64_t lmi_loop_length(lmi_render *r, lmi_loop *loop)
{
    (void)r;
    return (int64_t)loop->items->n;
}

lmi_str lmi_loop_str(lmi_render *r, const lmi_loop *loop)
{
    lmi_writer w = lmi_writer_new(r);

    lmi_write_format(&w, "<LoopContext %zu/%zu>", loop->index0 + 1, loop->items->n);
    return lmi_written(&w);
}

static lmi_value cycle(lmi_render *r, lmi_value self, const lmi_call *call)
{
    if (!call->n || call->n_named)
        lmi_raise(r, "loop.cycle() needs items by position");
    return call->items[self.as.loop->index0 % call->n];
}

/* Whether the arguments differ from those of the call before. */
static lmi_value changed(lmi_render *r, lmi_value self, const lmi_call *call)
{
    lmi_loop *loop = self.as.loop;
    lmi_list *now = lmi_list_new(r, LMI_TUPLE);
    bool is_changed;
    size_t i;

    for (i = 0; i < call->n; i++)
        lmi_list_add(r, now, call->items[i]);
    is_changed =
        !loop->changed || !lmi_equals(r, lmi_list_value(loop->changed), lmi_list_value(now));
    loop->changed = now;
    return lmi_bool(is_changed);
}

/* The item at `offset` from the present one. */
static lmi_value neighbour(const lmi_loop *loop, int offset)
{
    const size_t i = loop->index0 + (size_t)offset;

    if (i >= loop->items->n)
        return lmi_undefined(offset < 0 ? LMI_STR("loop.previtem") : LMI_STR("loop.nextitem"));
    return loop->items->items[i];
}

bool lmi_loop_attribute(lmi_render *r, lmi_value *out, lmi_value value, lmi_str name)
{
    const lmi_loop *loop = value.as.loop;
    const int64_t at = (int64_t)loop->index0, n = (int64_t)loop->items->n;
    const struct {
        const char *name;
        lmi_value value;
    } fields[] = {
        {"index", lmi_int(at + 1)},
        {"index0", lmi_int(at)},
        {"revindex", lmi_int(n - at)},
        {"revindex0", lmi_int(n - at - 1)},
        {"first", lmi_bool(at == 0)},
        {"last", lmi_bool(at + 1 == n)},
        {"length", lmi_int(n)},
        {"depth", lmi_int(loop->depth0 + 1)},
        {"depth0", lmi_int(loop->depth0)},
        {"previtem", neighbour(loop, -1)},
        {"nextitem", neighbour(loop, 1)},
    };
    size_t i;

    for (i = 0; i < sizeof(fields) / sizeof(fields[0]); i++)
        if (lmi_str_is(name, fields[i].name)) {
            *out = fields[i].value;
            return true;
        }
    if (!lmi_str_is(name, "cycle") && !lmi_str_is(name, "changed"))
        return false;
    *out = lmi_str_is(name, "cycle") ? lmi_function_new(r, "cycle", cycle, value)
                                     : lmi_function_new(r, "changed", changed, value);
    return true;
}
