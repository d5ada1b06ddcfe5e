/*
 * latex.c - one pass over the text for each question, and no tree.
 *
 * A box is found from the right: a brace that opens is balanced when a closing one to its right
 * still waits for a partner, so a counter is enough, and the last box comes first.
 */
#include "grade/exact/latex.h"

#include <string.h>

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* ---- Boxes ---- */

/* Whether the character at `i` is taken literally: an odd number of backslashes before it. */
static bool is_escaped(lmi_span in, size_t i)
{
    size_t n = 0;

    while (n < i && in.text[i - n - 1] == '\\')
        n++;
    return n % 2 == 1;
}

/* Whether the text before the brace at `i` ends in \boxed or \fbox. */
static bool is_box(lmi_span in, size_t i)
{
    while (i > 0 && in.text[i - 1] == ' ')
        i--;
    return (i >= 6 && memcmp(in.text + i - 6, "\\boxed", 6) == 0) ||
           (i >= 5 && memcmp(in.text + i - 5, "\\fbox", 5) == 0);
}

/* Bytes from `start` to the brace that closes what opened before it. It is known to be there. */
static size_t measure(lmi_span in, size_t start)
{
    size_t depth = 1;
    size_t i;

    for (i = start; i < in.len; i++) {
        if (in.text[i] == '\\')
            i++;
        else if (in.text[i] == '{')
            depth++;
        else if (in.text[i] == '}' && --depth == 0)
            return i - start;
    }
    return in.len - start;
}

bool lmi_latex_box(lmi_span *out, lmi_span text)
{
    size_t n_waiting = 0;
    size_t i;

    for (i = text.len; i > 0; i--) {
        const char c = text.text[i - 1];

        if ((c != '{' && c != '}') || is_escaped(text, i - 1))
            continue;
        if (c == '}') {
            n_waiting++;
        } else if (n_waiting > 0) {
            n_waiting--;
            if (is_box(text, i - 1)) {
                const lmi_span box = {text.text + i, measure(text, i)};

                if (lmi_py_strip(box).len > 0) {
                    *out = box;
                    return true;
                }
            }
        }
    }
    return false;
}

/* ---- Plain text ---- */

/* Characters that stand for others. */
static const struct {
    const char *from, *to;
} symbols[] = {
    {"\\,", ""},           {"\\!", ""},   {"\\;", ""},  {"\\:", ""},  {"\\ ", " "},
    {"\\$", "$"},          {"\\%", "%"},  {"\\&", "&"}, {"\\#", "#"}, {"\\_", "_"},
    {"\\{", "{"},          {"\\}", "}"},  {"\\(", " "}, {"\\)", " "}, {"\\[", " "},
    {"\\]", " "},          {"\\\\", " "}, {"{", ""},    {"}", ""},    {"~", " "},
    {"\xe2\x88\x92", "-"}, /* minus sign */
    {"\xe2\x80\x93", "-"}, /* en dash */
    {"\xc2\xa0", " "},     /* no-break space */
    {"\xe2\x80\x89", ""},  /* thin space, between thousands */
    {"\xe2\x80\xaf", ""},  /* narrow no-break space, the same */
};

/* Commands that only dress their argument, and commands for a character. */
static const struct {
    const char *name, *to;
} commands[] = {
    {"text", ""},
    {"textbf", ""},
    {"textit", ""},
    {"textrm", ""},
    {"textsf", ""},
    {"texttt", ""},
    {"textnormal", ""},
    {"mathrm", ""},
    {"mathbf", ""},
    {"mathit", ""},
    {"mathsf", ""},
    {"mathtt", ""},
    {"mathnormal", ""},
    {"mbox", ""},
    {"hbox", ""},
    {"emph", ""},
    {"underline", ""},
    {"bm", ""},
    {"boldsymbol", ""},
    {"operatorname", ""},
    {"boxed", ""},
    {"fbox", ""},
    {"left", ""},
    {"right", ""},
    {"displaystyle", ""},
    {"textstyle", ""},
    {"quad", " "},
    {"qquad", " "},
    {"times", "\xc3\x97"},
    {"cdot", "\xc2\xb7"},
    {"approx", "\xe2\x89\x88"},
    {"pi", "\xcf\x80"},
    {"sqrt", "\xe2\x88\x9a"},
    {"degree", "\xc2\xb0"},
    {"circ", "\xc2\xb0"},
    {"textdollar", "$"},
    {"euro", "\xe2\x82\xac"},
    {"pounds", "\xc2\xa3"},
    {"ldots", "..."},
    {"dots", "..."},
};

