/* check.h - latentmas data check: does a data set agree with its grader? */
#ifndef LMI_CLI_DATA_CHECK_H
#define LMI_CLI_DATA_CHECK_H

#include "cli/run/flags.h"

/* Check the file, or the task's rows in the cache where it is NULL, and print what was found; the
 * exit code. */
int lmi_data_check(const lmi_task *task, const lmi_task_flags *flags, const lmi_code_flags *code);

#endif
