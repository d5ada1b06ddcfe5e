/*
 * signs.c - characters beyond ASCII, and what is written for them: see lmi_latex_sign().
 *
 * Full-width forms, dashes, the digits of other scripts and fractions in one character mean what
 * ASCII spells out, so all that reads an answer knows ASCII alone.
 */
#include "grade/exact/latex.h"

#include <string.h>

/* Characters that stand for others. */
static const struct {
    uint32_t from;
    const char *to;
} signs[] = {
    {0x2212, "-"},                    /* minus sign */
    {0x2010, "-"},                    /* hyphen */
    {0x2011, "-"},                    /* hyphen that does not break */
    {0x2012, "-"},                    /* figure dash */
    {0x2013, "-"},                    /* en dash */
    {0xfe63, "-"},                    /* small minus */
    {0x00a0, " "},                    /* no-break space */
    {0x3000, " "},                    /* ideographic space */
    {0xff5e, " "},                    /* full-width tilde: about, or a range */
    {0x2009, ""},                     /* thin space, between thousands */
    {0x202f, ""},                     /* narrow no-break space, the same */
    {0x200b, ""},                     /* no space at all */
    {0x2060, ""},                     /* nor this */
    {0xfeff, ""},                     /* nor this */
    {0x2044, "/"},                    /* the line of a fraction */
    {0x3010, "["},                    /* lenticular brackets */
    {0x3011, "]"},    {0x3014, "["},  /* tortoise shell brackets */
    {0x3015, "]"},    {0x3002, ". "}, /* ideographic full stop */
    {0x00bd, "1/2"},  {0x00bc, "1/4"}, {0x00be, "3/4"}, {0x2150, "1/7"}, {0x2151, "1/9"},
    {0x2152, "1/10"}, {0x2153, "1/3"}, {0x2154, "2/3"}, {0x2155, "1/5"}, {0x2156, "2/5"},
    {0x2157, "3/5"},  {0x2158, "4/5"}, {0x2159, "1/6"}, {0x215a, "5/6"}, {0x215b, "1/8"},
    {0x215c, "3/8"},  {0x215d, "5/8"}, {0x215e, "7/8"}, {0x215f, "1/"},  {0x2189, "0/3"},
};

/* Full-width forms of all that ASCII shows, in its order. */
enum { WIDE_FIRST = 0xff01, WIDE_LAST = 0xff5e, WIDE_SHIFT = 0xff01 - '!' };

/* Arabic digits stay what they are: texts of two scripts are read as the table of cases has it. */
enum { ARABIC_ZERO = 0x660 };

static const char *find_sign(uint32_t c)
{
    size_t k;

    for (k = 0; k < sizeof(signs) / sizeof(signs[0]); k++)
        if (signs[k].from == c)
            return signs[k].to;
    return NULL;
}

size_t lmi_latex_sign(lmi_buf *out, lmi_span in)
{
    size_t n;
    const uint32_t c = lmi_py_char(&n, in.text);
    const int digit = c >= ARABIC_ZERO && c < ARABIC_ZERO + 10 ? -1 : lmi_py_digit(c);
    const char *to = find_sign(c);

    if (to) {
        if (to[0] && to[1] == '/')
            lmi_latex_separate(out);
        lmi_buf_puts(out, to);
    } else if (c >= WIDE_FIRST && c <= WIDE_LAST) {
        lmi_buf_putc(out, (char)(c - WIDE_SHIFT));
    } else if (digit >= 0) {
        lmi_buf_putc(out, (char)('0' + digit));
    } else {
        lmi_buf_append(out, in.text, n);
    }
    return n;
}
