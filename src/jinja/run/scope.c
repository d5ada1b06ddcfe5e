/* scope.c - names: of the statement, of what is around it, of the caller, of every template. */
#include "jinja/filter/filters.h"
#include "jinja/run/evaluate.h"

lmi_scope *lmi_scope_new(lmi_render *r, lmi_scope *outer, const lmi_node *body)
{
    lmi_scope *scope = lmi_make(r, 1, sizeof(*scope));

    scope->outer = outer;
    lmi_scope_reset(r, scope, body);
    return scope;
}

void lmi_scope_reset(lmi_render *r, lmi_scope *scope, const lmi_node *body)
{
    const lmi_value missing = {.kind = LMI_MISSING};
    size_t i;

    scope->names.n = 0;
    for (i = 0; body && i < body->hidden.n; i++)
        lmi_dict_add(r, &scope->names, lmi_text(body->hidden.items[i]), missing);
}

lmi_value lmi_scope_find(lmi_render *r, lmi_str name)
{
    const lmi_scope *scope;
    lmi_value global;

    for (scope = r->scope; scope; scope = scope->outer) {
        const lmi_value *found = lmi_dict_find_str(r, &scope->names, name);

        if (found && found->kind == LMI_MISSING)
            return lmi_undefined(name);
        if (found)
            return *found;
    }
    return lmi_find_global(r, &global, name) ? global : lmi_undefined(name);
}

void lmi_scope_set(lmi_render *r, lmi_scope *scope, lmi_str name, lmi_value value)
{
    lmi_value *there = lmi_dict_find_str(r, &scope->names, name);

    if (there)
        *there = value;
    else
        lmi_dict_add(r, &scope->names, lmi_text(name), value);
}

static void assign_field(lmi_render *r, const lmi_node *target, lmi_value value)
{
    const lmi_value space = lmi_scope_find(r, target->name);

    if (space.kind != LMI_NAMESPACE)
        lmi_raise(r, "expected a namespace to set an attribute of, '%.*s' is %s",
                  (int)target->name.len, target->name.text, lmi_type_name(space));
    lmi_dict_set(r, space.as.dict, target->b->value, value);
}

/* As many values as names, no more and no less. */
static void assign_each(lmi_render *r, const lmi_node *target, lmi_value value)
{
    const lmi_list *values = lmi_collect(r, value);
    size_t i;

    if (values->n != target->items.n)
        lmi_raise(r, "expected %zu values to unpack, found %zu", target->items.n, values->n);
    for (i = 0; i < values->n; i++)
        lmi_assign(r, target->items.items[i], values->items[i]);
}

void lmi_assign(lmi_render *r, const lmi_node *target, lmi_value value)
{
    if (target->kind == LMI_N_TUPLE)
        assign_each(r, target, value);
    else if (target->kind == LMI_N_TARGET_FIELD)
        assign_field(r, target, value);
    else
        lmi_scope_set(r, r->scope, target->name, value);
}
