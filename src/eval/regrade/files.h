/* files.h - config.json and summary.json of a run that was graded again. */
#ifndef LMI_EVAL_REGRADE_FILES_H
#define LMI_EVAL_REGRADE_FILES_H

#include "eval/regrade/regrade.h"
#include "eval/sample.h"

/* Append the config `stored` with `graded_by` in it: this version, now, and where programs ran. */
lmas_status lmi_regraded_config(lmi_buf *out, const char *path, const lmi_buf *stored,
                                const lmi_regrade_params *params);

/* Append the summary in `folder` with the verdicts of `totals`; nothing where there is none: the
 * run has not ended. */
lmas_status lmi_regraded_summary(lmi_buf *out, const char *folder, const lmi_totals *totals);

#endif
