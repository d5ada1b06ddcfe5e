/* choice.h - the letter a text chooses. */
#ifndef LMI_GRADE_EXACT_CHOICE_H
#define LMI_GRADE_EXACT_CHOICE_H

#include "grade/exact/answer.h"
#include "grade/grade.h"

/* The letter ("B") that an answer chooses among gold->options, of which there are as many as
 * letters count (none told: all 26 count). `*out` is NULL when it chooses none. */
lmas_status lmi_choice_find(char **out, const lmi_gold *gold, const lmi_answer *answer);

#endif
