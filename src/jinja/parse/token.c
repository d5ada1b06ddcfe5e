/* token.c - the inside of a tag, one token a call; see token.h. */
#include "jinja/parse/token.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>

#include "jinja/text/strings.h"

/* The longer spelling first. */
static const char *const operators[] = {"//", "**", "==", "!=", ">=", "<=", "+", "-", "/",
                                        "*",  "%",  "~",  "[",  "]",  "(",  ")", "{", "}",
                                        ">",  "<",  "=",  ".",  ":",  "|",  ",", ";", NULL};

static bool is_word(unsigned char c)
{
    return isalnum(c) || c == '_' || c >= 0x80;
}

static char closing_of(char opening)
{
    if (opening == '(')
        return ')';
    if (opening == '[')
        return ']';
    return '}';
}

/* Inside brackets nothing ends a tag, so `{{ {'a': {}} }}` is what it looks like. */
static void balance(lmi_lexer *lexer, char c)
{
    if (c == '(' || c == '[' || c == '{') {
        if (lexer->n_brackets == sizeof(lexer->brackets))
            lmi_raise(lexer->r, "more than %zu brackets inside each other",
                      sizeof(lexer->brackets));
        lexer->brackets[lexer->n_brackets++] = closing_of(c);
    } else if (c == ')' || c == ']' || c == '}') {
        if (!lexer->n_brackets)
            lmi_raise(lexer->r, "unexpected '%c'", c);
        if (lexer->brackets[--lexer->n_brackets] != c)
            lmi_raise(lexer->r, "expected '%c', found '%c'", lexer->brackets[lexer->n_brackets], c);
    }
}

static void read_operator(lmi_lexer *lexer, lmi_token *token)
{
    const char *const *op;

    for (op = operators; *op; op++)
        if (strncmp(lexer->text + lexer->at, *op,
                    strlen(*op) < lexer->len - lexer->at ? strlen(*op) : lexer->len - lexer->at) ==
                0 &&
            strlen(*op) <= lexer->len - lexer->at)
            break;
    if (!*op)
        lmi_raise(lexer->r, "unexpected character '%c'", lmi_lexer_byte(lexer, lexer->at));
    token->kind = LMI_T_OPERATOR;
    token->text = (lmi_str){*op, strlen(*op)};
    if (!(*op)[1])
        balance(lexer, (*op)[0]);
    lexer->at += strlen(*op);
}

/* Digits of `base` with single underscores between; the place behind them. */
static size_t skip_digits(const lmi_lexer *lexer, size_t at, int base)
{
    for (;; at++) {
        const unsigned char c = (unsigned char)lmi_lexer_byte(lexer, at);
        const unsigned char next = (unsigned char)lmi_lexer_byte(lexer, at + 1);
        const bool is_joined = c == '_' && (base == 16 ? isxdigit(next) : isdigit(next));

        if (is_joined)
            continue;
        if (base == 16 ? !isxdigit(c) : !(c >= '0' && c < '0' + base))
            return at;
    }
}

static int base_of(char letter)
{
    switch (tolower((unsigned char)letter)) {
    case 'b':
        return 2;
    case 'o':
        return 8;
    case 'x':
        return 16;
    default:
        return 10;
    }
}

/* Behind the fraction and the exponent of a float that begins at `at`; `at` when it is an int. */
static size_t skip_float(const lmi_lexer *lexer, size_t start, size_t whole)
{
    size_t at = whole, exponent;

    if (start && lexer->text[start - 1] == '.')
        return start;
    if (lmi_lexer_byte(lexer, at) == '.' && isdigit((unsigned char)lmi_lexer_byte(lexer, at + 1)))
        at = skip_digits(lexer, at + 1, 10);
    exponent = at + 1;
    if (tolower((unsigned char)lmi_lexer_byte(lexer, at)) == 'e') {
        exponent +=
            lmi_lexer_byte(lexer, exponent) == '+' || lmi_lexer_byte(lexer, exponent) == '-';
        if (isdigit((unsigned char)lmi_lexer_byte(lexer, exponent)))
            at = skip_digits(lexer, exponent, 10);
    }
    return at > whole ? at : start;
}