/* Characters that are fractions. */
static const struct {
    const char *from, *to;
} fractions[] = {
    {"\xc2\xbd", "1/2"},     {"\xc2\xbc", "1/4"},     {"\xc2\xbe", "3/4"},
    {"\xe2\x85\x93", "1/3"}, {"\xe2\x85\x94", "2/3"},
};

static bool starts_with(lmi_span in, const char *prefix)
{
    const size_t len = strlen(prefix);

    return in.len >= len && memcmp(in.text, prefix, len) == 0;
}

/* Bytes of a numeric argument, `{12}` or a single digit; 0 for any other. */
static size_t take_argument(lmi_span *out, lmi_span in)
{
    size_t i = 0;
    size_t start;

    while (i < in.len && in.text[i] == ' ')
        i++;
    if (i < in.len && is_digit(in.text[i])) {
        *out = (lmi_span){in.text + i, 1};
        return i + 1;
    }
    if (i == in.len || in.text[i] != '{')
        return 0;
    start = ++i;
    while (i < in.len && (is_digit(in.text[i]) || strchr("+-., ", in.text[i])))
        i++;
    if (i == in.len || in.text[i] != '}')
        return 0;
    *out = lmi_py_strip((lmi_span){in.text + start, i - start});
    return out->len ? i + 1 : 0;
}

/* Behind a whole number a fraction makes a mixed one. */
static void separate(lmi_buf *out)
{
    if (out->len > 0 && is_digit(out->data[out->len - 1]))
        lmi_buf_putc(out, ' ');
}

/* The arguments of a \frac of two numbers become "a/b"; 0 when it is another. */
static size_t take_fraction(lmi_buf *out, lmi_span in)
{
    lmi_span above, below;
    const size_t first = take_argument(&above, in);
    size_t second;

    if (!first)
        return 0;
    second = take_argument(&below, (lmi_span){in.text + first, in.len - first});
    if (!second)
        return 0;
    separate(out);
    lmi_buf_append(out, above.text, above.len);
    lmi_buf_putc(out, '/');
    lmi_buf_append(out, below.text, below.len);
    return first + second;
}

/* Longest command that is known, in letters. */
enum { COMMAND_MAX = 16 };

static const char *find_command(const char *name, size_t len)
{
    size_t k;

    for (k = 0; k < sizeof(commands) / sizeof(commands[0]); k++)
        if (strlen(commands[k].name) == len && memcmp(commands[k].name, name, len) == 0)
            return commands[k].to;
    return NULL;
}

/* A backslash and letters; how many bytes were read. */
static size_t take_command(lmi_buf *out, lmi_span in)
{
    const char *to;
    size_t i = 1;

    while (i < in.len && i <= COMMAND_MAX && is_letter(in.text[i]))
        i++;
    if (i >= 5 && memcmp(in.text + i - 4, "frac", 4) == 0) {
        const size_t n = take_fraction(out, (lmi_span){in.text + i, in.len - i});

        if (!n)
            lmi_buf_puts(out, "\\frac");
        return i + n;
    }
    to = find_command(in.text + 1, i - 1);
    if (!to) {
        lmi_buf_append(out, in.text, i);
        return i;
    }
    /* 90^\circ is a unit, not a power. */
    if (strcmp(to, "\xc2\xb0") == 0 && out->len > 0 && out->data[out->len - 1] == '^')
        out->data[--out->len] = '\0';
    lmi_buf_puts(out, to);
    if (!*to)
        while (i < in.len && in.text[i] == ' ')
            i++;
    return i;
}

/* A symbol or a fraction character; 0 when the text does not start with one. */
static size_t take_symbol(lmi_buf *out, lmi_span in)
{
    size_t k;

    for (k = 0; k < sizeof(symbols) / sizeof(symbols[0]); k++)
        if (starts_with(in, symbols[k].from)) {
            lmi_buf_puts(out, symbols[k].to);
            return strlen(symbols[k].from);
        }
    for (k = 0; k < sizeof(fractions) / sizeof(fractions[0]); k++)
        if (starts_with(in, fractions[k].from)) {
            separate(out);
            lmi_buf_puts(out, fractions[k].to);
            return strlen(fractions[k].from);
        }
    return 0;
}

void lmi_latex_plain(lmi_buf *out, lmi_span text)
{
    size_t i = 0;

    while (i < text.len) {
        const lmi_span rest = {text.text + i, text.len - i};
        const unsigned char c = (unsigned char)text.text[i];
        size_t n = 0;

        if (c == '\\' && rest.len > 1 && is_letter(rest.text[1]))
            n = take_command(out, rest);
        else if (c == '\\' || c == '{' || c == '}' || c == '~' || c >= 0x80)
            n = take_symbol(out, rest);
        if (n == 0) {
            lmi_buf_putc(out, text.text[i]);
            n = 1;
        }
        i += n;
    }
}
