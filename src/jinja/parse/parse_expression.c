/*
 * parse_expression.c - expressions, loosest first, as the grammar of jinja2 has them:
 *
 *   a if b else c  <  or  <  and  <  not  <  == < in ...  <  + -  <  ~  <  * / // %  <  **
 *   <  unary - +  <  a.b a[b] a(b)  <  |filter, is test
 */
#include "jinja/parse/parser.h"
#include "jinja/text/strings.h"

static lmi_node *parse_unary(lmi_parser *p, bool has_filters);

static lmi_node *two(lmi_parser *p, lmi_node_kind kind, lmi_node *a, lmi_node *b)
{
    lmi_node *node = lmi_parser_node(p, kind);

    node->line = a->line;
    node->column = a->column;
    node->a = a;
    node->b = b;
    return node;
}

static bool is_any_operator(const lmi_parser *p, const char *const *ops)
{
    for (; *ops; ops++)
        if (lmi_parser_is_operator(p, *ops))
            return true;
    return false;
}

/* left OP right OP right ..., grouped from the left. */
static lmi_node *parse_binary(lmi_parser *p, const char *const *ops,
                              lmi_node *(*parse_operand)(lmi_parser *))
{
    lmi_node *left = parse_operand(p);

    while (is_any_operator(p, ops)) {
        const lmi_str op = p->now.text;

        lmi_parser_advance(p);
        left = two(p, LMI_N_BINARY, left, parse_operand(p));
        left->name = op;
    }
    return left;
}

static lmi_node *parse_whole_unary(lmi_parser *p)
{
    return parse_unary(p, true);
}

static lmi_node *parse_power(lmi_parser *p)
{
    static const char *const ops[] = {"**", NULL};

    return parse_binary(p, ops, parse_whole_unary);
}

static lmi_node *parse_product(lmi_parser *p)
{
    static const char *const ops[] = {"*", "/", "//", "%", NULL};

    return parse_binary(p, ops, parse_power);
}

static lmi_node *parse_concat(lmi_parser *p)
{
    lmi_node *first = parse_product(p);
    lmi_node *node;

    if (!lmi_parser_is_operator(p, "~"))
        return first;
    node = lmi_parser_node(p, LMI_N_CONCAT);
    lmi_nodes_add(p, &node->items, first);
    while (lmi_parser_skip_operator(p, "~"))
        lmi_nodes_add(p, &node->items, parse_product(p));
    return node;
}

static lmi_node *parse_sum(lmi_parser *p)
{
    static const char *const ops[] = {"+", "-", NULL};

    return parse_binary(p, ops, parse_concat);
}

/* The comparison that stands here, skipped; false when none does. */
static bool take_comparison(lmi_parser *p, lmi_str *op)
{
    static const char *const ops[] = {"==", "!=", "<", "<=", ">", ">=", NULL};

    *op = p->now.text;
    if (is_any_operator(p, ops)) {
        lmi_parser_advance(p);
        return true;
    }
    if (lmi_parser_skip_name(p, "in"))
        return true;
    if (!lmi_parser_is_name(p, "not") || p->next.kind != LMI_T_NAME ||
        !lmi_str_is(p->next.text, "in"))
        return false;
    lmi_parser_advance(p);
    lmi_parser_advance(p);
    *op = LMI_STR("not in");
    return true;
}

static lmi_node *parse_comparison(lmi_parser *p)
{
    lmi_node *first = parse_sum(p);
    lmi_node *node = NULL;
    lmi_str op;

    while (take_comparison(p, &op)) {
        lmi_node *operand = lmi_parser_node(p, LMI_N_OPERAND);

        operand->name = op;
        operand->a = parse_sum(p);
        if (!node)
            node = two(p, LMI_N_COMPARE, first, NULL);
        lmi_nodes_add(p, &node->items, operand);
    }
    return node ? node : first;
}

static lmi_node *parse_not(lmi_parser *p)
{
    lmi_node *node;

    if (!lmi_parser_is_name(p, "not"))
        return parse_comparison(p);
    node = lmi_parser_node(p, LMI_N_NOT);
    if (++p->depth > LMI_NESTING_MAX)
        lmi_raise(p->r, "more than %d expressions inside each other", LMI_NESTING_MAX);
    lmi_parser_advance(p);
    node->a = parse_not(p);
    p->depth--;
    return node;
}

