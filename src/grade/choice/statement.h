/* statement.h - sentences that choose an option, wherever they stand. */
#ifndef LMI_GRADE_CHOICE_STATEMENT_H
#define LMI_GRADE_CHOICE_STATEMENT_H

#include "grade/choice/pick.h"

/* "The answer is B", "I choose B", "Correction: B", by letter or by the option's text, in several
 * languages. The last one counts. */
lmas_status lmi_statement_find(lmi_pick *out, lmi_polarity *polarity, lmi_span in);

/* "B is correct", "B is the best answer": for a text without a statement. */
lmas_status lmi_remark_find(lmi_pick *out, lmi_polarity *polarity, lmi_span in);

#endif
