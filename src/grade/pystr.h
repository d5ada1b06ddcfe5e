/* pystr.h - what Python's str and int() take for digits, spaces and lower case. */
#ifndef LMI_GRADE_PYSTR_H
#define LMI_GRADE_PYSTR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/status.h"

/* A stretch of somebody's text. */
typedef struct lmi_span {
    const char *text;
    size_t len;
} lmi_span;

/* Append `text` as a Python program would have it: what is not valid UTF-8, and NUL, become
 * U+FFFD. (No rule of ours or of the reference tells a NUL from U+FFFD.) */
void lmi_py_append(lmi_buf *out, const char *text, size_t len);

/* What a model said, as a Python program would have it: as it is shown, and with the marks of its
 * thoughts; one text where it has none. */
typedef struct lmi_texts {
    lmi_span shown, marked;
    lmi_buf shown_text, marked_text;
} lmi_texts;

/* `marked` is NULL for none. Free with lmi_texts_done() in any case. */
lmas_status lmi_texts_init(lmi_texts *out, lmi_span shown, const char *marked);
void lmi_texts_done(lmi_texts *texts);

/* The first `what` in [at, end), NULL without one. (memmem would do, but a sanitizer looks at all
 * of its text in every call.) */
const char *lmi_find(const char *at, const char *end, const char *what);

/* The functions below want valid UTF-8. */

/* The first character of a text that is not empty, and its bytes. */
uint32_t lmi_py_char(size_t *len_out, const char *text);

/* Value of a decimal digit of any script, -1 for any other character. */
int lmi_py_digit(uint32_t c);
bool lmi_py_is_space(uint32_t c);

/* str.strip() */
lmi_span lmi_py_strip(lmi_span span);

/* Append str.lower(). A capital sigma becomes the small one that stands inside words, where
 * Python looks at its neighbours. LMAS_E_IO when the system has no C.UTF-8 locale. */
lmas_status lmi_py_lower(lmi_buf *out, lmi_span span);

/* str(int(text)) appended. False where int() raises ValueError. */
bool lmi_py_int(lmi_buf *out, lmi_span span);

#endif