/* The digits in [from, to) without underscores, for strtod and strtoll. */
static const char *plain_digits(lmi_lexer *lexer, size_t from, size_t to)
{
    lmi_writer w = lmi_writer_new(lexer->r);

    for (; from < to; from++)
        if (lexer->text[from] != '_')
            lmi_write(&w, lexer->text + from, 1);
    lmi_write(&w, "", 1);
    return lmi_written(&w).text;
}

static void read_int(lmi_lexer *lexer, lmi_token *token, int base, size_t start)
{
    size_t end = skip_digits(lexer, start, base);

    if (base == 10 && lexer->text[start] == '0') /* "012" is 0, and then 12 */
        for (end = start;
             lmi_lexer_byte(lexer, end) == '0' ||
             (lmi_lexer_byte(lexer, end) == '_' && lmi_lexer_byte(lexer, end + 1) == '0');)
            end++;
    errno = 0;
    token->value = lmi_int(strtoll(plain_digits(lexer, start, end), NULL, base));
    if (errno)
        lmi_raise(lexer->r, "integer beyond 64 bits is not supported");
    lexer->at = end;
}

static void read_number(lmi_lexer *lexer, lmi_token *token)
{
    const size_t start = lexer->at;
    const int base = lexer->text[start] == '0' ? base_of(lmi_lexer_byte(lexer, start + 1)) : 10;
    const size_t end = skip_float(lexer, start, skip_digits(lexer, start, 10));

    token->kind = LMI_T_NUMBER;
    if (end > start) {
        token->value = lmi_float(strtod(plain_digits(lexer, start, end), NULL));
        lexer->at = end;
    } else if (base != 10 && skip_digits(lexer, start + 2, base) > start + 2) {
        read_int(lexer, token, base, start + 2);
    } else {
        read_int(lexer, token, 10, start);
    }
}

/* `n` hexadecimal digits at `*at`, moved behind them. */
static uint32_t read_hex(lmi_lexer *lexer, size_t *at, int n)
{
    uint32_t c = 0;
    int i;

    for (i = 0; i < n; i++, ++*at) {
        const char digit[] = {lmi_lexer_byte(lexer, *at), '\0'};

        if (!isxdigit((unsigned char)digit[0]))
            lmi_raise(lexer->r, "expected %d hexadecimal digits in an escape", n);
        c = c * 16 + (uint32_t)strtoul(digit, NULL, 16);
    }
    if (c > 0x10ffff || (c >= 0xd800 && c <= 0xdfff))
        lmi_raise(lexer->r, "escape of a character that is none: %x", (unsigned)c);
    return c;
}

static uint32_t read_octal(const lmi_lexer *lexer, size_t *at)
{
    uint32_t c = 0;
    int i;

    for (i = 0; i < 3 && lmi_lexer_byte(lexer, *at) >= '0' && lmi_lexer_byte(lexer, *at) <= '7';
         i++, ++*at)
        c = c * 8 + (uint32_t)(lmi_lexer_byte(lexer, *at) - '0');
    return c;
}

/* Python turns what is not ASCII into \xe9 before it reads escapes, so a backslash in front of
 * such a character leaves a backslash and "xe9". */
static void write_escaped_char(lmi_lexer *lexer, lmi_writer *w, size_t *at)
{
    size_t len;
    const uint32_t c = lmi_char_at(&len, lexer->text + *at);

    lmi_write_format(w, c < 0x100 ? "\\x%02x" : c < 0x10000 ? "\\u%04x" : "\\U%08x", (unsigned)c);
    *at += len;
}

