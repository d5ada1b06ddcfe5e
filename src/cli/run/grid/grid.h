/* grid.h - one command, several runs: tasks, methods, thoughts and seeds against each other. */
#ifndef LMI_CLI_RUN_GRID_GRID_H
#define LMI_CLI_RUN_GRID_GRID_H

#include "cli/run/grid/plan.h"

/* Whether the command line is more than one plain run: it has a list, one of the flags of grids, or
 * a folder of several runs. */
bool lmi_grid_is_meant(const lmi_grid_call *call);

/* Make all runs of it that are not done; the worst of their exit codes. */
int lmi_grid_go(const lmi_grid_call *call);

#endif
