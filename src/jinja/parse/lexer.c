/*
 * lexer.c - text and tags; what stands inside a tag is read in token.c.
 *
 * The rules of white space, in the order they apply to the text before a tag: "-" strips all of
 * it; "+" leaves it; else, before a block or comment, what stands between the line's start and the
 * tag goes if it is all blank. Behind a tag "-" strips, "+" leaves, else a block's or comment's
 * one newline goes.
 */
#include "jinja/parse/lexer.h"

#include "jinja/parse/token.h"
#include "jinja/text/strings.h"

/* Make every newline "\n", and drop a last one. */
static size_t normalize_newlines(char *text, size_t len)
{
    size_t from, to = 0;

    for (from = 0; from < len; from++) {
        const bool is_cr = text[from] == '\r';

        if (is_cr && from + 1 < len && text[from + 1] == '\n')
            from++;
        text[to] = text[from];
        if (is_cr)
            text[to] = '\n';
        to++;
    }
    return to && text[to - 1] == '\n' ? to - 1 : to;
}

void lmi_lexer_init(lmi_lexer *lexer, lmi_render *r, char *text, size_t len)
{
    *lexer = (lmi_lexer){.r = r,
                         .text = text,
                         .len = normalize_newlines(text, len),
                         .line = 1,
                         .is_line_start = true};
}

char lmi_lexer_byte(const lmi_lexer *lexer, size_t at)
{
    if (at >= lexer->len)
        return '\0';
    return lexer->text[at];
}

void lmi_lexer_locate(lmi_lexer *lexer, size_t at)
{
    lmi_render *r = lexer->r;

    for (; lexer->counted < at; lexer->counted++)
        if (lexer->text[lexer->counted] == '\n') {
            lexer->line++;
            lexer->line_start = lexer->counted + 1;
        }
    r->line = lexer->line;
    r->column =
        lmi_str_length((lmi_str){lexer->text + lexer->line_start, at - lexer->line_start}) + 1;
}

size_t lmi_lexer_skip_space(const lmi_lexer *lexer, size_t at)
{
    while (at < lexer->len) {
        size_t len;

        if (!lmi_is_space(lmi_char_at(&len, lexer->text + at)))
            break;
        at += len;
    }
    return at;
}

static bool starts(const lmi_lexer *lexer, size_t at, const char *what)
{
    const size_t n = strlen(what);

    return n <= lexer->len - at && memcmp(lexer->text + at, what, n) == 0;
}

bool lmi_lexer_ends_tag(const lmi_lexer *lexer, size_t at, const char *end, bool is_trimmed,
                        size_t *behind)
{
    const char sign = lmi_lexer_byte(lexer, at);
    const bool is_block = end[0] != '}';

    if (sign == '-' && starts(lexer, at + 1, end)) {
        *behind = lmi_lexer_skip_space(lexer, at + 3);
        return true;
    }
    if (sign == '+' && is_block && starts(lexer, at + 1, end)) {
        *behind = at + 3;
        return true;
    }
    if (at > lexer->len || !starts(lexer, at, end))
        return false;
    *behind = at + 2;
    if (is_trimmed && is_block && *behind < lexer->len && lexer->text[*behind] == '\n')
        ++*behind;
    return true;
}

/* Where the next tag begins, at the text's end if nowhere. */
static size_t find_tag(const lmi_lexer *lexer, size_t at)
{
    for (; at + 1 < lexer->len; at++) {
        const char next = lexer->text[at + 1];

        if (lexer->text[at] == '{' && (next == '{' || next == '%' || next == '#'))
            return at;
    }
    return lexer->len;
}

/* Behind the name of a block that begins at `at` ("raw"); 0 when it has another. */
static size_t match_block_name(const lmi_lexer *lexer, size_t at, const char *name)
{
    at += 2;
    if (at < lexer->len && (lexer->text[at] == '-' || lexer->text[at] == '+'))
        at++;
    at = lmi_lexer_skip_space(lexer, at);
    if (!starts(lexer, at, name))
        return 0;
    return lmi_lexer_skip_space(lexer, at + strlen(name));
}

/* The text [from, tag) as the tag leaves it. */
static lmi_str strip_before(const lmi_lexer *lexer, size_t from, size_t tag)
{
    lmi_str text = {lexer->text + from, tag - from};
    const char sign = lmi_lexer_byte(lexer, tag + 2);
    size_t start = text.len;

    if (sign == '-')
        return lmi_str_strip(text, NULL, 1);
    if (sign == '+' || lexer->text[tag + 1] == '{')
        return text;
    while (start && text.text[start - 1] != '\n')
        start--;
    if ((start || lexer->is_line_start) &&
        lmi_str_strip((lmi_str){text.text + start, text.len - start}, NULL, 0).len == 0)
        text.len = start;
    return text;
}

