/* filter.h - a command of the user's: a text in, a text out. Who named it trusts it: it runs as its
 * user would run it, but for its limits, and nothing of it is left behind. */
#ifndef LMI_SANDBOX_FILTER_H
#define LMI_SANDBOX_FILTER_H

#include <stdbool.h>

#include "base/buf.h"

/* Longest time that a command may be given; the most that it may print, in bytes. */
#define LMI_FILTER_WALL_MS_MAX 3600e3
#define LMI_FILTER_OUTPUT_MAX  ((size_t)64 * 1024 * 1024)

/* Have the shell run `command` on `n` bytes of `input`, and append what it prints. LMAS_E_IO and
 * LMAS_E_FORMAT say in a line why there is nothing: it failed, was late, printed what is no text.
 * `goes_on` is asked ten times a second; false is LMAS_E_CANCELED. */
lmas_status lmi_filter(lmi_buf *out, const char *command, const char *input, size_t n,
                       double wall_ms, bool (*goes_on)(void *user), void *user);

#endif
