/* grade.c - one text, two rules. */
#include "grade/grade.h"

#include <string.h>

#include "base/mem.h"
#include "grade/choice/choice.h"
#include "grade/compat.h"
#include "grade/exact/exact.h"
#include "grade/exact/text.h"
#include "grade/pattern.h"

void lmi_grade_done(lmi_grade *grade)
{
    lmi_free(grade->exact);
    lmi_free(grade->compat);
    *grade = (lmi_grade){0};
}

static lmas_status grade_number(lmi_grade *out, const lmi_gold *gold, lmi_answer *answer)
{
    const lmas_status status = gold->kind == LMI_GRADE_INTEGER
                                   ? lmi_exact_integer(&out->exact, answer)
                                   : lmi_exact_number(&out->exact, answer);

    if (status == LMAS_OK)
        out->is_exact_right = lmi_grade_same(out->exact, gold->exact);
    out->exact_from = answer->from;
    return status;
}

static lmas_status grade_choice(lmi_grade *out, const lmi_gold *gold, lmi_answer *answer)
{
    lmi_choice choice;
    const lmas_status status = lmi_choice_find(&choice, gold, answer);

    if (status != LMAS_OK || !choice.letter)
        return status;
    out->exact = lmi_strndup(&choice.letter, 1);
    if (!out->exact)
        return lmi_fail(LMAS_E_NOMEM, "no memory for a letter");
    out->has_conflict = choice.has_conflict;
    out->exact_from = choice.from;
    out->is_exact_right = gold->exact && strcmp(out->exact, gold->exact) == 0;
    return LMAS_OK;
}

static lmas_status grade_text(lmi_grade *out, const lmi_gold *gold, const lmi_answer *answer)
{
    out->exact_from = answer->is_box ? "a box" : "the last line";
    return lmi_text_grade(&out->exact, &out->is_exact_right, gold->exact, answer);
}

static lmas_status grade_exact(lmi_grade *out, const lmi_gold *gold, lmi_span text)
{
    lmi_answer answer;
    lmas_status status = lmi_answer_init(&answer, text);

    if (status != LMAS_OK)
        return status;
    if (gold->kind == LMI_GRADE_CHOICE)
        status = grade_choice(out, gold, &answer);
    else if (gold->kind == LMI_GRADE_TEXT)
        status = grade_text(out, gold, &answer);
    else
        status = grade_number(out, gold, &answer);
    lmi_answer_done(&answer);
    return status;
}

/* Both rules, each on its text as lmi_py_append() makes it. */
static lmas_status grade_valid(lmi_grade *out, const lmi_gold *gold, lmi_span text, lmi_span marked)
{
    lmi_grade grade = {0};
    lmas_status status;

    lmi_pattern_forget();
    status = lmi_compat_grade(&grade.compat, &grade.is_compat_right, gold, text.text, text.len);

    if (status == LMAS_OK)
        status = grade_exact(&grade, gold, marked);
    grade.exact_from = grade.exact ? grade.exact_from : NULL;
    grade.compat_from = grade.compat ? lmi_compat_from(text.text, text.len) : NULL;
    if (status == LMAS_OK)
        status = lmi_pattern_status();
    if (status == LMAS_OK)
        *out = grade;
    else
        lmi_grade_done(&grade);
    return status;
}

static lmas_status grade_both(lmi_grade *out, const lmi_gold *gold, lmi_span text,
                              const char *marked)
{
    lmi_texts texts;
    lmas_status status = LMAS_OK;

    if (gold->kind == LMI_GRADE_CODE || gold->n_options > LMI_OPTIONS_MAX)
        return lmi_fail(LMAS_E_INVALID, "a program, or %zu options, cannot be graded as text",
                        gold->n_options);
    status = lmi_texts_init(&texts, text, marked);
    if (status == LMAS_OK)
        status = grade_valid(out, gold, texts.shown, texts.marked);
    lmi_texts_done(&texts);
    return status;
}

lmas_status lmi_grade_text(lmi_grade *out, const lmi_gold *gold, const char *text, size_t len)
{
    return grade_both(out, gold, (lmi_span){text, len}, NULL);
}

lmas_status lmi_grade_said(lmi_grade *out, const lmi_gold *gold, const char *text,
                           const char *marked)
{
    return grade_both(out, gold, (lmi_span){text, strlen(text)}, marked);
}
