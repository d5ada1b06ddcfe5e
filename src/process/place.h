/* place.h - where a tool lies, where it runs, and what stands around it. */
#ifndef LMI_PROCESS_PLACE_H
#define LMI_PROCESS_PLACE_H

#include <stdbool.h>
#include <sys/types.h>

#include "base/status.h"
#include "process/walls/walls.h"

typedef struct lmi_place {
    char *folder; /* absolute */
    char *path;   /* of the program */
    lmi_walls walls;
    lmi_env env; /* behind walls */
    uid_t uid;   /* who runs it; 0: who we are */
} lmi_place;

/* Find the program `name` (a path is relative to `folder`; NULL: where the host is), and with
 * `is_walled` the way to run it behind walls: the command line ends where its path is to follow.
 * It points into `*out`. */
lmas_status lmi_place_find(lmi_place *out, const char *name, const char *folder, bool is_walled);
void lmi_place_done(lmi_place *place);

#endif
