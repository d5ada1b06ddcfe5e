/* parser.h - what the two halves of the parser share: statements (parse.c), expressions. */
#ifndef LMI_JINJA_PARSER_H
#define LMI_JINJA_PARSER_H

#include "jinja/parse/ast.h"
#include "jinja/parse/lexer.h"

typedef struct lmi_parser {
    lmi_render *r;
    lmi_lexer lexer;
    lmi_token now, next; /* two tokens are all the grammar looks at */
    size_t depth;        /* of expressions and blocks, up to LMI_NESTING_MAX */
    lmi_node *macro;     /* the one whose body is being read */
} lmi_parser;

void lmi_parser_advance(lmi_parser *p);
_Noreturn void lmi_parser_refuse(lmi_parser *p, const char *expected);

bool lmi_parser_is_operator(const lmi_parser *p, const char *op);
bool lmi_parser_is_name(const lmi_parser *p, const char *name);
bool lmi_parser_skip_operator(lmi_parser *p, const char *op); /* whether it was there */
bool lmi_parser_skip_name(lmi_parser *p, const char *name);
void lmi_parser_expect_operator(lmi_parser *p, const char *op);
lmi_str lmi_parser_expect_name(lmi_parser *p);

lmi_node *lmi_parser_node(lmi_parser *p, lmi_node_kind kind);
void lmi_nodes_add(lmi_parser *p, lmi_nodes *nodes, lmi_node *node);

/* Expressions (parse_expression.c). A tuple needs no brackets. */
lmi_node *lmi_parse_expression(lmi_parser *p);
lmi_node *lmi_parse_tuple(lmi_parser *p, bool has_choice);
lmi_node *lmi_parse_filters(lmi_parser *p, lmi_node *node, bool is_inline);
lmi_node *lmi_parse_target(lmi_parser *p, bool has_fields);

/* Refuse what jinja2 refuses when it compiles (check.c). */
void lmi_check(lmi_render *r, const lmi_node *node);

/* Mark the slices of an expression that jinja2 works out when it compiles (fold.c). */
void lmi_mark_constant(lmi_node *expression);

/* Fill in the hidden names of every body that is a frame (symbols.c). */
void lmi_find_hidden(lmi_render *r, lmi_node *template);

#endif
