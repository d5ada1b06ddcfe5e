/* source.h - the questions that a run was asked, found again. */
#ifndef LMI_CLI_REGRADE_SOURCE_H
#define LMI_CLI_REGRADE_SOURCE_H

#include "eval/regrade/regrade.h"

/* The task of a run; NULL, with a message, where this program knows none of that name. */
const lmi_task *lmi_regrade_task(const lmi_record *record);

/* Open the data of the run: `file`, or where that is NULL what config.json names, the cache, the
 * rows of this program, or the question that stands in the line. They are the run's by their
 * SHA-256. `path` gets the file's name and must outlive the data. */
lmas_status lmi_regrade_data(lmi_dataset *out, lmi_buf *path, const lmi_regrade *regrade,
                             const char *file);

#endif
