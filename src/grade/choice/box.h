/* box.h - the option that stands in a box. */
#ifndef LMI_GRADE_CHOICE_BOX_H
#define LMI_GRADE_CHOICE_BOX_H

#include "grade/choice/pick.h"

/* A letter, an option's text or value, a sentence that chooses, the place of an option. */
lmas_status lmi_box_find(lmi_pick *out, lmi_polarity *polarity, lmi_span in);

#endif
