/*
 * progress.h - how far a long job is: a line that is redrawn on a terminal, one now and then
 * elsewhere. Nothing in the first seconds: a job that short needs none.
 *
 * A step of the job may be one call that takes a minute. So what stands before such a call is
 * promised: a timer shows it when its time comes, also while the call goes on.
 */
#ifndef LMI_CLI_PROGRESS_H
#define LMI_CLI_PROGRESS_H

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

/* Bytes that a text may take: the columns of the terminal but one, or what a line can bear. */
size_t lmi_progress_width(const lmi_progress *progress);

/* Show `text`; on a terminal wide enough with a bar before it that `n` of `n_total` fill, without
 * one where `n_total` is 0. */
void lmi_progress_show(lmi_progress *progress, size_t n, size_t n_total, const char *text);

/* The same when it is due: now, or later unless another text or the end comes before. One job at a
 * time may promise. */
void lmi_progress_promise(lmi_progress *progress, size_t n, size_t n_total, const char *text);

/* Take the line away, at the end or for a message, and the promise with it. */
void lmi_progress_clear(lmi_progress *progress);

#endif
