/* call.c - arguments and macros. */
#include "jinja/run/evaluate.h"
#include "jinja/text/strings.h"

static void add_star(lmi_render *r, lmi_list *items, const lmi_node *star)
{
    const lmi_list *more = star ? lmi_collect(r, lmi_eval(r, star)) : NULL;
    size_t i;

    for (i = 0; more && i < more->n; i++)
        lmi_list_add(r, items, more->items[i]);
}

static void add_named(lmi_render *r, lmi_dict *named, lmi_str name, lmi_value value)
{
    if (lmi_dict_find_str(r, named, name))
        lmi_raise(r, "argument '%.*s' is given twice", (int)name.len, name.text);
    lmi_dict_add(r, named, lmi_text(name), value);
}

static void add_star_star(lmi_render *r, lmi_dict *named, const lmi_node *star_star)
{
    lmi_value more;
    size_t i;

    if (!star_star)
        return;
    more = lmi_eval(r, star_star);
    if (more.kind != LMI_DICT)
        lmi_raise(r, "expected a dict after **, found %s", lmi_type_name(more));
    for (i = 0; i < more.as.dict->n; i++)
        add_named(r, named, lmi_arg_str(r, "the name of an argument", more.as.dict->keys[i]),
                  more.as.dict->values[i]);
}

lmi_call lmi_eval_call(lmi_render *r, const lmi_call_node *node)
{
    lmi_list *items = lmi_list_new(r, LMI_PLAIN);
    lmi_dict *named = lmi_dict_new(r);
    lmi_call call = {0};
    size_t i;

    for (i = 0; i < node->positional.n; i++)
        lmi_list_add(r, items, lmi_eval(r, node->positional.items[i]));
    add_star(r, items, node->star);
    for (i = 0; i < node->named.n; i++)
        add_named(r, named, node->names[i], lmi_eval(r, node->named.items[i]));
    add_star_star(r, named, node->star_star);
    call.items = items->items;
    call.n = items->n;
    call.n_named = named->n;
    call.named = named->values;
    call.names = lmi_make(r, named->n + 1, sizeof(*call.names));
    for (i = 0; i < named->n; i++)
        call.names[i] = named->keys[i].as.str;
    return call;
}

lmi_value lmi_macro_new(lmi_render *r, const lmi_node *node)
{
    lmi_value macro = lmi_function_new(r, "macro", NULL, lmi_none());
    lmi_scope *scope;

    macro.as.function->macro = node;
    macro.as.function->scope = r->scope;
    for (scope = r->scope; scope; scope = scope->outer)
        scope->is_captured = true;
    return macro;
}

lmi_str lmi_macro_str(lmi_render *r, const lmi_function *function)
{
    lmi_writer w = lmi_writer_new(r);

    if (!function->macro)
        lmi_raise(r, "the text of a function (Python prints an address) is not supported");
    if (function->macro->kind == LMI_N_CALL_BLOCK)
        return LMI_STR("<Macro anonymous>");
    lmi_write_text(&w, "<Macro ");
    lmi_write_repr(&w, function->macro->name);
    lmi_write_text(&w, ">");
    return lmi_written(&w);
}

/* ---- Calling a macro ------------------------------------------------------------------ */

static const lmi_value *find_named(const lmi_call *call, lmi_str name)
{
    size_t i;

    for (i = 0; i < call->n_named; i++)
        if (lmi_str_equals(call->names[i], name))
            return &call->named[i];
    return NULL;
}

static bool is_parameter(const lmi_node *macro, lmi_str name, size_t from)
{
    size_t i;

    for (i = from; i < macro->items.n; i++)
        if (lmi_str_equals(macro->items.items[i]->name, name))
            return true;
    return false;
}

/* What was given for parameter `i`, else its default, evaluated inside the macro. */
static lmi_value parameter(lmi_render *r, const lmi_node *macro, size_t i, const lmi_call *call)
{
    const lmi_str name = macro->items.items[i]->name;
    const lmi_value *named = find_named(call, name);

    if (i < call->n)
        return call->items[i];
    if (named)
        return *named;
    return macro->defaults[i] ? lmi_eval(r, macro->defaults[i]) : lmi_undefined(name);
}

