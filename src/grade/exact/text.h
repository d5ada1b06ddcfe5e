/* text.h - answers that are words: compared with case, blanks and outer punctuation aside. */
#ifndef LMI_GRADE_EXACT_TEXT_H
#define LMI_GRADE_EXACT_TEXT_H

#include <stdbool.h>

#include "grade/exact/answer.h"

/* What `text` (valid UTF-8) is compared as: LaTeX seen through, lower case, one space between
 * words, no quotes and stops around it. */
lmas_status lmi_text_normal(char **out, lmi_span text);

/* What an answer says (its box, or its last line), and whether that is `gold`. Two numbers are
 * compared as numbers. `*out` is NULL when it says nothing. */
lmas_status lmi_text_grade(char **out, bool *is_right, const char *gold, const lmi_answer *answer);

#endif