static lmi_node *parse_and(lmi_parser *p)
{
    lmi_node *left = parse_not(p);

    while (lmi_parser_skip_name(p, "and"))
        left = two(p, LMI_N_AND, left, parse_not(p));
    return left;
}

static lmi_node *parse_or(lmi_parser *p)
{
    lmi_node *left = parse_and(p);

    while (lmi_parser_skip_name(p, "or"))
        left = two(p, LMI_N_OR, left, parse_and(p));
    return left;
}

static lmi_node *parse_choice(lmi_parser *p)
{
    lmi_node *node = parse_or(p);

    while (lmi_parser_skip_name(p, "if")) {
        node = two(p, LMI_N_CHOICE, node, NULL);
        node->b = parse_or(p);
        if (lmi_parser_skip_name(p, "else"))
            node->c = parse_choice(p);
    }
    return node;
}

lmi_node *lmi_parse_expression(lmi_parser *p)
{
    lmi_node *node;

    if (++p->depth > LMI_NESTING_MAX)
        lmi_raise(p->r, "more than %d expressions inside each other", LMI_NESTING_MAX);
    node = parse_choice(p);
    p->depth--;
    return node;
}

/* ---- Primaries ------------------------------------------------------------------- */

static lmi_node *constant(lmi_parser *p, lmi_value value)
{
    lmi_node *node = lmi_parser_node(p, LMI_N_CONST);

    node->value = value;
    return node;
}

/* A macro takes what its body names beyond its parameters. */
static void note_special_name(lmi_parser *p, lmi_str name)
{
    if (!p->macro)
        return;
    p->macro->uses_varargs |= lmi_str_is(name, "varargs");
    p->macro->uses_kwargs |= lmi_str_is(name, "kwargs");
    p->macro->uses_caller |= lmi_str_is(name, "caller");
}

static bool is_word_constant(lmi_str name, lmi_value *out)
{
    if (lmi_str_is(name, "true") || lmi_str_is(name, "True"))
        *out = lmi_bool(true);
    else if (lmi_str_is(name, "false") || lmi_str_is(name, "False"))
        *out = lmi_bool(false);
    else if (lmi_str_is(name, "none") || lmi_str_is(name, "None"))
        *out = lmi_none();
    else
        return false;
    return true;
}

static lmi_node *parse_name(lmi_parser *p)
{
    lmi_node *node = lmi_parser_node(p, LMI_N_NAME);

    node->name = p->now.text;
    if (is_word_constant(node->name, &node->value))
        node->kind = LMI_N_CONST;
    else
        note_special_name(p, node->name);
    lmi_parser_advance(p);
    return node;
}

/* Strings that stand beside each other are one. */
static lmi_node *parse_string(lmi_parser *p)
{
    lmi_node *node = constant(p, lmi_text(p->now.text));

    lmi_parser_advance(p);
    while (p->now.kind == LMI_T_STRING) {
        lmi_writer w = lmi_writer_new(p->r);

        lmi_write_str(&w, node->value.as.str);
        lmi_write_str(&w, p->now.text);
        node->value.as.str = lmi_written(&w);
        lmi_parser_advance(p);
    }
    return node;
}

static lmi_node *parse_list(lmi_parser *p)
{
    lmi_node *node = lmi_parser_node(p, LMI_N_LIST);

    lmi_parser_advance(p);
    while (!lmi_parser_is_operator(p, "]")) {
        if (node->items.n)
            lmi_parser_expect_operator(p, ",");
        if (lmi_parser_is_operator(p, "]"))
            break;
        lmi_nodes_add(p, &node->items, lmi_parse_expression(p));
    }
    lmi_parser_advance(p);
    return node;
}

static lmi_node *parse_dict(lmi_parser *p)
{
    lmi_node *node = lmi_parser_node(p, LMI_N_DICT);

    lmi_parser_advance(p);
    while (!lmi_parser_is_operator(p, "}")) {
        if (node->items.n)
            lmi_parser_expect_operator(p, ",");
        if (lmi_parser_is_operator(p, "}"))
            break;
        lmi_nodes_add(p, &node->items, lmi_parse_expression(p));
        lmi_parser_expect_operator(p, ":");
        lmi_nodes_add(p, &node->items, lmi_parse_expression(p));
    }
    lmi_parser_advance(p);
    return node;
}

