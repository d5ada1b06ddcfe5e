/* print.h - a text of values beside str() and repr(). */
#ifndef LMI_JINJA_PRINT_H
#define LMI_JINJA_PRINT_H

#include "jinja/value/value.h"

lmi_str lmi_to_ascii(lmi_render *r, lmi_value value); /* Python's ascii() */

#endif
