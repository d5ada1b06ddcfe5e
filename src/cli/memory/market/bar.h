/* bar.h - how many bytes of a file have gone or come, shown when it takes longer. */
#ifndef LMI_CLI_BAR_H
#define LMI_CLI_BAR_H

#include <stdint.h>

#include "cli/show/progress.h"

void lmi_bar_show(lmi_progress *progress, const char *what, uint64_t n, uint64_t n_total);

#endif
