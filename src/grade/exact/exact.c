/*
 * exact.c - finding the number in what a model said, LaTeX already seen through.
 *
 * A box must be one number with its unit, or an equation that ends in one: "3 or 4" and "2x" are
 * no numbers. Prose is full of numbers, so there the most explicit one is taken.
 */
#include "grade/exact/exact.h"

#include <string.h>

#include "base/mem.h"
#include "grade/pattern.h"

/* ---- What a number looks like ---- */

/* 1430, 1,430 and 12,34,567. */
#define WHOLE                                                                                      \
    "(?:[0-9]{1,3}+(?:,[0-9]{3})++(?![0-9])|"                                                      \
    "[0-9]{1,2}+(?:,[0-9]{2}(?=,))++,[0-9]{3}(?![0-9])|[0-9]++)"
#define DECIMAL "(?:" WHOLE "(?:\\.[0-9]++)?+|\\.[0-9]++)"
#define MONEY   "(?:\\$|\xe2\x82\xac|\xc2\xa3|\xc2\xa5|\xe2\x82\xb9)" /* dollar to rupee */

/* Hundred, thousand and their kin. */
#define SCALE "(?i:hundred|thousand|million|billion|trillion)"

/* Groups: 1 sign, 2 whole part of a mixed number, 3 the number or what stands above the line, 4
 * below the line, 5 and 6 exponent, 7 that of a ten alone (10^6), 8 thousand and its kin. A minus
 * after a letter, a digit or a closing bracket is an operator (16-3, the range 3-5). Digits that
 * continue a word (H2) or a date (1/2/2024) are no number, nor are other powers, roots and 5x or
 * 5k. All repeats are possessive: nothing to backtrack into. */
#define NUMBER                                                                                     \
    "(?:(?<![A-Za-z0-9)\\]}])([-+]|(?i:negative)(?= )) ?" MONEY "?+ ?)?+"                          \
    "(?<![A-Za-z0-9_/.^])(?<!sqrt\\()(?<!\xe2\x88\x9a)"                                            \
    "(?:([0-9]{1,6}+) ++(?=[0-9]{1,6}+ ?/ ?[0-9]))?+(" DECIMAL ")"                                 \
    "(?: ?/ ?(" DECIMAL ")|[eE]([-+]?[0-9]{1,2}+)(?![0-9A-Za-z.])|"                                \
    " ?(?:x|\\*|\xc3\x97|\xc2\xb7) ?10\\^([-+]?[0-9]{1,2}+)|"                                      \
    "(?<=(?<![0-9.,])10)\\^([0-9]{1,2}+)(?![0-9]|[.,][0-9]| *+" SCALE ")|"                         \
    " *+(" SCALE ")s?\\b)?+"                                                                       \
    "(?! *+/ *+[0-9])(?!\\^|\xcf\x80|\xe2\x88\x9a|\\\\pi| *+(?i:dozen))"                           \
    "(?![a-fi-kn-ru-z](?![A-Za-z]))"
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

/* A sign of mathematics beyond ASCII: root, pi, times, dot, at most, at least. */
#define OPERATOR "(?:\xe2\x88\x9a|\xcf\x80|\xc3\x97|\xc2\xb7|\xe2\x89\xa4|\xe2\x89\xa5)"

/* Words that make another number of the one behind them. */
#define NOT_IT "\\b(?i:minus|not|half|twice|double|triple|(?:more|less) than)\\b"

/* A box that is a number. Before it: words and signs of money, no operator. After it: a unit
 * (m/s^2), words, a remark in brackets; no other number, no operator and no unknown command; and
 * the modulus of a remainder is no part of it. */
#define BOX_NUMBER                                                                                 \
    "(?s)^(?!.*\\b(?i:or)\\b)(?:(?!" OPERATOR "|[A-Za-z]\\(|" NOT_IT                               \
    ")[^0-9\\\\^/+*<>-])*?" NUMBER "(?! ++- ++[A-Za-z](?![A-Za-z]))"                               \
    "(?: ++\\([^()]*+\\)|\\([^()0-9]*+\\)|[A-Za-z]\\^?-?[0-9](?![0-9])|"                           \
    "(?!" OPERATOR ")[^0-9\\\\^+*!(<>])*+(?:\\\\[pb]?mod(?![A-Za-z]).*+)?+$"

/* Nothing but a number. */
#define BARE_NUMBER "^" MONEY "?+ ?" NUMBER " ?[%.]?+$"

/* A line "#### 18", "#### $18" or "#### 18 apples", and not the heading "#### 1. Costs". */
#define HASHES                                                                                     \
    "####(?=[ \\t*]*+[-+]?\\$?[0-9][0-9,./]*+(?:(?<!\\.) ?[A-Za-z%]{1,12}+)?+[*.]*+[ "             \
    "\\t\\r]*+(?:\\n|\\z))"

/* The beginning of a sentence that says it answers. Group 1: what follows, up to a full stop. */
#define STATEMENT                                                                                  \
    "(?i)(?:" HASHES "|\\banswer\\b[^.:=0-9\\n]{0,60}?"                                            \
    "(?:\\bis\\b|\\bwas\\b|\\bequals\\b|\\b(?:would|will|should|must) be\\b|[:=])(?! *+not\\b))"   \
    "[\\s:*_]*+((?:[^.\\n]|\\.(?=\\S))*+)"

