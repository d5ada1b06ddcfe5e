/* execute.c - statements: they write, set names, and choose what comes next. */
#include "jinja/run/evaluate.h"
#include "jinja/text/strings.h"

static void write_out(lmi_render *r, lmi_str text)
{
    lmi_work(r, text.len / 64);
    lmi_buf_append(r->out, text.text, text.len);
    if (r->out->status != LMAS_OK)
        lmi_raise(r, "the template writes more than %zu MiB", r->out->max >> 20);
}

static lmi_flow execute_body(lmi_render *r, const lmi_node *node)
{
    lmi_flow flow = LMI_GO_ON;
    size_t i;

    for (i = 0; flow == LMI_GO_ON && i < node->items.n; i++)
        flow = lmi_execute(r, node->items.items[i]);
    return flow;
}

static lmi_flow execute_output(lmi_render *r, const lmi_node *node)
{
    size_t i;

    for (i = 0; i < node->items.n; i++)
        write_out(r, lmi_to_str(r, lmi_eval(r, node->items.items[i])));
    return LMI_GO_ON;
}

static lmi_flow execute_if(lmi_render *r, const lmi_node *node)
{
    if (lmi_is_true(lmi_eval(r, node->a)))
        return lmi_execute(r, node->body);
    return node->more ? lmi_execute(r, node->more) : LMI_GO_ON;
}

lmi_flow lmi_execute_whole(lmi_render *r, const lmi_node *body)
{
    const lmi_misfit outer = r->misfit;
    lmi_flow flow;

    r->misfit.type = NULL;
    flow = lmi_execute(r, body);
    if (r->misfit.type) {
        r->line = r->misfit.line;
        r->column = r->misfit.column;
        lmi_raise(r, "the filter of a block must give a text, found %s", r->misfit.type);
    }
    r->misfit = outer;
    return flow;
}

lmi_flow lmi_capture(lmi_render *r, lmi_value *out, const lmi_node *body)
{
    const size_t start = r->out->len;
    const lmi_flow flow = lmi_execute_whole(r, body);
    const size_t len = r->out->len - start;
    char *text = lmi_make_text(r, len);

    if (len) {
        memcpy(text, r->out->data + start, len);
        r->out->len = start;
        r->out->data[start] = '\0';
    }
    *out = lmi_text((lmi_str){text, len});
    return flow;
}

/* Send `text` through the filters, the innermost of which has nothing before its bar. */
static lmi_value filter_text(lmi_render *r, const lmi_node *filter, lmi_value text)
{
    lmi_node with = *filter;

    with.value = filter->a ? filter_text(r, filter->a, text) : text;
    with.a = NULL;
    return lmi_eval(r, &with);
}

/* A scope of its own for as long as `body` is captured; `break` leaves nothing behind. */
static lmi_flow capture_filtered(lmi_render *r, lmi_value *out, const lmi_node *node)
{
    lmi_scope *outer = r->scope;
    lmi_flow flow;

    r->scope = lmi_scope_new(r, outer, node->body);
    flow = lmi_capture(r, out, node->body);
    if (flow == LMI_GO_ON && node->b)
        *out = filter_text(r, node->b, *out);
    r->scope = outer;
    return flow;
}

static lmi_flow execute_set_block(lmi_render *r, const lmi_node *node)
{
    lmi_value text;
    const lmi_flow flow = capture_filtered(r, &text, node);

    if (flow == LMI_GO_ON)
        lmi_assign(r, node->a, text);
    return flow;
}

static lmi_flow execute_filter_block(lmi_render *r, const lmi_node *node)
{
    lmi_value text;
    const lmi_flow flow = capture_filtered(r, &text, node);

    if (flow == LMI_GO_ON && text.kind != LMI_STR)
        r->misfit = (lmi_misfit){lmi_type_name(text), r->line, r->column};
    else if (flow == LMI_GO_ON)
        write_out(r, text.as.str);
    return flow;
}

static lmi_flow execute_with(lmi_render *r, const lmi_node *node)
{
    lmi_scope *outer = r->scope;
    lmi_scope *inner = lmi_scope_new(r, outer, node->body);
    lmi_flow flow;
    size_t i;

    for (i = 0; i + 1 < node->items.n; i += 2) {
        const lmi_value value = lmi_eval(r, node->items.items[i + 1]);

        r->scope = inner;
        lmi_assign(r, node->items.items[i], value);
        r->scope = outer;
    }
    r->scope = inner;
    flow = lmi_execute(r, node->body);
    r->scope = outer;
    return flow;
}

/* The call gets the block as one argument more, the macro `caller`. */
static lmi_flow execute_call_block(lmi_render *r, const lmi_node *node)
{
    const lmi_value callee = lmi_eval(r, node->a->a);
    lmi_call call = lmi_eval_call(r, node->a->call);
    lmi_str *names = lmi_make(r, call.n_named + 1, sizeof(*names));
    lmi_value *named = lmi_make(r, call.n_named + 1, sizeof(*named));

    if (call.n_named) {
        memcpy(names, call.names, call.n_named * sizeof(*names));
        memcpy(named, call.named, call.n_named * sizeof(*named));
    }
    names[call.n_named] = LMI_STR("caller");
    named[call.n_named++] = lmi_macro_new(r, node);
    call.names = names;
    call.named = named;
    write_out(r, lmi_to_str(r, lmi_call_value(r, callee, &call)));
    return LMI_GO_ON;
}

static lmi_flow execute_node(lmi_render *r, const lmi_node *node)
{
    switch (node->kind) {
    case LMI_N_BODY:
        return execute_body(r, node);
    case LMI_N_TEXT:
        write_out(r, node->name);
        return LMI_GO_ON;
    case LMI_N_OUTPUT:
        return execute_output(r, node);
    case LMI_N_IF:
        return execute_if(r, node);
    case LMI_N_FOR:
        return lmi_execute_for(r, node);
    case LMI_N_SET:
        lmi_assign(r, node->a, lmi_eval(r, node->b));
        return LMI_GO_ON;
    case LMI_N_SET_BLOCK:
        return execute_set_block(r, node);
    case LMI_N_FILTER_BLOCK:
        return execute_filter_block(r, node);
    case LMI_N_WITH:
        return execute_with(r, node);
    case LMI_N_MACRO:
        lmi_scope_set(r, r->scope, node->name, lmi_macro_new(r, node));
        return LMI_GO_ON;
    case LMI_N_CALL_BLOCK:
        return execute_call_block(r, node);
    default:
        return node->kind == LMI_N_BREAK ? LMI_BREAK : LMI_CONTINUE;
    }
}

lmi_flow lmi_execute(lmi_render *r, const lmi_node *node)
{
    lmi_flow flow;

    lmi_work(r, 1);
    lmi_enter(r);
    r->line = node->line;
    r->column = node->column;
    flow = execute_node(r, node);
    lmi_leave(r);
    return flow;
}
