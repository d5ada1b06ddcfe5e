/*
 * parse.c - statements: text, output, and the blocks of templates.
 *
 * A statement's parser stands at its first name and leaves the parser behind the block's end.
 * What no statement is, is refused here.
 */
#include "jinja/parse/parser.h"

#include <stdio.h>

void lmi_parser_advance(lmi_parser *p)
{
    p->now = p->next;
    if (p->now.kind != LMI_T_END)
        p->next = lmi_lexer_next(&p->lexer);
}

/* How a message names what was found. */
static const char *describe(const lmi_token *token, size_t *len)
{
    static const char *const names[] = {[LMI_T_END] = "the end of the template",
                                        [LMI_T_DATA] = "text",
                                        [LMI_T_BLOCK_BEGIN] = "\"{%\"",
                                        [LMI_T_BLOCK_END] = "the end of the block",
                                        [LMI_T_VARIABLE_BEGIN] = "\"{{\"",
                                        [LMI_T_VARIABLE_END] = "\"}}\"",
                                        [LMI_T_STRING] = "a string",
                                        [LMI_T_NUMBER] = "a number"};

    if (token->kind == LMI_T_NAME || token->kind == LMI_T_OPERATOR) {
        *len = token->text.len < 60 ? token->text.len : 60;
        return token->text.text;
    }
    *len = strlen(names[token->kind]);
    return names[token->kind];
}

void lmi_parser_refuse(lmi_parser *p, const char *expected)
{
    size_t len;
    const char *found = describe(&p->now, &len);

    p->r->line = p->now.line;
    p->r->column = p->now.column;
    lmi_raise(p->r, "expected %s, found %.*s", expected, (int)len, found);
}

bool lmi_parser_is_operator(const lmi_parser *p, const char *op)
{
    return p->now.kind == LMI_T_OPERATOR && lmi_str_is(p->now.text, op);
}

bool lmi_parser_is_name(const lmi_parser *p, const char *name)
{
    return p->now.kind == LMI_T_NAME && lmi_str_is(p->now.text, name);
}

bool lmi_parser_skip_operator(lmi_parser *p, const char *op)
{
    const bool is_there = lmi_parser_is_operator(p, op);

    if (is_there)
        lmi_parser_advance(p);
    return is_there;
}

bool lmi_parser_skip_name(lmi_parser *p, const char *name)
{
    const bool is_there = lmi_parser_is_name(p, name);

    if (is_there)
        lmi_parser_advance(p);
    return is_there;
}

void lmi_parser_expect_operator(lmi_parser *p, const char *op)
{
    char expected[16];

    snprintf(expected, sizeof(expected), "\"%s\"", op);
    if (!lmi_parser_skip_operator(p, op))
        lmi_parser_refuse(p, expected);
}

lmi_str lmi_parser_expect_name(lmi_parser *p)
{
    const lmi_str name = p->now.text;

    if (p->now.kind != LMI_T_NAME)
        lmi_parser_refuse(p, "a name");
    lmi_parser_advance(p);
    return name;
}

lmi_node *lmi_parser_node(lmi_parser *p, lmi_node_kind kind)
{
    lmi_node *node = lmi_make(p->r, 1, sizeof(*node));

    node->kind = kind;
    node->line = (uint32_t)p->now.line;
    node->column = (uint32_t)p->now.column;
    return node;
}

void lmi_nodes_add(lmi_parser *p, lmi_nodes *nodes, lmi_node *node)
{
    lmi_make_room(p->r, (void **)&nodes->items, &nodes->capacity, nodes->n, sizeof(*nodes->items));
    nodes->items[nodes->n++] = node;
}

static void expect_block_end(lmi_parser *p)
{
    if (p->now.kind != LMI_T_BLOCK_END)
        lmi_parser_refuse(p, "the end of the block");
    lmi_parser_advance(p);
}

static lmi_node *parse_until(lmi_parser *p, const char *const *ends);

/* The body of a block, up to one of `ends`, at whose name the parser stands then. */
static lmi_node *parse_body(lmi_parser *p, const char *const *ends)
{
    lmi_parser_skip_operator(p, ":");
    expect_block_end(p);
    return parse_until(p, ends);
}

/* A body with one possible end, which is skipped. */
static lmi_node *parse_whole_body(lmi_parser *p, const char *end)
{
    const char *const ends[] = {end, NULL};
    lmi_node *body = parse_body(p, ends);

    lmi_parser_advance(p);
    return body;
}

static lmi_node *parse_if(lmi_parser *p)
{
    static const char *const ends[] = {"elif", "else", "endif", NULL};
    lmi_node *node = lmi_parser_node(p, LMI_N_IF);

    lmi_parser_advance(p); /* "if" or "elif" */
    node->a = lmi_parse_tuple(p, false);
    node->body = parse_body(p, ends);
    if (lmi_parser_is_name(p, "elif"))
        node->more = parse_if(p);
    else if (lmi_parser_skip_name(p, "else"))
        node->more = parse_whole_body(p, "endif");
    else
        lmi_parser_advance(p);
    return node;
}

