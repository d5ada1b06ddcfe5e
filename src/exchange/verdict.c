/* verdict.c - verdicts with their message; see verdict.h. */
#include "exchange/verdict.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>

lmi_exchange_verdict lmi_exchange_verdict_of(lmas_status status)
{
    if (status == LMAS_OK)
        return LMI_EXCHANGE_OK;
    if (status == LMAS_E_INVALID)
        return LMI_EXCHANGE_INVALID;
    return status == LMAS_E_FORMAT ? LMI_EXCHANGE_FORMAT : LMI_EXCHANGE_FAILED;
}

lmi_exchange_verdict lmi_exchange_fail(lmi_exchange_verdict verdict, const char *format, ...)
{
    char text[LMI_ERROR_MAX];
    va_list args;

    va_start(args, format);
    vsnprintf(text, sizeof(text), format, args);
    va_end(args);
    lmi_fail(LMAS_E_INVALID, "%s", text);
    return verdict;
}

lmi_exchange_verdict lmi_exchange_fail_errno(const char *format, ...)
{
    const int error = errno;
    char text[LMI_ERROR_MAX];
    va_list args;

    va_start(args, format);
    vsnprintf(text, sizeof(text), format, args);
    va_end(args);
    errno = error;
    lmi_fail_errno(LMAS_E_IO, "%s", text);
    return LMI_EXCHANGE_FAILED;
}

lmi_exchange_verdict lmi_exchange_absent(void)
{
    return lmi_exchange_fail(LMI_EXCHANGE_ABSENT, "there is no such memory");
}

const char *lmi_exchange_verdict_name(lmi_exchange_verdict verdict)
{
    static const char *const names[] = {
        [LMI_EXCHANGE_OK] = "ok",         [LMI_EXCHANGE_INVALID] = "invalid",
        [LMI_EXCHANGE_ABSENT] = "absent", [LMI_EXCHANGE_TOO_LONG] = "too long",
        [LMI_EXCHANGE_FORMAT] = "format", [LMI_EXCHANGE_QUOTA] = "quota",
        [LMI_EXCHANGE_FAILED] = "failed",
    };

    return names[verdict];
}