static bool ends_tuple(const lmi_parser *p)
{
    return p->now.kind == LMI_T_VARIABLE_END || p->now.kind == LMI_T_BLOCK_END ||
           lmi_parser_is_operator(p, ")");
}

/* One item, or several with commas between as a tuple; `parse` reads an item. */
static lmi_node *parse_items(lmi_parser *p, lmi_node *(*parse)(lmi_parser *), bool may_be_empty)
{
    lmi_node *tuple = lmi_parser_node(p, LMI_N_TUPLE);
    bool is_tuple = false;

    while (true) {
        if (tuple->items.n)
            lmi_parser_expect_operator(p, ",");
        if (ends_tuple(p))
            break;
        lmi_nodes_add(p, &tuple->items, parse(p));
        if (!lmi_parser_is_operator(p, ","))
            break;
        is_tuple = true;
    }
    if (!is_tuple && tuple->items.n)
        return tuple->items.items[0];
    if (!tuple->items.n && !may_be_empty)
        lmi_parser_refuse(p, "an expression");
    return tuple;
}

static lmi_node *parse_bracketed(lmi_parser *p)
{
    lmi_node *node;

    lmi_parser_advance(p);
    node = parse_items(p, lmi_parse_expression, true);
    lmi_parser_expect_operator(p, ")");
    return node;
}

static lmi_node *parse_primary(lmi_parser *p)
{
    lmi_node *node;

    switch (p->now.kind) {
    case LMI_T_NAME:
        return parse_name(p);
    case LMI_T_STRING:
        return parse_string(p);
    case LMI_T_NUMBER:
        node = constant(p, p->now.value);
        lmi_parser_advance(p);
        return node;
    default:
        if (lmi_parser_is_operator(p, "("))
            return parse_bracketed(p);
        if (lmi_parser_is_operator(p, "["))
            return parse_list(p);
        if (lmi_parser_is_operator(p, "{"))
            return parse_dict(p);
        lmi_parser_refuse(p, "an expression");
    }
}

lmi_node *lmi_parse_tuple(lmi_parser *p, bool has_choice)
{
    return parse_items(p, has_choice ? lmi_parse_expression : parse_or, false);
}

/* ---- Targets of assignments --------------------------------------------------------- */

/* "ns.field" */
static lmi_node *parse_field_target(lmi_parser *p)
{
    lmi_node *node;

    if (p->now.kind != LMI_T_NAME || p->next.kind != LMI_T_OPERATOR ||
        !lmi_str_is(p->next.text, "."))
        return parse_primary(p);
    node = lmi_parser_node(p, LMI_N_TARGET_FIELD);
    node->name = p->now.text;
    lmi_parser_advance(p);
    lmi_parser_advance(p);
    node->b = constant(p, lmi_text(p->now.text));
    lmi_parser_expect_name(p);
    return node;
}

static void check_target(lmi_parser *p, const lmi_node *node)
{
    size_t i;

    if (node->kind != LMI_N_NAME && node->kind != LMI_N_TUPLE && node->kind != LMI_N_TARGET_FIELD) {
        p->r->line = node->line;
        p->r->column = node->column;
        lmi_raise(p->r, "expected a name to assign to, found another expression");
    }
    for (i = 0; node->kind == LMI_N_TUPLE && i < node->items.n; i++)
        check_target(p, node->items.items[i]);
}

lmi_node *lmi_parse_target(lmi_parser *p, bool has_fields)
{
    lmi_node *node = parse_items(p, has_fields ? parse_field_target : parse_primary, false);

    check_target(p, node);
    return node;
}

/* ---- Behind a primary: attributes, items, calls, filters, tests ------------------------ */

static lmi_node *parse_attribute(lmi_parser *p, lmi_node *object)
{
    lmi_node *node;

    lmi_parser_advance(p); /* "." */
    if (p->now.kind == LMI_T_NUMBER && p->now.value.kind == LMI_INT) {
        node = two(p, LMI_N_ITEM, object, constant(p, p->now.value));
        lmi_parser_advance(p);
        return node;
    }
    if (p->now.kind != LMI_T_NAME)
        lmi_parser_refuse(p, "a name or a number");
    node = two(p, LMI_N_ATTRIBUTE, object, NULL);
    node->name = lmi_parser_expect_name(p);
    return node;
}

