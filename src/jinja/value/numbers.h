/* numbers.h - floats as texts, in the ways that Python's formats need. */
#ifndef LMI_JINJA_NUMBERS_H
#define LMI_JINJA_NUMBERS_H

#include "jinja/text/strings.h"

/* Most digits behind the point of a format. */
#define LMI_PRECISION_MAX 10000

/* A float as C writes it by `format` ("%.*e", "%#.*f", ..), with a dot as its point. */
lmi_str lmi_print_float(lmi_render *r, const char *format, int precision, double f);

#endif
