/* clock.c - the monotonic clock for durations, UTC for names and records. */
#include "base/clock.h"

#include <time.h>

double lmi_now_ms(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static struct tm utc_now(void)
{
    const time_t now = time(NULL);
    struct tm utc;

    gmtime_r(&now, &utc);
    return utc;
}

void lmi_utc_compact(char out[32])
{
    const struct tm utc = utc_now();

    strftime(out, 32, "%Y%m%dT%H%M%SZ", &utc);
}

void lmi_utc_iso(char out[32])
{
    const struct tm utc = utc_now();

    strftime(out, 32, "%Y-%m-%dT%H:%M:%SZ", &utc);
}
