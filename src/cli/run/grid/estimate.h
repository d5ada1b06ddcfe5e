/*
 * estimate.h - how long runs will take, from what is known.
 *
 * Best is a finished run of the same row. Else the tokens and thoughts that the prompts promise are
 * multiplied with what one took, in finished runs of the grid or in a short measurement; how much
 * will be spoken is only known once a run has ended: until then there are two ends.
 */
#ifndef LMI_CLI_RUN_GRID_ESTIMATE_H
#define LMI_CLI_RUN_GRID_ESTIMATE_H

#include "cli/run/grid/plan.h"

/* Seconds of a token read, a thought, a token spoken. */
typedef struct lmi_grid_rates {
    double read_s, think_s, speak_s;
    bool are_measured; /* and not from runs */
} lmi_grid_rates;

typedef struct lmi_grid_estimate {
    double least_s, most_s; /* equal where finished runs say how much is spoken */
    size_t n_done, n_runs;
    bool is_known;
} lmi_grid_estimate;

/* Time reading, thinking and speaking on the model for a moment, several questions at once. */
lmas_status lmi_grid_measure(lmi_grid_rates *out, lmi_stage *stage);

/* What the runs that are not done take; `measured` stands in until one is. */
lmi_grid_estimate lmi_grid_estimate_of(const lmi_grid *grid, const lmi_grid_rates *measured);

/* Append "about 3 min (from 2 runs that are done)". */
void lmi_grid_describe(lmi_buf *out, const lmi_grid_estimate *estimate);

#endif