/* Go to `at`, the end of what was read. */
static void advance(lmi_lexer *lexer, size_t at)
{
    lexer->is_line_start = at ? lexer->text[at - 1] == '\n' : true;
    lexer->at = at;
}

/* (What ends with "{#" or "{% raw %}" is whole to jinja2.) */
static size_t skip_comment(lmi_lexer *lexer, size_t tag)
{
    size_t at = tag + 2, behind;

    at += at < lexer->len && (lexer->text[at] == '-' || lexer->text[at] == '+');
    if (at == lexer->len)
        return at;
    for (; at < lexer->len; at++)
        if (lmi_lexer_ends_tag(lexer, at, "#}", true, &behind))
            return behind;
    lmi_lexer_locate(lexer, tag);
    lmi_raise(lexer->r, "expected \"#}\" to end this comment, found the end of the template");
}

/* Behind `{% raw %}` when one begins at `tag`; 0 otherwise. */
static size_t match_raw(const lmi_lexer *lexer, size_t tag)
{
    const size_t end = match_block_name(lexer, tag, "raw");
    size_t behind;

    if (!end || (end < lexer->len && lexer->text[end] == '+'))
        return 0;
    return lmi_lexer_ends_tag(lexer, end, "%}", false, &behind) ? behind : 0;
}

/* All up to `{% endraw %}` is text. */
static lmi_str take_raw(lmi_lexer *lexer, size_t tag, size_t from)
{
    size_t at, behind;

    advance(lexer, from);
    if (from == lexer->len)
        return LMI_STR("");
    for (at = from; at + 1 < lexer->len; at++) {
        size_t end;

        if (lexer->text[at] != '{' || lexer->text[at + 1] != '%')
            continue;
        end = match_block_name(lexer, at, "endraw");
        if (end && lmi_lexer_ends_tag(lexer, end, "%}", true, &behind)) {
            const lmi_str text = strip_before(lexer, from, at);

            advance(lexer, behind);
            return text;
        }
    }
    lmi_lexer_locate(lexer, tag);
    lmi_raise(lexer->r,
              "expected {%% endraw %%} for this raw block, found the end of the template");
}

static lmi_token_kind kind_of_tag(char second)
{
    return second == '{'   ? LMI_T_VARIABLE_BEGIN
           : second == '%' ? LMI_T_BLOCK_BEGIN
                           : LMI_T_DATA; /* a comment leaves only the text before it */
}

/* Step over the tag's beginning (or all of a comment, or the beginning of raw text). */
static lmi_token begin_tag(lmi_lexer *lexer)
{
    const size_t tag = lexer->begin_at;
    const lmi_token_kind kind = kind_of_tag(lexer->text[tag + 1]);
    const size_t raw = kind == LMI_T_BLOCK_BEGIN ? match_raw(lexer, tag) : 0;
    lmi_token token = {.kind = raw ? LMI_T_DATA : kind};
    size_t at = tag + 2;

    lexer->begins = LMI_T_END;
    lmi_lexer_locate(lexer, tag);
    token.line = lexer->r->line;
    token.column = lexer->r->column;
    if (raw) {
        token.text = take_raw(lexer, tag, raw);
    } else if (kind == LMI_T_DATA) {
        advance(lexer, skip_comment(lexer, tag));
    } else {
        at += at < lexer->len && (lexer->text[at] == '-' || lexer->text[at] == '+');
        advance(lexer, at);
        lexer->is_in_block = kind == LMI_T_BLOCK_BEGIN;
        lexer->is_in_variable = !lexer->is_in_block;
    }
    return token;
}

/* Text up to the next tag; the tag itself comes with the next call. */
static lmi_token take_text(lmi_lexer *lexer)
{
    const size_t tag = find_tag(lexer, lexer->at);
    lmi_token token = {.kind = LMI_T_DATA};

    lmi_lexer_locate(lexer, lexer->at);
    token.line = lexer->r->line;
    token.column = lexer->r->column;
    if (tag == lexer->len) {
        token.text = (lmi_str){lexer->text + lexer->at, tag - lexer->at};
    } else {
        token.text = strip_before(lexer, lexer->at, tag);
        lexer->begins = kind_of_tag(lexer->text[tag + 1]);
        lexer->begin_at = tag;
    }
    lexer->at = tag;
    return token;
}

lmi_token lmi_lexer_next(lmi_lexer *lexer)
{
    lmi_token token;

    lmi_work(lexer->r, 1);
    if (lexer->is_in_block || lexer->is_in_variable)
        return lmi_token_read(lexer);
    do {
        if (lexer->begins != LMI_T_END)
            token = begin_tag(lexer);
        else if (lexer->at < lexer->len)
            token = take_text(lexer);
        else
            break;
        if (token.kind != LMI_T_DATA || token.text.len)
            return token;
    } while (true);
    lmi_lexer_locate(lexer, lexer->len);
    return (lmi_token){.kind = LMI_T_END, .line = lexer->r->line, .column = lexer->r->column};
}
