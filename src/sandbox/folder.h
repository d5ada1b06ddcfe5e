/* folder.h - a folder for a program that runs without walls, gone when it is over. */
#ifndef LMI_SANDBOX_FOLDER_H
#define LMI_SANDBOX_FOLDER_H

#include <sys/types.h>

#include "base/status.h"

/* A new, empty folder under $TMPDIR or /tmp that belongs to `uid` (0: to us). */
lmas_status lmi_folder_new(char **path, uid_t uid);

/* Remove it with all that is in it, as far as that can be done, and free the path. */
void lmi_folder_remove(char *path);

#endif