static lmi_node *parse_for(lmi_parser *p)
{
    static const char *const ends[] = {"endfor", "else", NULL};
    lmi_node *node = lmi_parser_node(p, LMI_N_FOR);

    lmi_parser_advance(p);
    node->a = lmi_parse_target(p, false);
    if (!lmi_parser_skip_name(p, "in"))
        lmi_parser_refuse(p, "\"in\"");
    node->b = lmi_parse_tuple(p, false);
    if (lmi_parser_skip_name(p, "if"))
        node->c = lmi_parse_expression(p);
    node->flag = lmi_parser_skip_name(p, "recursive");
    node->body = parse_body(p, ends);
    if (lmi_parser_skip_name(p, "else"))
        node->more = parse_whole_body(p, "endfor");
    else
        lmi_parser_advance(p);
    return node;
}

static lmi_node *parse_set(lmi_parser *p)
{
    lmi_node *node = lmi_parser_node(p, LMI_N_SET);

    lmi_parser_advance(p);
    node->a = lmi_parse_target(p, true);
    if (lmi_parser_skip_operator(p, "=")) {
        node->b = lmi_parse_tuple(p, true);
        return node;
    }
    node->kind = LMI_N_SET_BLOCK;
    node->b = lmi_parse_filters(p, NULL, false);
    node->body = parse_whole_body(p, "endset");
    return node;
}

static lmi_node *parse_with(lmi_parser *p)
{
    lmi_node *node = lmi_parser_node(p, LMI_N_WITH);

    lmi_parser_advance(p);
    while (p->now.kind != LMI_T_BLOCK_END) {
        if (node->items.n)
            lmi_parser_expect_operator(p, ",");
        lmi_nodes_add(p, &node->items, lmi_parse_target(p, false));
        lmi_parser_expect_operator(p, "=");
        lmi_nodes_add(p, &node->items, lmi_parse_expression(p));
    }
    node->body = parse_whole_body(p, "endwith");
    return node;
}

static lmi_node *parse_name_target(lmi_parser *p)
{
    lmi_node *node = lmi_parser_node(p, LMI_N_NAME);

    node->name = lmi_parser_expect_name(p);
    return node;
}

/* "(a, b=1)": parameters and defaults; the one that has none holds NULL. */
static void parse_signature(lmi_parser *p, lmi_node *macro)
{
    size_t capacity = 0;

    lmi_parser_expect_operator(p, "(");
    while (!lmi_parser_is_operator(p, ")")) {
        const size_t n = macro->items.n;
        lmi_node *otherwise = NULL;

        if (n)
            lmi_parser_expect_operator(p, ",");
        lmi_nodes_add(p, &macro->items, parse_name_target(p));
        if (lmi_parser_skip_operator(p, "="))
            otherwise = lmi_parse_expression(p);
        else if (n && macro->defaults[n - 1])
            lmi_parser_refuse(p, "a default, as the parameter before has one");
        lmi_make_room(p->r, (void **)&macro->defaults, &capacity, n, sizeof(lmi_node *));
        macro->defaults[n] = otherwise;
    }
    lmi_parser_advance(p);
}

/* A macro's body decides which of `varargs`, `kwargs`, `caller` the macro takes. */
static void parse_macro_body(lmi_parser *p, lmi_node *macro, const char *end)
{
    lmi_node *outer = p->macro;

    p->macro = macro;
    macro->body = parse_whole_body(p, end);
    p->macro = outer;
    if (outer) {
        outer->uses_varargs |= macro->uses_varargs;
        outer->uses_kwargs |= macro->uses_kwargs;
        outer->uses_caller |= macro->uses_caller;
    }
}

static lmi_node *parse_macro(lmi_parser *p)
{
    lmi_node *node = lmi_parser_node(p, LMI_N_MACRO);

    lmi_parser_advance(p);
    node->name = lmi_parser_expect_name(p);
    parse_signature(p, node);
    parse_macro_body(p, node, "endmacro");
    return node;
}

static lmi_node *parse_call_block(lmi_parser *p)
{
    lmi_node *node = lmi_parser_node(p, LMI_N_CALL_BLOCK);

    lmi_parser_advance(p);
    node->name = LMI_STR("caller");
    if (lmi_parser_is_operator(p, "("))
        parse_signature(p, node);
    node->a = lmi_parse_expression(p);
    if (node->a->kind != LMI_N_CALL)
        lmi_parser_refuse(p, "a call of a macro");
    parse_macro_body(p, node, "endcall");
    return node;
}

static lmi_node *parse_filter_block(lmi_parser *p)
{
    lmi_node *node = lmi_parser_node(p, LMI_N_FILTER_BLOCK);

    lmi_parser_advance(p);
    node->b = lmi_parse_filters(p, NULL, true);
    node->body = parse_whole_body(p, "endfilter");
    return node;
}

