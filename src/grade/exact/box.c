/*
 * box.c - the number that a box is.
 *
 * A box must be one number with its unit, an equation that ends in one, a product or root of
 * whole numbers, or a number in words: "3 or 4" and "2x" are no numbers. A box that holds only a
 * word or a formula answers nothing, so the answer may stand elsewhere.
 */
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "grade/exact/exact.h"

/* Signs of mathematics beyond ASCII: root, pi, times, dot, at most, at least, about, congruent,
 * leads to. */
#define OPERATOR                                                                                   \
    "(?:\xe2\x88\x9a|\xcf\x80|\xc3\x97|\xc2\xb7|\xe2\x89\xa4|\xe2\x89\xa5|"                        \
    "\xe2\x88\xbc|\xe2\x89\xa1|\xe2\x86\x92)"

/* Words that make another number of the one behind them. */
#define NOT_IT "\\b(?i:minus|not|half|twice|double|triple|(?:more|less) than)\\b"

/* Units that a dot may join: N·m. */
#define UNIT                                                                                       \
    "[kMGmcnd]?(?:N|m|s|g|J|W|V|A|K|C|h|L|Pa|Hz|mol|min|rad)(?:\\^?-?[0-9])?+(?![A-Za-z0-9])"

/* The smaller of two units, of which there are none: 18 hours and 0 minutes. */
#define NONE_LEFT                                                                                  \
    "(?<=[ ,])(?<![0-9] )0++(?:\\.0++)?+ "                                                         \
    "*+(?=(?i:hours?|hrs?|minutes?|mins?|min|m|seconds?|secs?|s|"                                  \
    "cents?|pence|inch(?:es)?|in|ounces?|oz|days?|months?|weeks?|centimeters?|cm|millimeters?|"    \
    "mm|meters?|grams?|g)\\b)"

/* A box that is a number. Before it: words and signs of money, no operator. After it: a unit
 * (m/s^2), words, a remark in brackets; no other number, no operator and no unknown command; and
 * the modulus of a remainder is no part of it. */
#define BOX_NUMBER                                                                                 \
    "(?s)^(?!.*\\b(?i:or)\\b)(?:(?!" OPERATOR "|[A-Za-z]\\(|" NOT_IT                               \
    ")[^0-9\\\\^/+*<>-])*?" LMI_NUMBER "(?! ++- ++[A-Za-z](?![A-Za-z]))"                           \
    "(?: ++\\([^()]*+\\)|\\([^()0-9]*+\\)|[A-Za-z]\\^?-?[0-9](?![0-9])|"                           \
    "(?<=[A-Za-z0-9])(?<![0-9][0-9]|[ .,][0-9]) ?\xc2\xb7 ?" UNIT "|" NONE_LEFT "|"                \
    "(?!" OPERATOR "|\\bmod\\b)[^0-9\\\\^+*!(<>])*+"                                               \
    "(?:(?:\\\\[pb]?|\\b)mod(?![A-Za-z]).*+)?+$"

/* A whole number and what follows it in a product. Groups: 1 root, 2 number. */
#define FACTOR "\\G *+(\xe2\x88\x9a *+)?+([0-9]{1,18}+)(?![0-9.,/^]) *+"

/* What may stand behind a product: a unit. */
#define PRODUCT_END                                                                                \
    "(?s)^(?!.*\\b(?i:or|and|to|of|dozen|half|" LMI_SCALE "s?)\\b)(?:(?!" OPERATOR                 \
    ")[^0-9\\\\^+*!()<>=-]|[A-Za-z]\\^?-?[0-9](?![0-9]))*+$"

/* A box of nothing but words and letters that say no number, not even that there is none. */
#define SILENT                                                                                     \
    "(?is)^(?!.*(?:\\b(?:no|not|none|never|nothing|cannot|impossible|undefined|unknown|dne|"       \
    "infinite|infinity|infinitely|insufficient|incorrect|wrong|false|error|zero|half|dozen|pair|"  \
    "two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|hundred|thousand|million|"         \
    "[a-z]+teen|(?:twen|thir|for|fif|six|seven|eigh|nine)ty)\\b|n't|\\\\infty|\\\\emptyset|"       \
    "\\\\varnothing|\xe2\x88\x9e|\xe2\x88\x85|\xcf\x80|\xe2\x88\x9a))[^0-9]*+$"

/* Longest box that is taken for a word or a formula, and longest product, in bytes. */
enum { SILENT_MAX = 200, PRODUCT_MAX = 200 };

/* ---- A number and its unit ---- */

/* Whether more than one equation stands before `rest`, the end of `in`: x = 5, y = 6. */
static lmas_status has_list(bool *out, lmi_span in, lmi_span rest)
{
    lmi_span found;
    const lmi_span before = {in.text, in.len - rest.len};
    const lmas_status status =
        lmi_pattern_first(&found, "=[^=]*?([,;] ?[A-Za-z]|\\band\\b|\\bor\\b)", before);

    if (status == LMAS_OK)
        *out = found.text != NULL;
    return status;
}

static bool has_digit_before(lmi_span in, const char *end)
{
    const char *at;

    for (at = in.text; at < end; at++)
        if (*at >= '0' && *at <= '9')
            return true;
    return false;
}

/* In `x -> 9` what the arrow leads to; `3 -> 5` is two numbers. */
static lmi_span after_arrow(lmi_span in)
{
    static const char ARROW[] = "\xe2\x86\x92";
    const char *end = in.text + in.len;
    const char *at = lmi_find(in.text, end, ARROW);

    if (!at || has_digit_before(in, at))
        return in;
    at += sizeof(ARROW) - 1;
    return (lmi_span){at, (size_t)(end - at)};
}

