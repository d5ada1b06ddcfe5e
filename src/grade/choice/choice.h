/* choice.h - the letter a text chooses. */
#ifndef LMI_GRADE_CHOICE_CHOICE_H
#define LMI_GRADE_CHOICE_CHOICE_H

#include "grade/exact/answer.h"
#include "grade/grade.h"

typedef struct lmi_choice {
    char letter;       /* 'B'; 0: the text chooses none */
    bool has_conflict; /* another option's text stands behind it: the letter counts */
    const char *from;  /* which part of the text chooses it, in words; static */
} lmi_choice;

/* What an answer chooses among gold->options, of which there are as many as letters count (none
 * told: all 26 count). Steps through the places of `answer`. */
lmas_status lmi_choice_find(lmi_choice *out, const lmi_gold *gold, lmi_answer *answer);

#endif