/* A part of a slice, NULL where nothing stands. */
static lmi_node *parse_slice_part(lmi_parser *p)
{
    if (lmi_parser_is_operator(p, ":") || lmi_parser_is_operator(p, "]") ||
        lmi_parser_is_operator(p, ","))
        return NULL;
    return lmi_parse_expression(p);
}

static lmi_node *parse_index(lmi_parser *p)
{
    lmi_node *first = parse_slice_part(p);
    lmi_node *slice;

    if (!lmi_parser_is_operator(p, ":")) {
        if (!first)
            lmi_parser_refuse(p, "an index");
        return first;
    }
    slice = lmi_parser_node(p, LMI_N_SLICE);
    slice->a = first;
    lmi_parser_advance(p);
    slice->b = parse_slice_part(p);
    if (lmi_parser_skip_operator(p, ":"))
        slice->c = parse_slice_part(p);
    return slice;
}

static lmi_node *parse_item(lmi_parser *p, lmi_node *object)
{
    lmi_node *tuple = lmi_parser_node(p, LMI_N_TUPLE);

    lmi_parser_advance(p); /* "[" */
    while (!lmi_parser_is_operator(p, "]")) {
        if (tuple->items.n)
            lmi_parser_expect_operator(p, ",");
        lmi_nodes_add(p, &tuple->items, parse_index(p));
    }
    lmi_parser_advance(p);
    return two(p, LMI_N_ITEM, object, tuple->items.n == 1 ? tuple->items.items[0] : tuple);
}

static bool is_named_argument(const lmi_parser *p)
{
    return p->now.kind == LMI_T_NAME && p->next.kind == LMI_T_OPERATOR &&
           lmi_str_is(p->next.text, "=");
}

static void add_named(lmi_parser *p, lmi_call_node *call, lmi_str name, lmi_node *value)
{
    size_t i;

    for (i = 0; i < call->named.n; i++)
        if (lmi_str_equals(call->names[i], name))
            lmi_raise(p->r, "argument '%.*s' is given twice", (int)name.len, name.text);
    lmi_make_room(p->r, (void **)&call->names, &call->names_capacity, call->named.n,
                  sizeof(*call->names));
    call->names[call->named.n] = name;
    lmi_nodes_add(p, &call->named, value);
}

static void parse_argument(lmi_parser *p, lmi_call_node *call)
{
    if (lmi_parser_is_operator(p, "*") && !call->star && !call->star_star) {
        lmi_parser_advance(p);
        call->star = lmi_parse_expression(p);
    } else if (lmi_parser_is_operator(p, "**") && !call->star_star) {
        lmi_parser_advance(p);
        call->star_star = lmi_parse_expression(p);
    } else if (is_named_argument(p) && !call->star_star) {
        const lmi_str name = lmi_parser_expect_name(p);

        lmi_parser_advance(p); /* "=" */
        add_named(p, call, name, lmi_parse_expression(p));
    } else if (!call->named.n && !call->star && !call->star_star) {
        lmi_nodes_add(p, &call->positional, lmi_parse_expression(p));
    } else {
        lmi_parser_refuse(p, "arguments by position before the others");
    }
}

/* "(a, b=c, *d, **e)"; an empty one where no bracket stands. */
static lmi_call_node *parse_arguments(lmi_parser *p)
{
    lmi_call_node *call = lmi_make(p->r, 1, sizeof(*call));
    bool is_first = true;

    if (!lmi_parser_skip_operator(p, "("))
        return call;
    while (!lmi_parser_is_operator(p, ")")) {
        if (!is_first)
            lmi_parser_expect_operator(p, ",");
        if (lmi_parser_is_operator(p, ")"))
            break;
        parse_argument(p, call);
        is_first = false;
    }
    lmi_parser_advance(p);
    return call;
}

static lmi_node *parse_call(lmi_parser *p, lmi_node *function)
{
    lmi_node *node = two(p, LMI_N_CALL, function, NULL);

    node->call = parse_arguments(p);
    return node;
}

