/*
 * grade.h - the number a text answers with, and whether two numbers are the same.
 *
 * Numbers stay text: "18", "18.00" and "1,430" are compared digit by digit, so nothing is
 * lost to a double.
 */
#ifndef LMI_GRADE_EXACT_H
#define LMI_GRADE_EXACT_H

#include <stdbool.h>

#include "base/buf.h"

/* Longest number that is compared, in characters; a longer one is no answer. */
#define LMI_NUMBER_MAX 128

/* The number after the last "####" of a GSM8K answer, its thousands commas removed. `*out` is
 * NULL when no number, or more than a number, stands there. */
lmas_status lmi_grade_gold(char **out, const char *answer);

/* What `text` answers: the number in its last balanced \boxed{...} that is not empty; without
 * such a box, the last number of the text. Commas removed. `*out` is NULL when the box, or the
 * text, holds no number; fractions are not numbers here. */
lmas_status lmi_grade_prediction(char **out, const char *text);

/* Whether both are numbers and equal: 18 = 18.00 = +18. A NULL is equal to nothing. */
bool lmi_grade_same(const char *a, const char *b);

#endif
