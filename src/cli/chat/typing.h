/* typing.h - what a person types, edited and with history, or what comes through a pipe. */
#ifndef LMI_CLI_CHAT_TYPING_H
#define LMI_CLI_CHAT_TYPING_H

#include "base/buf.h"

/* Bytes of the longest line. */
#define LMI_TYPED_MAX ((size_t)1024 * 1024)

typedef struct lmi_typing {
    struct editline *editor; /* NULL where nobody types */
    struct history *history;
} lmi_typing;

/* A person types where both stdin and stderr are a terminal. */
lmas_status lmi_typing_open(lmi_typing *out);
void lmi_typing_close(lmi_typing *lines);

/* The next line, without its newline; one that ends in a backslash goes on in the next. False at
 * the end, with LMAS_E_IO in `status` where that is none. LMAS_E_INVALID for a line that is too
 * long, or no text: the next one may be better. */
bool lmi_typing_next(lmi_buf *out, lmas_status *status, lmi_typing *lines);

#endif