/* One escape of Python's; `*at` is behind the backslash. */
static void write_escape(lmi_lexer *lexer, lmi_writer *w, size_t *at)
{
    static const char letters[] = "abfnrtv\\'\"";
    static const char meanings[] = "\a\b\f\n\r\t\v\\'\"";
    const char c = lmi_lexer_byte(lexer, *at);
    const char *letter = c ? strchr(letters, c) : NULL;

    if ((unsigned char)c >= 0x80) {
        write_escaped_char(lexer, w, at);
        return;
    }
    if (c >= '0' && c <= '7') {
        lmi_write_char(w, read_octal(lexer, at));
        return;
    }
    ++*at;
    if (letter)
        lmi_write(w, meanings + (letter - letters), 1);
    else if (c == 'x' || c == 'u' || c == 'U')
        lmi_write_char(w, read_hex(lexer, at, c == 'x' ? 2 : c == 'u' ? 4 : 8));
    else if (c == 'N')
        lmi_raise(lexer->r, "escapes by a character's name (\\N) are not supported");
    else if (c != '\n')
        lmi_write_format(w, "\\%c", c);
}

static void read_string(lmi_lexer *lexer, lmi_token *token)
{
    const char quote = lexer->text[lexer->at];
    size_t at = lexer->at + 1, end;
    lmi_writer w = lmi_writer_new(lexer->r);

    for (end = at; end < lexer->len && lexer->text[end] != quote; end++)
        end += lexer->text[end] == '\\';
    if (end >= lexer->len)
        lmi_raise(lexer->r, "expected %c to end this text, found the end of the template", quote);
    while (at < end) {
        const char *backslash = memchr(lexer->text + at, '\\', end - at);
        const size_t plain = backslash ? (size_t)(backslash - lexer->text) : end;

        lmi_write(&w, lexer->text + at, plain - at);
        at = plain + 1;
        if (backslash)
            write_escape(lexer, &w, &at);
    }
    token->kind = LMI_T_STRING;
    token->text = lmi_written(&w);
    lexer->at = end + 1;
}

static void read_name(lmi_lexer *lexer, lmi_token *token)
{
    const size_t start = lexer->at;

    while (lexer->at < lexer->len && is_word((unsigned char)lexer->text[lexer->at]))
        lexer->at++;
    token->kind = LMI_T_NAME;
    token->text = (lmi_str){lexer->text + start, lexer->at - start};
}

/* The end of the tag, unless brackets are open. */
static bool read_end(lmi_lexer *lexer, lmi_token *token)
{
    const char *end = lexer->is_in_block ? "%}" : "}}";
    size_t behind;

    if (lexer->n_brackets || !lmi_lexer_ends_tag(lexer, lexer->at, end, true, &behind))
        return false;
    token->kind = lexer->is_in_block ? LMI_T_BLOCK_END : LMI_T_VARIABLE_END;
    lexer->is_in_block = lexer->is_in_variable = false;
    lexer->at = behind;
    lexer->is_line_start = lexer->text[behind - 1] == '\n';
    return true;
}

lmi_token lmi_token_read(lmi_lexer *lexer)
{
    lmi_token token = {0};
    char c;

    lexer->at = lmi_lexer_skip_space(lexer, lexer->at);
    lmi_lexer_locate(lexer, lexer->at);
    token.line = lexer->r->line;
    token.column = lexer->r->column;
    if (lexer->at >= lexer->len)
        lmi_raise(lexer->r, "expected \"%s\", found the end of the template",
                  lexer->is_in_block ? "%}" : "}}");
    if (read_end(lexer, &token))
        return token;
    c = lexer->text[lexer->at];
    if (isdigit((unsigned char)c))
        read_number(lexer, &token);
    else if (c == '\'' || c == '"')
        read_string(lexer, &token);
    else if (is_word((unsigned char)c))
        read_name(lexer, &token);
    else
        read_operator(lexer, &token);
    return token;
}
