/* walk.h - what a folder holds, with a limit on how deep and how much. */
#ifndef LMI_HUB_WALK_H
#define LMI_HUB_WALK_H

#include <stdbool.h>

#include "base/status.h"

/* Deepest folder in a folder, most entries of all of them together. */
enum { LMI_WALK_DEPTH_MAX = 16, LMI_WALK_MAX = 100000 };

typedef struct lmi_walked {
    const char *path; /* with the folder that is walked */
    const char *name; /* from that folder on: "Q8_0/a.gguf" */
    bool is_dir, is_link;
} lmi_walked;

/* What it returns other than LMAS_OK ends the walk. */
typedef lmas_status (*lmi_walk_fn)(void *user, const lmi_walked *entry);

/* Call `fn` for every file, link and folder, those in a folder before the folder; links are not
 * followed. With `depth` 1 what the folder itself holds. One that is not there holds nothing. */
lmas_status lmi_walk(const char *folder, int depth, lmi_walk_fn fn, void *user);

#endif
