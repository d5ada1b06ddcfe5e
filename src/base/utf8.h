/* utf8.h - what a decoder of tokens must know of UTF-8: where a character ends. */
#ifndef LMI_BASE_UTF8_H
#define LMI_BASE_UTF8_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"

/* Bytes at the start of `text` that are whole characters or can never become one; what is
 * left (at most 3 bytes) is the beginning of a character that the next bytes may finish. */
size_t lmi_utf8_complete(const char *text, size_t len);

/* Whether all of `text` is valid UTF-8. */
bool lmi_utf8_is_valid(const char *text, size_t len);

/* Append `text` with every byte that is not part of valid UTF-8 replaced by U+FFFD. */
void lmi_utf8_append(lmi_buf *out, const char *text, size_t len);

/* Bytes of the control character that `text` begins with, 0 where it begins with another: those
 * of ASCII and of Latin-1, which terminals obey as well. */
size_t lmi_utf8_control(const char *text);

/* Make one line of a text that came from outside: each control character becomes '?'. */
void lmi_flatten(char *text);

/* The largest cut point <= `len` that does not split a character. */
size_t lmi_utf8_floor(const char *text, size_t len);

#endif
