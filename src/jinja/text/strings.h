/* strings.h - texts as Python's str has them: characters are code points, case is Unicode's. */
#ifndef LMI_JINJA_STRINGS_H
#define LMI_JINJA_STRINGS_H

#include "jinja/value/value.h"

/* A text under construction: the arena lets it grow in place while nothing else is allocated. */
typedef struct lmi_writer {
    lmi_render *r;
    char *text;
    size_t len, capacity;
} lmi_writer;

lmi_writer lmi_writer_new(lmi_render *r);
void lmi_write(lmi_writer *w, const char *text, size_t len);
void lmi_write_str(lmi_writer *w, lmi_str s);
void lmi_write_text(lmi_writer *w, const char *text); /* up to its NUL */
void lmi_write_char(lmi_writer *w, uint32_t c);       /* one code point */
void lmi_write_format(lmi_writer *w, const char *format, ...) __attribute__((format(printf, 2, 3)));
void lmi_write_fill(lmi_writer *w, lmi_str s, int64_t n); /* n times */
lmi_str lmi_written(const lmi_writer *w);

/* The code point at `text` (valid UTF-8, not at its end) and its bytes. */
uint32_t lmi_char_at(size_t *len_out, const char *text);

/* Number of code points; the byte where code point `i` starts (i <= length). */
size_t lmi_str_length(lmi_str s);
size_t lmi_str_offset(lmi_str s, size_t i);

/* a + b, in place where a was made last. */
lmi_str lmi_str_concat(lmi_render *r, lmi_str a, lmi_str b);

/* First byte offset of `part` in `s` at or after `from`; SIZE_MAX when it is not there. */
size_t lmi_str_find(lmi_str s, lmi_str part, size_t from);

/* Python's str methods of these names. */
lmi_str lmi_str_upper(lmi_render *r, lmi_str s);
lmi_str lmi_str_lower(lmi_render *r, lmi_str s);
lmi_str lmi_str_capitalize(lmi_render *r, lmi_str s);
lmi_str lmi_str_title(lmi_render *r, lmi_str s);
/* which: -1 left, 0 both, 1 right; `chars` NULL: white space. Views, nothing is copied. */
lmi_str lmi_str_strip(lmi_str s, const lmi_str *chars, int which);
/* count < 0: all */
lmi_str lmi_str_replace(lmi_render *r, lmi_str s, lmi_str old, lmi_str with, int64_t count);
bool lmi_is_space(uint32_t c);
bool lmi_is_upper(lmi_render *r, lmi_str s); /* str.isupper() */
bool lmi_is_lower(lmi_render *r, lmi_str s);

/* s[i]; s[start:stop:step] with Python's indices already clipped by the caller. */
lmi_str lmi_str_at(lmi_str s, size_t i);

/* The bound method `name` of a text; false when str has no method of that name. Methods that
 * Python has and this engine lacks raise. */
bool lmi_str_method(lmi_render *r, lmi_value *out, lmi_value self, lmi_str name);

/* `format % args`. */
lmi_value lmi_str_percent(lmi_render *r, lmi_value format, lmi_value args);

/* & < > ' " as `escape` writes them. */
lmi_str lmi_str_escape(lmi_render *r, lmi_str s);

/* int() and float() of a text as Python reads it; false where Python raises ValueError. An int
 * beyond 64 bits raises. */
bool lmi_str_to_int(lmi_render *r, int64_t *out, lmi_str s, int64_t base);
bool lmi_str_to_float(lmi_render *r, double *out, lmi_str s);

/* repr() of a text and of a float, appended. */
void lmi_write_repr(lmi_writer *w, lmi_str s);
void lmi_write_float(lmi_writer *w, double f);

#endif
