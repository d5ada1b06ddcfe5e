/*
 * buf.h - text that grows, up to a ceiling stated at its birth.
 *
 * A failure (memory, ceiling) sticks: append in series, then ask lmi_buf_status() once.
 * The text is always NUL-terminated, also when nothing was appended.
 */
#ifndef LMI_BASE_BUF_H
#define LMI_BASE_BUF_H

#include <stdarg.h>
#include <stddef.h>

#include "base/status.h"

typedef struct lmi_buf {
    char *data; /* NULL until the first append; use lmi_buf_text() */
    size_t len; /* without the NUL */
    size_t capacity;
    size_t max; /* longest `len` allowed */
    lmas_status status;
} lmi_buf;

void lmi_buf_init(lmi_buf *buf, size_t max);
void lmi_buf_done(lmi_buf *buf);

/* Forget the text and a failure, keep the memory. */
void lmi_buf_clear(lmi_buf *buf);

void lmi_buf_append(lmi_buf *buf, const char *data, size_t len);
void lmi_buf_puts(lmi_buf *buf, const char *text);
void lmi_buf_putc(lmi_buf *buf, char c);
void lmi_buf_printf(lmi_buf *buf, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* LMAS_OK, or the first failure with its message set again for this thread. */
lmas_status lmi_buf_status(const lmi_buf *buf);

/* Borrowed; "" when empty. */
const char *lmi_buf_text(const lmi_buf *buf);

/* Hand the text over to the caller, who frees it with lmi_free(). NULL after a failure. */
char *lmi_buf_steal(lmi_buf *buf);

#endif
