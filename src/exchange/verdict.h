/*
 * verdict.h - how a call of the exchange ended: what a client did wrong is told from what is wrong
 * here, as an HTTP server must.
 *
 * The message is lmas_last_error(), as everywhere. That of LMI_EXCHANGE_FAILED, and of opening, may
 * name paths: it is for the owner's log. All others are for the client, and name nothing else.
 */
#ifndef LMI_EXCHANGE_VERDICT_H
#define LMI_EXCHANGE_VERDICT_H

#include "base/status.h"

typedef enum lmi_exchange_verdict {
    LMI_EXCHANGE_OK = 0,
    LMI_EXCHANGE_INVALID, /* what was given breaks a rule or a limit (HTTP 400) */
    LMI_EXCHANGE_ABSENT, /* no such memory for this tenant: not there, expired or another's (404) */
    LMI_EXCHANGE_TOO_LONG, /* the file is longer than one may be, or than was announced (413) */
    LMI_EXCHANGE_FORMAT,   /* the bytes are not a memory file, or a damaged one (422) */
    LMI_EXCHANGE_QUOTA,    /* the tenant has as many or as much as it may, or too much is under way
                            * (507, or 429) */
    LMI_EXCHANGE_FAILED,   /* disk, memory or database (500) */
} lmi_exchange_verdict;

/* Of a call that gave `status`: what it says of its arguments and of files, else FAILED. */
lmi_exchange_verdict lmi_exchange_verdict_of(lmas_status status);

/* Set the thread's message, as lmi_fail() does. */
lmi_exchange_verdict lmi_exchange_fail(lmi_exchange_verdict verdict, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
lmi_exchange_verdict lmi_exchange_fail_errno(const char *format, ...)
    __attribute__((format(printf, 1, 2))); /* FAILED, and errno's text */

/* The one answer for whatever a tenant cannot reach, whyever. */
lmi_exchange_verdict lmi_exchange_absent(void);

/* "ok", "invalid", "absent", ...: what the audit log says. */
const char *lmi_exchange_verdict_name(lmi_exchange_verdict verdict);

#endif
