/* fetch.h - fetching a data set or a model with its progress on stderr, until Ctrl-C. */
#ifndef LMI_CLI_FETCH_H
#define LMI_CLI_FETCH_H

#include "cli/flags.h"
#include "data/source.h"
#include "hub/model.h"

/* Have the rows of task `name` in the cache (see lmi_source_fetch). Install the interrupt handler
 * before: it ends the fetch with LMAS_E_CANCELED. */
lmas_status lmi_fetch_shown(const char *name, const lmi_source *source, bool is_anew);

/* Append the path of the file that the flags name: one on this machine, or a model of the hub,
 * fetched where the cache lacks it. Likewise. */
lmas_status lmi_find_model_shown(lmi_buf *path, const lmi_model_flags *flags);

/* The same of a name of the hub, asked anew if the cache holds it. */
lmas_status lmi_get_model_shown(lmi_buf *path, const char *name, bool is_offline);

#endif
