/*
 * folder.h - the folder of several runs, and what is in it.
 *
 *   grid.json              the plan: what all runs have in common, and the command of each
 *   TASK-METHOD-.../       a run's own folder (eval/folder/runfolder.h)
 *
 * grid.json is written whole before the first run starts, and again where runs join.
 */
#ifndef LMI_CLI_RUN_GRID_FOLDER_H
#define LMI_CLI_RUN_GRID_FOLDER_H

#include "cli/run/grid/plan.h"

/* Whether several runs were started in `path`. */
bool lmi_grid_is_folder(const char *path);

/* Read the plan that the folder holds. */
lmas_status lmi_grid_read(lmi_grid *out, const lmi_opt_group *groups, const char *path);

/* Write the plan: the runs of `before` that are not in `grid`, and those of `grid`. */
lmas_status lmi_grid_write(const lmi_grid *grid, const lmi_grid *before, const char *path);

/* Make the folder where it is not there, and lock it until the process ends: LMAS_E_IO where
 * another one works in it. */
lmas_status lmi_grid_lock(const char *path);

/* See how far run `i` is: from its summary, else from the lines of its samples. */
lmas_status lmi_grid_look(lmi_grid *grid, size_t i, const char *path);

/* PATH/NAME of a run. Free with lmi_free(). */
lmas_status lmi_grid_run_path(char **out, const lmi_grid_run *run, const char *path);

/* A folder of a new name for a command line that names none: runs/<time>-grid. Free with
 * lmi_free(). */
lmas_status lmi_grid_new_path(char **out);

#endif
