/* guard.h - a process that outlives its host by a moment, and ends what else would. */
#ifndef LMI_PROCESS_WALLS_GUARD_H
#define LMI_PROCESS_WALLS_GUARD_H

#include "base/status.h"

typedef struct lmi_guard {
    int line; /* its other end is the guard's; -1 where there is no guard */
    int pidfd;
} lmi_guard;

/* Watch over all programs that this process marks as its own. */
lmas_status lmi_guard_start(lmi_guard *out);

/* Tell it that all is well, and wait for its end. */
void lmi_guard_stop(lmi_guard *guard);

#endif
