/* text.c - words brought to one form, then compared byte by byte. */
#include "grade/exact/text.h"

#include <string.h>

#include "base/mem.h"
#include "grade/exact/exact.h"
#include "grade/exact/latex.h"
#include "grade/pattern.h"

/* What may stand around an answer and says nothing. Brackets, signs and the point of .5 do. */
static const char BEFORE[] = " \"'`*_$";
static const char BEHIND[] = " .,;:!?\"'`*_$";

/* Append `text` with every run of blanks as one space. */
static void append_words(lmi_buf *out, lmi_span text)
{
    bool is_blank = true; /* none at the start */
    size_t i = 0;
    size_t n;

    for (; i < text.len; i += n) {
        const uint32_t c = lmi_py_char(&n, text.text + i);

        if (!lmi_py_is_space(c))
            lmi_buf_append(out, text.text + i, n);
        else if (!is_blank)
            lmi_buf_putc(out, ' ');
        is_blank = lmi_py_is_space(c);
    }
}

/* What is inside typographic quotes, if the text is. */
static lmi_span unquote(lmi_span text)
{
    static const char *const quotes[] = {"\xe2\x80\x9c", "\xe2\x80\x9d", "\xe2\x80\x98",
                                         "\xe2\x80\x99"};
    size_t k;

    for (k = 0; k < sizeof(quotes) / sizeof(quotes[0]); k++) {
        if (text.len >= 3 && memcmp(text.text, quotes[k], 3) == 0)
            text = (lmi_span){text.text + 3, text.len - 3};
        if (text.len >= 3 && memcmp(text.text + text.len - 3, quotes[k], 3) == 0)
            text.len -= 3;
    }
    return lmi_trim(text, BEFORE, BEHIND);
}

/* The normal form of a plain text in lower case. */
static lmas_status trim_words(char **out, const lmi_buf *words)
{
    const lmi_span all = {lmi_buf_text(words), words->len};
    const lmi_span bare = unquote(lmi_trim(all, BEFORE, BEHIND));
    char *copy = lmi_strndup(bare.text, bare.len);

    if (!copy)
        return lmi_fail(LMAS_E_NOMEM, "no memory for an answer");
    *out = copy;
    return LMAS_OK;
}

lmas_status lmi_text_normal(char **out, lmi_span text)
{
    lmi_buf plain, words, lower;
    lmas_status status;

    lmi_buf_init(&plain, 2 * text.len);
    lmi_buf_init(&words, 2 * text.len);
    lmi_buf_init(&lower, 4 * text.len);
    lmi_latex_plain(&plain, text);
    append_words(&words, (lmi_span){lmi_buf_text(&plain), plain.len});
    status = lmi_buf_status(&words);
    if (status == LMAS_OK)
        status = lmi_py_lower(&lower, (lmi_span){lmi_buf_text(&words), words.len});
    if (status == LMAS_OK)
        status = trim_words(out, &lower);
    lmi_buf_done(&plain);
    lmi_buf_done(&words);
    lmi_buf_done(&lower);
    return status;
}

/* Whether both texts are numbers, and equal. */
static lmas_status compare_numbers(bool *out, const char *a, const char *b)
{
    char *x = NULL;
    char *y = NULL;
    lmas_status status = lmi_exact_bare(&x, (lmi_span){a, strlen(a)});

    if (status == LMAS_OK)
        status = lmi_exact_bare(&y, (lmi_span){b, strlen(b)});
    if (status == LMAS_OK)
        *out = lmi_grade_same(x, y);
    lmi_free(x);
    lmi_free(y);
    return status;
}

/* The first character of `text` at or behind `at` that counts in a formula: blanks beside brackets
 * and commas do not. */
static const char *skip_blank(const char *text, const char *at)
{
    if (*at == ' ' && ((at > text && strchr("([,;", at[-1])) || strchr(")],;", at[1])))
        at++;
    return at;
}

/* Whether two formulas in their normal form differ only in blanks. */
static bool is_same_formula(const char *a, const char *b)
{
    const char *x = skip_blank(a, a);
    const char *y = skip_blank(b, b);

    while (*x && *x == *y) {
        x = skip_blank(a, x + 1);
        y = skip_blank(b, y + 1);
    }
    return *x == *y;
}

/* Whether `said`, the normal form of `raw`, is `gold`. Where one of them is written in LaTeX,
 * blanks beside brackets and commas mean nothing. */
static lmas_status compare(bool *out, const char *said, lmi_span raw, const char *gold)
{
    const bool is_latex = strchr(gold, '\\') || (raw.len && memchr(raw.text, '\\', raw.len));
    char *want = NULL;
    lmas_status status = lmi_text_normal(&want, (lmi_span){gold, strlen(gold)});

    if (status == LMAS_OK && want) {
        if (strcmp(said, want) == 0 || (is_latex && is_same_formula(said, want)))
            *out = true;
        else
            status = compare_numbers(out, said, want);
    }
    lmi_free(want);
    return status;
}

/* What the last line says, without "The answer is". */
static lmas_status find_said(lmi_span *out, lmi_span text)
{
    const lmi_span line = lmi_last_line(text);
    lmi_span rest;
    const lmas_status status = lmi_pattern_first(
        &rest,
        "^[*_# ]*+(?i:(?:so|therefore|thus|hence)?,? ?(?:the )?(?:final |correct )?answer)"
        "[*_ ]*+(?: ?is\\b|:)[*_: ]*+(\\S.*+)$",
        line);

    if (status == LMAS_OK)
        *out = rest.text ? rest : line;
    return status;
}

lmas_status lmi_text_grade(char **out, bool *is_right, const char *gold, const lmi_answer *answer)
{
    lmi_span raw = answer->raw;
    char *said = NULL;
    bool is_same = false;
    lmas_status status = answer->is_box ? LMAS_OK : find_said(&raw, raw);

    if (status == LMAS_OK)
        status = lmi_text_normal(&said, raw);
    if (status == LMAS_OK && said && !*said) {
        lmi_free(said);
        said = NULL;
    }
    if (status == LMAS_OK && said && gold)
        status = compare(&is_same, said, raw, gold);
    if (status != LMAS_OK) {
        lmi_free(said);
        return status;
    }
    *out = said;
    *is_right = is_same;
    return LMAS_OK;
}
