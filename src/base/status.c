/*
 * status.c - the status names and the one message per thread.
 *
 * The message is set once, where the failure happens; everything above only passes the
 * code on. So the text a user reads was written by the line that knew most.
 */
#include "base/status.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/utf8.h"

static _Thread_local char message[LMI_ERROR_MAX];

/* What is formatted may hold the message so far. */
__attribute__((format(printf, 1, 0))) static void write_message(const char *format, va_list args)
{
    char text[LMI_ERROR_MAX];

    vsnprintf(text, sizeof(text), format, args);
    memcpy(message, text, strlen(text) + 1);
}

lmas_status lmi_fail(lmas_status status, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    write_message(format, args);
    va_end(args);
    lmi_flatten(message);
    return status;
}

lmas_status lmi_fail_errno(lmas_status status, const char *format, ...)
{
    const int error = errno;
    va_list args;
    size_t len;

    va_start(args, format);
    write_message(format, args);
    va_end(args);
    len = strlen(message);
    snprintf(message + len, sizeof(message) - len, ": %s", strerror(error));
    lmi_flatten(message);
    return status;
}

const char *lmas_last_error(void)
{
    return message;
}

const char *lmas_status_name(lmas_status status)
{
    switch (status) {
    case LMAS_OK:
        return "ok";
    case LMAS_E_INVALID:
        return "invalid argument";
    case LMAS_E_NOMEM:
        return "out of memory";
    case LMAS_E_IO:
        return "input/output";
    case LMAS_E_MODEL:
        return "unusable model";
    case LMAS_E_CONTEXT_FULL:
        return "context full";
    case LMAS_E_ENGINE:
        return "engine failure";
    case LMAS_E_CANCELED:
        return "canceled";
    case LMAS_E_FORMAT:
        return "bad format";
    }
    return "unknown status";
}
