/* listing.h - the options as a model lists them again, which chooses none. */
#ifndef LMI_GRADE_CHOICE_LISTING_H
#define LMI_GRADE_CHOICE_LISTING_H

#include "base/buf.h"
#include "grade/pystr.h"

/* Append `in` with blanks for the lines of listings: two or more lines in a row that begin with
 * successive letters, also where the text was cut among them, and the first line of one more. */
void lmi_listing_blank(lmi_buf *out, lmi_span in);

#endif
