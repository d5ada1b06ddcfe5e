/* status.h - how a failure travels: a code upwards, its one line of text beside it. */
#ifndef LMI_BASE_STATUS_H
#define LMI_BASE_STATUS_H

#include <stddef.h>

#include "latentmas.h"

/* Longest message kept, in bytes; a longer one is cut. */
#define LMI_ERROR_MAX 1024

/* Set this thread's message and return `status`. Call it where the failure happens and
 * nowhere above: one line, what was expected and what was found, no full stop. */
lmas_status lmi_fail(lmas_status status, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* The same, followed by ": " and the text of errno as it was when called. */
lmas_status lmi_fail_errno(lmas_status status, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

#endif
