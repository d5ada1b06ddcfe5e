/*
 * exact.h - the number a text answers with.
 *
 * Numbers stay text (number.h): what is read out of a text is written without commas, units and
 * signs of money, and compared exactly.
 */
#ifndef LMI_GRADE_EXACT_EXACT_H
#define LMI_GRADE_EXACT_EXACT_H

#include "base/buf.h"
#include "grade/exact/answer.h"
#include "grade/exact/number.h"

/* The number after the last "####" of a GSM8K answer, its thousands commas removed. `*out` is
 * NULL when no number, or more than a number, stands there. */
lmas_status lmi_grade_gold(char **out, const char *answer);

/* What a text answers: the number in its last box; without a box, the number of its last
 * "#### N" or "answer is N", or else its last number. `*out` is NULL when the box, or the text,
 * holds no number, or the box more than one. */
lmas_status lmi_exact_number(char **out, const lmi_answer *answer);

/* The number that `plain` is, units not allowed; `*out` is NULL when it is none. */
lmas_status lmi_exact_bare(char **out, lmi_span plain);

#endif
