/*
 * folders.h - which folders a report reads: those that were named, and of a grid those in it.
 *
 * A grid is a folder without config.json that holds folders of runs: it stands for all folders in
 * it, by name. Hidden ones aside, so that one in which nothing is left gets named.
 */
#ifndef LMI_EVAL_REPORT_SURVEY_FOLDERS_H
#define LMI_EVAL_REPORT_SURVEY_FOLDERS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/status.h"

/* Most folders of one report. */
enum { LMI_FOLDERS_MAX = 4096 };

typedef struct lmi_folders {
    char **paths;
    size_t n, capacity;
} lmi_folders;

/* Whether the folder is a grid. */
bool lmi_folder_is_grid(const char *path);

/* Append the folder `path`, or those of the grid that it is. */
lmas_status lmi_folders_add(lmi_folders *folders, const char *path);

/* Put `path` before all of them, a run whatever it holds. */
lmas_status lmi_folders_add_first(lmi_folders *folders, const char *path);
void lmi_folders_done(lmi_folders *folders);

#endif
