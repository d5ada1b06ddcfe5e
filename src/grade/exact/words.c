/*
 * words.c - numbers that are written out: "three hundred seventy-one".
 *
 * English cardinals below a quadrillion. What a word might make of them ("thirty or forty", "two
 * thirds", "one of them") is no number.
 */
#include <inttypes.h>
#include <string.h>

#include "base/mem.h"
#include "grade/exact/exact.h"

/* Most bytes that are looked at: the longest number and its unit take fewer. */
enum { WORDS_MAX = 240, WORD_MAX = 12 };

static const char *const ones[] = {"zero",    "one",     "two",       "three",    "four",
                                   "five",    "six",     "seven",     "eight",    "nine",
                                   "ten",     "eleven",  "twelve",    "thirteen", "fourteen",
                                   "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"};
static const char *const tens[] = {"twenty", "thirty",  "forty",  "fifty",
                                   "sixty",  "seventy", "eighty", "ninety"};
static const char *const scales[] = {"hundred", "thousand", "million", "billion", "trillion"};

/* Words behind a number that make it another one, or one of several. */
static const char OTHERS[] =
    " of or to and point half halves third thirds quarter quarters fourth fourths fifth fifths "
    "sixth sixths seventh seventh eighth eighths ninth ninths tenth tenths hundredth hundredths "
    "thousandth thousandths dozen dozens score times more less fewer over minus plus by than "
    "divided multiplied squared cubed but not ";

/* What has been read: `total` holds the thousands and above, `group` what is below them. */
typedef struct reading {
    uint64_t total, group;
    uint64_t last_scale; /* each must be smaller than the one before */
    uint64_t room;       /* what is added next must be smaller than this: "twenty" leaves room for
                          * one to nine */
    bool has_any;
} reading;

/* A word in lower case; how many bytes it has. `out` is "" for one too long. */
static size_t next_word(char out[WORD_MAX + 1], lmi_span in)
{
    size_t n = 0;
    size_t i;

    while (n < in.len && ((in.text[n] | 0x20) >= 'a' && (in.text[n] | 0x20) <= 'z'))
        n++;
    for (i = 0; n <= WORD_MAX && i < n; i++)
        out[i] = (char)(in.text[i] | 0x20);
    out[n <= WORD_MAX ? n : 0] = '\0';
    return n;
}

/* The place of a word in a list of `n`, or `n`. */
static size_t find_word(const char *const *list, size_t n, const char *word)
{
    size_t i;

    for (i = 0; i < n; i++)
        if (strcmp(list[i], word) == 0)
            break;
    return i;
}

/* "seven", "seventy": they must fit into what was said before. */
static bool add_small(reading *r, const char *word)
{
    const size_t n_ones = sizeof(ones) / sizeof(ones[0]);
    const size_t n_tens = sizeof(tens) / sizeof(tens[0]);
    const size_t one = find_word(ones, n_ones, word);
    const size_t ten = find_word(tens, n_tens, word);
    const uint64_t value = one < n_ones ? one : 10 * (ten + 2);

    if ((one == n_ones && ten == n_tens) || value >= r->room || (value == 0 && r->has_any))
        return false;
    r->group += value;
    r->room = ten < n_tens ? 10 : 1;
    r->has_any = true;
    return true;
}

/* "hundred", "thousand": a factor of what stands before. */
static bool add_scale(reading *r, const char *word)
{
    static const uint64_t values[] = {100, 1000, 1000000, 1000000000, 1000000000000};
    const size_t n = sizeof(scales) / sizeof(scales[0]);
    const size_t scale = find_word(scales, n, word);

    if (scale == n || r->group == 0 || (scale == 0 && r->group >= 100))
        return false;
    if (scale == 0) {
        r->group *= 100;
        r->room = 100;
        return true;
    }
    if (values[scale] >= r->last_scale)
        return false;
    r->total += r->group * values[scale];
    r->group = 0;
    r->last_scale = values[scale];
    r->room = 1000;
    return true;
}

/* Blanks and hyphens, and an "and" before a word that goes on. */
static size_t count_between(lmi_span in)
{
    size_t n = 0;

    while (n < in.len && strchr(" -", in.text[n]))
        n++;
    return n;
}

/* Read as much of a number as there is; how many bytes it takes. */
static size_t read_words(reading *r, lmi_span in)
{
    char word[WORD_MAX + 1];
    size_t i = 0;
    size_t end = 0;

    while (i < in.len) {
        const size_t n = next_word(word, (lmi_span){in.text + i, in.len - i});

        if (strcmp(word, "a") == 0 && i == 0) {
            r->group = 1;
            r->room = 1;
        } else if (add_small(r, word) || add_scale(r, word)) {
            r->has_any = true;
            end = i + n;
        } else if (strcmp(word, "and") != 0 || !r->has_any) {
            break;
        }
        i += n;
        i += count_between((lmi_span){in.text + i, in.len - i});
        if (n == 0)
            break;
    }
    return end;
}

/* Whether what follows a number leaves it what it is: nothing, or a unit of a few words. */
static bool is_unit(lmi_span in)
{
    char word[WORD_MAX + 1];
    char spaced[WORD_MAX + 3] = " ";
    size_t n_words = 0;

    in = lmi_trim(in, " *_$\"'`)", " .!*_$\"'`");
    while (in.len > 0 && n_words <= 4) {
        const size_t n = next_word(word, in);
        reading more = {.room = 1000, .last_scale = UINT64_MAX};

        if (n == 0 || (in.len > n && in.text[n] != ' '))
            return false;
        memcpy(spaced + 1, word, strlen(word) + 1);
        memcpy(spaced + 1 + strlen(word), " ", 2);
        if ((*word && strstr(OTHERS, spaced)) || add_small(&more, word) ||
            find_word(scales, sizeof(scales) / sizeof(scales[0]), word) <
                sizeof(scales) / sizeof(scales[0]))
            return false;
        in = lmi_trim((lmi_span){in.text + n, in.len - n}, " ", "");
        n_words++;
    }
    return in.len == 0;
}

/* "minus" and "negative" in front; how many bytes they take. */
static size_t skip_sign(lmi_span in)
{
    char word[WORD_MAX + 1];
    const size_t n = next_word(word, in);

    if (strcmp(word, "minus") != 0 && strcmp(word, "negative") != 0)
        return 0;
    return n + count_between((lmi_span){in.text + n, in.len - n});
}

lmas_status lmi_exact_words(char **out, lmi_span in)
{
    reading r = {.room = 1000, .last_scale = UINT64_MAX};
    size_t sign, n;
    lmi_buf number;

    *out = NULL;
    in = lmi_trim(in, " \t\r\n*_$\"'`(", " \t\r\n*_$\"'`");
    if (in.len == 0 || in.len > WORDS_MAX)
        return LMAS_OK;
    sign = skip_sign(in);
    n = read_words(&r, (lmi_span){in.text + sign, in.len - sign});
    if (n == 0 || !is_unit((lmi_span){in.text + sign + n, in.len - sign - n}))
        return LMAS_OK;
    lmi_buf_init(&number, LMI_NUMBER_MAX);
    lmi_buf_printf(&number, "%s%" PRIu64, sign > 0 ? "-" : "", r.total + r.group);
    *out = lmi_buf_steal(&number);
    return *out ? LMAS_OK : lmi_buf_status(&number);
}
