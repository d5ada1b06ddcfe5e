/* list.h - questions of runs, a line each. */
#ifndef LMI_CLI_SAMPLES_LIST_H
#define LMI_CLI_SAMPLES_LIST_H

#include "eval/inspect/viewer.h"

/* The runs that are looked at: a line each, with how much of it is right. */
void lmi_list_runs(const lmi_viewer *viewer);

/* Columns that only some runs have: the other rule where it differs from the exact one somewhere, a
 * judge of the user's, a mark on answers that were cut. */
typedef struct lmi_list_columns {
    bool has_compat, has_grader, has_cut;
} lmi_list_columns;

lmi_list_columns lmi_list_choose(const lmi_viewer *viewer);

/* That none of the questions was taken that were asked for: a line on stderr, or LMAS_E_INVALID
 * where one was named that is not there. */
lmas_status lmi_list_none(const lmi_viewer *viewer);

/* The columns, then a line for each question. */
void lmi_list_head(const lmi_viewer *viewer, const lmi_list_columns *columns);
void lmi_list_question(const lmi_shown *row, const lmi_list_columns *columns);

#endif
