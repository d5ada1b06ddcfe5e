/* last.h - what a text without a statement ends with, or begins with. */
#ifndef LMI_GRADE_CHOICE_LAST_H
#define LMI_GRADE_CHOICE_LAST_H

#include "grade/choice/pick.h"

/* The last sentences: "It is C.", "so B", "leaving A", "D fits best". `in` holds no listings. */
lmas_status lmi_last_words(lmi_pick *out, lmi_polarity *polarity, lmi_span in);

/* A line that is an option: the last one, one that is a letter, the first one, what is in bold. */
lmas_status lmi_last_line_find(lmi_pick *out, lmi_polarity *polarity, lmi_span in, lmi_span raw);

#endif
