/* grade.c - one text, two rules. */
#include "grade/grade.h"

#include <string.h>

#include "base/mem.h"
#include "grade/choice/choice.h"
#include "grade/compat.h"
#include "grade/exact/exact.h"
#include "grade/exact/text.h"

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
    out->is_exact_right = gold->exact && strcmp(out->exact, gold->exact) == 0;
    return LMAS_OK;
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
        status = lmi_text_grade(&out->exact, &out->is_exact_right, gold->exact, &answer);
    else
        status = grade_number(out, gold, &answer);
    lmi_answer_done(&answer);
    return status;
}

lmas_status lmi_grade_text(lmi_grade *out, const lmi_gold *gold, const char *text, size_t len)
{
    lmi_grade grade = {0};
    lmi_buf valid;
    lmas_status status;

    if (gold->kind == LMI_GRADE_CODE || gold->n_options > LMI_OPTIONS_MAX)
        return lmi_fail(LMAS_E_INVALID, "a program, or %zu options, cannot be graded as text",
                        gold->n_options);
    lmi_buf_init(&valid, 3 * len);
    lmi_py_append(&valid, text, len);
    status = lmi_buf_status(&valid);
    if (status == LMAS_OK)
        status = lmi_compat_grade(&grade.compat, &grade.is_compat_right, gold, lmi_buf_text(&valid),
                                  valid.len);
    if (status == LMAS_OK)
        status = grade_exact(&grade, gold, (lmi_span){lmi_buf_text(&valid), valid.len});
    lmi_buf_done(&valid);
    if (status == LMAS_OK)
        *out = grade;
    else
        lmi_grade_done(&grade);
    return status;
}