static lmi_node *parse_postfix(lmi_parser *p, lmi_node *node)
{
    while (true) {
        if (lmi_parser_is_operator(p, "."))
            node = parse_attribute(p, node);
        else if (lmi_parser_is_operator(p, "["))
            node = parse_item(p, node);
        else if (lmi_parser_is_operator(p, "("))
            node = parse_call(p, node);
        else
            return node;
    }
}

/* "name", or "a.b", which names no filter or test of ours. */
static lmi_str parse_dotted_name(lmi_parser *p)
{
    lmi_str name = lmi_parser_expect_name(p);

    while (lmi_parser_skip_operator(p, ".")) {
        lmi_writer w = lmi_writer_new(p->r);

        lmi_write_str(&w, name);
        lmi_write_text(&w, ".");
        lmi_write_str(&w, lmi_parser_expect_name(p));
        name = lmi_written(&w);
    }
    return name;
}

lmi_node *lmi_parse_filters(lmi_parser *p, lmi_node *node, bool is_inline)
{
    while (is_inline || lmi_parser_is_operator(p, "|")) {
        lmi_node *filter = lmi_parser_node(p, LMI_N_FILTER);

        if (!is_inline)
            lmi_parser_advance(p);
        filter->a = node;
        filter->name = parse_dotted_name(p);
        filter->call = parse_arguments(p);
        node = filter;
        is_inline = false;
    }
    return node;
}

/* Whether an argument without brackets follows: "is divisibleby 3". */
static bool has_bare_argument(const lmi_parser *p)
{
    if (p->now.kind == LMI_T_STRING || p->now.kind == LMI_T_NUMBER)
        return true;
    if (p->now.kind == LMI_T_OPERATOR)
        return lmi_parser_is_operator(p, "[") || lmi_parser_is_operator(p, "{");
    return p->now.kind == LMI_T_NAME && !lmi_parser_is_name(p, "else") &&
           !lmi_parser_is_name(p, "or") && !lmi_parser_is_name(p, "and");
}

static lmi_node *parse_test(lmi_parser *p, lmi_node *value)
{
    lmi_node *test = two(p, LMI_N_TEST, value, NULL);
    lmi_node *negation = NULL;

    lmi_parser_advance(p); /* "is" */
    if (lmi_parser_skip_name(p, "not"))
        negation = two(p, LMI_N_NOT, test, NULL);
    test->name = parse_dotted_name(p);
    if (!lmi_parser_is_operator(p, "(") && has_bare_argument(p)) {
        if (lmi_parser_is_name(p, "is"))
            lmi_parser_refuse(p, "one test, as tests cannot be chained with \"is\"");
        test->call = lmi_make(p->r, 1, sizeof(*test->call));
        lmi_nodes_add(p, &test->call->positional, parse_postfix(p, parse_primary(p)));
    } else {
        test->call = parse_arguments(p);
    }
    return negation ? negation : test;
}

static lmi_node *parse_filters_and_tests(lmi_parser *p, lmi_node *node)
{
    while (true) {
        if (lmi_parser_is_operator(p, "|"))
            node = lmi_parse_filters(p, node, false);
        else if (lmi_parser_is_name(p, "is"))
            node = parse_test(p, node);
        else if (lmi_parser_is_operator(p, "("))
            node = parse_call(p, node);
        else
            return node;
    }
}

static lmi_node *parse_unary(lmi_parser *p, bool has_filters)
{
    const bool is_minus = lmi_parser_is_operator(p, "-");
    lmi_node *node;

    if (++p->depth > LMI_NESTING_MAX)
        lmi_raise(p->r, "more than %d expressions inside each other", LMI_NESTING_MAX);
    if (is_minus || lmi_parser_is_operator(p, "+")) {
        node = lmi_parser_node(p, is_minus ? LMI_N_NEGATIVE : LMI_N_POSITIVE);
        lmi_parser_advance(p);
        node->a = parse_unary(p, false);
    } else {
        node = parse_primary(p);
    }
    node = parse_postfix(p, node);
    p->depth--;
    return has_filters ? parse_filters_and_tests(p, node) : node;
}
