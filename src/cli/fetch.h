/* fetch.h - fetching a data set with its progress on stderr, until Ctrl-C. */
#ifndef LMI_CLI_FETCH_H
#define LMI_CLI_FETCH_H

#include "data/source.h"

/* Have the rows of task `name` in the cache (see lmi_source_fetch). Install the interrupt handler
 * before: it ends the fetch with LMAS_E_CANCELED. */
lmas_status lmi_fetch_shown(const char *name, const lmi_source *source, bool is_anew);

#endif
