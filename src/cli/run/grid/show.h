/* show.h - the plan of several runs on stderr. */
#ifndef LMI_CLI_RUN_GRID_SHOW_H
#define LMI_CLI_RUN_GRID_SHOW_H

#include "cli/run/grid/estimate.h"

/* A row for runs that differ by their seed alone, totals, settings that came from the paper, and
 * the time. */
void lmi_grid_show(const lmi_grid *grid, const lmi_grid_call *call,
                   const lmi_grid_estimate *estimate);

/* A line for each task: what the paper has for it. */
void lmi_grid_show_defaults(const lmi_grid *grid, const lmi_grid_call *call);

/* "run 3 of 9: demo, latent_mas, 10 steps, seed 42". */
void lmi_grid_show_run(const lmi_grid *grid, size_t i);

/* "3 of 9 runs are done; left: about 2 min ..." */
void lmi_grid_show_rest(const lmi_grid_estimate *estimate);

#endif
