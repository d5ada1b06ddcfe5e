/*
 * grade.c - finding the number in what a model said.
 *
 * Three steps: choose the stretch that answers (a box, or the whole text), wipe the LaTeX that
 * only decorates (`{,}`, `\,`, `\$`), let one regular expression find numbers.
 */
#include "grade/exact.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>
#include <string.h>

#include "base/mem.h"

/* Group 1 is the sign, 2 the digits. A minus after a letter, a digit or a closing bracket is an
 * operator (16-3, the range 3-5). Digits that continue a word (H2) or belong to a fraction
 * (1/2) are not numbers. All repeats are possessive: nothing to backtrack into. */
static const char NUMBER[] =
    "(?:(?<![A-Za-z0-9)\\]}])([-+])\\$?)?+(?<![A-Za-z0-9_/.])"
    "((?:[0-9]{1,3}+(?:,[0-9]{3})++(?![0-9])|[0-9]++)(?:\\.[0-9]++)?+|\\.[0-9]++)"
    "(?![ ]*/[ ]*[0-9])";

/* Decorations, and what each is worth. */
static const struct {
    const char *from, *to;
} decorations[] = {
    {"{,}", ","}, {"\\,", ""},  {"\\!", ""},
    {"\\;", ""},  {"\\$", "$"}, {"\xe2\x88\x92", "-"}, /* minus sign */
};

/* Append `text` without decorations. */
static void append_plain(lmi_buf *out, const char *text, size_t len)
{
    const size_t n = sizeof(decorations) / sizeof(decorations[0]);
    size_t i = 0;

    while (i < len) {
        size_t k;

        for (k = 0; k < n; k++) {
            const size_t from_len = strlen(decorations[k].from);

            if (from_len <= len - i && memcmp(text + i, decorations[k].from, from_len) == 0) {
                lmi_buf_puts(out, decorations[k].to);
                i += from_len;
                break;
            }
        }
        if (k == n)
            lmi_buf_putc(out, text[i++]);
    }
}

/* Copy of a matched number without its commas; NULL (and no failure) when it is too long. */
static lmas_status copy_number(char **out, const char *text, const size_t *match)
{
    lmi_buf number;
    size_t i;

    lmi_buf_init(&number, LMI_NUMBER_MAX);
    if (match[2] != PCRE2_UNSET && text[match[2]] == '-')
        lmi_buf_putc(&number, '-');
    for (i = match[4]; i < match[5]; i++)
        if (text[i] != ',')
            lmi_buf_putc(&number, text[i]);
    if (number.status == LMAS_E_FORMAT) {
        lmi_buf_done(&number);
        *out = NULL;
        return LMAS_OK;
    }
    *out = lmi_buf_steal(&number);
    return *out ? LMAS_OK : lmi_fail(LMAS_E_NOMEM, "no memory for a number");
}

/* The first or the last number of `text`, NULL when there is none. */
static lmas_status find_number(char **out, const char *text, size_t len, bool is_last)
{
    int error = 0;
    size_t where = 0;
    size_t found[6];
    bool has_found = false;
    lmas_status status = LMAS_OK;
    pcre2_match_data *match = NULL;
    pcre2_code *code =
        pcre2_compile((PCRE2_SPTR)NUMBER, sizeof(NUMBER) - 1, 0, &error, &where, NULL);

    if (code)
        match = pcre2_match_data_create_from_pattern(code, NULL);
    if (!match) {
        status = lmi_fail(LMAS_E_NOMEM, "no memory to look for a number");
        goto done;
    }
    where = 0;
    while (pcre2_match(code, (PCRE2_SPTR)text, len, where, 0, match, NULL) > 0) {
        memcpy(found, pcre2_get_ovector_pointer(match), sizeof(found));
        has_found = true;
        where = found[1];
        if (!is_last)
            break;
    }
    *out = NULL;
    if (has_found)
        status = copy_number(out, text, found);
done:
    pcre2_match_data_free(match);
    pcre2_code_free(code);
    return status;
}

/* Longest box, in bytes: looking for the partner of a brace that has none must end early. */
enum { BOX_MAX = 1024 };

/* Length of what stands between the brace that ends just before `text` and its partner. */
static bool measure_braces(size_t *out, const char *text)
{
    size_t depth = 1;
    size_t i;

    for (i = 0; i <= BOX_MAX && text[i]; i++) {
        if (text[i] == '\\' && text[i + 1])
            i++;
        else if (text[i] == '{')
            depth++;
        else if (text[i] == '}' && --depth == 0) {
            *out = i;
            return true;
        }
    }
    return false;
}

