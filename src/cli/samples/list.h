/* list.h - questions of runs, a line each. */
#ifndef LMI_CLI_SAMPLES_LIST_H
#define LMI_CLI_SAMPLES_LIST_H

#include "eval/inspect/viewer.h"

/* The runs that are looked at: a line each, with how much of it is right. */
void lmi_list_runs(const lmi_viewer *viewer);

/* The columns, then a line for each question. */
void lmi_list_head(const lmi_viewer *viewer);
void lmi_list_question(const lmi_shown *row);

#endif
