/*
 * args.c - what a call hands over, sorted by the names of a signature.
 *
 *   "old new count?"    two that must be there, one that may
 *   "/ old new count?"  the same by position only, as methods of Python's own types have it
 */
#include "jinja/text/strings.h"
#include "jinja/value/value.h"

/* The name at `*at`, whether it may be left out; moves `*at` behind it. */
static lmi_str next_name(const char **at, bool *is_optional)
{
    lmi_str name;

    *at += strspn(*at, " ");
    name = (lmi_str){*at, strcspn(*at, " ?")};
    *at += name.len;
    *is_optional = **at == '?';
    *at += *is_optional;
    return name;
}

/* The value that is given by `name`; `i` is the argument's place. */
static lmi_value find_named(lmi_render *r, const char *function, lmi_str name, size_t i,
                            const lmi_call *call)
{
    lmi_value found = {.kind = LMI_MISSING};
    size_t k;

    for (k = 0; k < call->n_named; k++) {
        if (!lmi_str_equals(call->names[k], name))
            continue;
        if (i < call->n || found.kind != LMI_MISSING)
            lmi_raise(r, "%s() got multiple values for argument '%.*s'", function, (int)name.len,
                      name.text);
        found = call->named[k];
    }
    return found;
}

static void refuse_unknown(lmi_render *r, const char *function, const char *signature,
                           const lmi_call *call)
{
    size_t k;

    for (k = 0; k < call->n_named; k++) {
        const char *at = signature;
        bool is_known = false, is_optional;

        while (*at && !is_known)
            is_known = lmi_str_equals(next_name(&at, &is_optional), call->names[k]);
        if (!is_known)
            lmi_raise(r, "%s() got an unexpected keyword argument '%.*s'", function,
                      (int)call->names[k].len, call->names[k].text);
    }
}

void lmi_bind(lmi_render *r, const char *name, const char *signature, const lmi_call *call,
              lmi_value *out)
{
    const char *at = signature;
    size_t i = 0;

    if (*at == '/') {
        at++;
        if (call->n_named)
            lmi_raise(r, "%s() takes no keyword arguments", name);
    }
    refuse_unknown(r, name, at, call);
    for (at += strspn(at, " "); *at; i++) {
        bool is_optional;
        const lmi_str argument = next_name(&at, &is_optional);
        const lmi_value named = find_named(r, name, argument, i, call);

        out[i] = i < call->n ? call->items[i] : named;
        if (out[i].kind == LMI_MISSING && !is_optional)
            lmi_raise(r, "%s() missing the argument '%.*s'", name, (int)argument.len,
                      argument.text);
    }
    if (call->n > i)
        lmi_raise(r, "%s() takes at most %zu arguments, got %zu", name, i, call->n);
}

lmi_str lmi_arg_str(lmi_render *r, const char *name, lmi_value value)
{
    if (value.kind != LMI_STR)
        lmi_raise(r, "%s must be str, not %s", name, lmi_type_name(value));
    return value.as.str;
}

int64_t lmi_arg_int(lmi_render *r, const char *name, lmi_value value, int64_t otherwise)
{
    if (value.kind == LMI_MISSING)
        return otherwise;
    if (!lmi_is_integer(value))
        lmi_raise(r, "%s must be int, not %s", name, lmi_type_name(value));
    return lmi_as_int(value);
}

bool lmi_arg_bool(lmi_value value, bool otherwise)
{
    return value.kind == LMI_MISSING ? otherwise : lmi_is_true(value);
}
