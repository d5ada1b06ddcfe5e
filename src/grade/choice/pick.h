/* pick.h - the last letter that one of a text's sentences chooses. */
#ifndef LMI_GRADE_CHOICE_PICK_H
#define LMI_GRADE_CHOICE_PICK_H

#include "grade/choice/polarity.h"

/* What a rule found. */
typedef struct lmi_pick {
    char letter;       /* 0: none */
    bool is_settled;   /* none, and no weaker rule may find one: several letters were given */
    const char *where; /* the match that found it begins here; NULL: nothing found */
    const char *at;    /* the letter, NULL when it was found by its text */
    lmi_span text;     /* what `at` is in */
} lmi_pick;

/* The last match of `pattern`, whose group 1 is a letter, that chooses an option. */
lmas_status lmi_pick_last(lmi_pick *out, lmi_polarity *polarity, const char *pattern, lmi_span in,
                          bool is_bare);

/* The same where all matches must name one letter: headings over each option choose none. */
lmas_status lmi_pick_only(lmi_pick *out, lmi_polarity *polarity, const char *pattern, lmi_span in);

/* Of two in one text, the one that begins later; of two that begin together, `b`. */
lmi_pick lmi_pick_later(lmi_pick a, lmi_pick b);

/* Whether all matches name one letter, or there are none. */
lmas_status lmi_pick_is_one(bool *out, const lmi_options *options, const char *pattern,
                            lmi_span in);

#endif