/* Without the sign of about-equal in front. */
static lmi_span skip_about(lmi_span in)
{
    static const char ABOUT[] = "\xe2\x88\xbc";

    in = lmi_py_strip(in);
    if (in.len >= 3 && memcmp(in.text, ABOUT, 3) == 0)
        in = (lmi_span){in.text + 3, in.len - 3};
    return lmi_py_strip(in);
}

/* ---- Products and roots ---- */

/* The root of a square; false for any other number. */
static bool take_root(uint64_t *x)
{
    uint64_t root = (uint64_t)sqrt((double)*x);

    while (root * root > *x)
        root--;
    while ((root + 1) * (root + 1) <= *x)
        root++;
    if (root * root != *x)
        return false;
    *x = root;
    return true;
}

/* Multiply by the factor that `p` matched; false when it is no whole number, or the product too
 * large. */
static bool multiply(uint64_t *product, const lmi_pattern *p)
{
    uint64_t factor = strtoull(lmi_pattern_group(p, 2).text, NULL, 10);

    if (lmi_pattern_group(p, 1).text && !take_root(&factor))
        return false;
    return !__builtin_mul_overflow(*product, factor, product);
}

/* Bytes of a sign of multiplication. */
static size_t count_times(lmi_span in)
{
    if (in.len >= 2 && (memcmp(in.text, "\xc3\x97", 2) == 0 || memcmp(in.text, "\xc2\xb7", 2) == 0))
        return 2;
    return in.len > 0 && *in.text == '*' ? 1 : 0;
}

/* Read factors as long as there are any; `rest` is what stands behind them. */
static bool read_factors(uint64_t *product, lmi_span *rest, lmi_pattern *p)
{
    const char *end = p->subject.text + p->subject.len;
    size_t n = 1;
    size_t n_factors = 0;
    bool has_root = false;

    *rest = p->subject;
    while (n > 0 && lmi_pattern_next(p)) {
        const lmi_span all = lmi_pattern_group(p, 0);

        if (!multiply(product, p))
            return false;
        *rest = (lmi_span){all.text + all.len, (size_t)(end - all.text) - all.len};
        n = count_times(*rest);
        if (n == 0 && rest->len >= 3 && memcmp(rest->text, "\xe2\x88\x9a", 3) == 0)
            n = 1; /* 3 times a root, without a sign */
        else
            p->where += n;
        n_factors++;
        has_root = has_root || lmi_pattern_group(p, 1).text;
        if (n > 0 && p->where >= p->subject.len)
            return false;
    }
    return n == 0 && (has_root || n_factors > 1);
}

/* The value of \sqrt{576} and 1 \cdot 20; NULL when it is none, or no whole number. */
static lmas_status read_product(char **out, lmi_span in)
{
    uint64_t product = 1;
    lmi_span rest;
    lmi_pattern p;
    lmi_buf number;
    bool is_product = false;
    lmas_status status;

    *out = NULL;
    in = lmi_trim(in, " $", " $.");
    if (in.len == 0 || in.len > PRODUCT_MAX)
        return LMAS_OK;
    status = lmi_pattern_init(&p, FACTOR, in);
    if (status != LMAS_OK)
        return status;
    is_product = read_factors(&product, &rest, &p);
    lmi_pattern_done(&p);
    if (is_product)
        status = lmi_pattern_matches(&is_product, PRODUCT_END, rest);
    if (status != LMAS_OK || !is_product)
        return status;
    lmi_buf_init(&number, LMI_NUMBER_MAX);
    lmi_buf_printf(&number, "%" PRIu64, product);
    *out = lmi_buf_steal(&number);
    return *out ? LMAS_OK : lmi_buf_status(&number);
}

/* ---- All of them ---- */

/* Letters alone are a product of unknowns in a formula, whatever they spell; \text makes a word
 * of them. */
static bool is_letters(lmi_span raw)
{
    size_t i;

    raw = lmi_py_strip(raw);
    for (i = 0; i < raw.len; i++)
        if ((raw.text[i] | 0x20) < 'a' || (raw.text[i] | 0x20) > 'z')
            return false;
    return true;
}

static lmas_status read_number(char **out, lmi_span in)
{
    const lmi_span equal = lmi_exact_after_equals(in);
    const lmi_span rest = skip_about(after_arrow(equal));
    bool is_list = false;
    lmas_status status = has_list(&is_list, in, equal);

    *out = NULL;
    if (status != LMAS_OK || is_list)
        return status;
    status = lmi_exact_match(out, BOX_NUMBER, rest);
    if (status == LMAS_OK && !*out)
        status = read_product(out, rest);
    return status;
}

lmas_status lmi_exact_box(char **out, bool *is_silent, lmi_span in, lmi_span raw)
{
    char *number = NULL;
    lmas_status status;

    *is_silent = false;
    in = lmi_trim(in, " \t\r\n*_\"'`", " \t\r\n*_\"'`");
    status = read_number(&number, in);
    if (status == LMAS_OK && !number && !is_letters(raw))
        status = lmi_exact_words(&number, in);
    if (status == LMAS_OK && !number && in.len <= SILENT_MAX)
        status = lmi_pattern_matches(is_silent, SILENT, in);
    if (status == LMAS_OK)
        *out = number;
    return status;
}
