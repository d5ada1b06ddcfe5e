/* format.h - what format() and % share: numbers as texts, and texts up to a width. */
#ifndef LMI_JINJA_FORMAT_H
#define LMI_JINJA_FORMAT_H

#include "jinja/text/strings.h"

/* Python's format(value, text). */
lmi_str lmi_format(lmi_render *r, lmi_value value, lmi_str text);

/* `head` and `body` with `fill` up to `width` characters. align: '<' the fill is behind, '>'
 * before, '^' on both sides, '=' between head and body. */
void lmi_write_aligned(lmi_writer *w, lmi_str head, lmi_str body, int64_t width, lmi_str fill,
                       char align);

/* `magnitude` in the base that `type` (one of "bdoxX") names. */
lmi_str lmi_int_text(lmi_render *r, uint64_t magnitude, char type);

/* The absolute value of `f` as `type` (one of "eEfFgG") writes it. */
lmi_str lmi_float_text(lmi_render *r, double f, char type, int precision, bool is_alternate);

/* The float as an int of 64 bits; raises where there is none. */
int64_t lmi_truncated(lmi_render *r, double f);

#endif
