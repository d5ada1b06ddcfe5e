/* filter.h - the system calls that no program needs, refused by the kernel. */
#ifndef LMI_PROCESS_WALLS_FILTER_H
#define LMI_PROCESS_WALLS_FILTER_H

#include <stdbool.h>

#include "base/status.h"

/* Whether this processor's system calls are known. */
bool lmi_filter_is_known(void);

/* A new file with a seccomp filter, for bwrap --seccomp, which reads it once. */
lmas_status lmi_filter_file(int *fd);

#endif