/* What the assistant says, marked for training: rendered as it stands, its names its own. */
static lmi_node *parse_generation(lmi_parser *p)
{
    lmi_node *node = lmi_parser_node(p, LMI_N_WITH);

    lmi_parser_advance(p);
    node->flag = true;
    node->body = parse_whole_body(p, "endgeneration");
    return node;
}

static lmi_node *parse_print(lmi_parser *p)
{
    lmi_node *node = lmi_parser_node(p, LMI_N_OUTPUT);

    lmi_parser_advance(p);
    while (p->now.kind != LMI_T_BLOCK_END) {
        if (node->items.n)
            lmi_parser_expect_operator(p, ",");
        lmi_nodes_add(p, &node->items, lmi_parse_expression(p));
    }
    return node;
}

static lmi_node *parse_break(lmi_parser *p)
{
    lmi_node *node = lmi_parser_node(p, LMI_N_BREAK);

    lmi_parser_advance(p);
    return node;
}

static lmi_node *parse_continue(lmi_parser *p)
{
    lmi_node *node = lmi_parser_node(p, LMI_N_CONTINUE);

    lmi_parser_advance(p);
    return node;
}

static const struct {
    const char *name;
    lmi_node *(*parse)(lmi_parser *p);
} statements[] = {
    {"if", parse_if},
    {"for", parse_for},
    {"set", parse_set},
    {"with", parse_with},
    {"macro", parse_macro},
    {"call", parse_call_block},
    {"filter", parse_filter_block},
    {"generation", parse_generation},
    {"print", parse_print},
    {"break", parse_break},
    {"continue", parse_continue},
};

/* Statements of jinja2 that need other templates, or escape what is written. */
static const char *const lacking[] = {"block", "extends",    "include", "import",
                                      "from",  "autoescape", NULL};

static lmi_node *parse_statement(lmi_parser *p)
{
    size_t i;

    for (i = 0; i < sizeof(statements) / sizeof(statements[0]); i++)
        if (lmi_parser_is_name(p, statements[i].name))
            return statements[i].parse(p);
    p->r->line = p->now.line;
    p->r->column = p->now.column;
    for (i = 0; lacking[i]; i++)
        if (lmi_parser_is_name(p, lacking[i]))
            lmi_raise(p->r, "the statement '%s' is not supported", lacking[i]);
    lmi_parser_refuse(p, "a statement (if, for, set, with, macro, call, filter, ...)");
}

static lmi_node *parse_output(lmi_parser *p)
{
    lmi_node *node = lmi_parser_node(p, LMI_N_OUTPUT);

    lmi_parser_advance(p);
    lmi_nodes_add(p, &node->items, lmi_parse_tuple(p, true));
    if (p->now.kind != LMI_T_VARIABLE_END)
        lmi_parser_refuse(p, "\"}}\"");
    lmi_parser_advance(p);
    return node;
}

static lmi_node *parse_text(lmi_parser *p)
{
    lmi_node *node = lmi_parser_node(p, LMI_N_TEXT);

    node->name = p->now.text;
    lmi_parser_advance(p);
    return node;
}

static bool stands_at(const lmi_parser *p, const char *const *ends)
{
    for (; ends && *ends; ends++)
        if (lmi_parser_is_name(p, *ends))
            return true;
    return false;
}

/* Statements until a block named by one of `ends`; until the template's end when that is NULL. */
static lmi_node *parse_until(lmi_parser *p, const char *const *ends)
{
    lmi_node *body = lmi_parser_node(p, LMI_N_BODY);

    if (++p->depth > LMI_NESTING_MAX)
        lmi_raise(p->r, "more than %d blocks inside each other", LMI_NESTING_MAX);
    while (p->now.kind != LMI_T_END) {
        if (p->now.kind == LMI_T_DATA) {
            lmi_nodes_add(p, &body->items, parse_text(p));
        } else if (p->now.kind == LMI_T_VARIABLE_BEGIN) {
            lmi_nodes_add(p, &body->items, parse_output(p));
        } else {
            lmi_parser_advance(p); /* "{%" */
            if (stands_at(p, ends))
                break;
            lmi_nodes_add(p, &body->items, parse_statement(p));
            expect_block_end(p);
        }
    }
    if (ends && p->now.kind == LMI_T_END) {
        char expected[64];

        while (strncmp(*ends, "end", 3) != 0)
            ends++;
        snprintf(expected, sizeof(expected), "{%% %s %%}", *ends);
        lmi_parser_refuse(p, expected);
    }
    p->depth--;
    return body;
}

lmi_node *lmi_parse(lmi_render *r, char *text, size_t len)
{
    lmi_parser p = {.r = r};
    lmi_node *body;

    lmi_lexer_init(&p.lexer, r, text, len);
    p.next = lmi_lexer_next(&p.lexer);
    lmi_parser_advance(&p);
    body = parse_until(&p, NULL);
    lmi_check(r, body);
    lmi_find_hidden(r, body);
    return body;
}
