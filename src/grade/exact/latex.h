/* latex.h - boxes, and what their LaTeX would look like on paper, as plain text. */
#ifndef LMI_GRADE_EXACT_LATEX_H
#define LMI_GRADE_EXACT_LATEX_H

#include "base/buf.h"
#include "grade/pystr.h"

/* The content of the last \boxed{...} or \fbox{...} that is balanced and not blank: the one
 * that opens last, so the inner one of two. False without any. */
bool lmi_latex_box(lmi_span *out, lmi_span text);

/* Append `text` with its decorations seen through: \text{A} is A, \frac{1}{2} is 1/2, 2\frac12
 * is 2 1/2, 1{,}430 is 1,430. Commands that mean something else keep their backslash. */
void lmi_latex_plain(lmi_buf *out, lmi_span text);

#endif
