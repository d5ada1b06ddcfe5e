/*
 * number.h - numbers as text, compared as exact rationals.
 *
 * Nothing here is a double: "18.00", "1.8e1", "36/2" and "17 2/2" are taken apart into digits
 * and multiplied crosswise.
 */
#ifndef LMI_GRADE_EXACT_NUMBER_H
#define LMI_GRADE_EXACT_NUMBER_H

#include <stdbool.h>

/* Longest number that is compared, in characters; a longer one is no answer. */
#define LMI_NUMBER_MAX 128

/* Largest power of ten in 1.5e3. */
#define LMI_EXPONENT_MAX 99

/* Whether `text` is a number: a sign or none, then 18 18. .5 1.5e3 1.5/3 or 2 1/2. Nothing
 * may be divided by zero. */
bool lmi_number_is(const char *text);

/* Whether it is one, and whole: 25, 25.0, 50/2. */
bool lmi_number_is_whole(const char *text);

/* Whether both are numbers and equal. A NULL is equal to nothing. */
bool lmi_grade_same(const char *a, const char *b);

#endif
