/* archive.h - a ZIP of texts, read with limits against what unpacks to more than memory holds, and
 * written whole or not at all. The only file that knows libzip. */
#ifndef LMI_EXCHANGE_AWARENESS_ARCHIVE_H
#define LMI_EXCHANGE_AWARENESS_ARCHIVE_H

#include <stdbool.h>

#include "base/buf.h"
#include "exchange/verdict.h"

typedef struct lmi_archive lmi_archive;

lmi_exchange_verdict lmi_archive_open(lmi_archive **out, const char *path);
void lmi_archive_close(lmi_archive *archive); /* NULL is nothing */

bool lmi_archive_has(const lmi_archive *archive, const char *name);

/* Append the text of that name, which must be there. */
lmi_exchange_verdict lmi_archive_read(lmi_buf *out, const lmi_archive *archive, const char *name);

/* A text to write; both borrowed. */
typedef struct lmi_archive_text {
    const char *name;
    const lmi_buf *text;
} lmi_archive_text;

/* Write them in this order; the same texts give the same file. */
lmi_exchange_verdict lmi_archive_write(const char *path, const lmi_archive_text *texts, size_t n);

#endif
