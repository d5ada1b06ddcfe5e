/*
 * choose.h - which rows of a data file a run asks, and in which order.
 *
 * --ids names them, by number or as the data set calls them; --shuffle puts them in another order;
 * --max_samples takes the first of what that gives. A question's number stays that of its row: its
 * draws do not depend on who else is asked.
 */
#ifndef LMI_CLI_RUN_CHOOSE_H
#define LMI_CLI_RUN_CHOOSE_H

#include <stdint.h>

#include "data/dataset.h"

/* The rows that `ids` names (NULL: all), shuffled where `seed` is not negative; for lmi_free().
 * LMAS_E_INVALID where a name is of no row. */
lmas_status lmi_choose_rows(size_t **out, size_t *n_out, const lmi_dataset *data, const char *ids,
                            int64_t seed);

#endif
