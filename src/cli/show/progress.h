/* progress.h - how far a long job is: a line that is redrawn on a terminal, one now and then
 * elsewhere. Nothing in the first seconds: a job that short needs none. */
#ifndef LMI_CLI_SHOW_PROGRESS_H
#define LMI_CLI_SHOW_PROGRESS_H

#include <stdbool.h>
#include <stddef.h>

typedef struct lmi_progress {
    bool is_live, has_colour;
    bool is_shown; /* a line stands on the terminal */
    double begin_ms;
    double shown_ms; /* when something was last shown */
} lmi_progress;

void lmi_progress_init(lmi_progress *progress);

/* Whether it is time to show something: ask before putting a text together. */
bool lmi_progress_is_due(const lmi_progress *progress);

/* Show `text`; on a terminal wide enough with a bar before it that `n` of `n_total` fill, without
 * one where `n_total` is 0. */
void lmi_progress_show(lmi_progress *progress, size_t n, size_t n_total, const char *text);

/* Take the line away, at the end or for a message. */
void lmi_progress_clear(lmi_progress *progress);

#endif
