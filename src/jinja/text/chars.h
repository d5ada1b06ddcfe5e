/* chars.h - what Python knows of single characters: their class, their case. */
#ifndef LMI_JINJA_CHARS_H
#define LMI_JINJA_CHARS_H

#include <locale.h>

#include "jinja/text/strings.h"

/* The locale C.UTF-8, opened once for the process; raises where the system has none. */
locale_t lmi_unicode(lmi_render *r);

/* str.isalpha() and so on of one character. */
bool lmi_char_is_alpha(lmi_render *r, uint32_t c);
bool lmi_char_is_digit(uint32_t c);
bool lmi_char_is_numeric(uint32_t c);
bool lmi_char_is_printable(lmi_render *r, uint32_t c);
bool lmi_char_is_upper(lmi_render *r, uint32_t c);
bool lmi_char_is_lower(lmi_render *r, uint32_t c);
bool lmi_char_is_title(uint32_t c); /* one letter that looks like "Dz" */

/* Value of a decimal digit of any script, -1 for any other character. */
int lmi_char_digit(uint32_t c);

/* What the rules for a final sigma look through. */
bool lmi_char_is_case_ignorable(lmi_render *r, uint32_t c);

/* The character in another case: up to three. */
size_t lmi_char_upper(lmi_render *r, uint32_t out[3], uint32_t c);
size_t lmi_char_lower(lmi_render *r, uint32_t out[3], uint32_t c);
size_t lmi_char_title(lmi_render *r, uint32_t out[3], uint32_t c);

#endif
