/* retry.h - questions that failed leave a run, so that it asks them again. */
#ifndef LMI_EVAL_FOLDER_RETRY_H
#define LMI_EVAL_FOLDER_RETRY_H

#include <stddef.h>

#include "base/status.h"

/* Write the samples of the run in `folder`, open and locked as `*fd`, anew without the lines of
 * questions that failed, and without half a line; how many those were. `*fd` is the new file then,
 * locked as well. With none the file stays as it is. */
lmas_status lmi_retry_drop(size_t *n_out, int *fd, const char *folder);

#endif
