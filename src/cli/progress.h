/* progress.h - how far a run is: a bar on a terminal, a line now and then elsewhere. */
#ifndef LMI_CLI_PROGRESS_H
#define LMI_CLI_PROGRESS_H

#include "eval/run.h"

typedef struct lmi_progress {
    bool is_live, has_colour;
    bool is_shown;   /* a bar stands on the terminal */
    double shown_ms; /* when something was last shown */
} lmi_progress;

void lmi_progress_init(lmi_progress *progress);

/* Show the standing if it is time to. */
void lmi_progress_update(lmi_progress *progress, const lmi_standing *standing);

/* Take the bar away. */
void lmi_progress_done(lmi_progress *progress);

#endif
