/* case.h - the rarer methods of str about case; strings.h has the others. */
#ifndef LMI_JINJA_CASE_H
#define LMI_JINJA_CASE_H

#include "jinja/text/strings.h"

lmi_str lmi_str_swapcase(lmi_render *r, lmi_str s);
lmi_str lmi_str_casefold(lmi_render *r, lmi_str s);
bool lmi_is_title(lmi_render *r, lmi_str s); /* str.istitle() */

#endif
