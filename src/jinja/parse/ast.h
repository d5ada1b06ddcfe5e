/*
 * ast.h - a parsed template: one kind of node for everything, its fields used as the list says.
 *
 *   expressions                                 statements
 *   CONST     value                             TEXT          name: what is written
 *   NAME      name                              OUTPUT        items: expressions
 *   LIST, TUPLE  items                          IF            a test, body, more: else
 *   DICT      items: key, value, key, ...       FOR           a target, b iterable, c test,
 *   ATTRIBUTE a object, name                                  body, more: else, flag: recursive
 *   ITEM      a object, b index                 SET           a target, b value
 *   SLICE     a, b, c (each may be NULL)        SET_BLOCK     a target, b filters on NULL, body
 *   CALL      a function, call                  MACRO         name, items: parameters (NAME),
 *   FILTER    a value (NULL: the body), name,                 defaults: as many as items or NULL,
 *             call                                            body
 *   TEST      a value, name, call               CALL_BLOCK    a: the CALL, and as MACRO
 *   NOT, NEGATIVE, POSITIVE  a                  FILTER_BLOCK  b filters on NULL, body
 *   AND, OR   a, b                              WITH          items: target, value, ...; body
 *   COMPARE   a, items: operands, each          BREAK, CONTINUE
 *             with its operator in `name`       BODY          items
 *   OPERAND   name, a
 *   BINARY    name: + - * / // % **, a, b
 *   CONCAT    items
 *   CHOICE    a then, b test, c else (or NULL)
 *   TARGET_FIELD  name "ns", b: CONST field (an attribute of a namespace)
 */
#ifndef LMI_JINJA_AST_H
#define LMI_JINJA_AST_H

#include "jinja/value/value.h"

typedef enum lmi_node_kind {
    LMI_N_CONST,
    LMI_N_NAME,
    LMI_N_LIST,
    LMI_N_TUPLE,
    LMI_N_DICT,
    LMI_N_ATTRIBUTE,
    LMI_N_ITEM,
    LMI_N_SLICE,
    LMI_N_CALL,
    LMI_N_FILTER,
    LMI_N_TEST,
    LMI_N_NOT,
    LMI_N_NEGATIVE,
    LMI_N_POSITIVE,
    LMI_N_AND,
    LMI_N_OR,
    LMI_N_COMPARE,
    LMI_N_OPERAND,
    LMI_N_BINARY,
    LMI_N_CONCAT,
    LMI_N_CHOICE,
    LMI_N_TARGET_FIELD,
    LMI_N_TEXT,
    LMI_N_OUTPUT,
    LMI_N_IF,
    LMI_N_FOR,
    LMI_N_SET,
    LMI_N_SET_BLOCK,
    LMI_N_MACRO,
    LMI_N_CALL_BLOCK,
    LMI_N_FILTER_BLOCK,
    LMI_N_WITH,
    LMI_N_BREAK,
    LMI_N_CONTINUE,
    LMI_N_BODY
} lmi_node_kind;

typedef struct lmi_nodes {
    struct lmi_node **items;
    size_t n, capacity;
} lmi_nodes;

typedef struct lmi_names {
    lmi_str *items;
    size_t n, capacity;
} lmi_names;

/* The arguments of a call as they are written. */
typedef struct lmi_call_node {
    lmi_nodes positional, named;
    lmi_str *names; /* of `named` */
    size_t names_capacity;
    struct lmi_node *star, *star_star; /* *list, **dict, or NULL */
} lmi_call_node;

typedef struct lmi_node {
    lmi_node_kind kind;
    bool flag;
    bool uses_varargs, uses_kwargs, uses_caller; /* of a macro: its body names them */
    uint32_t line, column;
    lmi_str name;
    lmi_value value;
    struct lmi_node *a, *b, *c, *body, *more;
    lmi_nodes items;
    struct lmi_node **defaults;
    lmi_call_node *call;
    lmi_names hidden; /* of a body that is a frame: names undefined until it sets them */
} lmi_node;

/* Parse all of `text` (changed in place; it outlives the nodes) into memory of `r`. */
lmi_node *lmi_parse(lmi_render *r, char *text, size_t len);

#endif
