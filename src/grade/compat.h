/*
 * compat.h - the answer rule of the LatentMAS program, bug for bug.
 *
 * Its published numbers were made with it, so nothing here may be mended. Numbers end at
 * commas, boxes at their first closing brace, and answers are compared as text.
 */
#ifndef LMI_GRADE_COMPAT_H
#define LMI_GRADE_COMPAT_H

#include "base/buf.h"
#include "grade/grade.h"

/* How the rule writes an answer before it compares: stripped, lower case. */
lmas_status lmi_compat_normal(char **out, const char *text);

/* The gold of a GSM8K answer as the rule reads it: the number after "####", up to a comma.
 * `*out` is NULL when there is none. */
lmas_status lmi_compat_gold_number(char **out, const char *answer);

/* The rule on a text as lmi_py_append() makes it: what it answers (NULL when nothing), and
 * whether that is `gold`. */
lmas_status lmi_compat_grade(char **out, bool *is_right, const lmi_gold *gold, const char *text,
                             size_t len);

/* Which part of a text answers by the rule, in words: a box, or the last number. */
const char *lmi_compat_from(const char *text, size_t len);

/* The last ```python block; NULL without one. */
lmas_status lmi_compat_code(char **out, const char *text, size_t len);

#endif
