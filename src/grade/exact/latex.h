/* latex.h - boxes, and what their LaTeX would look like on paper, as plain text. */
#ifndef LMI_GRADE_EXACT_LATEX_H
#define LMI_GRADE_EXACT_LATEX_H

#include <stdbool.h>

#include "base/buf.h"
#include "grade/pystr.h"

/* Most bytes of a box that are looked at, and most boxes: those before are not the answer. */
#define LMI_BOX_MAX   ((size_t)256 * 1024)
#define LMI_BOXES_MAX 32

/* A walk over the boxes of a text, from the last to the first. */
typedef struct lmi_boxes {
    lmi_span text; /* borrowed */
    size_t end;    /* what stands before this has not been looked at */
    size_t n_waiting, n_seen;
} lmi_boxes;

/* Begin it: {.text = text, .end = text.len}. Then each call gives the content of the next
 * \boxed{...} or \fbox{...} that is balanced and not blank; of two, one in the other, the
 * inner one first. False when there is none left. */
bool lmi_latex_box(lmi_span *out, lmi_boxes *boxes);

/* Append `text` with its decorations seen through: \text{A} is A, \frac{1}{2} is 1/2, 2\frac12
 * is 2 1/2, 1{,}430 is 1,430. Commands that mean something else keep their backslash. */
void lmi_latex_plain(lmi_buf *out, lmi_span text);

/* Append the first character of `in`, which is beyond ASCII, as ASCII writes it, if it does: a
 * full-width form, a dash, a digit of another script, a fraction. Returns its bytes. */
size_t lmi_latex_sign(lmi_buf *out, lmi_span in);

/* A fraction follows: behind a whole number it makes a mixed one. */
void lmi_latex_separate(lmi_buf *out);

#endif
