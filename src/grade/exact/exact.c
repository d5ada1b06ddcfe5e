/*
 * exact.c - finding the number in what a model said, LaTeX already seen through.
 *
 * A box must be one number with its unit, or an equation that ends in one (box.c). Prose is full of
 * numbers, so there the most explicit one is taken (prose.c). Here is what both share.
 */
#include "grade/exact/exact.h"

#include <string.h>

#include "base/mem.h"

/* Nothing but a number. */
#define BARE_NUMBER "^" LMI_MONEY "?+ ?" LMI_NUMBER " ?[%.]?+$"

/* The groups of LMI_NUMBER. */
enum {
    GROUP_SIGN = 1,
    GROUP_MIXED,
    GROUP_NUMBER,
    GROUP_BELOW,
    GROUP_E,
    GROUP_POWER,
    GROUP_TEN,
    GROUP_SCALE
};

/* ---- Thousands ---- */

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static size_t count_digits(lmi_span in, size_t at)
{
    size_t n = 0;

    while (at + n < in.len && is_digit(in.text[at + n]))
        n++;
    return n;
}

/* Where groups of three digits end that follow one of at most three at `at`, each behind the
 * separator that stands at `end`. Returns `end` when there is none, or a longer one comes last.
 * `*seen` is how far was looked: no other number of this kind begins before. */
static size_t skip_thousands(lmi_span in, size_t at, size_t end, size_t *seen)
{
    size_t i = end;
    char separator;

    *seen = end;
    if (end - at > 3 || end == in.len)
        return end;
    separator = in.text[end];
    while (i < in.len && in.text[i] == separator && count_digits(in, i + 1) == 3)
        i += 4;
    *seen = i;
    if (i < in.len && in.text[i] == separator && count_digits(in, i + 1) > 3)
        return end;
    return i;
}

/* The same for the lakhs and crores of India: groups of two, then one of three. */
static size_t skip_lakhs(lmi_span in, size_t at, size_t end, size_t *seen)
{
    size_t i = end;

    if (end - at <= 2)
        while (i < in.len && in.text[i] == ',' && count_digits(in, i + 1) == 2)
            i += 3;
    *seen = i > *seen ? i : *seen;
    if (i == end || i >= in.len || in.text[i] != ',' || count_digits(in, i + 1) != 3)
        return end;
    return i + 4;
}

/* Whether a fraction's line follows: 2 125/1000 is a mixed number. */
static bool is_above_line(lmi_span in, size_t at)
{
    while (at < in.len && in.text[at] == ' ')
        at++;
    return at < in.len && in.text[at] == '/';
}

/* Append digits that begin at `at`, with the groups that follow them; how many bytes were read. */
static size_t join_number(lmi_buf *out, lmi_span in, size_t at, bool is_box)
{
    const size_t end = at + count_digits(in, at);
    const char *separators = is_box ? ", '" : ",";
    size_t seen = end;
    size_t to = end;
    size_t i;

    if (end < in.len && strchr(separators, in.text[end]))
        to = skip_thousands(in, at, end, &seen);
    if (to == end)
        to = skip_lakhs(in, at, end, &seen);
    if (to > end && in.text[end] == ' ' && is_above_line(in, to))
        to = end;
    for (i = at; i < to; i++)
        if (is_digit(in.text[i]))
            lmi_buf_putc(out, in.text[i]);
    if (to == end && seen > end)
        lmi_buf_append(out, in.text + end, seen - end);
    return (to == end ? seen : to) - at;
}

void lmi_exact_join(lmi_buf *out, lmi_span in, bool is_box)
{
    size_t i = 0;

    while (i < in.len) {
        if (is_digit(in.text[i]) && (i == 0 || !strchr("._^", in.text[i - 1]))) {
            i += join_number(out, in, i, is_box);
        } else {
            const size_t n = count_digits(in, i);

            if (in.text[i] != ' ' || i == 0 || in.text[i - 1] != ' ')
                lmi_buf_append(out, in.text + i, n > 0 ? n : 1);
            i += n > 0 ? n : 1;
        }
    }
}

/* ---- From a match to a number ---- */

static void append_group(lmi_buf *out, const lmi_pattern *match, uint32_t group, const char *before,
                         const char *after)
{
    const lmi_span span = lmi_pattern_group(match, group);

    if (!span.text)
        return;
    lmi_buf_puts(out, before);
    lmi_buf_append(out, span.text, span.len);
    lmi_buf_puts(out, after);
}

/* What was put together, when it is a number; NULL (and no failure) when it is none or too long.
 * `number` is done then. */
static lmas_status take_number(char **out, lmi_buf *number)
{
    lmas_status status = LMAS_OK;

    if (number->status == LMAS_E_NOMEM)
        status = lmi_buf_status(number);
    else
        *out = number->status == LMAS_OK && lmi_number_is(lmi_buf_text(number))
                   ? lmi_buf_steal(number)
                   : NULL;
    lmi_buf_done(number);
    return status;
}

/* "thousand" as an exponent. */
static const char *scale_of(lmi_span word)
{
    static const struct {
        char first, second;
        const char *exponent;
    } scales[] = {
        {'h', 'u', "e2"}, {'t', 'h', "e3"}, {'m', 'i', "e6"}, {'b', 'i', "e9"}, {'t', 'r', "e12"}};
    size_t i;

    for (i = 0; word.text && i < sizeof(scales) / sizeof(scales[0]); i++)
        if ((word.text[0] | 0x20) == scales[i].first && (word.text[1] | 0x20) == scales[i].second)
            return scales[i].exponent;
    return "";
}