static void refuse_named(lmi_render *r, const lmi_node *macro, lmi_str name)
{
    lmi_raise(r, "macro '%.*s' takes no keyword argument '%.*s'", (int)macro->name.len,
              macro->name.text, (int)name.len, name.text);
}

/* `kwargs`: what was given by name and is no parameter. */
static void set_rest(lmi_render *r, const lmi_node *macro, const lmi_call *call)
{
    lmi_dict *rest = lmi_dict_new(r);
    size_t i;

    for (i = 0; call->named && i < call->n_named; i++) {
        const lmi_str name = call->names[i];

        if (is_parameter(macro, name, call->n) ||
            (macro->uses_caller && lmi_str_is(name, "caller")))
            continue;
        if (!macro->uses_kwargs)
            refuse_named(r, macro, name);
        lmi_dict_add(r, rest, lmi_text(name), call->named[i]);
    }
    if (macro->uses_kwargs)
        lmi_scope_set(r, r->scope, LMI_STR("kwargs"), lmi_dict_value(rest));
}

/* `varargs`: what was given by position beyond the parameters. */
static void set_surplus(lmi_render *r, const lmi_node *macro, const lmi_call *call)
{
    lmi_list *surplus = lmi_list_new(r, LMI_TUPLE);
    size_t i;

    if (call->n > macro->items.n && !macro->uses_varargs)
        lmi_raise(r, "macro '%.*s' takes not more than %zu arguments, got %zu",
                  (int)macro->name.len, macro->name.text, macro->items.n, call->n);
    for (i = macro->items.n; i < call->n; i++)
        lmi_list_add(r, surplus, call->items[i]);
    if (macro->uses_varargs)
        lmi_scope_set(r, r->scope, LMI_STR("varargs"), lmi_list_value(surplus));
}

static void set_parameters(lmi_render *r, const lmi_node *macro, const lmi_call *call)
{
    const lmi_value *caller = find_named(call, LMI_STR("caller"));
    size_t i;

    if (macro->uses_caller && !is_parameter(macro, LMI_STR("caller"), 0))
        lmi_scope_set(r, r->scope, LMI_STR("caller"),
                      caller ? *caller : lmi_undefined(LMI_STR("caller")));
    set_rest(r, macro, call);
    set_surplus(r, macro, call);
    for (i = 0; i < macro->items.n; i++)
        lmi_scope_set(r, r->scope, macro->items.items[i]->name, parameter(r, macro, i, call));
}

static lmi_value call_macro(lmi_render *r, const lmi_function *function, const lmi_call *call)
{
    lmi_scope *caller = r->scope;
    lmi_value text;

    r->scope = lmi_scope_new(r, function->scope, function->macro->body);
    set_parameters(r, function->macro, call);
    lmi_capture(r, &text, function->macro->body);
    r->scope = caller;
    return text;
}

static lmi_value call_joiner(lmi_object *joiner)
{
    if (joiner->at++ == 0)
        return lmi_text((lmi_str){"", 0});
    return joiner->items->items[0];
}

lmi_value lmi_call_value(lmi_render *r, lmi_value callee, const lmi_call *call)
{
    if (callee.kind == LMI_UNDEFINED)
        lmi_raise_undefined(r, callee);
    if (callee.kind == LMI_LOOP)
        return lmi_loop_again(r, callee.as.loop, call);
    if (callee.kind == LMI_OBJECT && callee.as.object->is_joiner && !call->n && !call->n_named)
        return call_joiner(callee.as.object);
    if (callee.kind != LMI_FUNCTION)
        lmi_raise(r, "'%s' object is not callable", lmi_type_name(callee));
    if (callee.as.function->macro)
        return call_macro(r, callee.as.function, call);
    return callee.as.function->call(r, callee.as.function->self, call);
}
