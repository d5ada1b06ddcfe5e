/* lines.h - a file read line by line, no line longer than a stated limit. */
#ifndef LMI_BASE_LINES_H
#define LMI_BASE_LINES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

typedef struct lmi_lines {
    int fd;
    const char *path; /* for messages; borrowed */
    lmi_buf text;     /* the current line, without its newline */
    size_t number;    /* of the current line, from 1 */
    uint64_t offset;  /* where it starts in the file */
    bool is_whole;    /* it ended in a newline; false only for the last line */
    char *chunk;      /* bytes read from the file: [pos, end) are not used yet */
    size_t pos, end;
} lmi_lines;

/* Read from where `fd` stands, which stays the caller's. */
lmas_status lmi_lines_init(lmi_lines *out, int fd, const char *path, size_t max_len);
void lmi_lines_done(lmi_lines *lines);

/* Step to the next line. At the end of the file `*has_line` is false. A line longer than the
 * limit is LMAS_E_FORMAT with its number. */
lmas_status lmi_lines_next(bool *has_line, lmi_lines *lines);

#endif
