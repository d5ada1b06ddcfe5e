/* print.h - what the writers of values share. */
#ifndef LMI_JINJA_PRINT_H
#define LMI_JINJA_PRINT_H

#include "jinja/value.h"

/* One level down into a nested value and up again; raises past the deepest level allowed. */
void lmi_enter(lmi_render *r);
void lmi_leave(lmi_render *r);

lmi_str lmi_to_ascii(lmi_render *r, lmi_value value); /* Python's ascii() */

#endif
