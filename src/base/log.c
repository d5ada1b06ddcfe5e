/*
 * log.c - the log sink: the one process-wide setting of the library, because libllama's
 * own log is process-wide too. Set before models are opened, only read afterwards.
 */
#include "base/log.h"

#include <stdarg.h>
#include <stdio.h>

#include "base/utf8.h"

static lmas_log_fn sink;
static void *sink_user;

void lmas_log_set(lmas_log_fn fn, void *user)
{
    sink = fn;
    sink_user = user;
}

bool lmi_log_is_heard(void)
{
    return sink != NULL;
}

void lmi_log(lmas_log_level level, const char *format, ...)
{
    char line[1024];
    va_list args;

    if (!sink)
        return;
    va_start(args, format);
    vsnprintf(line, sizeof(line), format, args);
    va_end(args);
    lmi_flatten(line);
    sink(sink_user, level, line);
}