/* ---- From a match to a number ---- */

static void append_group(lmi_buf *out, const lmi_pattern *match, uint32_t group, const char *before,
                         const char *after)
{
    const lmi_span span = lmi_pattern_group(match, group);
    size_t i;

    if (!span.text)
        return;
    lmi_buf_puts(out, before);
    for (i = 0; i < span.len; i++)
        if (span.text[i] != ',')
            lmi_buf_putc(out, span.text[i]);
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

/* The matched number as number.h wants it; NULL (and no failure) when it is too long, or divided
 * by zero. */
static lmas_status copy_number(char **out, const lmi_pattern *match)
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

static lmas_status match_number(char **out, const char *pattern, lmi_span in)
{
    lmi_pattern p;
    lmas_status status = lmi_pattern_init(&p, pattern, in);

    if (status != LMAS_OK)
        return status;
    if (lmi_pattern_next(&p))
        status = copy_number(out, &p);
    else
        *out = NULL;
    lmi_pattern_done(&p);
    return status;
}

lmas_status lmi_exact_bare(char **out, lmi_span plain)
{
    return match_number(out, BARE_NUMBER, lmi_py_strip(plain));
}

/* ---- In a box ---- */

static bool has_digit(lmi_span span)
{
    size_t i;

    for (i = 0; i < span.len; i++)
        if (span.text[i] >= '0' && span.text[i] <= '9')
            return true;
    return false;
}

/* In `x = 3 + 4 = 7` the answer follows the last equals sign (or the last sign of about-equal). */
static lmi_span after_equals(lmi_span in)
{
    static const char ABOUT[] = "\xe2\x89\x88";
    const char *end = in.text + in.len;
    const char *equals = in.len ? memrchr(in.text, '=', in.len) : NULL;
    const char *at = equals ? equals : in.text;
    lmi_span rest;

    while ((at = lmi_find(at, end, ABOUT))) {
        at += sizeof(ABOUT) - 1;
        equals = at - 1;
    }
    if (!equals)
        return in;
    rest = (lmi_span){equals + 1, (size_t)(end - equals) - 1};
    return has_digit(rest) ? rest : in;
}

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

static lmas_status read_box(char **out, lmi_span in)
{
    lmi_span rest;
    bool is_list = false;
    lmas_status status;

    in = lmi_trim(in, " \t\r\n*_\"'`", " \t\r\n*_\"'`");
    rest = after_equals(in);
    status = has_list(&is_list, in, rest);
    if (status == LMAS_OK && !is_list)
        return match_number(out, BOX_NUMBER, lmi_py_strip(rest));
    if (status == LMAS_OK)
        *out = NULL;
    return status;
}

/* ---- In prose ---- */

static bool has_letter(const char *from, const char *to)
{
    for (; from < to; from++)
        if ((*from >= 'a' && *from <= 'z') || (*from >= 'A' && *from <= 'Z'))
            return true;
    return false;
}

/* The last number of `in`; with `is_direct`, the first where no word stands before it ("answer
 * is 18 eggs, 9 a day", but "answer is that 9 eggs cost 18"). */
static lmas_status find_number(char **out, lmi_span in, bool is_direct)
{
    lmi_pattern p;
    char *number = NULL;
    lmas_status status = lmi_pattern_init(&p, NUMBER, in);

    if (status != LMAS_OK)
        return status;
    while (status == LMAS_OK && lmi_pattern_next(&p)) {
        lmi_free(number);
        number = NULL;
        status = copy_number(&number, &p);
        if (is_direct && !has_letter(in.text, lmi_pattern_group(&p, 0).text))
            break;
        is_direct = false;
    }
    lmi_pattern_done(&p);
    if (status == LMAS_OK)
        *out = number;
    return status;
}

/* The number of the last sentence that says it answers; NULL without one. */
static lmas_status find_statement(char **out, lmi_span in)
{
    lmi_pattern p;
    char *number = NULL;
    lmas_status status = lmi_pattern_init(&p, STATEMENT, in);

    if (status != LMAS_OK)
        return status;
    while (status == LMAS_OK && lmi_pattern_next(&p)) {
        char *found = NULL;

        status = find_number(&found, after_equals(lmi_pattern_group(&p, 1)), true);
        if (found) {
            lmi_free(number);
            number = found;
        }
    }
    lmi_pattern_done(&p);
    if (status == LMAS_OK)
        *out = number;
    else
        lmi_free(number);
    return status;
}

lmas_status lmi_exact_number(char **out, const lmi_answer *answer)
{
    const lmi_span plain = lmi_answer_plain(answer);
    char *number = NULL;
    lmas_status status;

    if (answer->is_box)
        return read_box(out, plain);
    status = find_statement(&number, plain);
    if (status == LMAS_OK && !number)
        status = find_number(&number, plain, false);
    if (status == LMAS_OK)
        *out = number;
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
