/* evaluate.h - what an expression is worth, and what a statement does. */
#ifndef LMI_JINJA_EVALUATE_H
#define LMI_JINJA_EVALUATE_H

#include "jinja/parse/ast.h"

/* Names of one `for`, macro, `with` or template; those not found here are looked for outside. */
typedef struct lmi_scope {
    struct lmi_scope *outer;
    lmi_dict names;
    bool is_captured; /* a macro was defined inside and may outlive the statement */
} lmi_scope;

typedef enum lmi_flow { LMI_GO_ON, LMI_BREAK, LMI_CONTINUE } lmi_flow;

/* The variable `loop`. */
typedef struct lmi_loop {
    const lmi_node *node; /* the `for`, to call it again; its target, body, else */
    lmi_scope *scope;     /* where the `for` stands */
    lmi_list *items;
    size_t index0;
    int64_t depth0;
    lmi_list *changed; /* what loop.changed() was given last */
} lmi_loop;

/* A cycler or a joiner. */
typedef struct lmi_object {
    bool is_joiner;
    size_t at;       /* of a cycler; of a joiner whether it was used */
    lmi_list *items; /* of a cycler; of a joiner its separator */
} lmi_object;

lmi_value lmi_eval(lmi_render *r, const lmi_node *node);
lmi_flow lmi_execute(lmi_render *r, const lmi_node *node);

/* Run a body whose text is put together at its end. */
lmi_flow lmi_execute_whole(lmi_render *r, const lmi_node *body);

/* Run `body` and take what it wrote off the output. */
lmi_flow lmi_capture(lmi_render *r, lmi_value *out, const lmi_node *body);

/* Names (scope.c). A scope begins with the names that `body` (or NULL) hides. */
lmi_scope *lmi_scope_new(lmi_render *r, lmi_scope *outer, const lmi_node *body);
void lmi_scope_reset(lmi_render *r, lmi_scope *scope, const lmi_node *body);
lmi_value lmi_scope_find(lmi_render *r, lmi_str name);
void lmi_scope_set(lmi_render *r, lmi_scope *scope, lmi_str name, lmi_value value);
void lmi_assign(lmi_render *r, const lmi_node *target, lmi_value value);

/* Calls (call.c). */
lmi_value lmi_call_value(lmi_render *r, lmi_value callee, const lmi_call *call);
lmi_call lmi_eval_call(lmi_render *r, const lmi_call_node *node);
lmi_value lmi_macro_new(lmi_render *r, const lmi_node *node);

/* Loops (loop.c). */
lmi_flow lmi_execute_for(lmi_render *r, const lmi_node *node);
bool lmi_loop_attribute(lmi_render *r, lmi_value *out, lmi_value loop, lmi_str name);
lmi_value lmi_loop_again(lmi_render *r, lmi_loop *loop, const lmi_call *call);

/* Attributes and items as the sandbox of jinja2 hands them out (access.c). */
lmi_value lmi_attribute(lmi_render *r, lmi_value object, lmi_str name);
lmi_value lmi_attribute_alone(lmi_render *r, lmi_value object, lmi_str name); /* and no key */
lmi_value lmi_item(lmi_render *r, lmi_value object, lmi_value index);
/* Whether `object` has slices, and these are bounds of one. */
bool lmi_can_slice(lmi_value object, lmi_value start, lmi_value stop, lmi_value step);
lmi_value lmi_slice(lmi_render *r, lmi_value object, lmi_value start, lmi_value stop,
                    lmi_value step);

/* Operators (operate.c). */
lmi_value lmi_operate(lmi_render *r, lmi_str op, lmi_value a, lmi_value b);
lmi_value lmi_negate(lmi_render *r, lmi_value value, bool is_minus);
bool lmi_relate(lmi_render *r, lmi_str op, lmi_value a, lmi_value b);

#endif
