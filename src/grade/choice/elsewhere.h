/* elsewhere.h - "the answer is B" in other languages. */
#ifndef LMI_GRADE_CHOICE_ELSEWHERE_H
#define LMI_GRADE_CHOICE_ELSEWHERE_H

#include "grade/choice/pick.h"

/* Sentences that choose, and remarks that an option is the right one: in Spanish, German, French,
 * Italian, Portuguese, Russian, Chinese, Japanese and Korean. */
lmas_status lmi_elsewhere_find(lmi_pick *out, lmi_polarity *polarity, lmi_span in);
lmas_status lmi_elsewhere_remark_find(lmi_pick *out, lmi_polarity *polarity, lmi_span in);

#endif
