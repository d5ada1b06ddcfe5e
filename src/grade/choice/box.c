/* box.c - a box holds little, so what it holds is taken for an option if it can be one. */
#include "grade/choice/box.h"

#include "grade/choice/statement.h"
#include "grade/exact/answer.h"

/* Most bytes of a box that may name an option. */
enum { BOX_LEN_MAX = 16 * 1024 };

/* B (B) B. */
static const char LETTER_ALONE[] = "^[(\\[]?\\s*+([A-Za-z])\\s*+[)\\].:]*+$";

/* Or a letter with something behind it. */
static const char LABEL[] =
    "(?|"
    /* B. 25 mg, (B) 25 mg, B: 25 mg */
    "^\\(?([A-Za-z])[).:]++[*_]*+\\s++\\S|^[(\\[]([A-Za-z])[)\\]]"
    /* B - 25 mg */
    "|^([A-Z])\\s++(?:-|\xe2\x80\x94)\\s*+\\S"
    /* option B */
    "|^(?i:option|choice|answer|letter)\\b[\\s:]*+(?:is\\s++)?+[(\\[]?([A-Za-z])(?![A-Za-z0-9])"
    ")";

/* A, B; (A) and (B) */
static const char SEVERAL[] = "^(?i:both |either |options? )?+[(\\[]?[A-Z][)\\].]?"
                              "(?:(?:\\s*+(?:[,;/&+]|\\b(?:and|or)\\b)){1,2}+\\s*+"
                              "(?:option )?+[(\\[]?([A-Z])\\b[)\\].]?)++$";

/* A letter and its own option's text: B copper. Group 1: the letter, 2: the text. */
static const char BOTH[] = "(?s)^[(\\[]?([A-Za-z])[)\\].:,\\s-]++(.++)$";

/* A digit and no more. */
static const char DIGIT[] = "^[(\\[]?([1-4])[)\\].]?$";

static lmas_status find_first(lmi_pick *out, const lmi_options *o, const char *pattern, lmi_span in)
{
    lmi_span letter;
    const lmas_status status = lmi_pattern_first(&letter, pattern, in);

    if (status == LMAS_OK)
        *out = (lmi_pick){lmi_options_letter(o, letter), false, in.text, letter.text, in};
    return status;
}

static lmas_status find_value(lmi_pick *out, const lmi_options *o, lmi_span in)
{
    *out = (lmi_pick){.where = in.text};
    return lmi_options_find_value(&out->letter, o, in);
}

/* The place of an option: only where its text is known, and no digit is in any. */
static lmas_status find_digit(lmi_pick *out, const lmi_options *o, lmi_span in)
{
    lmi_span digit;
    const lmas_status status = lmi_pattern_first(&digit, DIGIT, in);
    char letter;

    if (status != LMAS_OK || !digit.text || !o->n_texts || lmi_options_has_number(o, *digit.text))
        return status;
    letter = (char)('A' + *digit.text - '1');
    out->letter = lmi_options_letter(o, (lmi_span){&letter, 1});
    return LMAS_OK;
}

static lmas_status find_both(lmi_pick *out, const lmi_options *o, lmi_span in)
{
    char letter = 0;
    char text = 0;
    lmi_pattern p = {0};
    lmas_status status = lmi_pattern_init(&p, BOTH, in);

    if (status != LMAS_OK)
        return status;
    if (lmi_pattern_next(&p)) {
        letter = lmi_options_letter(o, lmi_pattern_group(&p, 1));
        status = lmi_options_find(&text, o, lmi_pattern_group(&p, 2));
    }
    lmi_pattern_done(&p);
    if (letter == text)
        out->letter = letter;
    return status;
}

/* Two letters answer, and choose nothing. */
static lmas_status find_several(lmi_pick *out, const lmi_options *o, lmi_span in)
{
    lmi_span other;
    const lmas_status status = lmi_pattern_first(&other, SEVERAL, in);

    if (status == LMAS_OK)
        out->is_settled = lmi_options_letter(o, other) != 0;
    return status;
}

lmas_status lmi_box_find(lmi_pick *out, lmi_polarity *polarity, lmi_span in)
{
    const lmi_options *o = polarity->options;
    lmas_status status = LMAS_OK;

    *out = (lmi_pick){0};
    in = lmi_trim(lmi_py_strip(in), " *_\"'`$", " *_\"'`$.,;");
    if (in.len > BOX_LEN_MAX)
        return LMAS_OK;
    status = find_first(out, o, LETTER_ALONE, in);
    if (status == LMAS_OK && !out->letter)
        status = find_value(out, o, in);
    if (status == LMAS_OK && !out->letter)
        status = find_several(out, o, in);
    if (status == LMAS_OK && !out->letter && !out->is_settled)
        status = find_first(out, o, LABEL, in);
    if (status == LMAS_OK && !out->letter && !out->is_settled)
        status = find_both(out, o, in);
    if (status == LMAS_OK && !out->letter && !out->is_settled)
        status = lmi_statement_find(out, polarity, in);
    if (status == LMAS_OK && !out->letter && !out->is_settled)
        status = find_digit(out, o, in);
    return status;
}
