/* clock.h - durations and timestamps. */
#ifndef LMI_BASE_CLOCK_H
#define LMI_BASE_CLOCK_H

#include <stddef.h>

/* Milliseconds of a clock that never goes back. */
double lmi_now_ms(void);

/* UTC as "20261124T034227Z" (file names) or "2026-11-24T03:42:27Z" (records). `out` holds 32. */
void lmi_utc_compact(char out[32]);
void lmi_utc_iso(char out[32]);

#endif