lmas_status lmi_exact_take(char **out, const lmi_pattern *match)
{
    const lmi_span sign = lmi_pattern_group(match, GROUP_SIGN);
    const bool is_ten = lmi_pattern_group(match, GROUP_TEN).text != NULL;
    lmi_buf number;

    lmi_buf_init(&number, LMI_NUMBER_MAX);
    lmi_buf_puts(&number, sign.text && *sign.text != '+' ? "-" : "");
    append_group(&number, match, GROUP_MIXED, "", " ");
    if (is_ten)
        append_group(&number, match, GROUP_TEN, "1e", "");
    else
        append_group(&number, match, GROUP_NUMBER, "", "");
    append_group(&number, match, GROUP_BELOW, "/", "");
    append_group(&number, match, GROUP_E, "e", "");
    append_group(&number, match, GROUP_POWER, "e", "");
    lmi_buf_puts(&number, scale_of(lmi_pattern_group(match, GROUP_SCALE)));
    return take_number(out, &number);
}

lmas_status lmi_exact_match(char **out, const char *pattern, lmi_span in)
{
    lmi_pattern p;
    lmas_status status = lmi_pattern_init(&p, pattern, in);

    if (status != LMAS_OK)
        return status;
    if (lmi_pattern_next(&p))
        status = lmi_exact_take(out, &p);
    else
        *out = NULL;
    lmi_pattern_done(&p);
    return status;
}

lmas_status lmi_exact_bare(char **out, lmi_span plain)
{
    lmi_buf joined;
    lmas_status status;

    plain = lmi_py_strip(plain);
    lmi_buf_init(&joined, plain.len);
    lmi_exact_join(&joined, plain, false);
    status = lmi_buf_status(&joined);
    if (status == LMAS_OK)
        status = lmi_exact_match(out, BARE_NUMBER, (lmi_span){lmi_buf_text(&joined), joined.len});
    lmi_buf_done(&joined);
    return status;
}

/* ---- Of all places ---- */

static bool has_digit(lmi_span span)
{
    size_t i;

    for (i = 0; i < span.len; i++)
        if (is_digit(span.text[i]))
            return true;
    return false;
}

lmi_span lmi_exact_after_equals(lmi_span in)
{
    static const char *const signs[] = {"=", "\xe2\x89\x88", "\xe2\x89\xa1"};
    const char *end = in.text + in.len;
    const char *rest = in.text;
    size_t k;

    for (k = 0; k < sizeof(signs) / sizeof(signs[0]); k++) {
        const char *at = rest;

        while ((at = lmi_find(at, end, signs[k])))
            rest = at += strlen(signs[k]);
    }
    if (rest == in.text || !has_digit((lmi_span){rest, (size_t)(end - rest)}))
        return in;
    return (lmi_span){rest, (size_t)(end - rest)};
}

/* The number of one place. `*is_silent` when it answers nothing and another may be looked at. */
static lmas_status read_place(char **out, bool *is_silent, lmi_answer *answer, bool is_whole)
{
    const lmi_span plain = lmi_answer_plain(answer);
    lmi_buf joined;
    lmi_span in;
    lmas_status status;

    lmi_buf_init(&joined, plain.len);
    lmi_exact_join(&joined, plain, answer->is_box);
    status = lmi_buf_status(&joined);
    in = (lmi_span){lmi_buf_text(&joined), joined.len};
    if (status == LMAS_OK && answer->is_box) {
        answer->from = "a box";
        status = lmi_exact_box(out, is_silent, in, answer->raw);
    } else if (status == LMAS_OK) {
        status = lmi_exact_prose(out, &answer->from, in, answer->box, is_whole);
        *is_silent = true;
    }
    lmi_buf_done(&joined);
    return status;
}

static lmas_status find(char **out, lmi_answer *answer, bool is_whole)
{
    char *number = NULL;
    bool is_silent = false;
    lmas_status status = read_place(&number, &is_silent, answer, is_whole);

    while (status == LMAS_OK && !number && is_silent && !answer->is_last) {
        status = lmi_answer_next(answer);
        if (status == LMAS_OK)
            status = read_place(&number, &is_silent, answer, is_whole);
    }
    if (status == LMAS_OK)
        *out = number;
    return status;
}

lmas_status lmi_exact_number(char **out, lmi_answer *answer)
{
    return find(out, answer, false);
}

lmas_status lmi_exact_integer(char **out, lmi_answer *answer)
{
    const lmas_status status = find(out, answer, true);

    if (status == LMAS_OK && *out && !lmi_number_is_whole(*out)) {
        lmi_free(*out);
        *out = NULL;
    }
    return status;
}

/* ---- Gold ---- */

lmas_status lmi_grade_gold(char **out, const char *answer)
{
    static const char MARK[] = "####";
    const char *at = answer;
    const char *gold = NULL;
    lmi_buf number;

    while ((at = strstr(at, MARK)))
        gold = at += sizeof(MARK) - 1;
    lmi_buf_init(&number, LMI_NUMBER_MAX);
    for (; gold && *gold; gold++)
        if (!strchr(",$ \t\r\n", *gold))
            lmi_buf_putc(&number, *gold);
    return take_number(out, &number);
}