/* The content of the last \boxed{...} that is balanced and not empty; NULL without one. */
static const char *find_box(size_t *len_out, const char *text)
{
    static const char OPEN[] = "\\boxed{";
    const char *at = text;
    const char *box = NULL;

    while ((at = strstr(at, OPEN))) {
        size_t len;

        at += sizeof(OPEN) - 1;
        if (!measure_braces(&len, at))
            continue;
        if (strspn(at, " ") >= len)
            continue;
        box = at;
        *len_out = len;
    }
    return box;
}

/* In `x = 3 + 4 = 7` the answer follows the last equals sign. */
static const char *after_equals(const char *text)
{
    const char *equals = strrchr(text, '=');

    return equals && strpbrk(equals, "0123456789") ? equals + 1 : text;
}

static lmas_status find_in_box(char **out, const lmi_buf *plain)
{
    const char *text = lmi_buf_text(plain);

    *out = NULL;
    if (strstr(text, "frac"))
        return LMAS_OK;
    text = after_equals(text);
    return find_number(out, text, strlen(text), false);
}

lmas_status lmi_grade_prediction(char **out, const char *text)
{
    size_t len = strlen(text);
    const char *box = find_box(&len, text);
    char *number = NULL;
    lmi_buf plain;
    lmas_status status;

    lmi_buf_init(&plain, len);
    append_plain(&plain, box ? box : text, len);
    status = lmi_buf_status(&plain);
    if (status == LMAS_OK && box)
        status = find_in_box(&number, &plain);
    else if (status == LMAS_OK)
        status = find_number(&number, lmi_buf_text(&plain), plain.len, true);
    if (status == LMAS_OK)
        *out = number;
    lmi_buf_done(&plain);
    return status;
}

/* A decimal number taken apart: zeros that say nothing are left out. */
typedef struct decimal {
    bool is_negative;
    const char *whole, *fraction;
    size_t n_whole, n_fraction;
} decimal;

static bool parse_decimal(decimal *out, const char *text)
{
    decimal d = {0};
    size_t n_digits;

    d.is_negative = *text == '-';
    if (*text == '-' || *text == '+')
        text++;
    d.n_whole = n_digits = strspn(text, "0123456789");
    d.whole = text;
    text += d.n_whole;
    if (*text == '.')
        text++;
    d.fraction = text;
    d.n_fraction = strspn(text, "0123456789");
    n_digits += d.n_fraction;
    if (!n_digits || text[d.n_fraction])
        return false;
    while (d.n_whole && *d.whole == '0')
        d.whole++, d.n_whole--;
    while (d.n_fraction && d.fraction[d.n_fraction - 1] == '0')
        d.n_fraction--;
    d.is_negative = d.is_negative && (d.n_whole || d.n_fraction);
    *out = d;
    return true;
}

bool lmi_grade_same(const char *a, const char *b)
{
    decimal x, y;

    if (!a || !b || !parse_decimal(&x, a) || !parse_decimal(&y, b))
        return false;
    return x.is_negative == y.is_negative && x.n_whole == y.n_whole &&
           x.n_fraction == y.n_fraction && memcmp(x.whole, y.whole, x.n_whole) == 0 &&
           memcmp(x.fraction, y.fraction, x.n_fraction) == 0;
}

lmas_status lmi_grade_gold(char **out, const char *answer)
{
    static const char MARK[] = "####";
    const char *at = answer;
    const char *gold = NULL;
    lmi_buf number;
    decimal ignored;

    while ((at = strstr(at, MARK)))
        gold = at += sizeof(MARK) - 1;
    *out = NULL;
    if (!gold)
        return LMAS_OK;
    lmi_buf_init(&number, LMI_NUMBER_MAX);
    for (; *gold; gold++)
        if (!strchr(",$ \t\r\n", *gold))
            lmi_buf_putc(&number, *gold);
    if (number.status == LMAS_E_NOMEM)
        return lmi_buf_status(&number);
    if (number.status == LMAS_OK && parse_decimal(&ignored, lmi_buf_text(&number)))
        *out = lmi_buf_steal(&number);
    lmi_buf_done(&number);
    return LMAS_OK;
}
